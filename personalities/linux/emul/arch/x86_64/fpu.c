#include <arch/thread.h>

#include "personalities/linux/emul/memory.h"

#define CPUID_OSXSAVE (1u << 27)
#define COMPONENTS 0xe7u /* x87, SSE, AVX, AVX-512: those whose state is large and new need permission on Linux too */
#define MXCSR_AT 24
#define MXCSR_DEFAULT 0x1f80u
#define MXCSR_VALID 0xffffu
#define FCW_DEFAULT 0x37fu

static uint64_t enabled_components(void)
{
	uint32_t low, high;

	if (!(cpuid_read(1, 0).c & CPUID_OSXSAVE))
		return 0;
	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return low & COMPONENTS;
}

/* End of the area that holds these components in the standard form. */
static uint32_t area_size(uint64_t mask)
{
	uint32_t size = FPU_HEADER + 64;

	for (unsigned i = 2; i < 8; i++) {
		struct cpuid r = cpuid_read(0xd, i);

		if (mask >> i & 1 && r.b + r.a > size)
			size = r.b + r.a;
	}
	return size;
}

void fpu_probe(struct fpu_facts *f)
{
	f->mask = enabled_components();
	f->size = f->mask ? area_size(f->mask) : FPU_LEGACY_SIZE;
	if (f->size + sizeof(uint32_t) > FPU_SIZE) {
		f->mask &= 7;
		f->size = area_size(f->mask);
	}
}

/* QEMU's emulator (7.2) lets XSAVE and XRSTOR pass while CR0.TS is set, and so would save, or overwrite, the registers of the
 * thread that used the FPU last.  An ordinary instruction makes the kernel bring this thread's first. */
static void fpu_take(void)
{
	__asm__ volatile("fnop" : : : "memory");
}

void fpu_save(const struct fpu_facts *f, void *area)
{
	fpu_take();
	if (f->mask)
		__asm__ volatile("xsave64 (%0)" : : "r"(area), "a"((uint32_t)f->mask), "d"(0) : "memory");
	else
		__asm__ volatile("fxsave64 (%0)" : : "r"(area) : "memory");
}

static void area_make_valid(const struct fpu_facts *f, uint8_t *area)
{
	uint32_t *mxcsr = (uint32_t *)(area + MXCSR_AT);
	uint64_t *header = (uint64_t *)(area + FPU_HEADER);

	*mxcsr &= MXCSR_VALID;
	if (!f->mask)
		return;
	header[0] &= f->mask;
	for (unsigned i = 1; i < 8; i++)
		header[i] = 0;
}

void fpu_load(const struct fpu_facts *f, void *area)
{
	area_make_valid(f, area);
	fpu_take();
	if (f->mask)
		__asm__ volatile("xrstor64 (%0)" : : "r"(area), "a"((uint32_t)f->mask), "d"(0) : "memory");
	else
		__asm__ volatile("fxrstor64 (%0)" : : "r"(area) : "memory");
}

void fpu_reset(const struct fpu_facts *f, void *area)
{
	memset(area, 0, f->size);
	*(uint32_t *)((uint8_t *)area + MXCSR_AT) = MXCSR_DEFAULT;
	*(uint16_t *)area = FCW_DEFAULT;
	fpu_load(f, area);
}
