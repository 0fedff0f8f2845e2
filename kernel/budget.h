/* Budgets: processor time as a capability.  A budget is consumed by the thread that runs on it; when it is empty, it is
 * refilled at once if it has a round-robin slice, else its threads stop and its scheduler is signalled. */
#pragma once
#include "kernel/cap.h"

/* Adds time, sets the slice, and makes up to ISTHMUS_STEP stopped threads ready. */
error budget_fill(cell_ix b, uint64_t time, uint64_t slice);

/* Destruction: one step. */
error budget_destroy_step(cell_ix b);

error op_budget_move(cell_ix me, struct registers *r) MUST_CHECK;
error op_budget_read(cell_ix me, struct registers *r) MUST_CHECK;
error op_budget_notify(cell_ix me, struct registers *r) MUST_CHECK;
