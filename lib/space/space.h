/* Mapping pages: into any task one holds, with the page tables added that are missing, and into the own address space at
 * an address that is free there.  Not for several threads at once. */
#pragma once

#include "lib/sys/sys.h"

#define SPACE_PAGE  ((uint64_t)1 << ISTHMUS_PAGE_BITS)
#define SPACE_PAGES 32768 /* of the window out of which space_take hands addresses: 128 MiB */

/* A page to be mapped: a frame or a device, and where. */
struct space_page {
	isthmus_slot cap;
	uint64_t address; /* bytes, aligned to the frame's size */
	uint64_t flags;   /* ISTHMUS_MAP_* */
	uint64_t offset;  /* bytes into a device; 0 for a frame */
};

/* Maps a page into a task; what page tables are missing the pool pays for, and they stay if a later step fails.
 * Errors: MEMORY if the pool has no frames for them; what task_map and task_table answer. */
__attribute__((warn_unused_result)) enum isthmus_error
space_map_into(isthmus_slot task, isthmus_slot pool, const struct space_page *page);
/* The same for a frame of 2 MiB. */
__attribute__((warn_unused_result)) enum isthmus_error
space_map_large_into(isthmus_slot task, isthmus_slot pool, const struct space_page *page);
/* Adds the page tables for pages of 4 KiB at that address. */
__attribute__((warn_unused_result)) enum isthmus_error
space_tables(isthmus_slot task, isthmus_slot pool, uint64_t address);

/* The own address space: a window whose pages are handed out. */
struct space {
	isthmus_slot task, pool; /* the own task, and who pays for its page tables */
	uint64_t base;           /* of the window, in bytes */
	uint64_t next;           /* page at which the search begins */
	uint64_t used[SPACE_PAGES / 64];
};

/* Where no program, boot information, bundle or stack of the root task is; what most tasks give to space_init. */
#define SPACE_WINDOW 0x2000000000

/* Hands out [base, base + SPACE_PAGES pages) from now on; base page-aligned. */
void space_init(struct space *space, isthmus_slot task, isthmus_slot pool, uint64_t base);

/* Finds `pages` unused pages in a row.  Errors: MEMORY if there are not as many in the window. */
__attribute__((warn_unused_result)) enum isthmus_error
space_take(struct space *space, uint64_t pages, uint64_t *out_address);
/* Takes them back; nothing may be mapped there. */
void space_put(struct space *space, uint64_t address, uint64_t pages);

/* Maps a frame, or `pages` pages of a device from the byte `offset`, at a free address.
 * Errors: as space_take and space_map_into. */
__attribute__((warn_unused_result)) enum isthmus_error
space_map(struct space *space, isthmus_slot frame, uint64_t flags, void **out);
__attribute__((warn_unused_result)) enum isthmus_error
space_map_device(struct space *space, isthmus_slot device, uint64_t offset, uint64_t pages, volatile void **out);
/* Maps frames in `pages` consecutive slots one after the other. */
__attribute__((warn_unused_result)) enum isthmus_error
space_map_run(struct space *space, isthmus_slot first, uint64_t pages, uint64_t flags, void **out);

/* Removes the mappings that one of the above made, and takes the addresses back. */
void space_unmap(struct space *space, const volatile void *address, uint64_t pages);
