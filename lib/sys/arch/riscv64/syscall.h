/* The system call of riscv64: abi/isthmus.toml, [registers.riscv64]. */
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
	register uint64_t t0 __asm__("t0") = operation;
	register uint64_t a0 __asm__("a0") = *slot;
	register uint64_t a1 __asm__("a1") = tagged ? m->tag : isthmus_unset();
	register uint64_t a2 __asm__("a2") = count > 0 ? m->word[0] : isthmus_unset();
	register uint64_t a3 __asm__("a3") = count > 1 ? m->word[1] : isthmus_unset();
	register uint64_t a4 __asm__("a4") = count > 2 ? m->word[2] : isthmus_unset();
	register uint64_t a5 __asm__("a5") = count > 3 ? m->word[3] : isthmus_unset();
	register uint64_t a6 __asm__("a6") = count > 4 ? m->word[4] : isthmus_unset();
	register uint64_t a7 __asm__("a7") = count > 5 ? m->word[5] : isthmus_unset();
	register uint64_t t3 __asm__("t3") = count > 6 ? m->word[6] : isthmus_unset();
	register uint64_t t4 __asm__("t4") = count > 7 ? m->word[7] : isthmus_unset();

	__asm__ volatile("ecall"
			 : "+r"(t0), "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5), "+r"(a6), "+r"(a7),
			   "+r"(t3), "+r"(t4)
			 :
			 : "ra", "t1", "t2", "t5", "t6", "memory");
	*slot = a0;
	*m = (struct isthmus_message){ a1, { a2, a3, a4, a5, a6, a7, t3, t4 } };
	return (enum isthmus_error)t0;
}
