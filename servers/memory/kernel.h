/* What the rest of the server asks of the kernel: the one door between its records and the system calls.
 *
 * Unit tests put a fake in its place (tests/unit/memory_fake.h), which checks that every request is one that the kernel
 * would grant.  Errors of requests that cannot fail are asserted in kernel.c. */
#pragma once

#include "lib/sys/message.h"

#include <stddef.h>
#include <stdint.h>

/* Number of a page of RAM that this server has, from 1; 0 is none. */
typedef uint32_t page_no;

#define PAGE_BITS  12
#define PAGE_BYTES ((uint64_t)1 << PAGE_BITS)

/* What the kernel knows of an address space; slots of the own table. */
struct kernel_space {
	isthmus_slot pool;   /* pays for its page tables */
	isthmus_slot task;
	uint64_t frames;     /* given to the pool so far */
	uint32_t adopted;    /* the task is somebody else's and is not destroyed with the space */
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
/* Removes what is mapped in a range, or changes its flags; addresses without a mapping are passed over. */
void kernel_unmap(struct kernel_space *space, uint64_t address, uint64_t pages);
void kernel_protect(struct kernel_space *space, uint64_t address, uint64_t pages, unsigned flags);
