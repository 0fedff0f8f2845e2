(* Tasks (kernel/task.c): an address space and a capability table. *)
From Isthmus Require Export thread.

Section Task.
Context {W B S : Type} {m : Machine W B S} {p : Port W B S}.

(* One cell and two frames, or nil. *)
Definition task_create (pool : W) (k : W -> Act) : Act :=
  cells <- pool_free_cells @ pool;
  frames <- pool_free_frames @ pool;
  IF (cells == #0) || (frames < #2) THEN k #0
  ELSE
    t <- cell_take pool CELL_TASK;
    slots <- frame_take pool FRAME_SLOTS_ROOT;
    table <- frame_take pool FRAME_TABLE;
    frame_owner @ slots := t ;;
    frame_owner @ table := t ;;
    frame_order @ table := #(N.of_nat levels) ;;
    frame_id @ table := #0 ;;
    task_slots @ t := slots ;;
    task_table @ t := table ;;
    task_space @ t := space_of table t ;;
    task_window_size @ t := #ONES ;;
    k t
  FI.

Definition op_pool_create_task (me : W) : Act :=
  creation me (fun pool to =>
  t <- task_create pool;
  REQUIRE t != #0 OR E_MEMORY;
  grant to t #ALL_RIGHTS #0 KIND_TASK).

Definition op_task_leaf (me : W) : Act :=
  slot <- me ~> SLOT; from <- me ~> (WORD 0); n <- me ~> (WORD 1);
  task <- cap_get me slot KIND_TASK R_MANAGE;
  pool <- cap_get me from KIND_POOL R_MANAGE;
  root <- task_slots @ (object_of task);
  let place := (root << #9) + (n >> #7) in
  there <- leaf @ place;
  REQUIRE n < #CAP_SLOTS OR E_ARGUMENT;
  REQUIRE there == #0 OR E_BUSY;
  f <- frame_take (object_of pool) FRAME_SLOTS;
  REQUIRE f != #0 OR E_MEMORY;
  answer #OK ;;
  frame_owner @ f := object_of task ;;
  frame_map @ f := (n >> #7) ;;
  leaf @ place := f.

Definition task_remove_leaf (f : W) : Act :=
  task <- frame_owner @ f;
  n <- frame_map @ f;
  root <- task_slots @ task;
  leaf @ ((root << #9) + n) := #0 ;;
  frame_release f.

(* One step: its threads, then its page tables, then its capability table, 64 leaves a step. *)
Definition task_destroy_step (task : W) (k : W -> Act) : Act :=
  thread <- cold_extra @ task;
  table <- task_table @ task;
  root <- task_slots @ task;
  IF thread != #0 THEN thread_destroy_step thread (fun _ => k #E_MORE)
  ELSE IF table != #0 THEN
    table_destroy_step table (fun err =>
    IF err == #OK THEN task_table @ task := #0 FI ;;
    k #E_MORE)
  ELSE
    repeat 64 (
      scan <- frame_scan @ root;
      f <- leaf @ ((root << #9) + scan);
      frame_scan @ root := (scan + #1) ;;
      IF f != #0 THEN task_remove_leaf f FI) ;;
    scan <- frame_scan @ root;
    IF scan < #CAP_LEAVES THEN k #E_MORE
    ELSE
      frame_release root ;;
      cell_release task ;;
      k #OK
    FI
  FI FI.

Definition op_task_handler (me : W) : Act :=
  slot <- me ~> SLOT; n <- me ~> (WORD 0);
  task <- cap_get me slot KIND_TASK R_MANAGE;
  e <- cap_get_optional me n KIND_ENDPOINT R_WRITE;
  root <- task_slots @ (object_of task);
  answer #OK ;;
  handler @ root := object_of e ;;
  handler_id @ root := id_of e ;;
  handler_badge @ root := badge_of e.

Definition op_task_window (me : W) : Act :=
  slot <- me ~> SLOT; base <- me ~> (WORD 0); size <- me ~> (WORD 1);
  task <- cap_get me slot KIND_TASK R_MANAGE;
  REQUIRE (((base .| size) .& #(PAGE - 1)) == #0) && (base < #USER_LIMIT) && (size <= (#USER_LIMIT - base))
          && ((base == #0) || (size != #0)) OR E_ARGUMENT;
  answer #OK ;;
  task_window_base @ (object_of task) := base ;;
  task_window_size @ (object_of task) := ite (size == #0) #ONES size.
End Task.
