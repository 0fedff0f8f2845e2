/* The signal frame of x86-64: Linux, arch/x86/include/asm/sigframe.h and uapi/asm/sigcontext.h. */
#pragma once

#include "personalities/linux/emul/siginfo.h"

#include <stddef.h>

struct linux_sigcontext {
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, flags;
	uint16_t cs, gs, fs, ss;
	uint64_t error, trap, old_mask, cr2, fpstate, reserved[8];
};

struct linux_ucontext {
	uint64_t flags, link;
	struct linux_stack stack;
	struct linux_sigcontext mcontext;
	uint64_t mask;
};

struct linux_sigframe {
	uint64_t restorer; /* the handler's return address */
	struct linux_ucontext uc;
	struct linux_siginfo info;
};

/* Bytes 464 to 511 of the FPU area, of no meaning to the processor: struct _fpx_sw_bytes. */
struct fpu_software {
	uint32_t magic, extended_size;
	uint64_t components;
	uint32_t size, pad[7];
};

#define FPU_SOFTWARE 464
#define FPU_MAGIC1 0x46505853u
#define FPU_MAGIC2 0x46505845u

#define UC_FP_XSTATE 1
#define UC_SIGCONTEXT_SS 2
#define UC_STRICT_RESTORE_SS 4

#define USER_CS 0x33
#define USER_SS 0x2b
#define RED_ZONE 128

_Static_assert(sizeof(struct linux_sigcontext) == 256, "uapi/asm/sigcontext.h");
_Static_assert(sizeof(struct fpu_software) == 48, "uapi/asm/sigcontext.h");
