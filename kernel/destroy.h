/* Destruction: of one object that a capability names, and of all that a pool holds, a constant step at a time. */
#pragma once
#include "kernel/cap.h"

error op_pool_destroy(cell_ix me, struct registers *r) MUST_CHECK;
error op_pool_reap(cell_ix me, struct registers *r) MUST_CHECK;
