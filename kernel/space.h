/* Address spaces: page tables and the links from a frame to the entries that map it.
 *
 * A table of level 1 or 2 holds mappings and has, beside its frame, one of links: each mapping is a member of the list of
 * all mappings of its frame, so that unmapping a frame everywhere is a sequence of constant steps. */
#pragma once
#include "kernel/cap.h"

/* The lowest table of at least `level` that covers the address is of level `level`, or nil. */
frame_ix table_walk(cell_ix task, uint64_t address, unsigned level);

/* Adds a table; see task_table. */
error space_add_table(cell_ix task, cell_ix pool, uint64_t address, unsigned level) MUST_CHECK;

/* Maps a data frame (order 0 or 9) with checked flags: E_TABLE, E_BUSY. */
error space_map_frame(cell_ix task, frame_ix f, uint64_t address, unsigned flags) MUST_CHECK;

/* Removes up to ISTHMUS_STEP mappings of a frame, wherever they are; MORE if some are left. */
error frame_unmap_step(frame_ix f);

/* One step of destroying a table and all below it: it is cut off first, then emptied from the lowest level up. */
error table_destroy_step(frame_ix table);

error op_task_map(cell_ix me, struct registers *r) MUST_CHECK;
error op_task_unmap(cell_ix me, struct registers *r) MUST_CHECK;
error op_task_protect(cell_ix me, struct registers *r) MUST_CHECK;
error op_task_table(cell_ix me, struct registers *r) MUST_CHECK;
error op_frame_info(cell_ix me, struct registers *r) MUST_CHECK;
