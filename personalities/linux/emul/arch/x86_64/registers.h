/* The user's registers as entry.S saves them, in the order of the kernel's struct sigcontext, so that a signal frame
 * takes them as they are. */
#pragma once

#define REG_R8 0
#define REG_R9 8
#define REG_R10 16
#define REG_R11 24
#define REG_R12 32
#define REG_R13 40
#define REG_R14 48
#define REG_R15 56
#define REG_RDI 64
#define REG_RSI 72
#define REG_RBP 80
#define REG_RBX 88
#define REG_RDX 96
#define REG_RAX 104
#define REG_RCX 112
#define REG_RSP 120
#define REG_RIP 128
#define REG_FLAGS 136
#define REG_NUMBER 144
#define REGS_SIZE 152

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct user_regs {
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, flags;
	uint64_t number; /* of the system call; rax is overwritten by its result */
};

_Static_assert(sizeof(struct user_regs) == REGS_SIZE, "entry.S");
_Static_assert(offsetof(struct user_regs, rax) == REG_RAX, "entry.S");
_Static_assert(offsetof(struct user_regs, rip) == REG_RIP, "entry.S");

#define SYSCALL_BYTES 2 /* length of the instruction */

static inline uint64_t regs_number(const struct user_regs *r)
{
	return r->number;
}

static inline void regs_arguments(const struct user_regs *r, uint64_t a[static 6])
{
	a[0] = r->rdi;
	a[1] = r->rsi;
	a[2] = r->rdx;
	a[3] = r->r10;
	a[4] = r->r8;
	a[5] = r->r9;
}

static inline void regs_set_result(struct user_regs *r, int64_t result)
{
	r->rax = (uint64_t)result;
}

/* Makes the system call happen again when the thread goes on. */
static inline void regs_rewind(struct user_regs *r)
{
	r->rax = r->number;
	r->rip -= SYSCALL_BYTES;
}

static inline uint64_t regs_sp(const struct user_regs *r)
{
	return r->rsp;
}

static inline void regs_set_sp(struct user_regs *r, uint64_t sp)
{
	r->rsp = sp;
}

/* Registers of a fresh program. */
static inline void regs_start(struct user_regs *r, uint64_t pc, uint64_t sp)
{
	*r = (struct user_regs){ .rip = pc, .rsp = sp, .flags = 0x202 };
}
#endif
