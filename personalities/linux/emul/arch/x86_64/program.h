/* What a program of this ISA is told and how its interface differs: auxiliary vector, clone, sigaction. */
#pragma once

#include "personalities/linux/emul/state.h"

#include <arch/frame.h>

#define PLATFORM "x86_64" /* AT_PLATFORM */

enum { CLONE_CHILD_TID_ARGUMENT = 3, CLONE_TLS_ARGUMENT = 4 };

static inline void child_set_tls(struct user_regs *regs, uint64_t tls)
{
	bases_set_tls(tls);
}

/* AT_MINSIGSTKSZ: the frame, the FPU area, and what aligning them may cost. */
static inline uint64_t minimal_signal_stack(void)
{
	return sizeof(struct linux_sigframe) + RED_ZONE + emul_data.fpu_facts.size + sizeof(uint32_t) + 64 + 16;
}

struct linux_sigaction {
	uint64_t handler, flags, restorer, mask;
};

static inline uint64_t *sigaction_restorer(struct linux_sigaction *action)
{
	return &action->restorer;
}
