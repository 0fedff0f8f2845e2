(* Which thread runs (kernel/sched.c): ready queues, and the budgets of threads.  The running thread is in no queue; every
   other is in one at most.  Running itself is in run.v. *)
From Isthmus Require Export queue.

Section Sched.
Context {W B S : Type} {m : Machine W B S}.

(* The highest bit that is set, by halving: 32, 16, ... 1. *)
Fixpoint highest_from (shifts : list N) (bitmap n : W) : W :=
  match shifts with
  | nil => n
  | s :: rest =>
      let up := ite ((bitmap >> #s) != #0) #s #0 in
      highest_from rest (bitmap >> up) (n + up)
  end.
Definition highest (bitmap : W) : W := highest_from [32; 16; 8; 4; 2; 1]%N bitmap #0.

(* ---- ready queues: one a priority; cell core_ready + p *)
Definition ready_append (t : W) : Act :=
  p <- cell_priority @ t;
  first <- core_ready @ self;
  cell_state @ t := #READY ;;
  queue_append (first + p) t ;;
  bitmap <- core_bitmap @ self;
  core_bitmap @ self := (bitmap .| (#1 << p)).

Definition ready_unlink (t : W) : Act :=
  q <- cell_own @ t;
  queue_unlink t ;;
  head <- cell_head @ q;
  first <- core_ready @ self;
  bitmap <- core_bitmap @ self;
  IF head == #0 THEN core_bitmap @ self := (bitmap .\ (#1 << (q - first))) FI.

(* ---- budgets of threads *)
Definition budget_is_there (t : W) (k : B -> Act) : Act :=
  b <- thread_budget @ t;
  id <- cell_id @ b;
  wanted <- in_frame t budget_id;
  k ((id != #0) && (id == wanted)).

Definition sched_can_pay (t : W) (k : B -> Act) : Act :=
  there <- budget_is_there t;
  b <- thread_budget @ t;
  left <- budget_left @ b;
  k (there && (left != #0)).

Definition sched_own_budget (t : W) : Act :=
  b <- in_frame t own_budget;
  i <- in_frame t own_budget_id;
  thread_budget @ t := b ;;
  set_in_frame t budget_id i.

(* Can t go on, on its own budget if need be?  A server that has one does not stop where a client's purse is empty or gone. *)
Definition finds_budget (t : W) (k : B -> Act) : Act :=
  pays <- sched_can_pay t;
  b <- in_frame t own_budget;
  wanted <- in_frame t own_budget_id;
  id <- cell_id @ b;
  IF !pays && (id != #0) && (id == wanted) THEN sched_own_budget t FI ;;
  pays <- sched_can_pay t;
  k pays.

(* It stops in the queue of its budget, or in none if it has no budget. *)
Definition starve (t : W) : Act :=
  b <- thread_budget @ t;
  there <- budget_is_there t;
  cell_state @ t := #STARVED ;;
  IF there THEN queue_append b t FI.

Definition urge (why : N) : Act := old <- core_resched @ self; core_resched @ self := (old .| #why).

Definition sched_ready (t : W) : Act :=
  pays <- finds_budget t;
  IF pays THEN
    ready_append t ;;
    current <- core_current @ self;
    p <- cell_priority @ t;
    running <- cell_priority @ current;
    IF (current == #0) || (p > running) THEN urge RESCHED_URGENT FI
  ELSE starve t FI.

Definition sched_ready_own (t : W) : Act := sched_own_budget t ;; sched_ready t.

Definition sched_donate (from to : W) : Act :=
  b <- thread_budget @ from;
  i <- in_frame from budget_id;
  thread_budget @ to := b ;;
  set_in_frame to budget_id i.

(* ---- leaving a queue, whichever *)
Definition leave_endpoint (e t : W) : Act :=
  cursor <- endpoint_cursor @ e;
  next <- cell_next @ t;
  IF cursor == t THEN endpoint_cursor @ e := next FI ;;
  queue_unlink t ;;
  head <- cell_head @ e;
  IF head == #0 THEN cell_state @ e := #EMPTY FI.

Definition sched_remove (t : W) : Act :=
  own <- cell_own @ t;
  kind <- cell_kind @ own;
  IF own != #0 THEN
    IF kind == #CELL_READY THEN ready_unlink t
    ELSE IF kind == #CELL_ENDPOINT THEN leave_endpoint own t
    ELSE queue_unlink t FI FI
  FI ;;
  cell_state @ t := #SUSPENDED.

End Sched.
