/* The signal frame of riscv64: Linux, arch/riscv/kernel/signal.c and include/uapi/asm/{ucontext,sigcontext,ptrace}.h. */
#pragma once

#include "personalities/linux/emul/siginfo.h"

#include <stddef.h>

/* struct __riscv_d_ext_state in the room of the largest, struct __riscv_q_ext_state. */
#define FPU_AREA 264

struct fpu_state {
	uint8_t area[FPU_AREA];
	uint8_t rest[528 - FPU_AREA];
};

struct linux_sigcontext {
	uint64_t pc, x[31];
	struct fpu_state fpu;
};

struct linux_ucontext {
	uint64_t flags, link;
	struct linux_stack stack;
	uint64_t mask;
	uint8_t unused[120];
	struct linux_sigcontext mcontext __attribute__((aligned(16)));
};

struct linux_sigframe {
	struct linux_siginfo info;
	struct linux_ucontext uc;
};

_Static_assert(sizeof(struct linux_sigcontext) == 784, "uapi/asm/sigcontext.h");
_Static_assert(offsetof(struct linux_ucontext, mcontext) == 176, "uapi/asm/ucontext.h");
_Static_assert(sizeof(struct linux_ucontext) == 960, "uapi/asm/ucontext.h");
