/* The parts of the test of faults. */
#pragma once
#include "lib/test/rig.h"
#include <stdbool.h>
#include <arch/faults.h>

#define HANDLER_BADGE 0xbadfa017

extern isthmus_slot handler;

/* A thread of the root task, not started; it begins at a piece of code with an argument and a good stack. */
struct rig_worker *faulter(void);
void fault_start(struct rig_worker *w, void (*code)(void), uint64_t argument);

/* Receives the fault's message and checks all of it but w2, the ISA's own code. */
void expect_fault(const char *name, struct rig_worker *w, uint64_t cause, uint64_t pc, uint64_t address);
void resume(const char *name, uint64_t label, uint64_t word);
/* Resumes it where it says that it is there, and stays. */
void resume_landed(const char *name);

void death_tests(void);
