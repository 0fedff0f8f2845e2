/* What a program of this ISA is told and how its interface differs: auxiliary vector, clone, sigaction. */
#pragma once

#include "personalities/linux/emul/state.h"

#include <arch/frame.h>

#define PLATFORM "" /* no AT_PLATFORM */

enum { CLONE_TLS_ARGUMENT = 3, CLONE_CHILD_TID_ARGUMENT = 4 };

static inline void child_set_tls(struct user_regs *regs, uint64_t tls)
{
	regs->x[X_TP] = tls;
}

/* No AT_MINSIGSTKSZ: MINSIGSTKSZ is enough. */
static inline uint64_t minimal_signal_stack(void)
{
	return 0;
}

struct linux_sigaction {
	uint64_t handler, flags, mask;
};

static inline uint64_t *sigaction_restorer(struct linux_sigaction *action)
{
	return 0;
}
