#include "kernel/firmware/acpi_tables.h"
#include "kernel/boot/bytes.h"

static bool bad(const char **why, const char *message)
{
    *why = message;
    return false;
}

/* Multiple APIC Description Table, section 5.2.12. */
enum { MADT_LOCAL_APIC = 36, MADT_FLAGS = 40, MADT_ENTRIES = 44, MADT_PCAT_COMPAT = 1 };
enum { LOCAL_APIC = 0, IO_APIC = 1, SOURCE_OVERRIDE = 2, LOCAL_APIC_ADDRESS = 5, LOCAL_X2APIC = 9 };
enum { APIC_ENABLED = 1, NO_LOCAL_APIC = 0xff };

/* Bytes an entry of the type must have; 0: a type that is not read. Sections 5.2.12.2, .3, .5, .8 and .12. */
static uint32_t madt_entry_size(uint8_t type)
{
    switch (type) {
    case LOCAL_APIC:
        return 8;
    case IO_APIC:
    case LOCAL_APIC_ADDRESS:
        return 12;
    case SOURCE_OVERRIDE:
        return 10;
    case LOCAL_X2APIC:
        return 16;
    default:
        return 0;
    }
}

static void add_cpu(struct acpi_facts *out, uint32_t apic_id, uint32_t uid, uint32_t flags)
{
    if (!(flags & APIC_ENABLED))
        return;
    for (uint32_t i = 0; i < out->cpu_count; i++)
        if (out->cpu[i].apic_id == apic_id)
            return;
    if (out->cpu_count == ACPI_CPUS)
        out->cpus_left_out++;
    else
        out->cpu[out->cpu_count++] = (struct acpi_cpu){ apic_id, uid };
}

static bool add_ioapic(struct acpi_facts *out, const uint8_t *entry, const char **why)
{
    if (out->ioapic_count == ACPI_IOAPICS)
        return bad(why, "ACPI MADT: more than 32 I/O APICs");
    out->ioapic[out->ioapic_count++] = (struct acpi_ioapic){ .base = le32(entry + 4), .id = entry[2], .gsi_base = le32(entry + 8) };
    return true;
}

/* MPS INTI flags, section 5.2.12.5: 0 as the bus does it, 1 high or edge, 2 reserved, 3 low or level. ISA: high and edge. */
static bool add_override(struct acpi_facts *out, const uint8_t *entry, const char **why)
{
    uint32_t flags = le16(entry + 8), polarity = flags & 3, trigger = flags >> 2 & 3;
    if (entry[2] != 0)
        return bad(why, "ACPI MADT: interrupt source override of a bus that is not ISA");
    if (polarity == 2 || trigger == 2)
        return bad(why, "ACPI MADT: interrupt source override flags");
    if (out->override_count == ACPI_OVERRIDES)
        return bad(why, "ACPI MADT: more than 32 interrupt source overrides");
    out->override[out->override_count++] =
        (struct acpi_override){ .source = entry[3], .gsi = le32(entry + 4), .active_low = polarity == 3, .level = trigger == 3 };
    return true;
}

static bool take_madt_entry(const uint8_t *entry, struct acpi_facts *out, const char **why)
{
    switch (entry[0]) {
    case LOCAL_APIC:
        if (entry[3] != NO_LOCAL_APIC)
            add_cpu(out, entry[3], entry[2], le32(entry + 4));
        return true;
    case LOCAL_X2APIC:
        add_cpu(out, le32(entry + 4), le32(entry + 12), le32(entry + 8));
        return true;
    case IO_APIC:
        return add_ioapic(out, entry, why);
    case SOURCE_OVERRIDE:
        return add_override(out, entry, why);
    case LOCAL_APIC_ADDRESS:
        out->local_apic = le64(entry + 4);
        return true;
    default: /* NMI wiring and other architectures' controllers */
        return true;
    }
}

