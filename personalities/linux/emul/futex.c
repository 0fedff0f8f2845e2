/* futex(2) for processes of one thread.  Nobody else can reach a private futex, so its wait ends by a signal or in time
 * only.  A futex in shared memory is looked at again and again, ever less often: whoever waits must expect to be woken for no
 * reason, so waking needs nothing but the changed word. */
#include "personalities/linux/emul/clock.h"
#include "personalities/linux/emul/unix.h"

enum futex_command {
	FUTEX_WAIT, FUTEX_WAKE, FUTEX_REQUEUE = 3, FUTEX_CMP_REQUEUE = 4, FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET = 10,
};

#define FUTEX_PRIVATE 128u
#define FUTEX_CLOCK_REALTIME 256u
#define LOOK_FIRST_ns 200000
#define LOOK_LAST_ns 20000000

static int64_t word_get(uint64_t at, uint32_t *word)
{
	return at % sizeof *word ? -EINVAL : user_get(word, at, sizeof *word);
}

/* FUTEX_WAIT has a length of time, FUTEX_WAIT_BITSET a point in it. */
static int64_t deadline_get(uint64_t at, uint64_t operation, bool absolute, uint64_t *deadline)
{
	struct linux_timespec t;
	uint64_t base = operation & FUTEX_CLOCK_REALTIME ? exchange.realtime_ns : 0;

	*deadline = NO_DEADLINE;
	if (!at)
		return 0;
	if (user_get(&t, at, sizeof t))
		return -EFAULT;
	if (!timespec_is_valid(&t))
		return -EINVAL;
	if (!absolute)
		*deadline = deadline_after(timespec_ns(&t));
	else
		*deadline = timespec_ns(&t) > base ? timespec_ns(&t) - base : 0;
	return 0;
}

/* Until the deadline or a signal. */
static int64_t wait_private(uint64_t deadline)
{
	int64_t result = UNIX_CALL(UNIX_SLEEP, deadline);

	return result == 0 ? -ETIMEDOUT : result;
}

static int64_t wait_shared(uint64_t at, uint32_t value, uint64_t deadline)
{
	for (uint64_t pause = LOOK_FIRST_ns; pause < LOOK_LAST_ns; pause *= 2) {
		uint64_t next = clock_monotonic_ns() + pause;
		bool last = deadline <= next;
		int64_t result = UNIX_CALL(UNIX_SLEEP, last ? deadline : next);
		uint32_t now;

		if (result)
			return result;
		if (last)
			return -ETIMEDOUT;
		if (word_get(at, &now))
			return -EFAULT;
		if (now != value)
			return 0;
	}
	return 0;
}

static int64_t futex_wait(const uint64_t a[static 6], bool absolute)
{
	uint64_t deadline;
	uint32_t word;
	int64_t result = deadline_get(a[3], a[1], absolute, &deadline);

	if (!result)
		result = word_get(a[0], &word);
	if (result)
		return result;
	if (word != (uint32_t)a[2])
		return -EAGAIN;
	result = a[1] & FUTEX_PRIVATE ? wait_private(deadline) : wait_shared(a[0], word, deadline);
	/* Without a deadline Linux makes the call again after a handler with SA_RESTART. */
	return result == UNIX_RESTART_NO_HANDLER && deadline == NO_DEADLINE ? UNIX_RESTART_SYS : result;
}

static int64_t futex_wake(const uint64_t a[static 6], bool compare)
{
	uint32_t word;
	int64_t error = word_get(a[0], &word);

	if (error)
		return error;
	return compare && word != (uint32_t)a[5] ? -EAGAIN : 0;
}

int64_t call_futex(const uint64_t a[static 6], const struct emul_call *call)
{
	switch (as_uint(a[1]) & ~(uint64_t)(FUTEX_PRIVATE | FUTEX_CLOCK_REALTIME)) {
	case FUTEX_WAIT:
		return futex_wait(a, false);
	case FUTEX_WAIT_BITSET:
		return as_uint(a[5]) ? futex_wait(a, true) : -EINVAL;
	case FUTEX_WAKE:
	case FUTEX_REQUEUE:
		return futex_wake(a, false);
	case FUTEX_WAKE_BITSET:
		return as_uint(a[5]) ? futex_wake(a, false) : -EINVAL;
	case FUTEX_CMP_REQUEUE:
		return futex_wake(a, true);
	default:
		return call_refused(a, call);
	}
}

#define ROBUST_HEAD_SIZE 24

/* Of use to those who wait for a futex of a dead thread, and they look at the word themselves. */
int64_t call_set_robust_list(const uint64_t a[static 6], const struct emul_call *call)
{
	return a[1] == ROBUST_HEAD_SIZE ? 0 : -EINVAL;
}
