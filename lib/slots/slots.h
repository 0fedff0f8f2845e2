/* Which slots of the own capability table are in use.  One per task; not for several threads at once.
 *
 * The kernel knows what is in a slot, but asking it costs a call; so whoever takes a slot here puts something there, and
 * whoever puts it back has emptied it. */
#pragma once

#include "lib/sys/sys.h"

struct slots {
	isthmus_slot task, pool;          /* whose table, and who pays for its leaves; task 0: the leaves are there, and
	                                   * slots_drop only forgets */
	uint64_t first, end;              /* slots in [first, end) are handed out */
	uint64_t next;                    /* where the search begins */
	uint64_t used[ISTHMUS_CAP_SLOTS / 64];
	uint64_t leaf[ISTHMUS_CAP_LEAVES / 64]; /* leaves known to be there */
};

/* Hands out [first, end) from now on; end at most ISTHMUS_CAP_SLOTS, first not 0. */
void slots_init(struct slots *slots, isthmus_slot task, isthmus_slot pool, uint64_t first, uint64_t end);

/* Finds a slot that nobody uses, and adds the table's leaf that holds it if it is not there.
 * Errors: SLOT if all are in use; MEMORY if the pool has no frame for the leaf; what task_leaf answers. */
__attribute__((warn_unused_result)) enum isthmus_error slots_take(struct slots *slots, isthmus_slot *out);

/* The same for `count` slots in a row, at most 64; they need not share a leaf. */
__attribute__((warn_unused_result)) enum isthmus_error
slots_take_run(struct slots *slots, uint64_t count, isthmus_slot *out_first);

/* Marks a slot as in use that something else chose. */
void slots_reserve(struct slots *slots, isthmus_slot slot);

/* Takes a slot back that is empty, or empties it first (slots_drop; the object lives on).  0 is passed over. */
void slots_put(struct slots *slots, isthmus_slot slot);
void slots_drop(struct slots *slots, isthmus_slot slot);
