/* The tables whose content the kernel reads, one function each. `table` has `length` bytes, at least ACPI_HEADER, and its
 * checksum is right: acpi.c has looked. */
#pragma once
#include "kernel/firmware/acpi.h"

enum { ACPI_HEADER = 36 }; /* bytes of the header of every table, section 5.2.6 */

bool acpi_take_madt(const uint8_t *table, uint32_t length, struct acpi_facts *out, const char **why) BOOT_MUST_CHECK;
bool acpi_take_fadt(const uint8_t *table, uint32_t length, struct acpi_facts *out, const char **why) BOOT_MUST_CHECK;
