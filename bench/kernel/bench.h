/* What the measurements share: two tasks, in address spaces of their own, and a page in which both note their traps. */
#pragma once

#include "bench/kernel/trap.h"
#include "lib/test/rig.h"

enum { ROUNDS = 12 }; /* of each measurement */

/* The notes of the two sides: of each round the trap that is of interest. */
struct shared {
	struct trap left[ROUNDS + 4], right[ROUNDS + 4];
};
#define SHARED ((struct shared *)0x10000000)
_Static_assert(sizeof(struct shared) <= 4096, "one page");

/* Slots that both sides have. */
enum {
	SIDE_ENDPOINT = 20,
	SIDE_FIRST = 21,  /* a notification */
	SIDE_SECOND = 22, /* another */
	SIDE_DONE = 23,   /* signals root that the measurement is over */
	SIDE_TASK = 24,
	SIDE_POOL = 25,
	SIDE_FREE = 30 /* and up: empty */
};

/* Runs two functions against each other until one of them signals SIDE_DONE; right may be null.  The left one has priority
 * 40, the right one that given.  Whoever is more urgent runs first. */
void sides(void (*left)(void), void (*right)(void), unsigned right_priority);
enum { LEFT_PRIORITY = 40 };

/* In a side: traps, noting before and after. */
void side_trap(struct trap *note, uint64_t operation, uint64_t slot);
_Noreturn void side_done(void);

/* Prints a result: the median over rounds 2 to ROUNDS - 2 of to[i].after or .before less from[i].before, less what the
 * readings cost. */
enum stamp { BEFORE, AFTER };
void row(const char *name, const struct trap *from, const struct trap *to, enum stamp stamp);

void measure_ipc(void);
void measure_notifications(void);
void measure_faults(void);
void measure_objects(void);
