/* The kernel's own address space, made once at boot, and ASIDs.
 *
 * What is mapped: the image (text read and execute, constants read, data read and write), a stack a core, the direct map
 * (exactly the free RAM, never the image or what firmware reserves, never executable), pages of devices, and what
 * arch_map_kernel adds.  Nothing is writable and executable. */
#pragma once
#include "kernel/boot/boot.h"
#include "kernel/types.h"

/* Makes the tables.  `ram`, page-aligned and within the direct map's reach, is what to map; a piece for which no table is
 * left is taken out of it. */
void mmu_init(struct range_set *ram);

/* Finds how many bits of ASID the hardware has.  Pre: translation on. */
void mmu_probe_asid(void);

/* Pages of devices in the window at KERNEL_DEVICES, by fixed number. */
enum device_page { DEVICE_UART, DEVICE_PLIC_PRIORITY, DEVICE_PLIC_CORE }; /* two a core: enable bits, context */

/* Maps the page of device memory that holds `physical`; its kernel address.  Boot only. */
uint64_t mmu_map_device(unsigned page, uint64_t physical);
