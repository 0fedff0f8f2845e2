/* The counter that user level reads. */
#pragma once
#include <stdint.h>

static inline uint64_t test_clock(void)
{
	uint64_t ticks;

	__asm__ volatile("rdtime %0" : "=r"(ticks));
	return ticks;
}
