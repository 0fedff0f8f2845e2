/* Calls about processors: there is one. */
#include "personalities/linux/emul/unix.h"

#include "lib/sys/sys.h"

int64_t call_sched_yield(const uint64_t a[static 6], const struct emul_call *call)
{
	return isthmus_yield() ? -EIO : 0;
}

int64_t call_sched_getaffinity(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t mask = 1, size = as_uint(a[1]);

	if (!size || size % sizeof mask)
		return -EINVAL;
	return user_put(a[2], &mask, sizeof mask) ? -EFAULT : (int64_t)sizeof mask;
}

int64_t call_getcpu(const uint64_t a[static 6], const struct emul_call *call)
{
	static const uint32_t zero;
	int64_t error = user_put_if(a[0], &zero, sizeof zero);

	return error ? error : user_put_if(a[1], &zero, sizeof zero);
}
