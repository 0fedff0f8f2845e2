/* Vectors of buffers: readv(2) and its relatives. */
#pragma once

#include <stdint.h>

#define IOV_MAX 1024
#define RW_MAX 0x7ffff000u /* the most that one call moves; Linux's MAX_RW_COUNT */

struct linux_iovec {
	uint64_t base, size;
};

/* Cuts the vector to RW_MAX bytes.  The total, or -EINVAL if a length is negative. */
int64_t iovec_clip(struct linux_iovec *vector, unsigned count);
