(* The IPC fast path (kernel/fastpath.c), and the entry of a system call as the port makes it.

   A call to a server that waits, and a reply that waits again, switch directly from one thread to the other, and the message
   stays in registers: the thread that stops keeps in its frame the message registers of an earlier trap.  A thread that
   runs is the only one whose frame means nothing, so here the registers with which a thread goes on are written there.

   So a call that ends by an error brings back older registers than on the other path. *)
From Isthmus Require Export syscall.

(* What user level had in its message registers. *)
Record message (W : Type) := Message { m_operation : W; m_slot : W; m_tag : W; m_words : list W }.
Arguments Message {W}. Arguments m_operation {W}. Arguments m_slot {W}. Arguments m_tag {W}. Arguments m_words {W}.

Section Fastpath.
Context {W B S : Type} {m : Machine W B S} {p : Port W B S}.
Implicit Type x : message W.

Definition load (t status slot tag : W) (ws : list W) : Act :=
  t ~> OPERATION := status ;;
  t ~> SLOT := slot ;;
  t ~> TAG := tag ;;
  all (map (fun iw : N * W => t ~> (WORD (fst iw)) := snd iw) (combine words ws)).

(* The slot's endpoint and badge, if it grants the right: no path, no forwarder. *)
Definition fast_endpoint (me n : W) (right : N) (k : B -> W -> W -> Act) : Act :=
  task <- task_of me;
  s <- slot_at task n;
  c <- slot_read s;
  id <- cell_id @ (object_of c);
  k ((s != #0) && (kind_of c == #KIND_ENDPOINT) && !(lacks (rights_of c) #right) && (id == id_of c)) (object_of c) (badge_of c).

(* Capabilities, or bits of the tag that are the kernel's to write. *)
Definition is_special x : B := (m_tag x .& #0xffff) != #0.

Definition not_full (t : W) : Act := form <- cell_form @ t; cell_form @ t := (form .\ #FORM_FULL).

(* t runs on the budget that is being consumed. *)
Definition switch_to (t : W) : Act := cell_state @ t := #RUNNING ;; core_current @ self := t.

Definition fast_call (me : W) x (slow : Act) : Act :=
  fast_endpoint me (m_slot x) R_WRITE (fun there e badge =>
  state <- cell_state @ e;
  r <- cell_head @ e;
  urgent <- sched_most_urgent r;
  IF there && (state == #RECEIVERS) && !(is_special x) && urgent THEN
    leave_endpoint e r ;;
    queue_append r me ;;
    call <- fresh_id;
    thread_call @ me := call ;;
    thread_peer @ r := me ;;
    thread_peer_call @ r := call ;;
    cell_state @ me := #REPLY ;;
    not_full me ;;
    budget <- core_budget @ self;
    id <- core_budget_id @ self;
    thread_budget @ r := budget ;;
    set_in_frame r budget_id id ;;
    switch_to r ;;
    load r #OK badge (m_tag x) (m_words x)
  ELSE slow FI).

(* For the only call that this server owes an answer, on the same budget. *)
Definition fast_reply_recv (me : W) x (slow : Act) : Act :=
  c <- thread_peer @ me;
  call <- thread_peer_call @ me;
  state <- cell_state @ c; number <- thread_call @ c; own <- cell_own @ c; next <- cell_next @ c; prev <- cell_prev @ c;
  form <- cell_form @ me;
  urgent <- sched_most_urgent c;
  budget <- thread_budget @ c;
  id <- in_frame c budget_id;
  consumed <- core_budget @ self;
  consumed_id <- core_budget_id @ self;
  fast_endpoint me (m_slot x) R_READ (fun there e _ =>
  e_state <- cell_state @ e;
  IF (state == #REPLY) && (number == call) && (own == me) && (next == #0) && (prev == #0) && ((form .& #FORM_PENDING) == #0)
     && !(is_special x) && there && (e_state != #SENDERS) && urgent && (budget == consumed) && (id == consumed_id) THEN
    queue_unlink c ;;
    thread_peer @ me := #0 ;;
    queue_append e me ;;
    cell_state @ e := #RECEIVERS ;;
    cell_state @ me := #RECEIVING ;;
    not_full me ;;
    switch_to c ;;
    load c #OK #0 (m_tag x) (m_words x)
  ELSE slow FI).

(* The entry of a system call: pc and the kept registers are stored.  Calls from outside of the window are never fast. *)
Definition system_call x : Act :=
  me <- core_current @ self;
  task <- task_of me;
  base <- task_window_base @ task;
  size <- task_window_size @ task;
  pc <- me ~> PC;
  let slow := load me (m_operation x) (m_slot x) (m_tag x) (m_words x) ;; trap_syscall in
  let foreign := ((pc - syscall_bytes) - base) >= size in
  IF !foreign && (m_operation x == #OP_CALL) THEN fast_call me x slow
  ELSE IF !foreign && (m_operation x == #OP_REPLY_RECV) THEN fast_reply_recv me x slow
  ELSE slow FI FI.
End Fastpath.
