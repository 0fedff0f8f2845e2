/* The machine: timer deadline, interrupts, ports, log, end; and what an interrupt does. */
#pragma once
#include "kernel/cap.h"

error op_machine_log(cell_ix me, struct registers *r) MUST_CHECK;
error op_machine_timer(cell_ix me, struct registers *r) MUST_CHECK;
error op_machine_refill(cell_ix me, struct registers *r) MUST_CHECK;
error op_machine_halt(cell_ix me, struct registers *r) MUST_CHECK;
error op_irq_bind(cell_ix me, struct registers *r) MUST_CHECK;
error op_irq_ack(cell_ix me, struct registers *r) MUST_CHECK;
error op_port_in(cell_ix me, struct registers *r) MUST_CHECK;
error op_port_out(cell_ix me, struct registers *r) MUST_CHECK;
