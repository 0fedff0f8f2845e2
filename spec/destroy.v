(* Destruction (kernel/destroy.c), in steps: MORE until it is done.  The first step makes the id match no capability any more
   but the one that destroys. *)
From Isthmus Require Export task.

Section Destroy.
Context {W B S : Type} {m : Machine W B S} {p : Port W B S}.

Definition destroy_waiters (c : W) (k : W -> Act) : Act :=
  ipc_wake_waiters c (fun err => IF err == #OK THEN cell_release c ;; k #OK ELSE k err FI).

Definition budget_destroy_step (b : W) (k : W -> Act) : Act :=
  consumed <- core_budget @ self;
  IF consumed == b THEN urge RESCHED_BUDGET FI ;;          (* the running thread may have no other *)
  repeat (N.to_nat STEP) (t <- cell_head @ b; IF t != #0 THEN sched_remove t ;; sched_ready t FI) ;;
  head <- cell_head @ b;
  IF head != #0 THEN k #E_MORE ELSE cell_release b ;; k #OK FI.

Definition destroy_irq (c : W) (k : W -> Act) : Act :=
  line <- irq_line @ c;
  line_unmasked @ line := #0 ;;
  irq_cell @ line := #0 ;;
  cell_release c ;;
  k #OK.

(* A pool's members go to the pool that it belongs to, as they are, 16 of each sort a step. *)
Definition destroy_pool (c : W) (k : W -> Act) : Act :=
  to <- cold_pool @ c;
  splitting <- cold_badge @ c;
  IF splitting != #0 THEN pool_split_step c (fun _ => k #E_MORE)
  ELSE
    repeat (N.to_nat STEP) (x <- cell_tail @ c; IF x != #0 THEN pool_move_cell x to FI) ;;
    repeat (N.to_nat STEP) (f <- pool_frame_tail @ c; IF f != #0 THEN pool_move_frame f to FI) ;;
    repeat (N.to_nat STEP) (f <- pool_large_head @ c; IF f != #0 THEN pool_move_large f to FI) ;;
    cells <- cell_head @ c;
    frames <- pool_frame_head @ c;
    large <- pool_large_head @ c;
    IF (cells != #0) || (frames != #0) || (large != #0) THEN k #E_MORE
    ELSE cell_release c ;; k #OK FI
  FI.

Definition cell_destroy_step (c : W) (k : W -> Act) : Act :=
  kind <- cell_kind @ c;
  make_dying c ;;
  IF kind == #CELL_POOL THEN destroy_pool c k
  ELSE IF kind == #CELL_TASK THEN task_destroy_step c k
  ELSE IF kind == #CELL_THREAD THEN thread_destroy_step c k
  ELSE IF (kind == #CELL_ENDPOINT) || (kind == #CELL_NOTIFICATION) THEN destroy_waiters c k
  ELSE IF kind == #CELL_BUDGET THEN budget_destroy_step c k
  ELSE IF kind == #CELL_IRQ THEN destroy_irq c k
  ELSE cell_release c ;; k #OK                             (* forwarder, device: nothing refers to them but capabilities *)
  FI FI FI FI FI FI.

Definition data_destroy_step (f : W) (k : W -> Act) : Act :=
  id <- frame_id @ f;
  frame_id @ f := (id .| #DYING) ;;
  frame_unmap_step f (fun err => IF err == #OK THEN frame_release f ;; k #OK ELSE k err FI).

(* A frame of a pool whose cells are gone: data, or what belongs to a task of another pool. *)
Definition frame_destroy_step (f : W) : Act :=
  kind <- frame_kind @ f;
  owner <- frame_owner @ f;
  IF kind == #FRAME_DATA THEN data_destroy_step f (fun _ => skip)
  ELSE IF kind == #FRAME_TABLE THEN table_destroy_step f (fun _ => skip)
  ELSE IF kind == #FRAME_LINKS THEN table_destroy_step owner (fun _ => skip)
  ELSE task_remove_leaf f FI FI FI.

(* Does the capability name an object of the pool that is alive, or dying by this very operation? *)
Definition names_member (c : cap W) (pool : W) (k : B -> Act) : Act :=
  let x := object_of c in
  f_kind <- frame_kind @ x; f_id <- frame_id @ x; f_pool <- frame_pool @ x;
  c_id <- cell_id @ x; c_pool <- cold_pool @ x;
  let is_frame := kind_of c == #KIND_FRAME in
  let is_other := (kind_of c == #KIND_NULL) || (kind_of c == #KIND_MACHINE) || (kind_of c == #KIND_REPLY) in
  k ((is_frame && (f_kind == #FRAME_DATA) && ((f_id .\ #DYING) == id_of c) && (f_pool == pool))
     || (!is_frame && !is_other && ((c_id .\ #DYING) == id_of c) && (c_pool == pool))).

Definition op_pool_destroy (me : W) : Act :=
  slot <- me ~> SLOT; n <- me ~> (WORD 0);
  pool <- cap_get me slot KIND_POOL R_MANAGE;
  s <- slot_named me n;
  c <- slot_read s;
  member <- names_member c (object_of pool);
  live <- is_live c;
  REQUIRE (s != #0) && (kind_of c != #KIND_NULL) OR E_CAP;
  IF !member THEN answer (ite live #E_ARGUMENT #E_CAP)
  ELSE IF kind_of c == #KIND_FRAME THEN data_destroy_step (object_of c) answer
  ELSE cell_destroy_step (object_of c) answer FI FI.

(* One step of destroying all that is in the pool. *)
Definition op_pool_reap (me : W) : Act :=
  slot <- me ~> SLOT;
  c <- cap_get me slot KIND_POOL R_MANAGE;
  let pool := object_of c in
  splitting <- cold_badge @ pool;
  used <- pool_used_cells @ pool;
  frames <- cold_extra @ pool;
  last <- cell_tail @ pool;
  last_frame <- pool_frame_tail @ pool;
  IF splitting != #0 THEN pool_split_step pool (fun _ => skip)
  ELSE IF used != #0 THEN cell_destroy_step last (fun _ => skip)
  ELSE IF frames != #0 THEN frame_destroy_step last_frame FI FI FI ;;
  splitting <- cold_badge @ pool;
  used <- pool_used_cells @ pool;
  frames <- cold_extra @ pool;
  answer (ite ((splitting != #0) || (used != #0) || (frames != #0)) #E_MORE #OK).
End Destroy.
