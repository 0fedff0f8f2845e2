/* A space: regions, the pages that are in them now, and the kernel's mappings of those.
 *
 * Every page that is in a space has an entry in `tree`, with one reference to the page.  The kernel's mapping is a cache
 * of the entry: it may be missing (a child after fork), and it has write permission only if a write needs no copy. */
#pragma once

#include "servers/memory/account.h"
#include "servers/memory/kernel.h"
#include "servers/memory/region.h"
#include "servers/memory/tree.h"

/* An entry of the tree. */
#define ENTRY_PAGE       0x0fffffffu
#define ENTRY_MAPPED     (1u << 28) /* the kernel maps it, for reading at least */
#define ENTRY_WRITABLE   (1u << 29) /* for writing too */
#define ENTRY_EXECUTABLE (1u << 30)
#define ENTRY_OWN        (1u << 31) /* not the object's page: charged to the space, copied on write if others have it too */

/* What the kernel's mapping allows: PROT_*, 0 if there is none. */
static inline unsigned entry_flags(uint32_t entry)
{
	return !(entry & ENTRY_MAPPED) ? 0
				       : PROT_READ | (entry & ENTRY_WRITABLE ? PROT_WRITE : 0) |
						 (entry & ENTRY_EXECUTABLE ? PROT_EXECUTE : 0);
}

/* The entry when the mapping allows that. */
static inline uint32_t entry_with_flags(uint32_t entry, unsigned flags)
{
	return (entry & (ENTRY_PAGE | ENTRY_OWN)) | (flags ? ENTRY_MAPPED : 0) |
	       (flags & PROT_WRITE ? ENTRY_WRITABLE : 0) | (flags & PROT_EXECUTE ? ENTRY_EXECUTABLE : 0);
}

struct vm {
	struct kernel_space kernel;
	struct regions regions;
	struct tree tree; /* by number of the page: address >> PAGE_BITS */
	struct account account;
	uint64_t low, high; /* addresses that may be mapped, bytes */
};

/* What a region is to be. */
struct mapping {
	uint64_t address, length; /* bytes; address 0: choose, unless fixed */
	struct object *object;    /* null: anonymous and private */
	uint64_t offset;          /* page of the object */
	unsigned prot, max_prot;
	bool shared, fixed, replace; /* replace: whatever is there (only with fixed) */
};

/* Maps; the region takes a reference of its own to the object.
 * Errors: ARGUMENT for what is outside of the space or empty, BUSY if something is there, MEMORY. */
__attribute__((warn_unused_result)) enum isthmus_error
vm_map(struct vm *space, const struct mapping *mapping, uint64_t *out_address);
/* Unmaps a range, whatever is there.  Errors: ARGUMENT, MEMORY (a region would have to be cut). */
__attribute__((warn_unused_result)) enum isthmus_error vm_unmap(struct vm *space, uint64_t start, uint64_t length);
/* Changes permissions.  Errors: ARGUMENT, MEMORY (also if there is a hole in the range), RIGHT. */
__attribute__((warn_unused_result)) enum isthmus_error
vm_protect(struct vm *space, uint64_t start, uint64_t length, unsigned prot);

/* Fills an empty space with the regions and the own pages of another.  On an error it is as far as it got. */
__attribute__((warn_unused_result)) enum isthmus_error vm_fork(struct vm *parent, struct vm *child);

/* Lets all pages in [start, end) go, but not the regions. */
void vm_forget(struct vm *space, uint64_t start, uint64_t end);
/* Lets everything go; `unmap`: also the kernel's mappings, which else went with the task. */
void vm_discard(struct vm *space, bool unmap);

enum fault {
	FAULT_DONE,     /* the access can be tried again */
	FAULT_WAIT,     /* a pager has to be asked for *absent */
	FAULT_UNMAPPED, /* there is no region */
	FAULT_DENIED,   /* the region does not allow it */
	FAULT_BUS,      /* beyond the object's end, or its pager is gone */
	FAULT_MEMORY,   /* over the quota, or no RAM left */
};

struct absent {
	struct object *object;
	uint64_t index;
};

/* Makes an access (one of PROT_*) to an address possible, if it is allowed. */
__attribute__((warn_unused_result)) enum fault
vm_fault(struct vm *space, uint64_t address, unsigned access, struct absent *absent);
/* Page that is at the address now, or 0. */
page_no vm_page(const struct vm *space, uint64_t address);
