/* The counter that user level reads. */
#pragma once
#include <stdint.h>

static inline uint64_t test_clock(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}
