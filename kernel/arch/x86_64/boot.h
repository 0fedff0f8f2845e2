/* Between entry.S, boot.c and mmu.c. */
#pragma once
#include "kernel/boot/boot.h"

extern const char image_start[], text_end[], rodata_end[], image_end[]; /* kernel.ld */

/* Zeroed pages for good, out of RAM that the boot page tables map; physical address.  Panics if there are none. */
uint64_t boot_page(void);
uint64_t boot_pages(uint64_t count);

/* entry.S: enters the space, then boot_on_core() upon the given stack. */
_Noreturn void boot_enter(uint64_t space, uint64_t stack);

/* `magic`: eax at a multiboot2 entry, 0 at a PVH entry; `info`: ebx. */
_Noreturn void boot_main(uint32_t magic, uint32_t info);
_Noreturn void boot_on_core(void);
