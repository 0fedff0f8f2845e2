/* The user's registers as entry.S saves them, in the order of the kernel's struct user_regs_struct, so that a signal
 * frame takes them as they are. */
#pragma once

#define REG_PC 0
#define REG_X(n) (8 * (n))
#define REG_NUMBER 256
#define REG_ORIGINAL_A0 264
#define REGS_SIZE 272

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct user_regs {
	uint64_t pc;
	uint64_t x[31];  /* x1 to x31 */
	uint64_t number; /* a7 at the system call */
	uint64_t a0;     /* at the system call; x[9] is overwritten by its result */
};

_Static_assert(sizeof(struct user_regs) == REGS_SIZE, "entry.S");
_Static_assert(offsetof(struct user_regs, number) == REG_NUMBER, "entry.S");

enum { X_SP = 1, X_TP = 3, X_A0 = 9 }; /* indices into x */

#define SYSCALL_BYTES 4 /* length of ecall */

static inline uint64_t regs_number(const struct user_regs *r)
{
	return r->number;
}

static inline void regs_arguments(const struct user_regs *r, uint64_t a[static 6])
{
	for (unsigned i = 0; i < 6; i++)
		a[i] = r->x[X_A0 + i];
}

static inline void regs_set_result(struct user_regs *r, int64_t result)
{
	r->x[X_A0] = (uint64_t)result;
}

/* Makes the system call happen again when the thread goes on. */
static inline void regs_rewind(struct user_regs *r)
{
	r->x[X_A0] = r->a0;
	r->pc -= SYSCALL_BYTES;
}

static inline uint64_t regs_sp(const struct user_regs *r)
{
	return r->x[X_SP];
}

static inline void regs_set_sp(struct user_regs *r, uint64_t sp)
{
	r->x[X_SP] = sp;
}

/* Registers of a fresh program. */
static inline void regs_start(struct user_regs *r, uint64_t pc, uint64_t sp)
{
	*r = (struct user_regs){ .pc = pc };
	r->x[X_SP] = sp;
}
#endif
