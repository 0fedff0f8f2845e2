/* What a hypervisor hands over by the PVH protocol (Xen, xen/include/public/arch-x86/hvm/start_info.h). */
#pragma once
#include "kernel/boot/boot.h"

/* Read hvm_start_info at physical `phys` (ebx at entry). The first module is the bundle. `*rsdp`: physical address of the
 * ACPI root pointer, 0 when none was given. Version 0 carries no memory map: `out->ram` is then empty. */
bool pvh_parse(uint64_t phys, const struct boot_memory *mem, struct boot_info *out, uint64_t *rsdp, const char **why)
    BOOT_MUST_CHECK;
