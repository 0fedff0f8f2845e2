/* poll, and select, which the library makes of it. */
#include "personalities/linux/unix/call.h"

#define POLL_MOST (EXCHANGE_BULK_SIZE / sizeof(struct linux_pollfd))

/* Looks at one descriptor; with a waiter, waits for it. */
static unsigned look(struct process *process, const struct linux_pollfd *entry, struct waiter *waiter)
{
	struct file *file;

	if (entry->fd < 0)
		return 0;
	file = call_file(process, (uint32_t)entry->fd);
	if (!file)
		return LINUX_POLLNVAL;
	return file_poll(file, waiter) & ((uint16_t)entry->events | LINUX_POLLERR | LINUX_POLLHUP | LINUX_POLLNVAL);
}

/* Looks at all; returns how many are ready, or with a waiter puts it into the queues of all. */
static int64_t look_at_all(struct process *process, struct linux_pollfd *entries, uint64_t count, struct waiter *waiter)
{
	int64_t ready = 0;

	for (uint64_t i = 0; i < count; i++) {
		struct linux_pollfd entry = entries[i];
		unsigned found = look(process, &entry, waiter);

		entries[i].revents = (int16_t)found;
		ready += found != 0;
	}
	return ready;
}

int64_t call_poll(struct process *process, struct call *call)
{
	uint64_t count = call->w[1];
	struct linux_pollfd *entries;
	int64_t ready;

	if (count > POLL_MOST)
		return -EINVAL;
	entries = call_bulk(process, call->w[0], count * sizeof *entries);
	if (!entries || call->w[0] % 4)
		return -EFAULT;
	ready = look_at_all(process, entries, count, NULL);
	if (ready || host_now() >= call->w[2])
		return ready;
	look_at_all(process, entries, count, &process->waiter);
	call->deadline = call->w[2];
	call->interrupted = -EINTR;
	return WAITING;
}
