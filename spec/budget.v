(* Processor time as a capability (kernel/budget.c). *)
From Isthmus Require Export ipc.

Section Budget.
Context {W B S : Type} {m : Machine W B S} {p : Port W B S}.

(* What is left of budget b is up to date. *)
Definition budget_settle (b : W) : Act :=
  consumed <- core_budget @ self;
  IF consumed == b THEN sched_charge FI.

(* Adds time, sets the slice, and makes up to 16 stopped threads ready: OK, MORE if some are left, ARGUMENT if it is too much. *)
Definition budget_fill (b added slice : W) (k : W -> Act) : Act :=
  old <- budget_left @ b;
  IF (added <= (#(N.div ONES 4) - old)) && (slice <= #(N.div ONES 4)) THEN
    budget_settle b ;;
    add_to budget_left b added ;;
    budget_slice @ b := slice ;;
    left <- budget_left @ b;
    IF left == #0 THEN budget_left @ b := slice FI ;;
    repeat (N.to_nat STEP) (
      left <- budget_left @ b;
      t <- cell_head @ b;
      IF (left != #0) && (t != #0) THEN sched_remove t ;; sched_ready t FI) ;;
    sched_arm ;;
    left <- budget_left @ b;
    head <- cell_head @ b;
    k (ite ((left != #0) && (head != #0)) #E_MORE #OK)
  ELSE k #E_ARGUMENT FI.

Definition op_budget_move (me : W) : Act :=
  slot <- me ~> SLOT; to_slot <- me ~> (WORD 0); moved <- me ~> (WORD 1);
  from <- cap_get me slot KIND_BUDGET R_WRITE;
  to <- cap_get me to_slot KIND_BUDGET R_WRITE;
  budget_settle (object_of from) ;;
  left <- budget_left @ (object_of from);
  REQUIRE (moved <= left) && (object_of from != object_of to) OR E_ARGUMENT;
  slice <- budget_slice @ (object_of to);
  err <- budget_fill (object_of to) moved slice;
  IF err != #E_ARGUMENT THEN sub_from budget_left (object_of from) moved FI ;;
  sched_arm ;;
  answer err.                                              (* MORE: the time has been moved *)

Definition op_budget_read (me : W) : Act :=
  slot <- me ~> SLOT;
  c <- cap_get me slot KIND_BUDGET R_READ;
  answer #OK ;;
  budget_settle (object_of c) ;;
  left <- budget_left @ (object_of c);
  slice <- budget_slice @ (object_of c);
  me ~> (WORD 0) := left ;;
  me ~> (WORD 1) := slice.

Definition op_budget_notify (me : W) : Act :=
  slot <- me ~> SLOT; n <- me ~> (WORD 0);
  c <- cap_get me slot KIND_BUDGET R_MANAGE;
  to <- cap_get_optional me n KIND_NOTIFICATION R_WRITE;
  answer #OK ;;
  budget_notification @ (object_of c) := object_of to ;;
  budget_notification_id @ (object_of c) := id_of to ;;
  cold_badge @ (object_of c) := badge_of to.
End Budget.
