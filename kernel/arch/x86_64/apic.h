/* The local APIC of a core and the I/O APICs (Intel SDM 3A chapter 11; 82093AA datasheet).  The hooks arch_irq_*() and
 * arch_interrupts() of arch.h are theirs. */
#pragma once
#include "kernel/firmware/acpi.h"
#include "kernel/types.h"

/* ---- lapic.c ---- */

enum lapic_register {
    LAPIC_ID = 0x20,
    LAPIC_VERSION = 0x30,
    LAPIC_PRIORITY = 0x80,
    LAPIC_EOI = 0xb0,
    LAPIC_SPURIOUS = 0xf0,
    LAPIC_ICR = 0x300,
    LAPIC_LVT_TIMER = 0x320,
    LAPIC_LVT_THERMAL = 0x330,
    LAPIC_LVT_COUNTERS = 0x340,
    LAPIC_LVT_LINT0 = 0x350,
    LAPIC_LVT_LINT1 = 0x360,
    LAPIC_LVT_ERROR = 0x370,
    LAPIC_COUNT_INITIAL = 0x380,
    LAPIC_COUNT = 0x390,
    LAPIC_DIVIDE = 0x3e0,
};
enum { LVT_MASKED = 1 << 16 };

void lapic_init(void); /* this core's, with every source but NMI masked */
uint32_t lapic_read(enum lapic_register reg);
void lapic_write(enum lapic_register reg, uint32_t value);
uint32_t lapic_id(void);
void lapic_interrupt_self(uint32_t vector);

/* ---- ioapic.c ---- */

/* Masks the PICs, finds the I/O APICs' lines and routes all to this core.  Without a MADT: one where PCs have it. */
void ioapic_init(const struct acpi_facts *facts);
uint32_t ioapic_isa_line(const struct acpi_facts *facts, uint32_t irq); /* where an ISA interrupt arrives */
