(* Running, and the time that it takes (the second half of kernel/sched.c). *)
From Isthmus Require Export signal.

Section Run.
Context {W B S : Type} {m : Machine W B S}.

(* ---- time: the budget of the running thread is consumed; the timer is set to the next event *)

(* Takes the time that was used from the budget, and begins the next slice if there is one.  k learns whether it ran out. *)
Definition charge (k : B -> Act) : Act :=
  b <- core_budget @ self;
  wanted <- core_budget_id @ self;
  start <- core_budget_start @ self;
  now <- time @ #0;
  id <- cell_id @ b;
  left <- budget_left @ b;
  slice <- budget_slice @ b;
  let there := (id != #0) && (id == wanted) in
  let lasts := (now - start) < left in
  core_budget_start @ self := now ;;
  IF there THEN budget_left @ b := ite lasts (left - (now - start)) slice FI ;;
  k (there && !lasts).

Definition sched_charge : Act := charge (fun out => IF out THEN urge RESCHED_BUDGET FI).

(* The scheduler of the budget that was consumed until now is signalled if it ended empty. *)
Definition leave_budget : Act :=
  charge (fun _ =>
  b <- core_budget @ self;
  wanted <- core_budget_id @ self;
  id <- cell_id @ b;
  left <- budget_left @ b;
  n <- budget_notification @ b;
  n_id <- budget_notification_id @ b;
  badge <- cold_badge @ b;
  IF (id != #0) && (id == wanted) && (left == #0) THEN notification_signal_weak n n_id badge FI).

Definition sched_arm : Act :=
  b <- core_budget @ self;
  wanted <- core_budget_id @ self;
  start <- core_budget_start @ self;
  deadline <- core_deadline @ self;
  armed <- core_armed @ self;
  id <- cell_id @ b;
  left <- budget_left @ b;
  let next := ite ((id != #0) && (id == wanted) && ((start + left) < deadline)) (start + left) deadline in
  IF next != armed THEN core_armed @ self := next ;; timer @ self := next FI.

Definition consume (b id : W) : Act :=
  old <- core_budget @ self;
  old_id <- core_budget_id @ self;
  now <- time @ #0;
  IF (old != b) || (old_id != id) THEN
    IF old != #0 THEN leave_budget ELSE core_budget_start @ self := now FI ;;
    core_budget @ self := b ;;
    core_budget_id @ self := id ;;
    sched_arm
  FI.

(* ---- running *)
Definition sched_run (t : W) : Act :=
  core_current @ self := t ;;
  cell_state @ t := #RUNNING ;;
  b <- thread_budget @ t;
  i <- in_frame t budget_id;
  consume b i.

Definition sched_stop_current : Act :=
  t <- core_current @ self;
  cell_state @ t := #SUSPENDED ;;
  core_current @ self := #0.

Definition sched_yield : Act :=
  t <- core_current @ self;
  sched_stop_current ;;
  sched_ready t.

Definition sched_most_urgent (t : W) (k : B -> Act) : Act :=
  bitmap <- core_bitmap @ self;
  p <- cell_priority @ t;
  k ((bitmap >> p) <= #1).

(* The most urgent thread that can pay runs.  At most 16 that cannot are set aside; if there are more, the core idles until
   the timer interrupt that is due at once. *)
Definition pick : Act :=
  repeat (N.to_nat STEP) (
    current <- core_current @ self;
    bitmap <- core_bitmap @ self;
    IF (current == #0) && (bitmap != #0) THEN
      first <- core_ready @ self;
      t <- cell_head @ (first + highest bitmap);
      ready_unlink t ;;
      pays <- finds_budget t;
      IF pays THEN sched_run t ELSE starve t FI
    FI) ;;
  current <- core_current @ self;
  IF current == #0 THEN
    consume #0 #0 ;;
    bitmap <- core_bitmap @ self;
    now <- time @ #0;
    IF bitmap != #0 THEN core_armed @ self := now ;; timer @ self := now FI
  FI.

Definition settle_once : Act :=
  t <- core_current @ self;
  resched <- core_resched @ self;
  urgent <- sched_most_urgent t;
  IF (t != #0) && (((resched .& #RESCHED_BUDGET) != #0) || ((resched != #0) && !urgent)) THEN sched_yield FI ;;
  core_resched @ self := #0 ;;
  current <- core_current @ self;
  IF current == #0 THEN pick FI.

(* The end of every entry.  Who is picked may leave an empty budget behind, whose scheduler then is ready and may be more
   urgent.  What remains after that is left to a timer interrupt that is due at once. *)
Definition sched_settle : Act :=
  settle_once ;;
  resched <- core_resched @ self;
  IF resched != #0 THEN
    settle_once ;;
    resched <- core_resched @ self;
    now <- time @ #0;
    IF resched != #0 THEN core_armed @ self := now ;; timer @ self := now FI
  FI.
End Run.
