(* The entries that serve a running thread (kernel/syscall.c): system calls, redirected ones, faults; and interrupts. *)
From Isthmus Require Export machine.

Section Syscall.
Context {W B S : Type} {m : Machine W B S} {p : Port W B S}.

(* ---- redirection *)

(* Is the thread's redirection frame there, and which is it? *)
Definition redirection (t : W) (k : B -> W -> Act) : Act :=
  f <- in_frame t redirect_frame;
  wanted <- in_frame t redirect_id;
  kind <- frame_kind @ f;
  id <- frame_id @ f;
  k ((f != #0) && (kind == #FRAME_DATA) && (id == wanted)) f.

Definition make_full (t : W) : Act := form <- cell_form @ t; cell_form @ t := (form .| #FORM_FULL).

Definition fault (me cause address code : W) : Act :=
  make_full me ;;
  set_in_frame me fault_cause cause ;;
  set_in_frame me fault_address address ;;
  set_in_frame me fault_code code ;;
  ipc_fault me.

(* The thread goes on at the window's base; where no register is free its pc and t0 go to its redirection frame. *)
Definition redirect (me : W) : Act :=
  redirection me (fun there f =>
  task <- task_of me;
  base <- task_window_base @ task;
  IF has_redirect_frame && !there THEN fault me #FAULT_SYSCALL #0 #0
  ELSE
    make_full me ;;
    IF has_redirect_frame THEN
      pc <- me ~> PC; t0 <- me ~> OPERATION; address <- in_frame me redirect_address;
      data @ (f << #9) := pc ;;
      data @ ((f << #9) + #1) := t0 ;;
      me ~> OPERATION := address
    FI ;;
    me ~> PC := register_value #PC base
  FI).

Definition op_redirect_resume (me : W) : Act :=
  redirection me (fun there f =>
  IF !has_redirect_frame THEN answer #E_OPERATION
  ELSE
    REQUIRE there OR E_STATE;
    pc <- data @ (f << #9);
    t0 <- data @ ((f << #9) + #1);
    make_full me ;;
    me ~> PC := register_value #PC pc ;;
    me ~> OPERATION := t0
  FI).

(* ---- dispatch *)
Definition op_yield (me : W) : Act := answer #OK ;; me ~> OPERATION := #OK ;; sched_yield.

Definition operations : list (N * (W -> Act)) :=
  [ (OP_CALL, op_call); (OP_REPLY_RECV, op_reply_recv); (OP_SEND, op_send); (OP_TRY_SEND, op_try_send); (OP_RECV, op_recv);
    (OP_TRY_RECV, op_try_recv); (OP_REPLY, op_reply); (OP_SAVE_REPLY, op_save_reply); (OP_SIGNAL, op_signal);
    (OP_YIELD, op_yield); (OP_ENDPOINT_CANCEL, op_endpoint_cancel); (OP_REDIRECT_RESUME, op_redirect_resume);
    (OP_POOL_CREATE_POOL, op_pool_create_pool); (OP_POOL_CREATE_TASK, op_pool_create_task);
    (OP_POOL_CREATE_THREAD, op_pool_create_thread); (OP_POOL_CREATE_ENDPOINT, op_pool_create_endpoint);
    (OP_POOL_CREATE_NOTIFICATION, op_pool_create_notification); (OP_POOL_CREATE_BUDGET, op_pool_create_budget);
    (OP_POOL_CREATE_FORWARDER, op_pool_create_forwarder); (OP_POOL_CREATE_IRQ, op_pool_create_irq);
    (OP_POOL_CREATE_DEVICE, op_pool_create_device); (OP_POOL_CREATE_FRAME, op_pool_create_frame);
    (OP_POOL_GIVE, op_pool_give); (OP_POOL_SPLIT, op_pool_split); (OP_POOL_DESTROY, op_pool_destroy);
    (OP_POOL_REAP, op_pool_reap); (OP_POOL_INFO, op_pool_info); (OP_TASK_MAP, op_task_map); (OP_TASK_UNMAP, op_task_unmap);
    (OP_TASK_PROTECT, op_task_protect); (OP_TASK_TABLE, op_task_table); (OP_TASK_LEAF, op_task_leaf);
    (OP_TASK_COPY, op_task_copy); (OP_TASK_MOVE, op_task_move); (OP_TASK_DELETE, op_task_delete);
    (OP_TASK_IDENTIFY, op_task_identify); (OP_TASK_HANDLER, op_task_handler); (OP_TASK_WINDOW, op_task_window);
    (OP_THREAD_START, op_thread_start); (OP_THREAD_SUSPEND, op_thread_suspend); (OP_THREAD_RESUME, op_thread_resume);
    (OP_THREAD_READ, op_thread_read); (OP_THREAD_WRITE, op_thread_write); (OP_THREAD_PRIORITY, op_thread_priority);
    (OP_THREAD_CORE, op_thread_core); (OP_THREAD_BUDGET, op_thread_budget);
    (OP_THREAD_NOTIFICATION, op_thread_notification); (OP_THREAD_SLOTS, op_thread_slots);
    (OP_THREAD_HANDOFF, op_thread_handoff); (OP_THREAD_REDIRECT, op_thread_redirect); (OP_BUDGET_MOVE, op_budget_move);
    (OP_BUDGET_READ, op_budget_read); (OP_BUDGET_NOTIFY, op_budget_notify); (OP_MACHINE_LOG, op_machine_log);
    (OP_MACHINE_TIMER, op_machine_timer); (OP_MACHINE_REFILL, op_machine_refill); (OP_MACHINE_HALT, op_machine_halt);
    (OP_IRQ_BIND, op_irq_bind); (OP_IRQ_ACK, op_irq_ack); (OP_PORT_IN, op_port_in); (OP_PORT_OUT, op_port_out);
    (OP_FRAME_INFO, op_frame_info) ].

Definition perform (me operation : W) : Act :=
  fold_right (fun no rest => IF operation == #(fst no) THEN snd no me ELSE rest FI) (answer #E_OPERATION) operations.

(* ---- entries.  The port has stored the thread's registers. *)
Definition trap_syscall : Act :=
  me <- core_current @ self;
  form <- cell_form @ me;
  task <- task_of me;
  base <- task_window_base @ task;
  size <- task_window_size @ task;
  pc <- me ~> PC;
  operation <- me ~> OPERATION;
  cell_form @ me := (form .\ #FORM_FULL) ;;
  IF ((pc - syscall_bytes) - base) >= size THEN redirect me
  ELSE
    perform me operation ;;
    e <- result @ #0;
    current <- core_current @ self;
    form <- cell_form @ me;
    (* Whoever waits gets its status when the wait ends; who was resumed from a redirection has its registers. *)
    IF (current == me) && ((form .& #FORM_FULL) == #0) THEN me ~> OPERATION := e FI
  FI ;;
  sched_settle.

Definition trap_fault (cause address code : W) : Act :=
  me <- core_current @ self;
  fault me cause address code ;;
  sched_settle.

(* Of the interrupts that are pending, the timer first, then lines. *)
Definition trap_interrupt (is_timer : B) (lines : list W) : Act :=
  me <- core_current @ self;
  IF me != #0 THEN make_full me FI ;;
  IF is_timer THEN interrupt_timer FI ;;
  all (map interrupt_line lines) ;;
  sched_settle.
End Syscall.
