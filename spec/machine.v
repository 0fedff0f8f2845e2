(* The machine (kernel/machine.c): log, timer, power, interrupts, I/O ports. *)
From Isthmus Require Export destroy.

Section MachineOperations.
Context {W B S : Type} {m : Machine W B S} {p : Port W B S}.

(* What is written is not modelled, only how much. *)
Definition op_machine_log (me : W) : Act :=
  slot <- me ~> SLOT; count <- me ~> (WORD 0);
  machine_with me slot MACHINE_LOG_BIT (
  REQUIRE count <= #LOG_BYTES OR E_ARGUMENT;
  answer #OK ;;
  add_to logged #0 count).

Definition op_machine_timer (me : W) : Act :=
  slot <- me ~> SLOT; n <- me ~> (WORD 0); deadline <- me ~> (WORD 1);
  machine_with me slot MACHINE_TIME_BIT (
  c <- cap_get_optional me n KIND_NOTIFICATION R_WRITE;
  answer #OK ;;
  core_deadline @ self := deadline ;;
  core_deadline_notification @ self := object_of c ;;
  core_deadline_id @ self := id_of c ;;
  core_deadline_badge @ self := badge_of c ;;
  sched_arm ;;
  now <- time @ #0;
  me ~> (WORD 0) := now).

Definition op_machine_refill (me : W) : Act :=
  slot <- me ~> SLOT; n <- me ~> (WORD 0); added <- me ~> (WORD 1); slice <- me ~> (WORD 2);
  machine_with me slot MACHINE_TIME_BIT (
  b <- cap_get me n KIND_BUDGET R_WRITE;
  budget_fill (object_of b) added slice answer).

Definition op_machine_halt (me : W) : Act :=
  slot <- me ~> SLOT; how <- me ~> (WORD 0);
  machine_with me slot MACHINE_HALT_BIT (
  REQUIRE how <= #1 OR E_ARGUMENT;
  halted @ #0 := #1).

(* ---- interrupts: a line's object signals its notification *)
Definition interrupt_line (line : W) : Act :=
  c <- irq_cell @ line;
  kind <- cell_kind @ c;
  n <- irq_notification @ c;
  id <- irq_notification_id @ c;
  badge <- irq_badge @ c;
  line_unmasked @ line := #0 ;;
  IF (line < #MAX_IRQ) && (kind == #CELL_IRQ) THEN notification_signal_weak n id badge FI.

(* The core's deadline, and the end of the running budget. *)
Definition interrupt_timer : Act :=
  deadline <- core_deadline @ self;
  n <- core_deadline_notification @ self;
  id <- core_deadline_id @ self;
  badge <- core_deadline_badge @ self;
  now <- time @ #0;
  core_armed @ self := #ONES ;;
  IF now >= deadline THEN
    core_deadline @ self := #ONES ;;
    notification_signal_weak n id badge
  FI ;;
  b <- core_budget @ self;
  IF b != #0 THEN sched_charge FI ;;
  sched_arm.

Definition on_irq (me : W) (right : N) (k : W -> Act) : Act :=
  slot <- me ~> SLOT;
  c <- cap_get me slot KIND_IRQ right;
  k (object_of c).

Definition op_irq_bind (me : W) : Act :=
  n <- me ~> (WORD 0);
  on_irq me R_MANAGE (fun c =>
  to <- cap_get_optional me n KIND_NOTIFICATION R_WRITE;
  answer #OK ;;
  irq_notification @ c := object_of to ;;
  irq_notification_id @ c := id_of to ;;
  irq_badge @ c := badge_of to).

Definition op_irq_ack (me : W) : Act :=
  on_irq me R_WRITE (fun c =>
  line <- irq_line @ c;
  answer #OK ;;
  line_unmasked @ line := #1).

(* ---- I/O ports: what a device answers is not modelled *)
Definition port_checked (me : W) (right : N) (k : Act) : Act :=
  slot <- me ~> SLOT; offset <- me ~> (WORD 0); bytes <- me ~> (WORD 1);
  IF !has_ports THEN answer #E_OPERATION
  ELSE
    c <- cap_get me slot KIND_DEVICE right;
    ports <- device_ports @ (object_of c);
    size <- device_size @ (object_of c);
    REQUIRE (ports != #0) && ((bytes == #1) || (bytes == #2) || (bytes == #4)) OR E_ARGUMENT;
    REQUIRE (offset < size) && (bytes <= (size - offset)) OR E_ARGUMENT;
    k
  FI.
Definition op_port_in (me : W) : Act :=
  count <- me ~> (WORD 2);
  port_checked me R_READ (
  REQUIRE (count != #0) && (count <= #MESSAGE_WORDS) OR E_ARGUMENT;
  answer #OK).
Definition op_port_out (me : W) : Act :=
  count <- me ~> (WORD 2);
  port_checked me R_WRITE (
  REQUIRE (count != #0) && (count <= #(MESSAGE_WORDS - 3)) OR E_ARGUMENT;
  answer #OK).
End MachineOperations.
