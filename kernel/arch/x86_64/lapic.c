/* The local APIC, by memory or, if firmware left it in that mode, as x2APIC by MSRs. */
#include "kernel/arch/x86_64/apic.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/timer.h"

enum { BASE_X2APIC = 1 << 10, BASE_ENABLED = 1 << 11 };
enum { SPURIOUS_ENABLED = 1 << 8, LVT_NMI = 4 << 8, ICR_SELF = 1 << 18 };

static bool x2apic;
static uint64_t registers; /* one address for all cores: each sees its own */

uint32_t lapic_read(enum lapic_register reg)
{
    return x2apic ? (uint32_t)msr_read(MSR_X2APIC + reg / 16) : mmio_read32(registers, reg);
}

void lapic_write(enum lapic_register reg, uint32_t value)
{
    if (x2apic)
        msr_write(MSR_X2APIC + reg / 16, value);
    else
        mmio_write32(registers, reg, value);
}

uint32_t lapic_id(void)
{
    return x2apic ? lapic_read(LAPIC_ID) : lapic_read(LAPIC_ID) >> 24;
}

void lapic_interrupt_self(uint32_t vector)
{
    lapic_write(LAPIC_ICR, ICR_SELF | vector);
}

void lapic_init(void)
{
    uint64_t base = msr_read(MSR_APIC_BASE);
    msr_write(MSR_APIC_BASE, base | BASE_ENABLED);
    x2apic = base & BASE_X2APIC;
    if (!x2apic && !registers)
        registers = mmu_map_device(base & PTE_PAGE);
    uint32_t last_lvt = lapic_read(LAPIC_VERSION) >> 16 & 0xff;
    lapic_write(LAPIC_LVT_TIMER, LVT_MASKED);
    lapic_write(LAPIC_LVT_LINT0, LVT_MASKED);
    lapic_write(LAPIC_LVT_LINT1, LVT_NMI); /* as every PC wires it */
    lapic_write(LAPIC_LVT_ERROR, LVT_MASKED);
    if (last_lvt >= 4)
        lapic_write(LAPIC_LVT_COUNTERS, LVT_MASKED);
    if (last_lvt >= 5)
        lapic_write(LAPIC_LVT_THERMAL, LVT_MASKED);
    lapic_write(LAPIC_PRIORITY, 0);
    lapic_write(LAPIC_SPURIOUS, SPURIOUS_ENABLED | VECTOR_SPURIOUS);
}
