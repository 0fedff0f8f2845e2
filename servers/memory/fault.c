/* Making an access possible: bringing in the page, copying it on write, mapping it; see vm.h. */
#include "servers/memory/object.h"
#include "servers/memory/vm.h"

/* After a read of an object's page, those of its neighbours that are in memory are mapped too, in aligned groups of this
 * many: a mapping costs a tenth of a fault. */
enum { AROUND_pages = 16 };

static uint64_t object_index(const struct region *region, uint64_t index)
{
	return region->offset + index - (region->start >> PAGE_BITS);
}

/* Fills an empty entry of an anonymous region. */
static enum fault take_zeros(struct vm *space, uint32_t *entry)
{
	page_no page = 0;

	if (!account_charge(&space->account, 1))
		return FAULT_MEMORY;
	page = page_take(true);
	if (page == 0) {
		account_refund(&space->account, 1);
		return FAULT_MEMORY;
	}
	*entry = page | ENTRY_OWN;
	return FAULT_DONE;
}

/* Fills an empty entry with the object's page. */
static enum fault take_from_object(const struct region *region, uint64_t index, uint32_t *entry, struct absent *absent)
{
	page_no page = 0;

	switch (object_find(region->object, object_index(region, index), &page)) {
	case OBJECT_PAGE:
		page_ref(page);
		*entry = page;
		return FAULT_DONE;
	case OBJECT_ABSENT:
		*absent = (struct absent){ region->object, object_index(region, index) };
		return FAULT_WAIT;
	case OBJECT_MEMORY:
		return FAULT_MEMORY;
	default:
		return FAULT_BUS;
	}
}

/* Replaces the page of a private region by a copy that nobody else has. */
static enum fault copy_page(struct vm *space, uint64_t index, uint32_t *entry)
{
	bool charge = !(*entry & ENTRY_OWN);
	page_no old = *entry & ENTRY_PAGE, page = 0;

	if (charge && !account_charge(&space->account, 1))
		return FAULT_MEMORY;
	page = page_take(false);
	if (page == 0) {
		if (charge)
			account_refund(&space->account, 1);
		return FAULT_MEMORY;
	}
	page_copy(page, old);
	if (*entry & ENTRY_MAPPED)
		kernel_unmap(&space->kernel, index << PAGE_BITS, 1);
	page_unref(old);
	*entry = page | ENTRY_OWN;
	return FAULT_DONE;
}

/* Whether the page can be written where it is. */
static bool needs_no_copy(const struct region *region, uint32_t entry)
{
	return region->shared || (entry & ENTRY_OWN && page_refs(entry & ENTRY_PAGE) == 1);
}

/* What the mapping may allow.  The kernel never maps for writing and execution at once: of those two the access that is
 * wanted now wins, and the other one faults. */
static unsigned flags_for(const struct region *region, uint32_t entry, unsigned access)
{
	unsigned flags = region->prot;

	if (!needs_no_copy(region, entry))
		flags &= ~PROT_WRITE;
	if (flags & PROT_WRITE && flags & PROT_EXECUTE)
		flags &= access == PROT_WRITE ? ~PROT_EXECUTE : ~PROT_WRITE;
	return flags;
}

static enum fault install(struct vm *space, const struct region *region, uint64_t index, uint32_t *entry,
			  unsigned access)
{
	unsigned flags = flags_for(region, *entry, access), have = entry_flags(*entry);

	if (flags == have)
		return FAULT_DONE;
	if (have != 0)
		kernel_unmap(&space->kernel, index << PAGE_BITS, 1);
	*entry = entry_with_flags(*entry, 0);
	if (kernel_map(&space->kernel, index << PAGE_BITS, *entry & ENTRY_PAGE, flags) != ISTHMUS_OK)
		return FAULT_MEMORY;
	*entry = entry_with_flags(*entry, flags);
	return FAULT_DONE;
}

/* Maps neighbours of an object's page that are in memory; stops at the first that cannot be. */
static void map_around(struct vm *space, const struct region *region, uint64_t index)
{
	uint64_t first = index & ~(uint64_t)(AROUND_pages - 1), end = first + AROUND_pages;

	if (first < region->start >> PAGE_BITS)
		first = region->start >> PAGE_BITS;
	if (end > region->end >> PAGE_BITS)
		end = region->end >> PAGE_BITS;
	for (uint64_t i = first; i < end; i++) {
		page_no page = object_peek(region->object, object_index(region, i));
		uint32_t *entry = page != 0 ? tree_need(&space->tree, i) : NULL;

		if (entry == NULL || *entry != 0)
			continue;
		page_ref(page);
		*entry = page;
		if (install(space, region, i, entry, PROT_READ) != FAULT_DONE)
			return;
	}
}

/* Fills the entry of a page that is not in the space yet, and makes its place in the tree: only then, so that faults that
 * cannot be mended leave nothing behind. */
static enum fault bring_in(struct vm *space, const struct region *region, uint64_t index, uint32_t **entry,
			   struct absent *absent)
{
	uint32_t fresh = 0;
	enum fault fault = region->object == NULL ? take_zeros(space, &fresh)
						  : take_from_object(region, index, &fresh, absent);

	if (fault != FAULT_DONE)
		return fault;
	*entry = tree_need(&space->tree, index);
	if (*entry != NULL) {
		**entry = fresh;
		return FAULT_DONE;
	}
	page_unref(fresh & ENTRY_PAGE);
	if (fresh & ENTRY_OWN)
		account_refund(&space->account, 1);
	return FAULT_MEMORY;
}

enum fault vm_fault(struct vm *space, uint64_t address, unsigned access, struct absent *absent)
{
	const struct region *region = regions_find(&space->regions, address);
	uint64_t index = address >> PAGE_BITS;
	uint32_t *entry = NULL;
	enum fault fault = FAULT_DONE;
	bool fresh = false;

	if (region == NULL)
		return FAULT_UNMAPPED;
	if (!(region->prot & access))
		return FAULT_DENIED;
	entry = tree_find(&space->tree, index);
	fresh = entry == NULL || *entry == 0;
	if (fresh)
		fault = bring_in(space, region, index, &entry, absent);
	if (fault == FAULT_DONE && access == PROT_WRITE && !needs_no_copy(region, *entry))
		fault = copy_page(space, index, entry);
	if (fault == FAULT_DONE)
		fault = install(space, region, index, entry, access);
	if (fault == FAULT_DONE && fresh && !(*entry & ENTRY_OWN))
		map_around(space, region, index);
	return fault;
}

page_no vm_page(const struct vm *space, uint64_t address)
{
	return tree_get(&space->tree, address >> PAGE_BITS) & ENTRY_PAGE;
}
