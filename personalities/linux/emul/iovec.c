#include "personalities/linux/emul/iovec.h"

#include "personalities/linux/abi/errno.h"

int64_t iovec_clip(struct linux_iovec *vector, unsigned count)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < count; i++) {
		if ((int64_t)vector[i].size < 0)
			return -EINVAL;
		if (vector[i].size > RW_MAX - total)
			vector[i].size = RW_MAX - total;
		total += vector[i].size;
	}
	return (int64_t)total;
}
