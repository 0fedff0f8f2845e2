/* Waiting for files: poll(2), and select(2) made of it. */
#include "personalities/linux/abi/file.h"
#include "personalities/linux/emul/clock.h"
#include "personalities/linux/emul/deliver.h"
#include "personalities/linux/emul/fdset.h"
#include "personalities/linux/emul/unix.h"

_Static_assert(POLL_MAX * sizeof(struct linux_pollfd) == EXCHANGE_BULK_SIZE, "as many as a request holds");

/* A mask as ppoll and pselect have it; none is no error. */
static int64_t mask_in(uint64_t at, uint64_t size)
{
	uint64_t mask;

	if (!at)
		return 0;
	if (size != sizeof mask)
		return -EINVAL;
	if (user_get(&mask, at, sizeof mask))
		return -EFAULT;
	mask_for_call(mask);
	return 0;
}

static int64_t poll_wait(uint64_t fds, uint64_t count, uint64_t deadline)
{
	int64_t result;

	if (count > POLL_MAX)
		return -EINVAL;
	if (user_get(bulk(EXCHANGE_BULK), fds, count * sizeof(struct linux_pollfd)))
		return -EFAULT;
	result = UNIX_CALL(UNIX_POLL, EXCHANGE_BULK, count, deadline);
	if (result >= 0 && user_put(fds, bulk(EXCHANGE_BULK), count * sizeof(struct linux_pollfd)))
		return -EFAULT;
	return result;
}

int64_t call_poll(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t ms = as_int(a[2]);

	return poll_wait(a[0], as_uint(a[1]), ms < 0 ? NO_DEADLINE : deadline_after((uint64_t)ms * 1000000));
}

/* A deadline out of a time that may be missing. */
static int64_t deadline_in(uint64_t at, uint64_t *deadline)
{
	struct linux_timespec t;

	*deadline = NO_DEADLINE;
	if (!at)
		return 0;
	if (user_get(&t, at, sizeof t))
		return -EFAULT;
	if (!timespec_is_valid(&t))
		return -EINVAL;
	*deadline = deadline_after(timespec_ns(&t));
	return 0;
}

/* Linux tells what is left of the time, and does not mind where it cannot. */
static void left_out(uint64_t at, uint64_t deadline)
{
	struct linux_timespec left = timespec_of(deadline_left(deadline));

	if (at && user_put(at, &left, sizeof left))
		return;
}

int64_t call_ppoll(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t deadline;
	int64_t result = deadline_in(a[2], &deadline);

	if (!result)
		result = mask_in(a[3], a[4]);
	if (result)
		return result;
	result = poll_wait(a[0], as_uint(a[1]), deadline);
	left_out(a[2], deadline);
	return result;
}

static int64_t sets_get(struct fd_sets *sets, const uint64_t a[static 6])
{
	for (unsigned i = 0; i < 3; i++) {
		sets->there[i] = a[1 + i] != 0;
		if (sets->there[i] && user_get(sets->set[i], a[1 + i], fd_set_bytes(sets->count)))
			return -EFAULT;
	}
	return 0;
}

static int64_t sets_put(const struct fd_sets *sets, const uint64_t a[static 6])
{
	for (unsigned i = 0; i < 3; i++)
		if (sets->there[i] && user_put(a[1 + i], sets->set[i], fd_set_bytes(sets->count)))
			return -EFAULT;
	return 0;
}

static int64_t select_wait(const uint64_t a[static 6], uint64_t deadline)
{
	struct fd_sets sets = { .count = (unsigned)as_int(a[0]) };
	int64_t count = as_int(a[0]), result;

	if (count < 0)
		return -EINVAL;
	if (count > POLL_MAX)
		sets.count = POLL_MAX;
	if (sets_get(&sets, a))
		return -EFAULT;
	count = fd_sets_to_poll(&sets, bulk(EXCHANGE_BULK));
	result = UNIX_CALL(UNIX_POLL, EXCHANGE_BULK, (uint64_t)count, deadline);
	if (result < 0)
		return result;
	result = fd_sets_from_poll(&sets, bulk(EXCHANGE_BULK), (unsigned)count);
	return result >= 0 && sets_put(&sets, a) ? -EFAULT : result;
}

int64_t call_select(const uint64_t a[static 6], const struct emul_call *call)
{
	struct linux_timeval t, left;
	uint64_t deadline = NO_DEADLINE;
	int64_t result;

	if (a[4]) {
		if (user_get(&t, a[4], sizeof t))
			return -EFAULT;
		if (t.s < 0 || t.us < 0)
			return -EINVAL;
		deadline = deadline_after(timespec_ns(&(struct linux_timespec){ t.s + t.us / 1000000, t.us % 1000000 * 1000 }));
	}
	result = select_wait(a, deadline);
	left = timeval_of(deadline_left(deadline));
	if (a[4] && user_put(a[4], &left, sizeof left))
		return result;
	return result;
}

int64_t call_pselect6(const uint64_t a[static 6], const struct emul_call *call)
{
	struct {
		uint64_t mask, size;
	} with = { 0, 0 };
	uint64_t deadline;
	int64_t result = a[5] ? user_get(&with, a[5], sizeof with) : 0;

	if (!result)
		result = deadline_in(a[4], &deadline);
	if (!result)
		result = mask_in(with.mask, with.size);
	if (result)
		return result;
	result = select_wait(a, deadline);
	left_out(a[4], deadline);
	return result;
}
