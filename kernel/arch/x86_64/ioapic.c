/* Interrupt lines: the global system interrupts of ACPI, each with a vector of its own.
 *
 * A level line is masked at its I/O APIC by each interrupt until it is unmasked.  An edge that comes while a line is
 * masked there would be lost, so an edge line stays open: what comes while it is masked here is remembered, and sent again
 * when it is unmasked.  A second one closes the line, so that no device can keep a core busy. */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/apic.h"
#include "kernel/arch/x86_64/timer.h"

enum { REG_SELECT = 0x00, REG_WINDOW = 0x10 };                          /* in memory */
enum { IOAPIC_VERSION = 1, IOAPIC_ENTRY = 0x10 };                       /* selected; an entry is two registers */
enum { ENTRY_ACTIVE_LOW = 1 << 13, ENTRY_LEVEL = 1 << 15, ENTRY_MASKED = 1 << 16, ENTRY_CORE_SHIFT = 24 };
enum { PIC_1 = 0x20, PIC_2 = 0xa0, PIC_ICW1 = 0x11, PIC_ICW4 = 0x01, PIC_CASCADE = 2, PIC_LINES = 8 };
enum { ISA_LINES = 16, LINES = VECTOR_LINES_END - VECTOR_LINES };

_Static_assert((int)LINES <= (int)MAX_IRQ, "lines have a vector each");

struct ioapic {
    uint64_t registers;
    uint32_t first, count; /* lines */
};

struct line {
    uint8_t ioapic;
    bool there, level, active_low;
    bool masked;  /* until arch_irq_unmask() */
    bool pending; /* edge: one came while masked */
};

static struct ioapic ioapic[ACPI_IOAPICS];
static struct line line[LINES];
static uint32_t line_count;

static uint32_t ioapic_read(const struct ioapic *a, uint32_t reg)
{
    mmio_write32(a->registers, REG_SELECT, reg);
    return mmio_read32(a->registers, REG_WINDOW);
}

static void ioapic_write(const struct ioapic *a, uint32_t reg, uint32_t value)
{
    mmio_write32(a->registers, REG_SELECT, reg);
    mmio_write32(a->registers, REG_WINDOW, value);
}

/* Opens or closes a line at its I/O APIC. */
static void line_gate(uint32_t n, bool open)
{
    const struct ioapic *a = &ioapic[line[n].ioapic];
    uint32_t entry = VECTOR_LINES + n;
    if (line[n].active_low)
        entry |= ENTRY_ACTIVE_LOW;
    if (line[n].level)
        entry |= ENTRY_LEVEL;
    if (!open)
        entry |= ENTRY_MASKED;
    ioapic_write(a, IOAPIC_ENTRY + 2 * (n - a->first), entry);
}

void arch_irq_mask(uint32_t n)
{
    if (n >= LINES || !line[n].there)
        return;
    line[n].masked = true;
    if (line[n].level)
        line_gate(n, false);
}

void arch_irq_unmask(uint32_t n)
{
    if (n >= LINES || !line[n].there)
        return;
    line[n].masked = false;
    line_gate(n, true);
    if (line[n].pending)
        lapic_interrupt_self(VECTOR_LINES + n);
    line[n].pending = false;
}

uint32_t arch_irq_lines(void)
{
    return line_count;
}

static void edge_while_masked(uint32_t n)
{
    if (line[n].pending)
        line_gate(n, false);
    line[n].pending = true;
}

static void line_interrupt(uint32_t n)
{
    bool was_masked = line[n].masked;
    arch_irq_mask(n);
    lapic_write(LAPIC_EOI, 0);
    if (!was_masked)
        interrupt_line(n);
    else if (!line[n].level)
        edge_while_masked(n);
}

/* One vector an entry: further ones come when interrupts are on again.  Masked PICs and the local APIC may send one that
 * was withdrawn meanwhile; it is not to be ended. */
void arch_interrupts(void)
{
    uint32_t vector = core_block()->vector;
    core_block()->vector = 0;
    if (vector == VECTOR_TIMER) {
        lapic_write(LAPIC_EOI, 0);
        timer_interrupt();
    } else if (vector >= VECTOR_LINES && vector < VECTOR_LINES_END) {
        line_interrupt(vector - VECTOR_LINES);
    }
}

/* ---- boot ---- */

static void pic_init(uint16_t pic, uint8_t vector, uint8_t cascade)
{
    out8(pic, PIC_ICW1);
    out8(pic + 1, vector);
    out8(pic + 1, cascade);
    out8(pic + 1, PIC_ICW4);
    out8(pic + 1, 0xff);
}

uint32_t ioapic_isa_line(const struct acpi_facts *facts, uint32_t irq)
{
    for (uint32_t i = 0; i < facts->override_count; i++)
        if (facts->override[i].source == irq)
            return facts->override[i].gsi;
    return irq;
}

/* ISA lines are edges and active high, PCI lines levels and active low, but for what firmware says of ISA's. */
static void lines_describe(const struct acpi_facts *facts)
{
    for (uint32_t n = ISA_LINES; n < LINES; n++)
        line[n].level = line[n].active_low = true;
    for (uint32_t i = 0; i < facts->override_count; i++) {
        const struct acpi_override *o = &facts->override[i];
        if (o->gsi >= LINES)
            continue;
        line[o->gsi].level = o->level;
        line[o->gsi].active_low = o->active_low;
    }
}

static void line_init(uint32_t n, uint8_t a)
{
    line[n].ioapic = a;
    line[n].there = line[n].masked = true;
    ioapic_write(&ioapic[a], IOAPIC_ENTRY + 2 * (n - ioapic[a].first) + 1, lapic_id() << ENTRY_CORE_SHIFT);
    line_gate(n, !line[n].level);
    if (n >= line_count)
        line_count = n + 1;
}

static void ioapic_add(uint8_t a, uint64_t physical, uint32_t first)
{
    ioapic[a].registers = mmu_map_device(physical);
    ioapic[a].first = first;
    ioapic[a].count = (ioapic_read(&ioapic[a], IOAPIC_VERSION) >> 16 & 0xff) + 1;
    for (uint32_t i = 0; i < ioapic[a].count; i++) {
        if (first < LINES && i < LINES - first)
            line_init(first + i, a);
        else
            ioapic_write(&ioapic[a], IOAPIC_ENTRY + 2 * i, ENTRY_MASKED);
    }
    if (first >= LINES || ioapic[a].count > LINES - first)
        log_line("I/O APIC %u: lines from %u on are left out", (unsigned)a, (unsigned)LINES);
}

void ioapic_init(const struct acpi_facts *facts)
{
    pic_init(PIC_1, VECTOR_PIC, 1 << PIC_CASCADE);
    pic_init(PIC_2, VECTOR_PIC + PIC_LINES, PIC_CASCADE);
    lines_describe(facts);
    for (uint32_t i = 0; i < facts->ioapic_count; i++)
        ioapic_add((uint8_t)i, facts->ioapic[i].base, facts->ioapic[i].gsi_base);
    if (facts->ioapic_count == 0) {
        log_line("no ACPI MADT names an I/O APIC: trying the usual address");
        ioapic_add(0, 0xfec00000, 0);
    }
}
