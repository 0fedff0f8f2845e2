/* What a multiboot2 boot loader hands over (Multiboot2 Specification 2.0, section 3.6). */
#pragma once
#include "kernel/boot/boot.h"

#define MULTIBOOT2_MAGIC 0x36d76289u /* in eax at entry: the caller's to check */

/*
 * Read the information structure at physical `phys`. The first module is the bundle. `*rsdp`: physical address of the copy
 * of the ACPI root pointer inside of the structure, the newer one if there are two, 0 without one. The structure lies in RAM that
 * `out->ram` has: be done with `*rsdp` before that RAM is used.
 */
bool multiboot2_parse(uint64_t phys, const struct boot_memory *mem, struct boot_info *out, uint64_t *rsdp, const char **why)
    BOOT_MUST_CHECK;
