/* A long pseudo-random sequence of system calls, each with the registers of the thread that makes it, for the comparison with the
 * executable specification (tests/model/).
 *
 * All threads of the root task run one loop (arch/<isa>/turn.S), keep nothing in memory from one trap to the next, and share one
 * stack: there is no preemption.  A turn: the thread arrives with the registers that its trap left; turn_take() writes them to the
 * log, chooses the next operation, writes it to the log, and the thread traps with it. */
#pragma once
#include <stdint.h>

struct turn {
	uint64_t name;               /* of the thread: a register that is kept */
	uint64_t operation;          /* status on arrival */
	uint64_t slot, tag, word[8];
	uint64_t fault;              /* instead of a system call: a load from address 8 */
};
extern struct turn turn;

void turn_take(void);

/* Program counters: of a thread that starts, behind the system call, of the load that faults; end of the stack. */
extern const char turn_entry[], turn_after[], turn_fault[];
extern uint8_t turn_stack_end[];

/* ---- generate.c: the operation of step `step` for a thread of this name, from the seed alone */
enum { ROOT_NAME = 1, IDLE_NAME = 2 };
void generate(uint64_t seed, uint64_t step, struct turn *t);

/* Steps that are not random: what the root task prepares. */
extern const unsigned prelude_steps;
