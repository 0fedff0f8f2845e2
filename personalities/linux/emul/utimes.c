/* Setting the times of files. */
#include "personalities/linux/abi/file.h"
#include "personalities/linux/abi/process.h"
#include "personalities/linux/emul/unix.h"

/* The pair of times that goes with the request. */
static struct linux_timespec *times(void)
{
	return bulk(BESIDE);
}

static int64_t utimens(int64_t dirfd, uint64_t path, bool has_times, uint64_t flags)
{
	int64_t error = path ? path_in(PATH_A, path) : dirfd == LINUX_AT_FDCWD ? -EFAULT : 0;

	return error ? error : UNIX_CALL(UNIX_UTIMENS, (uint64_t)dirfd, path ? PATH_A : 0, has_times ? BESIDE : 0, flags);
}

static bool nanoseconds_are_valid(int64_t ns)
{
	return (ns >= 0 && ns < 1000000000) || ns == LINUX_UTIME_NOW || ns == LINUX_UTIME_OMIT;
}

int64_t call_utimensat(const uint64_t a[static 6], const struct emul_call *call)
{
	if (a[2]) {
		if (user_get(times(), a[2], 2 * sizeof(struct linux_timespec)))
			return -EFAULT;
		if (times()[0].ns == LINUX_UTIME_OMIT && times()[1].ns == LINUX_UTIME_OMIT)
			return 0;
		if (!nanoseconds_are_valid(times()[0].ns) || !nanoseconds_are_valid(times()[1].ns))
			return -EINVAL;
	}
	return utimens(as_int(a[0]), a[1], a[2] != 0, as_uint(a[3]));
}

static int64_t timevals_in(uint64_t at)
{
	struct linux_timeval t[2];

	if (!at)
		return 0;
	if (user_get(t, at, sizeof t))
		return -EFAULT;
	for (unsigned i = 0; i < 2; i++) {
		if (t[i].us < 0 || t[i].us >= 1000000)
			return -EINVAL;
		times()[i] = (struct linux_timespec){ t[i].s, t[i].us * 1000 };
	}
	return 0;
}

int64_t call_utimes(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t error = timevals_in(a[1]);

	return error ? error : utimens(LINUX_AT_FDCWD, a[0], a[1] != 0, 0);
}

int64_t call_futimesat(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t error = timevals_in(a[2]);

	return error ? error : utimens(as_int(a[0]), a[1], a[2] != 0, 0);
}

int64_t call_utime(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t t[2];

	if (a[1]) {
		if (user_get(t, a[1], sizeof t))
			return -EFAULT;
		for (unsigned i = 0; i < 2; i++)
			times()[i] = (struct linux_timespec){ t[i], 0 };
	}
	return utimens(LINUX_AT_FDCWD, a[0], a[1] != 0, 0);
}
