/* The parts of the test of address spaces. */
#pragma once
#include "lib/test/rig.h"

enum { READ = ISTHMUS_MAP_READ, WRITE = ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, EXECUTE = ISTHMUS_MAP_READ | ISTHMUS_MAP_EXECUTE };

extern isthmus_slot faults; /* where the root's other threads' faults go */

/* Lets a thread of the root task load, store or call there: 0 if it could, else the fault's cause. */
enum access { LOAD, STORE, CALL };
uint64_t probe(enum access access, uint64_t address);

/* Maps a frame into the root task; the pool pays for tables. */
void map(isthmus_slot pool, isthmus_slot frame, uint64_t address, uint64_t flags);

void table_tests(void);
