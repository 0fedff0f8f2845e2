#include "personalities/linux/emul/fdset.h"

#include "personalities/linux/abi/errno.h"

/* Linux, fs/select.c: POLLIN_SET and so on. */
static const int16_t wanted[3] = {
	LINUX_POLLRDNORM | LINUX_POLLRDBAND | LINUX_POLLIN,
	LINUX_POLLWRBAND | LINUX_POLLWRNORM | LINUX_POLLOUT,
	LINUX_POLLPRI,
};
static const int16_t ready[3] = {
	LINUX_POLLRDNORM | LINUX_POLLRDBAND | LINUX_POLLIN | LINUX_POLLHUP | LINUX_POLLERR,
	LINUX_POLLWRBAND | LINUX_POLLWRNORM | LINUX_POLLOUT | LINUX_POLLERR,
	LINUX_POLLPRI,
};

static bool is_member(const struct fd_sets *sets, unsigned which, unsigned fd)
{
	return sets->there[which] && sets->set[which][fd / 64] >> fd % 64 & 1;
}

static int16_t events_of(const struct fd_sets *sets, unsigned fd)
{
	int16_t events = 0;

	for (unsigned i = 0; i < 3; i++)
		if (is_member(sets, i, fd))
			events |= wanted[i];
	return events;
}

unsigned fd_sets_to_poll(const struct fd_sets *sets, struct linux_pollfd *list)
{
	unsigned count = 0;

	for (unsigned fd = 0; fd < sets->count; fd++) {
		int16_t events = events_of(sets, fd);

		if (events)
			list[count++] = (struct linux_pollfd){ (int32_t)fd, events, 0 };
	}
	return count;
}

static bool is_ready(const struct linux_pollfd *entry, unsigned which)
{
	return entry->events & wanted[which] && entry->revents & ready[which];
}

int64_t fd_sets_from_poll(struct fd_sets *sets, const struct linux_pollfd *list, unsigned count)
{
	int64_t bits = 0;

	for (unsigned i = 0; i < count; i++)
		if (list[i].revents & LINUX_POLLNVAL)
			return -EBADF;
	for (unsigned i = 0; i < 3; i++)
		for (unsigned word = 0; word < FD_SET_WORDS; word++)
			sets->set[i][word] = 0;
	for (unsigned i = 0; i < count; i++)
		for (unsigned which = 0; which < 3; which++)
			if (is_ready(&list[i], which)) {
				sets->set[which][list[i].fd / 64] |= 1ull << list[i].fd % 64;
				bits++;
			}
	return bits;
}
