/* Queues of threads.  Whatever threads wait in (ready queue, endpoint, notification, server thread, budget) is a cell
 * with a head and a tail; a thread is in at most one queue and stores in `own` which. */
#pragma once
#include "kernel/state.h"

/* pre: t.own is nil. */
void queue_append(cell_ix queue, cell_ix t);

/* pre: t.own is not nil.  post: it is nil. */
void queue_unlink(cell_ix t);

ALWAYS_INLINE cell_ix queue_first(cell_ix queue) { return (cell_ix){ cell[queue.i].head }; }
