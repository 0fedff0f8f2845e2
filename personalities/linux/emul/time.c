/* Clocks and sleeping. */
#include "personalities/linux/emul/clock.h"
#include "personalities/linux/emul/deliver.h"
#include "personalities/linux/emul/unix.h"

enum clock {
	CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID, CLOCK_MONOTONIC_RAW,
	CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME, CLOCK_REALTIME_ALARM, CLOCK_BOOTTIME_ALARM,
	CLOCK_TAI = 11,
};

#define TIMER_ABSTIME 1
#define COARSE_ns 4000000 /* a tick of 250 Hz, as Linux's coarse clocks have it */

uint64_t clock_monotonic_ns(void)
{
	return ticks_to_ns(counter_read() - exchange.boot_ticks, exchange.ticks_per_second);
}

uint64_t clock_realtime_ns(void)
{
	return clock_monotonic_ns() + exchange.realtime_ns;
}

uint64_t deadline_after(uint64_t wait_ns)
{
	if (!emul_data.kept)
		emul_data.kept_deadline = clock_monotonic_ns() + wait_ns;
	return emul_data.kept_deadline;
}

uint64_t deadline_left(uint64_t deadline)
{
	uint64_t now = clock_monotonic_ns();

	return deadline > now ? deadline - now : 0;
}

static bool clock_is_realtime(int64_t clock)
{
	return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_REALTIME_ALARM || clock == CLOCK_TAI;
}

static bool clock_is_monotonic(int64_t clock)
{
	return clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_RAW || clock == CLOCK_MONOTONIC_COARSE ||
	       clock == CLOCK_BOOTTIME || clock == CLOCK_BOOTTIME_ALARM;
}

static bool clock_is_cpu(int64_t clock)
{
	return clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID;
}

static int64_t clock_read(int64_t clock, uint64_t *ns)
{
	uint64_t words[8] = { 0 };
	int64_t error;

	if (clock_is_realtime(clock)) {
		*ns = clock_realtime_ns();
		return 0;
	}
	if (clock_is_monotonic(clock)) {
		*ns = clock_monotonic_ns();
		return 0;
	}
	if (!clock_is_cpu(clock))
		return -EINVAL;
	error = unix_call(UNIX_CPU_TIME, words);
	*ns = words[1];
	return error;
}

int64_t call_clock_gettime(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t ns;
	int64_t error = clock_read(as_int(a[0]), &ns);
	struct linux_timespec t = timespec_of(ns);

	return error ? error : user_put(a[1], &t, sizeof t);
}

int64_t call_clock_getres(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t clock = as_int(a[0]);
	bool coarse = clock == CLOCK_REALTIME_COARSE || clock == CLOCK_MONOTONIC_COARSE;
	struct linux_timespec t = { 0, coarse ? COARSE_ns : 1 };

	if (!clock_is_realtime(clock) && !clock_is_monotonic(clock) && !clock_is_cpu(clock))
		return -EINVAL;
	return user_put_if(a[1], &t, sizeof t);
}

int64_t call_clock_settime(const uint64_t a[static 6], const struct emul_call *call)
{
	struct linux_timespec t;

	if (as_int(a[0]) != CLOCK_REALTIME)
		return -EINVAL;
	if (user_get(&t, a[1], sizeof t))
		return -EFAULT;
	return timespec_is_valid(&t) ? UNIX_CALL(UNIX_CLOCK_SET, timespec_ns(&t)) : -EINVAL;
}

struct timezone {
	int32_t minutes_west, dst;
};

int64_t call_gettimeofday(const uint64_t a[static 6], const struct emul_call *call)
{
	static const struct timezone utc;
	struct linux_timeval t = timeval_of(clock_realtime_ns());
	int64_t error = user_put_if(a[0], &t, sizeof t);

	return error ? error : user_put_if(a[1], &utc, sizeof utc);
}

int64_t call_settimeofday(const uint64_t a[static 6], const struct emul_call *call)
{
	struct linux_timeval t;

	if (a[1] || !a[0])
		return a[1] ? -EINVAL : 0;
	if (user_get(&t, a[0], sizeof t))
		return -EFAULT;
	if (t.s < 0 || t.us < 0 || t.us >= 1000000)
		return -EINVAL;
	return UNIX_CALL(UNIX_CLOCK_SET, (uint64_t)(t.s * NS + t.us * 1000));
}

int64_t call_time(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t s = (int64_t)(clock_realtime_ns() / NS);
	int64_t error = user_put_if(a[0], &s, sizeof s);

	return error ? error : s;
}

/* Sleeps; what is left is told after a signal, but not of an absolute time. */
static int64_t sleep_until(uint64_t deadline, uint64_t left_to)
{
	int64_t result = UNIX_CALL(UNIX_SLEEP, deadline);
	struct linux_timespec left;

	if (!result_is_restart(result) && result != -EINTR)
		return result;
	left = timespec_of(deadline_left(deadline));
	if (user_put_if(left_to, &left, sizeof left))
		return -EFAULT;
	return result;
}

int64_t call_nanosleep(const uint64_t a[static 6], const struct emul_call *call)
{
	struct linux_timespec t;

	if (user_get(&t, a[0], sizeof t))
		return -EFAULT;
	if (!timespec_is_valid(&t))
		return -EINVAL;
	return sleep_until(deadline_after(timespec_ns(&t)), a[1]);
}

int64_t call_clock_nanosleep(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t clock = as_int(a[0]);
	struct linux_timespec t;
	uint64_t ns, base;

	if (clock == CLOCK_THREAD_CPUTIME_ID || (!clock_is_realtime(clock) && !clock_is_monotonic(clock)))
		return clock == CLOCK_PROCESS_CPUTIME_ID ? -EOPNOTSUPP : -EINVAL;
	if (user_get(&t, a[2], sizeof t))
		return -EFAULT;
	if (!timespec_is_valid(&t))
		return -EINVAL;
	ns = timespec_ns(&t);
	if (!(as_int(a[1]) & TIMER_ABSTIME))
		return sleep_until(deadline_after(ns), a[3]);
	base = clock_is_realtime(clock) ? exchange.realtime_ns : 0;
	return sleep_until(ns > base ? ns - base : 0, 0);
}
