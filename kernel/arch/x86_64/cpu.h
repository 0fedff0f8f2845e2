/* Single instructions and the numbers they take: control registers, model-specific registers, CPUID, ports.
 * Numbers: Intel SDM volume 3A section 2.5 (control registers), volume 4 (MSRs), volume 2A (CPUID). */
#pragma once
#include "kernel/types.h"

#define CR0_MP (1ul << 1)
#define CR0_EM (1ul << 2)
#define CR0_TS (1ul << 3)
#define CR0_NE (1ul << 5)
#define CR0_WP (1ul << 16)
#define CR0_AM (1ul << 18)
#define CR0_PG (1ul << 31)

#define CR4_PAE (1ul << 5)
#define CR4_PGE (1ul << 7)
#define CR4_OSFXSR (1ul << 9)
#define CR4_OSXMMEXCPT (1ul << 10)
#define CR4_UMIP (1ul << 11)
#define CR4_FSGSBASE (1ul << 16)
#define CR4_PCIDE (1ul << 17)
#define CR4_OSXSAVE (1ul << 18)
#define CR4_SMEP (1ul << 20)
#define CR4_SMAP (1ul << 21)

#define CR3_NO_FLUSH (1ul << 63)

#define RFLAGS_CF (1ul << 0)
#define RFLAGS_ONE (1ul << 1) /* always set */
#define RFLAGS_IF (1ul << 9)

#define EFER_SCE (1ul << 0)
#define EFER_NXE (1ul << 11)

enum msr {
    MSR_APIC_BASE = 0x1b,
    MSR_SYSENTER_CS = 0x174,
    MSR_PAT = 0x277,
    MSR_TSC_DEADLINE = 0x6e0,
    MSR_X2APIC = 0x800, /* register at offset r: MSR_X2APIC + r / 16 */
    MSR_EFER = 0xc0000080,
    MSR_STAR = 0xc0000081,
    MSR_LSTAR = 0xc0000082,
    MSR_FMASK = 0xc0000084,
};

struct cpuid { uint32_t eax, ebx, ecx, edx; };

ALWAYS_INLINE struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r;
    __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
    return r;
}

ALWAYS_INLINE uint64_t msr_read(enum msr msr)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

ALWAYS_INLINE void msr_write(enum msr msr, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}

/* clang-format off */
ALWAYS_INLINE uint64_t cr0_read(void) { uint64_t v; __asm__ volatile("mov %%cr0, %0" : "=r"(v)); return v; }
ALWAYS_INLINE uint64_t cr2_read(void) { uint64_t v; __asm__ volatile("mov %%cr2, %0" : "=r"(v)); return v; }
ALWAYS_INLINE uint64_t cr4_read(void) { uint64_t v; __asm__ volatile("mov %%cr4, %0" : "=r"(v)); return v; }
ALWAYS_INLINE void cr0_write(uint64_t v) { __asm__ volatile("mov %0, %%cr0" : : "r"(v) : "memory"); }
ALWAYS_INLINE void cr3_write(uint64_t v) { __asm__ volatile("mov %0, %%cr3" : : "r"(v) : "memory"); }
ALWAYS_INLINE void cr4_write(uint64_t v) { __asm__ volatile("mov %0, %%cr4" : : "r"(v) : "memory"); }

ALWAYS_INLINE uint8_t in8(uint16_t port) { uint8_t v; __asm__ volatile("inb %w1, %0" : "=a"(v) : "Nd"(port)); return v; }
ALWAYS_INLINE uint16_t in16(uint16_t port) { uint16_t v; __asm__ volatile("inw %w1, %0" : "=a"(v) : "Nd"(port)); return v; }
ALWAYS_INLINE uint32_t in32(uint16_t port) { uint32_t v; __asm__ volatile("inl %w1, %0" : "=a"(v) : "Nd"(port)); return v; }
ALWAYS_INLINE void out8(uint16_t port, uint8_t v) { __asm__ volatile("outb %0, %w1" : : "a"(v), "Nd"(port) : "memory"); }
ALWAYS_INLINE void out16(uint16_t port, uint16_t v) { __asm__ volatile("outw %0, %w1" : : "a"(v), "Nd"(port) : "memory"); }
ALWAYS_INLINE void out32(uint16_t port, uint32_t v) { __asm__ volatile("outl %0, %w1" : : "a"(v), "Nd"(port) : "memory"); }
/* clang-format on */

ALWAYS_INLINE uint64_t tsc_read(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

/* Device registers, 32 bits wide each. */
ALWAYS_INLINE uint32_t mmio_read32(uint64_t base, uint32_t reg) { return *(volatile uint32_t *)(base + reg); }
ALWAYS_INLINE void mmio_write32(uint64_t base, uint32_t reg, uint32_t v) { *(volatile uint32_t *)(base + reg) = v; }
