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

/* Every process may run on that one only. */
int64_t call_sched_setaffinity(const uint64_t a[static 6], const struct emul_call *call)
{
	uint8_t mask = 0;

	if (as_uint(a[1]) && user_get(&mask, a[2], sizeof mask))
		return -EFAULT;
	return mask & 1 ? 0 : -EINVAL;
}

enum policy { SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_IDLE = 5, SCHED_DEADLINE };

static int64_t priority_of(int64_t policy, int64_t real_time)
{
	switch (policy) {
	case SCHED_FIFO:
	case SCHED_RR:
		return real_time;
	case SCHED_OTHER:
	case SCHED_BATCH:
	case SCHED_IDLE:
	case SCHED_DEADLINE:
		return 0;
	default:
		return -EINVAL;
	}
}

int64_t call_sched_get_priority_max(const uint64_t a[static 6], const struct emul_call *call)
{
	return priority_of(as_int(a[0]), 99);
}

int64_t call_sched_get_priority_min(const uint64_t a[static 6], const struct emul_call *call)
{
	return priority_of(as_int(a[0]), 1);
}

#define PERSONALITY_QUERY 0xffffffffu

/* Only Linux's own. */
int64_t call_personality(const uint64_t a[static 6], const struct emul_call *call)
{
	return as_uint(a[0]) == PERSONALITY_QUERY || as_uint(a[0]) == 0 ? 0 : -EINVAL;
}
