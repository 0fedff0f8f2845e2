/* What the rest of the server asks of the kernel: the one door between its records and the system calls.
 *
 * Unit tests put a fake in its place (tests/unit/memory_fake.h), which checks that every request is one that the kernel
 * would grant.  Errors of requests that cannot fail are asserted in kernel.c. */
#pragma once

#include "lib/sys/message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account;

/* Number of a page of RAM that this server has, from 1; 0 is none. */
typedef uint32_t page_no;

#define PAGE_BITS  12
#define PAGE_BYTES ((uint64_t)1 << PAGE_BITS)
#define PAGE_LIMIT (1u << 25) /* numbers of pages are below: 128 GiB of RAM, which the window in kernel.c has room for */

/* What the kernel knows of an address space; slots of the own table. */
struct kernel_space {
	isthmus_slot pool;   /* pays for its page tables */
	isthmus_slot task;
	struct account *account; /* pays for what the pool is given */
	uint64_t frames;         /* given to the pool so far */
	bool adopted;            /* the task is somebody else's and lives on when the space is destroyed */
};

/* Fresh zeroed memory for the heap, a multiple of a page; null if there is none. */
void *kernel_heap_grow(size_t bytes);

/* Makes the zeroed frame of page `page` and maps it for kernel_page_bytes; MEMORY if there is none left. */
__attribute__((warn_unused_result)) enum isthmus_error kernel_page_create(page_no page);
/* Destroys it again: whoever mapped it or holds a capability to it loses it. */
void kernel_page_destroy(page_no page);
/* Where the server itself sees the page. */
void *kernel_page_bytes(page_no page);

/* Maps a page where none is mapped; flags ISTHMUS_MAP_*, not 0.  MEMORY if a page table is needed and there is no frame
 * for it, CAP if the task is gone. */
__attribute__((warn_unused_result)) enum isthmus_error
kernel_map(struct kernel_space *space, uint64_t address, page_no page, unsigned flags);
/* Removes what is mapped in a range, or reduces its flags; addresses without a mapping are passed over. */
void kernel_unmap(struct kernel_space *space, uint64_t address, uint64_t pages);
void kernel_protect(struct kernel_space *space, uint64_t address, uint64_t pages, unsigned flags);

/* The rest is for the server alone, not for the tables. */

/* Begins; before anything else. */
void kernel_init(void);

/* Makes a task in a pool of its own, with the account in *space; faults of its threads come with that badge.
 * `adopted`: uses the task in slot space->task instead. */
__attribute__((warn_unused_result)) enum isthmus_error kernel_space_create(struct kernel_space *space, uint64_t badge);
/* Destroys pool and task, at once and completely. */
void kernel_space_destroy(struct kernel_space *space);
/* Puts cells and frames into its pool; frames are charged.  Errors: MEMORY. */
__attribute__((warn_unused_result)) enum isthmus_error
kernel_space_give(struct kernel_space *space, uint64_t cells, uint64_t frames);

/* Slots of the own table.  kernel_keep moves a capability that came with a message to a slot of its own, 0 if there is
 * none; kernel_save_reply does so with the right to answer the call at hand. */
isthmus_slot kernel_keep(isthmus_slot received);
isthmus_slot kernel_save_reply(void);
void kernel_drop(isthmus_slot slot);
/* Empties the slots into which capabilities of messages go. */
void kernel_drop_received(void);

/* A capability to a page, or to the own endpoint with a badge, in a slot that is good until the next call of either. */
__attribute__((warn_unused_result)) enum isthmus_error
kernel_lend(page_no page, uint64_t rights, isthmus_slot *out);
__attribute__((warn_unused_result)) enum isthmus_error kernel_mint(uint64_t badge, isthmus_slot *out);
/* The badge of a capability to the own endpoint that somebody sent, or 0 if it is none. */
uint64_t kernel_badge_of(isthmus_slot received);
/* Whether what the slot names still exists. */
bool kernel_is_alive(isthmus_slot slot);
/* Pages of RAM, and cells, that have no use yet. */
uint64_t kernel_free_pages(void);
uint64_t kernel_free_cells(void);