bool acpi_take_madt(const uint8_t *table, uint32_t length, struct acpi_facts *out, const char **why)
{
    if (length < MADT_ENTRIES)
        return bad(why, "ACPI MADT: length");
    out->has_madt = true;
    out->local_apic = le32(table + MADT_LOCAL_APIC);
    out->has_pics = le32(table + MADT_FLAGS) & MADT_PCAT_COMPAT;
    for (uint32_t at = MADT_ENTRIES; at < length;) {
        const uint8_t *entry = table + at;
        uint32_t left = length - at;
        if (left < 2 || entry[1] < 2 || entry[1] > left || entry[1] < madt_entry_size(entry[0]))
            return bad(why, "ACPI MADT: entry length");
        if (!take_madt_entry(entry, out, why))
            return false;
        at += entry[1];
    }
    return true;
}

/* Generic Address Structure, section 5.2.3.2: space, bits, bit offset, access size, 64-bit address. */
enum { GAS_ADDRESS = 4 };

static struct acpi_register gas(const uint8_t *b)
{
    return (struct acpi_register){ .address = le64(b + GAS_ADDRESS), .space = b[0], .bits = b[1] };
}

/* Fixed ACPI Description Table, section 5.2.9. Fields up to FLAGS are those of ACPI 1.0; later ones need a longer table. */
enum {
    FADT_PM1A_CONTROL = 64,
    FADT_PM_TIMER = 76,
    FADT_PM1_CONTROL_LENGTH = 89,
    FADT_PM_TIMER_LENGTH = 91,
    FADT_FLAGS = 112,
    FADT_RESET = 116,
    FADT_RESET_VALUE = 128,
    FADT_X_PM1A_CONTROL = 172,
    FADT_X_PM_TIMER = 208,
    FADT_SIZE_1 = 116,
    FADT_SIZE_2 = 129, /* with the reset register and its value */
    FADT_SIZE_X = 220, /* with the 64-bit block addresses read here */
};
enum { FLAG_TIMER_32 = 1 << 8, FLAG_RESET = 1 << 10, FLAG_HARDWARE_REDUCED = 1 << 20 };

/* A register block: its 64-bit address where there is one, else its port number. */
static struct acpi_register block(const uint8_t *table, uint32_t length, uint32_t port, uint32_t extended, uint32_t bits)
{
    struct acpi_register r = { 0, ACPI_MEMORY, 0 };
    if (length >= FADT_SIZE_X)
        r = gas(table + extended);
    if (r.address == 0)
        r = (struct acpi_register){ le32(table + port), ACPI_PORT, bits };
    return r;
}

static bool is_memory_or_port(const struct acpi_register *r)
{
    return r->space == ACPI_MEMORY || r->space == ACPI_PORT;
}

/* The fixed hardware registers, which hardware-reduced machines do not have. */
static bool take_registers(const uint8_t *table, uint32_t length, struct acpi_fixed *f, const char **why)
{
    f->pm1a_control = block(table, length, FADT_PM1A_CONTROL, FADT_X_PM1A_CONTROL, 16);
    f->pm_timer = block(table, length, FADT_PM_TIMER, FADT_X_PM_TIMER, 32);
    if (f->pm1a_control.address != 0 && (table[FADT_PM1_CONTROL_LENGTH] < 2 || !is_memory_or_port(&f->pm1a_control)))
        return bad(why, "ACPI FADT: PM1a_CNT_BLK length or address space");
    if (f->pm_timer.address != 0 && (table[FADT_PM_TIMER_LENGTH] != 4 || !is_memory_or_port(&f->pm_timer)))
        return bad(why, "ACPI FADT: PM_TMR_BLK length or address space");
    return true;
}

bool acpi_take_fadt(const uint8_t *table, uint32_t length, struct acpi_facts *out, const char **why)
{
    struct acpi_fixed *f = &out->fixed;
    if (length < FADT_SIZE_1)
        return bad(why, "ACPI FADT: length");
    uint32_t flags = le32(table + FADT_FLAGS);
    f->present = true;
    f->hardware_reduced = flags & FLAG_HARDWARE_REDUCED;
    f->pm_timer_is_32_bit = flags & FLAG_TIMER_32;
    if ((flags & FLAG_RESET) && length >= FADT_SIZE_2) {
        f->reset = gas(table + FADT_RESET);
        f->reset_value = table[FADT_RESET_VALUE];
        if (f->reset.space > ACPI_PCI_CONFIG || f->reset.bits != 8) /* section 4.8.3.6 */
            return bad(why, "ACPI FADT: RESET_REG address space or width");
    }
    return f->hardware_reduced || take_registers(table, length, f, why);
}
