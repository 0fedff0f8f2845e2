/* The system call of x86_64: abi/isthmus.toml, [registers.x86_64]. */
#pragma once

#include "lib/sys/message.h"

#include <stdbool.h>

/* A value that nobody looks at: keeps a message register from being loaded, at no instruction.  volatile, so that each
 * is one of its own; else the compiler copies one value into all registers. */
static inline __attribute__((always_inline)) uint64_t isthmus_unset(void)
{
	uint64_t value;

	__asm__ volatile("" : "=r"(value));
	return value;
}

/* Traps with the slot, the tag if `tagged`, and the first `count` words; the other message registers are not loaded.
 * All come back in *slot and *m.  `tagged` and `count` are constants wherever this is inlined, so nothing of the
 * choosing remains, and what the caller does not read of a local *m is never stored.  To be compiled with
 * optimization: without, the compiler may use a message register for its own ends between two of the assignments. */
static inline __attribute__((always_inline)) enum isthmus_error
isthmus_enter(uint64_t operation, uint64_t *slot, bool tagged, unsigned count, struct isthmus_message *m)
{
	register uint64_t rax __asm__("rax") = operation;
	register uint64_t rdi __asm__("rdi") = *slot;
	register uint64_t rsi __asm__("rsi") = tagged ? m->tag : isthmus_unset();
	register uint64_t rdx __asm__("rdx") = count > 0 ? m->word[0] : isthmus_unset();
	register uint64_t r8 __asm__("r8") = count > 1 ? m->word[1] : isthmus_unset();
	register uint64_t r9 __asm__("r9") = count > 2 ? m->word[2] : isthmus_unset();
	register uint64_t r10 __asm__("r10") = count > 3 ? m->word[3] : isthmus_unset();
	register uint64_t r12 __asm__("r12") = count > 4 ? m->word[4] : isthmus_unset();
	register uint64_t r13 __asm__("r13") = count > 5 ? m->word[5] : isthmus_unset();
	register uint64_t r14 __asm__("r14") = count > 6 ? m->word[6] : isthmus_unset();
	register uint64_t r15 __asm__("r15") = count > 7 ? m->word[7] : isthmus_unset();

	__asm__ volatile("syscall"
			 : "+r"(rax), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r8), "+r"(r9), "+r"(r10), "+r"(r12),
			   "+r"(r13), "+r"(r14), "+r"(r15)
			 :
			 : "rcx", "r11", "cc", "memory");
	*slot = rdi;
	*m = (struct isthmus_message){ rsi, { rdx, r8, r9, r10, r12, r13, r14, r15 } };
	return (enum isthmus_error)rax;
}
