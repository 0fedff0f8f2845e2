/* Threads: creation, destruction, and control from outside. */
#pragma once
#include "kernel/cap.h"

/* A new suspended thread of the task, or nil: one cell and one frame. */
cell_ix thread_create(cell_ix pool, cell_ix task, uint64_t label);

/* One step of destruction; its callers are woken with E_DEAD. */
error thread_destroy_step(cell_ix t);

error op_thread_start(cell_ix me, struct registers *r) MUST_CHECK;
error op_thread_suspend(cell_ix me, struct registers *r) MUST_CHECK;
error op_thread_resume(cell_ix me, struct registers *r) MUST_CHECK;
error op_thread_read(cell_ix me, struct registers *r) MUST_CHECK;
error op_thread_write(cell_ix me, struct registers *r) MUST_CHECK;
error op_thread_priority(cell_ix me, struct registers *r) MUST_CHECK;
error op_thread_core(cell_ix me, struct registers *r) MUST_CHECK;
error op_thread_budget(cell_ix me, struct registers *r) MUST_CHECK;
error op_thread_notification(cell_ix me, struct registers *r) MUST_CHECK;
error op_thread_slots(cell_ix me, struct registers *r) MUST_CHECK;
error op_thread_handoff(cell_ix me, struct registers *r) MUST_CHECK;
error op_thread_redirect(cell_ix me, struct registers *r) MUST_CHECK;
