/* Signals on their way to a handler. */
#pragma once

#include "personalities/linux/exchange.h"
#include "personalities/linux/protocol.h"

#include <stdbool.h>

/* A handler's answer for a call whose result is in the saved registers already (rt_sigreturn). */
#define RESULT_IN_REGISTERS INT64_MIN

struct signal_due {
	unsigned signal;
	uint64_t handler, flags, mask, restorer;
};

static inline bool result_is_restart(int64_t result)
{
	return result <= UNIX_RESTART_SYS && result >= UNIX_RESTART_NO_HANDLER;
}

/* After a call with a result that may have it made again, or that changed the mask for its duration. */
void signals_after_call(int64_t result);

/* Changes the mask for the duration of this call; signals_after_call() brings the old one back. */
void mask_for_call(uint64_t mask);

/* Never SIGKILL nor SIGSTOP. */
void mask_set(uint64_t mask);

/* Linux's siginfo, 128 bytes, out of ours. */
void siginfo_make(void *siginfo, const struct unix_siginfo *from);
