(* Signals (the notifications of kernel/ipc.c), which sched.c needs to tell the scheduler of a budget that it ran out. *)
From Isthmus Require Export sched.

Section Signal.
Context {W B S : Type} {m : Machine W B S}.

Definition kernel_tag (label kind : W) : W := (label << #TAG_LABEL_SHIFT) .| (kind << #TAG_KIND_SHIFT).

Definition deliver_words (to badge tag w0 w1 w2 w3 w4 : W) : Act :=
  to ~> (WORD 0) := w0 ;; to ~> (WORD 1) := w1 ;; to ~> (WORD 2) := w2 ;; to ~> (WORD 3) := w3 ;; to ~> (WORD 4) := w4 ;;
  to ~> (WORD 5) := #0 ;; to ~> (WORD 6) := #0 ;; to ~> (WORD 7) := #0 ;;
  to ~> TAG := tag ;;
  to ~> SLOT := badge ;;
  to ~> OPERATION := #OK.

Definition deliver_signal (to bits : W) : Act :=
  deliver_words to bits (kernel_tag #0 #MESSAGE_SIGNAL) #0 #0 #0 #0 #0.

(* ---- notifications: who waits gets all bits; else who is bound, now or at its next receive *)
Definition notification_signal (n more : W) : Act :=
  old <- notification_bits @ n;
  let bits := old .| more in
  waiter <- cell_head @ n;
  b <- notification_thread @ n;
  wanted <- notification_thread_id @ n;
  id <- cell_id @ b;
  state <- cell_state @ b;
  form <- cell_form @ b;
  let is_bound := (b != #0) && (id == wanted) in
  let wake t := sched_remove t ;; notification_bits @ n := #0 ;; deliver_signal t bits ;; sched_ready_own t in
  notification_bits @ n := bits ;;
  IF bits != #0 THEN
    IF waiter != #0 THEN wake waiter
    ELSE IF is_bound THEN
      IF state == #RECEIVING THEN wake b ELSE cell_form @ b := (form .| #FORM_PENDING) FI
    FI FI
  FI.

Definition notification_signal_weak (n wanted bits : W) : Act :=
  id <- cell_id @ n;
  IF (n != #0) && (id == wanted) THEN notification_signal n bits FI.
End Signal.
