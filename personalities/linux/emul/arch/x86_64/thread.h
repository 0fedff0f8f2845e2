/* What of a thread is in no general register: segment bases, FPU, and the counter that user level reads. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct thread_bases {
	uint64_t fs, gs;
};

static inline void bases_save(struct thread_bases *b)
{
	__asm__ volatile("rdfsbase %0" : "=r"(b->fs));
	__asm__ volatile("rdgsbase %0" : "=r"(b->gs));
}

static inline void bases_load(const struct thread_bases *b)
{
	__asm__ volatile("wrfsbase %0" : : "r"(b->fs));
	__asm__ volatile("wrgsbase %0" : : "r"(b->gs));
}

/* CLONE_SETTLS */
static inline void bases_set_tls(uint64_t tls)
{
	__asm__ volatile("wrfsbase %0" : : "r"(tls));
}

static inline uint64_t counter_read(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

/* ---- FPU: x87, SSE, AVX, AVX-512.  Intel SDM 1, chapter 13; 64-byte aligned areas. ---- */

#define FPU_SIZE 3072
#define FPU_LEGACY_SIZE 512
#define FPU_HEADER 512 /* of the XSAVE area: state-component bitmaps */

struct fpu_facts {
	uint64_t mask; /* state components to save; 0: not asked yet, or FXSAVE only */
	uint32_t size; /* of the area; 512 with FXSAVE */
};

void fpu_probe(struct fpu_facts *f);
void fpu_save(const struct fpu_facts *f, void *area);
/* Any bytes will do: what the processor would refuse is cleared first. */
void fpu_load(const struct fpu_facts *f, void *area);
/* The state of a fresh program; `area` is overwritten. */
void fpu_reset(const struct fpu_facts *f, void *area);

struct cpuid {
	uint32_t a, b, c, d;
};

static inline struct cpuid cpuid_read(uint32_t leaf, uint32_t sub)
{
	struct cpuid r;

	__asm__ volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(sub));
	return r;
}

static inline uint64_t hwcap_read(void)
{
	return cpuid_read(1, 0).d;
}
