/*
 * The facts that the kernel itself needs of the static ACPI tables (ACPI 6.5): MADT and FADT. No AML is read, and nothing that a
 * driver can read at user level, to which the root pointer is told. A table that is missing leaves its facts zero; one that
 * contradicts itself makes the whole parse fail. Every byte is reached through boot_memory.at.
 */
#pragma once
#include "kernel/boot/boot.h"

enum { ACPI_CPUS = 256, ACPI_IOAPICS = 32, ACPI_OVERRIDES = 32 };

/* An enabled processor, listed once even when the table has it as a local APIC and as an x2APIC. */
struct acpi_cpu {
    uint32_t apic_id;
    uint32_t uid; /* the name that AML uses */
};

struct acpi_ioapic {
    uint64_t base; /* physical */
    uint32_t id;
    uint32_t gsi_base; /* the global system interrupt of its first input */
};

/* ISA interrupt `source` is wired to global system interrupt `gsi`. Without an entry: gsi = source, active high, edge. */
struct acpi_override {
    uint32_t source, gsi;
    bool active_low, level;
    uint8_t unused[2];
};

enum acpi_space { ACPI_MEMORY, ACPI_PORT, ACPI_PCI_CONFIG };

/* Address 0: there is no such register. */
struct acpi_register {
    uint64_t address;
    enum acpi_space space;
    uint32_t bits;
};

/* FADT, section 5.2.9. */
struct acpi_fixed {
    bool present;
    bool hardware_reduced; /* none of the registers below but `reset` exists */
    bool pm_timer_is_32_bit; /* else 24 */
    uint8_t reset_value;     /* write it to `reset` */
    uint8_t unused[4];
    struct acpi_register pm_timer, pm1a_control, reset;
};

struct acpi_facts {
    uint64_t local_apic; /* physical */
    bool has_madt;
    bool has_pics; /* a pair of 8259 to mask */
    uint8_t unused[2];
    uint32_t cpu_count, cpus_left_out; /* left out: beyond ACPI_CPUS */
    uint32_t ioapic_count, override_count;
    struct acpi_fixed fixed;
    struct acpi_cpu cpu[ACPI_CPUS];
    struct acpi_ioapic ioapic[ACPI_IOAPICS];
    struct acpi_override override[ACPI_OVERRIDES];
};

/* Parse all tables, from the root pointer structure at physical `rsdp`. */
bool acpi_parse(uint64_t rsdp, const struct boot_memory *mem, struct acpi_facts *out, const char **why) BOOT_MUST_CHECK;

/* Search a physical window for the root pointer (section 5.2.5.1: the EBDA's first KiB, then 0xe0000 .. 0xfffff). Answers
 * its address, or 0. The window is read up to its first unreadable byte and not beyond 1 MiB. */
uint64_t acpi_find_rsdp(const struct boot_memory *mem, struct range window);
