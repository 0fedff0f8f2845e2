/* What of a thread is in no integer register: the FPU, and the counter that user level reads.  The thread pointer is an
 * ordinary register here. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct thread_bases {
	uint64_t none;
};

static inline void bases_save(struct thread_bases *b)
{
	(void)b;
}

static inline void bases_load(const struct thread_bases *b)
{
	(void)b;
}

static inline uint64_t counter_read(void)
{
	uint64_t ticks;

	__asm__ volatile(".option push; .option arch, +zicsr; rdtime %0; .option pop" : "=r"(ticks));
	return ticks;
}

/* ---- FPU: F and D.  The area is struct __riscv_d_ext_state: f0 to f31, then fcsr. ---- */

#define FPU_SIZE 264

struct fpu_facts {
	uint32_t size;
};

static inline void fpu_probe(struct fpu_facts *f)
{
	f->size = FPU_SIZE;
}

/* In fpu.S. */
void fpu_save(const struct fpu_facts *f, void *area);
void fpu_load(const struct fpu_facts *f, void *area);
void fpu_reset(const struct fpu_facts *f, void *area);

/* A bit for each letter of the ISA's name: I, M, A, F, D, C (Linux, arch/riscv/include/uapi/asm/hwcap.h). */
static inline uint64_t hwcap_read(void)
{
	return 1 << ('I' - 'A') | 1 << ('M' - 'A') | 1 << 0 | 1 << ('F' - 'A') | 1 << ('D' - 'A') | 1 << ('C' - 'A');
}
