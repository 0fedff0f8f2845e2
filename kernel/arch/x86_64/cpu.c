/* What the processor must have and may have, and the control registers that follow (Intel SDM 2A CPUID, 3A section 2.5). */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu_features.h"

enum output { EAX, EBX, ECX, EDX };

struct feature {
    const char *name;
    uint32_t leaf;
    enum output output;
    unsigned bit;
};

static bool has(const struct feature *f)
{
    if (cpuid(f->leaf & 0x80000000, 0).eax < f->leaf)
        return false;
    struct cpuid r = cpuid(f->leaf, 0);
    const uint32_t out[] = { r.eax, r.ebx, r.ecx, r.edx };
    return out[f->output] >> f->bit & 1;
}

static const struct feature required[] = {
    { "TSC", 1, EDX, 4 },
    { "MSR", 1, EDX, 5 },
    { "APIC", 1, EDX, 9 },
    { "PGE", 1, EDX, 13 },
    { "PAT", 1, EDX, 16 },
    { "FXSR", 1, EDX, 24 },
    { "SSE2", 1, EDX, 26 },
    { "FSGSBASE", 7, EBX, 0 },
    { "SYSCALL", 0x80000001, EDX, 11 },
    { "NX", 0x80000001, EDX, 20 },
};

static const struct { struct feature feature; uint64_t cr4; } optional[] = {
    { { "PCID", 1, ECX, 17 }, CR4_PCIDE },
    { { "XSAVE", 1, ECX, 26 }, CR4_OSXSAVE },
    { { "SMEP", 7, EBX, 7 }, CR4_SMEP },
    { { "SMAP", 7, EBX, 20 }, CR4_SMAP },
    { { "UMIP", 7, ECX, 2 }, CR4_UMIP },
};

enum { REQUIRED = sizeof required / sizeof required[0], OPTIONAL = sizeof optional / sizeof optional[0] };

bool cpu_has_pcid(void) { return cr4_read() & CR4_PCIDE; }
bool cpu_has_xsave(void) { return cr4_read() & CR4_OSXSAVE; }
bool cpu_has_invpcid(void) { return has(&(struct feature){ "INVPCID", 7, EBX, 10 }); }
bool cpu_has_gigabyte_pages(void) { return has(&(struct feature){ "PDPE1GB", 0x80000001, EDX, 26 }); }
bool cpu_has_tsc_deadline(void) { return has(&(struct feature){ "TSC-deadline", 1, ECX, 24 }); }

void cpu_check(void)
{
    bool complete = true;
    for (unsigned i = 0; i < REQUIRED; i++) {
        if (!has(&required[i])) {
            log_line("this processor has no %s, which Isthmus needs (with QEMU: -cpu max)", required[i].name);
            complete = false;
        }
    }
    if (!complete)
        panic("unsuitable processor");
}

/* Entries 0-3 as at reset, which PTE_UNCACHED relies on; the others too. */
static const uint64_t pat_at_reset = 0x0007040600070406;

void cpu_init(void)
{
    uint64_t cr4 = CR4_PAE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_FSGSBASE;
    for (unsigned i = 0; i < OPTIONAL; i++)
        if (has(&optional[i].feature))
            cr4 |= optional[i].cr4;
    cr4_write(cr4);
    cr0_write((cr0_read() & ~CR0_EM) | CR0_MP | CR0_NE | CR0_WP | CR0_AM | CR0_TS);
    msr_write(MSR_EFER, msr_read(MSR_EFER) | EFER_NXE);
    msr_write(MSR_PAT, pat_at_reset);
}

void cpu_log(void)
{
    for (unsigned i = 0; i < OPTIONAL; i++)
        if (!has(&optional[i].feature))
            log_line("processor without %s: going on without it", optional[i].feature.name);
}
