/* A system call, or a fault, between two readings of the instruction counter that stand right beside the trap. */
#pragma once

#include <stdint.h>

struct trap {
	uint64_t operation, slot, tag, word[8];
	uint64_t before, after; /* counter, one tick an instruction under -icount shift=0 */
};

/* Loads the registers, reads the counter, traps, reads the counter, stores the registers. */
void trap(struct trap *t);
/* The same without the trap: what the two readings cost by themselves. */
void trap_not(struct trap *t);

/* Reads the counter, then executes an undefined instruction, or loads from the address in word[0]; the handler has the thread
 * go on behind it, where the counter is read again. */
void trap_undefined(struct trap *t);
void trap_load(struct trap *t);
/* Length of both faulting instructions, with what pads them, bytes. */
#define TRAP_FAULT_BYTES 4
