/* select(2)'s sets as poll(2)'s list, and back. */
#pragma once

#include "personalities/linux/abi/file.h"

#include <stdbool.h>

#define POLL_MAX 3072
#define FD_SET_WORDS (POLL_MAX / 64)

struct fd_sets {
	unsigned count; /* descriptors looked at: 0 to POLL_MAX */
	bool there[3];  /* in, out, exceptional */
	uint64_t set[3][FD_SET_WORDS];
};

static inline uint64_t fd_set_bytes(unsigned count)
{
	return (count + 63) / 64 * 8;
}

/* Returns how many entries were made. */
unsigned fd_sets_to_poll(const struct fd_sets *sets, struct linux_pollfd *list);

/* Replaces the sets by what is ready.  Returns how many bits are set, or -EBADF. */
int64_t fd_sets_from_poll(struct fd_sets *sets, const struct linux_pollfd *list, unsigned count);
