/* f0 to f31 and fcsr. */
#pragma once
#include <stdint.h>

enum { FPU_WORDS = 33 };

static inline void fpu_prepare(void) {}

static inline uint64_t fpu_initial(unsigned n) { return 0; }

/* The last is rounding mode and flags. */
static inline uint64_t fpu_pattern(uint64_t seed, unsigned n)
{
    return n == 32 ? (seed % 5) << 5 | seed % 32 : seed * 0x9e3779b97f4a7c15 + n;
}

