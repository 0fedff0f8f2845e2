/* The BIOS "E820" memory map, which multiboot2 and PVH hand over in one layout: 64-bit base, 64-bit size, 32-bit type (1 is
 * RAM; ACPI tables, firmware's own and broken memory have others). */
#pragma once
#include "kernel/boot/boot.h"

enum { MEMORY_MAP_ENTRY = 24 }; /* bytes of an entry; `stride` may be larger */

/* Set `ram` to what some entry calls RAM and no entry calls anything else. False when an entry wraps or the set is full. */
bool memory_map_read(const uint8_t *entries, uint32_t count, uint32_t stride, struct range_set *ram) BOOT_MUST_CHECK;
