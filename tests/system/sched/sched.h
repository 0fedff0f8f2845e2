/* The parts of the test of scheduling. */
#pragma once
#include "lib/test/rig.h"

enum { TOP = ISTHMUS_PRIORITIES - 1 };
#define MACHINE ((isthmus_slot)ISTHMUS_BOOT_SLOT_MACHINE)

/* Lets everything else run for so long: the root waits for a deadline. */
void sleep_us(uint64_t us);

/* Sleeps until the count is above that: false if it is not after a while. */
bool sleep_until(volatile uint64_t *count, uint64_t above);

void budget_tests(void);
