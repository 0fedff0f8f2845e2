/* Interval timers and alarm(2). */
#include "personalities/linux/emul/clock.h"
#include "personalities/linux/emul/unix.h"

struct itimerval {
	struct linux_timeval interval, value;
};

static int64_t timeval_ns(const struct linux_timeval *t, uint64_t *ns)
{
	struct linux_timespec ts = { t->s, t->us * 1000 };

	if (t->us < 0 || t->us >= 1000000 || t->s < 0)
		return -EINVAL;
	*ns = timespec_ns(&ts);
	return 0;
}

static int64_t old_put(uint64_t to, const uint64_t words[static 8])
{
	struct itimerval old = { timeval_of(words[2]), timeval_of(words[1]) };

	return user_put_if(to, &old, sizeof old);
}

int64_t call_getitimer(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t words[8] = { (uint64_t)as_int(a[0]) };
	int64_t error = unix_call(UNIX_ITIMER, words);

	if (error)
		return error;
	return a[1] ? old_put(a[1], words) : -EFAULT;
}

/* Without a new value Linux stops the timer. */
int64_t call_setitimer(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t words[8] = { (uint64_t)as_int(a[0]), 1 };
	struct itimerval new = { { 0, 0 }, { 0, 0 } };
	int64_t error = a[1] ? user_get(&new, a[1], sizeof new) : 0;

	if (!error)
		error = timeval_ns(&new.value, &words[2]);
	if (!error)
		error = timeval_ns(&new.interval, &words[3]);
	if (!error)
		error = unix_call(UNIX_ITIMER, words);
	return error ? error : old_put(a[2], words);
}

/* Answers the seconds that were left, rounded, but not to 0 if there were any. */
int64_t call_alarm(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t words[8] = { LINUX_ITIMER_REAL, 1, as_uint(a[0]) * (uint64_t)NS };
	int64_t error = unix_call(UNIX_ITIMER, words);
	uint64_t rounded = (words[1] + NS / 2) / NS;

	if (error)
		return error;
	return words[1] && !rounded ? 1 : (int64_t)rounded;
}
