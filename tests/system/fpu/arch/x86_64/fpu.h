/* ymm0 to ymm15 (xmm where there is no AVX), MXCSR, the x87's control word and the mantissas of two of its registers. */
#pragma once
#include <stdint.h>

enum { FPU_WORDS = 68 };

extern uint64_t fpu_has_avx;

static inline void fpu_prepare(void)
{
    uint32_t a = 1, b, c = 0, d;

    __asm__ volatile("fninit"); /* where the kernel hides XSAVE from who does not use the FPU, CPUID tells only then */
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    fpu_has_avx = (c >> 27 & 1) && (c >> 28 & 1); /* XSAVE in use, AVX there */
    if (fpu_has_avx) {
        __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
        fpu_has_avx = (a & 4) != 0;
    }
}

static inline uint64_t fpu_initial(unsigned n)
{
    switch (n) {
    case 64: return 0x1f80;
    case 65: return 0x37f;
    default: return 0;
    }
}

static inline uint64_t fpu_pattern(uint64_t seed, unsigned n)
{
    switch (n) {
    case 64: return 0x1f80 | (seed & 3) << 13; /* rounding */
    case 65: return 0x37f & ~((seed & 1) << 8);
    case 66: case 67: return (uint64_t)1 << 63 | (seed * 1000 + n); /* a mantissa */
    default: return !fpu_has_avx && n % 4 >= 2 ? 0 : seed * 0x9e3779b97f4a7c15 + n;
    }
}
