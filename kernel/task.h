/* Tasks: an address space and a capability table.  Creation and destruction, fault handler, redirection window, leaves of
 * the capability table; mappings are in space.h. */
#pragma once
#include "kernel/cap.h"

/* A new task of the pool, or nil: one cell and two frames. */
cell_ix task_create(cell_ix pool);

/* One step of destruction: its threads, its page tables, its capability table. */
error task_destroy_step(cell_ix task);

/* A leaf of a capability table goes back to its pool. */
void task_remove_leaf(frame_ix leaf);

/* Adds the leaf that holds slot n, paid by pool: E_ARGUMENT, E_BUSY, E_MEMORY. */
error task_add_leaf(cell_ix task, cell_ix pool, uint64_t n) MUST_CHECK;

error op_task_leaf(cell_ix me, struct registers *r) MUST_CHECK;
error op_task_handler(cell_ix me, struct registers *r) MUST_CHECK;
error op_task_window(cell_ix me, struct registers *r) MUST_CHECK;
