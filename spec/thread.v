(* Threads (kernel/thread.c): creation, destruction, and control from outside. *)
From Isthmus Require Export budget space.

Section Thread.
Context {W B S : Type} {m : Machine W B S} {p : Port W B S}.

(* ---- creation and destruction *)

(* A task's threads are a list; cold_extra of the task is the first. *)
Definition join_task (t task : W) : Act :=
  first <- cold_extra @ task;
  cold_sibling_next @ t := first ;;
  IF first != #0 THEN cold_sibling_prev @ first := t FI ;;
  cold_extra @ task := t.

Definition leave_task (t : W) : Act :=
  prev <- cold_sibling_prev @ t;
  next <- cold_sibling_next @ t;
  task <- task_of t;
  IF prev != #0 THEN cold_sibling_next @ prev := next ELSE cold_extra @ task := next FI ;;
  IF next != #0 THEN cold_sibling_prev @ next := prev FI.

Definition thread_create (pool task label : W) (k : W -> Act) : Act :=
  cells <- pool_free_cells @ pool;
  frames <- pool_free_frames @ pool;
  IF (cells == #0) || (frames == #0) THEN k #0
  ELSE
    t <- cell_take pool CELL_THREAD;
    f <- frame_take pool FRAME_THREAD;
    frame_owner @ f := t ;;
    thread_frame @ t := f ;;
    thread_task @ t := task ;;
    fault_label @ f := label ;;
    register_core @ f := self ;;
    join_task t task ;;
    k t
  FI.

Definition op_pool_create_thread (me : W) : Act :=
  n <- me ~> (WORD 1); label <- me ~> (WORD 2);
  creation me (fun pool to =>
  task <- cap_get me n KIND_TASK R_MANAGE;
  t <- thread_create pool (object_of task) label;
  REQUIRE t != #0 OR E_MEMORY;
  grant to t #ALL_RIGHTS #0 KIND_THREAD).

(* The core's FPU registers hold nothing of t any more. *)
Definition forget_fpu (t : W) : Act := owner <- core_fpu_owner @ self; IF owner == t THEN core_fpu_owner @ self := #0 FI.

(* One step.  Its callers are woken with DEAD, 16 a step. *)
Definition thread_destroy_step (t : W) (k : W -> Act) : Act :=
  state <- cell_state @ t;
  make_dying t ;;
  IF state == #RUNNING THEN sched_stop_current ELSE sched_remove t FI ;;
  ipc_wake_waiters t (fun err =>
  IF err != #OK THEN k err
  ELSE
    forget_fpu t ;;
    leave_task t ;;
    f <- thread_frame @ t;
    frame_release f ;;
    cell_release t ;;
    k #OK
  FI).

(* ---- control *)
Definition on_thread (me : W) (right : N) (k : W -> Act) : Act :=
  slot <- me ~> SLOT;
  c <- cap_get me slot KIND_THREAD right;
  k (object_of c).

(* Every register is zero but pc, sp, the first argument, and what the port sets. *)
Definition start_registers (t pc sp argument : W) : Act :=
  for_each (N.to_nat PLACES) 0 (fun i => f <- thread_frame @ t; register @ ((f << #6) + i) := #0) ;;
  all (map (fun pv : W * W => f <- thread_frame @ t; register @ ((f << #6) + fst pv) := snd pv) registers_start) ;;
  t ~> PC := register_value #PC pc ;;
  t ~> SP := sp ;;
  t ~> SLOT := argument.

Definition op_thread_start (me : W) : Act :=
  pc <- me ~> (WORD 0); sp <- me ~> (WORD 1); argument <- me ~> (WORD 2);
  on_thread me R_MANAGE (fun t =>
  state <- cell_state @ t;
  form <- cell_form @ t;
  REQUIRE state == #SUSPENDED OR E_STATE;
  REQUIRE (pc < #USER_LIMIT) && (sp <= #USER_LIMIT) OR E_ARGUMENT;
  answer #OK ;;
  forget_fpu t ;;
  start_registers t pc sp argument ;;
  set_in_frame t register_core self ;;
  cell_form @ t := (form .| #FORM_FULL) ;;
  sched_ready_own t).

Definition op_thread_suspend (me : W) : Act :=
  on_thread me R_MANAGE (fun t =>
  state <- cell_state @ t;
  let waits := (state == #SENDING) || (state == #CALLING) || (state == #RECEIVING) || (state == #WAITING) || (state == #REPLY) in
  answer #OK ;;
  IF state == #RUNNING THEN
    me ~> OPERATION := #OK ;;                              (* nobody else will write it *)
    sched_stop_current
  ELSE
    IF waits THEN t ~> OPERATION := #E_CANCELLED FI ;;
    sched_remove t
  FI).

Definition op_thread_resume (me : W) : Act :=
  on_thread me R_MANAGE (fun t =>
  state <- cell_state @ t;
  REQUIRE state == #SUSPENDED OR E_STATE;
  answer #OK ;;
  sched_ready_own t).

(* Registers first .. first + count - 1 of a thread that does not run and is not in the middle of IPC, now all valid. *)
Definition inspect (me : W) (right most : N) (k : W -> Act) : Act :=
  first <- me ~> (WORD 0); count <- me ~> (WORD 1);
  on_thread me right (fun t =>
  state <- cell_state @ t;
  form <- cell_form @ t;
  pc <- t ~> PC;
  REQUIRE (state == #SUSPENDED) || (state == #FAULT_REPLY) OR E_STATE;
  REQUIRE (count != #0) && (count <= #most) && (first < registers_count) && (count <= (registers_count - first)) OR E_ARGUMENT;
  IF (form .& #FORM_FULL) == #0 THEN
    all (map (fun pv : W * (W -> W) => f <- thread_frame @ t; register @ ((f << #6) + fst pv) := snd pv pc) registers_to_full) ;;
    cell_form @ t := (form .| #FORM_FULL)
  FI ;;
  k t).

Definition op_thread_read (me : W) : Act :=
  first <- me ~> (WORD 0); count <- me ~> (WORD 1);
  inspect me R_READ MESSAGE_WORDS (fun t =>
  answer #OK ;;
  all (map (fun i : N =>
    f <- thread_frame @ t;
    v <- register @ ((f << #6) + register_place (first + #i));
    IF #i < count THEN me ~> (WORD i) := v FI) words)).

(* All values are allowed, or none is written. *)
Definition op_thread_write (me : W) : Act :=
  first <- me ~> (WORD 0); count <- me ~> (WORD 1);
  v0 <- me ~> (WORD 2); v1 <- me ~> (WORD 3); v2 <- me ~> (WORD 4);
  v3 <- me ~> (WORD 5); v4 <- me ~> (WORD 6); v5 <- me ~> (WORD 7);
  inspect me R_MANAGE (MESSAGE_WORDS - 2) (fun t =>
  let values := [(0%N, v0); (1%N, v1); (2%N, v2); (3%N, v3); (4%N, v4); (5%N, v5)] in
  let place i := register_place (first + #i) in
  let valid (iv : N * W) := !(#(fst iv) < count) || register_valid (place (fst iv)) (snd iv) in
  REQUIRE fold_right (fun iv b => valid iv && b) (#0 == #0) values OR E_ARGUMENT;
  answer #OK ;;
  all (map (fun iv : N * W =>
    f <- thread_frame @ t;
    IF #(fst iv) < count THEN
      register @ ((f << #6) + place (fst iv)) := register_value (place (fst iv)) (snd iv)
    FI) values)).

Definition op_thread_priority (me : W) : Act :=
  priority <- me ~> (WORD 0);
  on_thread me R_MANAGE (fun t =>
  own <- cell_priority @ me;
  state <- cell_state @ t;
  REQUIRE priority <= own OR E_ARGUMENT;
  answer #OK ;;
  IF state == #READY THEN
    sched_remove t ;;
    cell_priority @ t := priority ;;
    sched_ready t
  ELSE cell_priority @ t := priority FI ;;
  urge RESCHED_URGENT).                                    (* the caller may have lowered itself *)

Definition op_thread_core (me : W) : Act :=
  core <- me ~> (WORD 0);
  on_thread me R_MANAGE (fun t =>
  cores <- core_count @ #0;
  state <- cell_state @ t;
  REQUIRE core < cores OR E_ARGUMENT;
  REQUIRE state == #SUSPENDED OR E_STATE;
  answer #OK ;;
  set_in_frame t register_core core).

Definition op_thread_budget (me : W) : Act :=
  n <- me ~> (WORD 0);
  on_thread me R_MANAGE (fun t =>
  b <- cap_get_optional me n KIND_BUDGET R_WRITE;
  state <- cell_state @ t;
  REQUIRE state == #SUSPENDED OR E_STATE;
  answer #OK ;;
  set_in_frame t own_budget (object_of b) ;;
  set_in_frame t own_budget_id (id_of b)).

Definition unbind (t : W) : Act :=
  n <- in_frame t bound;
  wanted <- in_frame t bound_id;
  id <- cell_id @ n;
  form <- cell_form @ t;
  IF (n != #0) && (id == wanted) THEN notification_thread @ n := #0 FI ;;
  set_in_frame t bound #0 ;;
  set_in_frame t bound_id #0 ;;
  cell_form @ t := (form .\ #FORM_PENDING).

(* Free to be bound: nobody waits for it, and no other living thread is bound to it. *)
Definition bindable (n t : W) (k : B -> Act) : Act :=
  waiter <- cell_head @ n;
  b <- notification_thread @ n;
  wanted <- notification_thread_id @ n;
  id <- cell_id @ b;
  k ((waiter == #0) && ((b == #0) || (b == t) || (id != wanted))).

Definition op_thread_notification (me : W) : Act :=
  n <- me ~> (WORD 0);
  on_thread me R_MANAGE (fun t =>
  c <- cap_get_optional me n KIND_NOTIFICATION R_READ;
  free <- bindable (object_of c) t;
  id <- cell_id @ t;
  REQUIRE (object_of c == #0) || free OR E_BUSY;
  answer #OK ;;
  unbind t ;;
  IF object_of c != #0 THEN
    set_in_frame t bound (object_of c) ;;
    set_in_frame t bound_id (id_of c) ;;
    notification_thread @ (object_of c) := t ;;
    notification_thread_id @ (object_of c) := id ;;
    notification_signal (object_of c) #0                   (* bits that wait already are pending for t now *)
  FI).

Definition op_thread_slots (me : W) : Act :=
  a <- me ~> (WORD 0); b <- me ~> (WORD 1); c <- me ~> (WORD 2);
  on_thread me R_MANAGE (fun t =>
  f <- thread_frame @ t;
  REQUIRE (a < #CAP_SLOTS) && (b < #CAP_SLOTS) && (c < #CAP_SLOTS) OR E_ARGUMENT;
  answer #OK ;;
  receive @ (f << #2) := a ;;
  receive @ ((f << #2) + #1) := b ;;
  receive @ ((f << #2) + #2) := c).

Definition op_thread_handoff (me : W) : Act :=
  on_thread me R_WRITE (fun t =>
  state <- cell_state @ t;
  priority <- cell_priority @ t;
  own <- cell_priority @ me;
  pays <- sched_can_pay t;
  REQUIRE (state == #READY) && (priority <= own) && pays OR E_STATE;
  answer #OK ;;
  me ~> OPERATION := #OK ;;
  sched_remove t ;;
  sched_yield ;;
  core_resched @ self := #0 ;;
  sched_run t).

Definition op_thread_redirect (me : W) : Act :=
  n <- me ~> (WORD 0); address <- me ~> (WORD 1);
  IF !has_redirect_frame THEN answer #E_OPERATION
  ELSE
    on_thread me R_MANAGE (fun t =>
    f <- cap_get_optional me n KIND_FRAME R_WRITE;
    REQUIRE ((address .& #(PAGE - 1)) == #0) && (address < #USER_LIMIT) OR E_ARGUMENT;
    answer #OK ;;
    set_in_frame t redirect_frame (object_of f) ;;
    set_in_frame t redirect_id (id_of f) ;;
    set_in_frame t redirect_address address)
  FI.
End Thread.
