(* Messages (kernel/ipc.c): calls, replies, sends, receives, faults and signals as messages.  The fast path
   (kernel/fastpath.c) does the same as op_call and op_reply_recv. *)
From Isthmus Require Export cap.

Section Ipc.
Context {W B S : Type} {m : Machine W B S}.

(* ---- what a message carries *)

(* Copies the capability in the sender's slot to a slot that the receiver named; k gets that slot, or 0. *)
Definition transfer_cap (from to from_slot to_slot : W) (k : W -> Act) : Act :=
  s <- slot_named from from_slot;
  task <- task_of to;
  d <- slot_at task to_slot;
  free <- slot_is_free d;
  cap_copy s #ONES #0 (fun err c =>
  IF free && (err == #OK) THEN slot_fill d c FI ;;
  k (ite (free && (err == #OK)) to_slot #0)).

(* With n capabilities the last n words name slots: of the sender on the way in, of the receiver on the way out. *)
Definition transfer_caps (from to n : W) : Act :=
  all (map (fun i : N =>
    IF #3 <= (n + #i) THEN
      from_slot <- from ~> (WORD (5 + i));
      f <- thread_frame @ to;
      to_slot <- receive @ ((f << #2) + #i);
      done <- transfer_cap from to from_slot to_slot;
      to ~> (WORD (5 + i)) := done
    FI) [0; 1; 2]%N).

Definition deliver_message (from to badge : W) : Act :=
  tag <- from ~> TAG;
  let tag := tag .\ #(N.shiftl TAG_KIND_MASK TAG_KIND_SHIFT) in
  all (map (fun i => w <- from ~> (WORD i); to ~> (WORD i) := w) words) ;;
  to ~> TAG := tag ;;
  to ~> SLOT := badge ;;
  to ~> OPERATION := #OK ;;
  IF (tag .& #TAG_CAPS_MASK) != #0 THEN transfer_caps from to (tag .& #TAG_CAPS_MASK) FI.

Definition deliver_fault (from to : W) : Act :=
  badge <- in_frame from wait_badge;
  cause <- in_frame from fault_cause;
  address <- in_frame from fault_address;
  code <- in_frame from fault_code;
  label <- in_frame from fault_label;
  pc <- from ~> PC;
  sp <- from ~> SP;
  deliver_words to badge (kernel_tag cause #MESSAGE_FAULT) address pc code sp label.

(* ---- waiting *)
Definition wait_in (q t : W) (state : W) : Act :=
  sched_stop_current ;;
  cell_state @ t := state ;;
  queue_append q t.

Definition wait_at_endpoint (e t : W) (state : W) : Act :=
  cell_state @ e := ite (state == #RECEIVING) #RECEIVERS #SENDERS ;;
  wait_in e t state.

(* The client, in no queue, waits for the server's answer; the server may answer it, and runs on its budget. *)
Definition owe_reply (server client state : W) : Act :=
  call <- fresh_id;
  thread_call @ client := call ;;
  cell_state @ client := state ;;
  queue_append server client ;;
  thread_peer @ server := client ;;
  thread_peer_call @ server := call ;;
  sched_donate client server.

(* A thread that was in no queue goes on: now, if nothing more urgent is ready. *)
Definition run_or_ready (t : W) : Act :=
  pays <- sched_can_pay t;
  urgent <- sched_most_urgent t;
  IF pays && urgent THEN sched_run t ELSE sched_ready t FI.

(* ---- sending *)
Definition send_to_receiver (me e badge wait : W) : Act :=
  r <- cell_head @ e;
  sched_remove r ;;
  deliver_message me r badge ;;
  IF wait == #CALLING THEN
    sched_stop_current ;;
    owe_reply r me #REPLY ;;
    run_or_ready r
  ELSE
    sched_ready_own r
  FI.

Definition send_or_wait (me : W) (wait : N) : Act :=
  slot <- me ~> SLOT;
  c <- cap_get me slot KIND_ENDPOINT R_WRITE;
  let e := object_of c in
  state <- cell_state @ e;
  answer #OK ;;
  IF state == #RECEIVERS THEN
    send_to_receiver me e (badge_of c) #wait
  ELSE
    set_in_frame me wait_badge (badge_of c) ;;
    wait_at_endpoint e me #wait
  FI.

Definition op_call (me : W) : Act := send_or_wait me CALLING.
Definition op_send (me : W) : Act := send_or_wait me SENDING.

Definition op_try_send (me : W) : Act :=
  slot <- me ~> SLOT;
  c <- cap_get me slot KIND_ENDPOINT R_WRITE;
  state <- cell_state @ (object_of c);
  REQUIRE state == #RECEIVERS OR E_WOULD_BLOCK;
  answer #OK ;;
  send_to_receiver me (object_of c) (badge_of c) #SENDING.

(* ---- receiving *)

(* Takes the bits of the notification that is bound to t, if there are any. *)
Definition take_bound_bits (t : W) (k : W -> Act) : Act :=
  form <- cell_form @ t;
  n <- in_frame t bound;
  wanted <- in_frame t bound_id;
  id <- cell_id @ n;
  bits <- notification_bits @ n;
  let pending := (form .& #FORM_PENDING) != #0 in
  let there := pending && (id != #0) && (id == wanted) in
  IF pending THEN cell_form @ t := (form .\ #FORM_PENDING) FI ;;
  IF there THEN notification_bits @ n := #0 FI ;;
  k (ite there bits #0).

Definition receive_from_sender (me e : W) : Act :=
  s <- cell_head @ e;
  state <- cell_state @ s;
  badge <- in_frame s wait_badge;
  sched_remove s ;;
  IF state == #FAULTING THEN deliver_fault s me ELSE deliver_message s me badge FI ;;
  IF state == #SENDING THEN
    s ~> OPERATION := #OK ;;
    sched_ready s
  ELSE
    owe_reply me s (ite (state == #FAULTING) #FAULT_REPLY #REPLY)
  FI.

(* One receive at an endpoint.  Without [block], E_WOULD_BLOCK instead of waiting. *)
Definition receive_at (me e : W) (block : bool) : Act :=
  bits <- take_bound_bits me;
  state <- cell_state @ e;
  answer #OK ;;
  IF bits != #0 THEN deliver_signal me bits
  ELSE IF state == #SENDERS THEN receive_from_sender me e
  ELSE (if block then wait_at_endpoint e me #RECEIVING else answer #E_WOULD_BLOCK) FI FI.

Definition wait_notification (me n : W) (block : bool) : Act :=
  bits <- notification_bits @ n;
  answer #OK ;;
  IF bits != #0 THEN
    notification_bits @ n := #0 ;;
    deliver_signal me bits
  ELSE (if block then wait_in n me #WAITING else answer #E_WOULD_BLOCK) FI.

Definition receive_either (me : W) (block : bool) : Act :=
  slot <- me ~> SLOT;
  c <- cap_get me slot KIND_NULL R_READ;
  IF kind_of c == #KIND_NOTIFICATION THEN wait_notification me (object_of c) block
  ELSE IF kind_of c == #KIND_ENDPOINT THEN receive_at me (object_of c) block
  ELSE answer #E_KIND FI FI.

Definition op_recv (me : W) : Act := receive_either me true.
Definition op_try_recv (me : W) : Act := receive_either me false.

(* ---- replying *)

(* Does client c still wait for call number `call`? *)
Definition awaits_reply (c call : W) (k : B -> Act) : Act :=
  kind <- cell_kind @ c;
  number <- thread_call @ c;
  state <- cell_state @ c;
  k ((kind == #CELL_THREAD) && (number == call) && ((state == #REPLY) || (state == #FAULT_REPLY))).

(* The client c gets the message in me's registers, a faulted one goes on as the label says; it is in no queue then. *)
Definition answer_to (port_pc : W -> W) (pc_valid : W -> B) (me c : W) : Act :=
  state <- cell_state @ c;
  sched_remove c ;;
  IF state == #REPLY THEN deliver_message me c #0
  ELSE
    tag <- me ~> TAG;
    w0 <- me ~> (WORD 0);
    IF ((tag >> #TAG_LABEL_SHIFT) == #FAULT_RESUME_AT) && pc_valid w0 THEN c ~> PC := port_pc w0 FI
  FI.

Context {p : Port W B S}.
Definition reply_to (me c : W) : Act := answer_to (register_value #PC) (register_valid #PC) me c.

(* Answers the call received last, if its caller still waits; the peer is forgotten in any case.  k gets that caller, now in no
   queue, or nil. *)
Definition answer_peer (me : W) (k : W -> Act) : Act :=
  c <- thread_peer @ me;
  call <- thread_peer_call @ me;
  awaits <- awaits_reply c call;
  let there := (c != #0) && awaits in
  thread_peer @ me := #0 ;;
  IF there THEN reply_to me c FI ;;
  k (ite there c #0).

(* The same for the thread that a saved reply names. *)
Definition answer_named (me slot : W) (k : W -> Act) : Act :=
  s <- slot_named me slot;
  c <- slot_read s;
  live <- is_live c;
  awaits <- awaits_reply (object_of c) (id_of c);
  REQUIRE (s != #0) && ((kind_of c == #KIND_REPLY) || live) OR E_CAP;
  REQUIRE kind_of c == #KIND_REPLY OR E_KIND;
  IF awaits THEN reply_to me (object_of c) FI ;;
  slot_clear s ;;
  k (ite awaits (object_of c) #0).

Definition op_reply (me : W) : Act :=
  slot <- me ~> SLOT;
  let finish c := IF c != #0 THEN answer #OK ;; sched_ready c ELSE answer #E_STALE FI in
  IF slot == #0 THEN answer_peer me finish ELSE answer_named me slot finish FI.

(* If nobody has to be answered, or no longer, it only receives.  The client goes on at once if the server waits. *)
Definition op_reply_recv (me : W) : Act :=
  slot <- me ~> SLOT;
  e <- cap_get me slot KIND_ENDPOINT R_READ;
  c <- answer_peer me;
  receive_at me (object_of e) true ;;
  current <- core_current @ self;
  IF c != #0 THEN
    IF current != #0 THEN sched_ready c ELSE run_or_ready c FI
  FI.

Definition op_save_reply (me : W) : Act :=
  n <- me ~> (WORD 0);
  to <- slot_named me n;
  free <- slot_is_free to;
  c <- thread_peer @ me;
  call <- thread_peer_call @ me;
  awaits <- awaits_reply c call;
  REQUIRE free OR E_SLOT;
  REQUIRE (c != #0) && awaits OR E_STALE;
  answer #OK ;;
  slot_fill to (Cap #KIND_REPLY c call #0 #0) ;;
  thread_peer @ me := #0.

(* ---- faults: the running thread waits for its handler, or is suspended without one *)
Definition ipc_fault (me : W) : Act :=
  task <- task_of me;
  root <- task_slots @ task;
  e <- handler @ root;
  wanted <- handler_id @ root;
  badge <- handler_badge @ root;
  id <- cell_id @ e;
  state <- cell_state @ e;
  IF (e == #0) || (id != wanted) THEN sched_stop_current
  ELSE
    set_in_frame me wait_badge badge ;;
    IF state != #RECEIVERS THEN wait_at_endpoint e me #FAULTING
    ELSE
      r <- cell_head @ e;
      sched_remove r ;;
      deliver_fault me r ;;
      sched_stop_current ;;
      owe_reply r me #FAULT_REPLY ;;
      run_or_ready r
    FI
  FI.

(* ---- notifications: see signal.v *)
Definition op_signal (me : W) : Act :=
  slot <- me ~> SLOT;
  c <- cap_get me slot KIND_NOTIFICATION R_WRITE;
  answer #OK ;;
  notification_signal (object_of c) (badge_of c).

(* ---- ends of waits *)

(* A faulted thread faults again; any other gets the status and w0. *)
Definition ipc_wake_error (t status w0 : W) : Act :=
  state <- cell_state @ t;
  sched_remove t ;;
  IF (state != #FAULTING) && (state != #FAULT_REPLY) THEN
    t ~> OPERATION := status ;;
    t ~> (WORD 0) := w0
  FI ;;
  sched_ready t.

(* One step: wakes up to 16 threads that wait in a cell that is being destroyed; MORE if some are left. *)
Definition ipc_wake_waiters (dying : W) (k : W -> Act) : Act :=
  id <- cell_id @ dying;
  repeat (N.to_nat STEP) (
    t <- cell_head @ dying;
    IF t != #0 THEN ipc_wake_error t #E_DEAD (id .\ #DYING) FI) ;;
  head <- cell_head @ dying;
  k (ite (head == #0) #OK #E_MORE).

(* The waiters from t on, n of them: those whose badge it is are woken; k gets the one where to go on, or 0. *)
Fixpoint cancel_from (n : nat) (badge t : W) (k : W -> Act) : Act :=
  match n with
  | O => k t
  | Datatypes.S n' =>
      next <- cell_next @ t;
      state <- cell_state @ t;
      waits_with <- in_frame t wait_badge;
      IF (t != #0) && (state != #FAULTING) && (waits_with == badge) THEN ipc_wake_error t #E_CANCELLED #0 FI ;;
      cancel_from n' badge (ite (t == #0) #0 next) k
  end.

(* The endpoint remembers where to go on, and with which badge: whoever cancels another one begins anew. *)
Definition op_endpoint_cancel (me : W) : Act :=
  slot <- me ~> SLOT;
  badge <- me ~> (WORD 0);
  c <- cap_get me slot KIND_ENDPOINT R_MANAGE;
  let e := object_of c in
  state <- cell_state @ e;
  cursor <- endpoint_cursor @ e;
  of <- endpoint_badge @ e;
  head <- cell_head @ e;
  IF state != #SENDERS THEN answer #OK
  ELSE
    endpoint_badge @ e := badge ;;
    cancel_from (N.to_nat STEP) badge (ite ((cursor != #0) && (of == badge)) cursor head) (fun t =>
    endpoint_cursor @ e := t ;;
    answer (ite (t == #0) #OK #E_MORE))
  FI.
End Ipc.
