/* Pools: who pays for cells and frames, and who may destroy what was made of them.
 *
 * A pool has two lists of members, cells and frames, with the free ones in front: so the first member is free, or none is.
 * Free large frames are in a third. */
#pragma once
#include "kernel/cap.h"

/* Takes a free cell of the pool, gives it a kind and a fresh id; nil if there is none. */
cell_ix cell_take(cell_ix pool, enum cell_kind kind);

/* Gives a cell back to the pool that it belongs to; it is zeroed. */
void cell_release(cell_ix c);

/* Takes a free frame of the pool, zeroed, of a kind; nil if there is none. */
frame_ix frame_take(cell_ix pool, enum frame_kind kind);

/* Gives a frame, of any order, back to its pool.  pre: nothing maps it. */
void frame_release(frame_ix f);

/* Zeroes one 4 KiB frame. */
void frame_zero(frame_ix f);

/* Goes on with the split of the pool's cell_cold.badge; MORE or OK.  pre: there is one. */
error pool_split_step(cell_ix pool);

/* Moves a member of one pool to another as it is, free or in use; a free large frame. */
void pool_move_cell(cell_ix c, cell_ix to);
void pool_move_frame(frame_ix f, cell_ix to);
void pool_move_large(frame_ix f, cell_ix to);

/* Boot: adds a free cell; a frame, free or in use; a free large frame. */
void pool_add_cell(cell_ix pool, cell_ix c);
void pool_add_frame(cell_ix pool, frame_ix f, enum frame_kind kind);
void pool_add_large(cell_ix pool, frame_ix f);

error op_pool_create_simple(cell_ix me, struct registers *r, enum cell_kind kind) MUST_CHECK;
error op_pool_create_task(cell_ix me, struct registers *r) MUST_CHECK;
error op_pool_create_thread(cell_ix me, struct registers *r) MUST_CHECK;
error op_pool_create_forwarder(cell_ix me, struct registers *r) MUST_CHECK;
error op_pool_create_irq(cell_ix me, struct registers *r) MUST_CHECK;
error op_pool_create_device(cell_ix me, struct registers *r) MUST_CHECK;
error op_pool_create_frame(cell_ix me, struct registers *r) MUST_CHECK;
error op_pool_give(cell_ix me, struct registers *r) MUST_CHECK;
error op_pool_split(cell_ix me, struct registers *r) MUST_CHECK;
error op_pool_info(cell_ix me, struct registers *r) MUST_CHECK;
