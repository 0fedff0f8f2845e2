/* Mapping, unmapping and protecting; see vm.h. */
#include "servers/memory/vm.h"

#include "servers/memory/object.h"

/* Pages between two runs that are worth unmapping again to save a system call. */
enum { GAP_pages = 8, PRUNE_pages = 256 };

/* Adjacent pages for one system call; flags 0: to be unmapped.  Up to `gap` pages between them may be included. */
struct run {
	uint64_t first, count, gap;
	unsigned flags;
};

static void run_end(struct vm *space, struct run *run)
{
	if (run->count != 0 && run->flags != 0)
		kernel_protect(&space->kernel, run->first << PAGE_BITS, run->count, run->flags);
	else if (run->count != 0)
		kernel_unmap(&space->kernel, run->first << PAGE_BITS, run->count);
	run->count = 0;
}

static void run_add(struct vm *space, struct run *run, uint64_t index, unsigned flags)
{
	if (run->count != 0 && (flags != run->flags || index - (run->first + run->count) > run->gap))
		run_end(space, run);
	if (run->count == 0)
		run->first = index;
	run->flags = flags;
	run->count = index + 1 - run->first;
}

static void forget(struct vm *space, uint64_t start, uint64_t end, bool unmap)
{
	struct run run = { .gap = GAP_pages };
	struct tree_walk walk = { start >> PAGE_BITS, end >> PAGE_BITS, NULL };
	uint64_t own = 0;

	for (uint32_t *entry; (entry = tree_walk(&space->tree, &walk)) != NULL; walk.index++) {
		if (unmap && *entry & ENTRY_MAPPED)
			run_add(space, &run, walk.index, 0);
		own += (*entry & ENTRY_OWN) != 0;
		/* The page can be freed before it is unmapped: nobody else runs in between. */
		page_unref(*entry & ENTRY_PAGE);
		*entry = 0;
	}
	run_end(space, &run);
	account_refund(&space->account, own);
}

void vm_forget(struct vm *space, uint64_t start, uint64_t end)
{
	forget(space, start, end, true);
}

void vm_discard(struct vm *space, bool unmap)
{
	forget(space, 0, TREE_LIMIT << PAGE_BITS, unmap);
	while (space->regions.count != 0)
		regions_remove(&space->regions, space->regions.count - 1);
	regions_free(&space->regions);
	tree_clear(&space->tree);
}

/* The kernel maps a page for reading or not at all, so whoever asks for more gets that too. */
static unsigned full_prot(unsigned prot)
{
	return prot != 0 ? prot | PROT_READ : 0;
}

/* Checks a range that a client names and rounds its length up to pages. */
static bool range_is_valid(const struct vm *space, uint64_t start, uint64_t *length)
{
	uint64_t rounded = (*length + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);

	if (start % PAGE_BYTES != 0 || rounded == 0 || rounded < *length)
		return false;
	*length = rounded;
	return start >= space->low && start <= space->high && rounded <= space->high - start;
}

/* Chooses the place of a mapping that is not fixed: where the client would like it, if that is free, or anywhere. */
static uint64_t choose(const struct vm *space, const struct mapping *m, uint64_t length)
{
	uint64_t rounded = length;

	if (m->address != 0 && range_is_valid(space, m->address, &rounded) &&
	    regions_are_free(&space->regions, m->address, m->address + rounded))
		return m->address;
	rounded = (length + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
	return regions_gap(&space->regions, space->low, space->high, rounded);
}

static bool object_range_is_valid(const struct mapping *m, uint64_t length)
{
	return m->object == NULL || (m->offset < TREE_LIMIT && length >> PAGE_BITS <= TREE_LIMIT - m->offset);
}

static enum isthmus_error check_mapping(const struct vm *space, const struct mapping *m, uint64_t *length)
{
	*length = m->length;
	if (m->length == 0 || m->length > space->high || ((m->prot | m->max_prot) & ~PROT_ALL) != 0 ||
	    (m->prot & ~m->max_prot) != 0 || (m->shared && m->object == NULL))
		return ISTHMUS_E_ARGUMENT;
	if (m->fixed && !range_is_valid(space, m->address, length))
		return ISTHMUS_E_ARGUMENT;
	*length = (*length + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
	return object_range_is_valid(m, *length) ? ISTHMUS_OK : ISTHMUS_E_ARGUMENT;
}

/* Finds where it goes and makes the place free. */
static enum isthmus_error make_place(struct vm *space, const struct mapping *m, uint64_t length, uint64_t *out)
{
	*out = m->fixed ? m->address : choose(space, m, length);
	if (!m->fixed)
		return *out == 0 ? ISTHMUS_E_MEMORY : ISTHMUS_OK;
	if (regions_are_free(&space->regions, *out, *out + length))
		return ISTHMUS_OK;
	return m->replace ? vm_unmap(space, *out, length) : ISTHMUS_E_BUSY;
}

static struct region *create_region(struct vm *space, const struct mapping *m, uint64_t start, uint64_t length)
{
	const struct region region = { .start = start, .end = start + length, .object = m->object, .offset = m->offset,
				       .prot = (uint8_t)full_prot(m->prot), .max_prot = (uint8_t)full_prot(m->max_prot),
				       .shared = m->shared };

	return region_create(&region, space);
}

enum isthmus_error vm_map(struct vm *space, const struct mapping *m, uint64_t *out_address)
{
	uint64_t length = 0, start = 0;
	struct region *region = NULL;
	enum isthmus_error error = check_mapping(space, m, &length);

	if (error != ISTHMUS_OK)
		return error;
	error = make_place(space, m, length, &start);
	if (error != ISTHMUS_OK)
		return error;
	region = regions_reserve(&space->regions, 1) ? create_region(space, m, start, length) : NULL;
	if (region == NULL)
		return ISTHMUS_E_MEMORY;
	regions_insert(&space->regions, region);
	if (regions_join(&space->regions, regions_after(&space->regions, start)))
		(void)regions_join(&space->regions, regions_after(&space->regions, start) + 1);
	*out_address = start;
	return ISTHMUS_OK;
}

/* Sees to it that regions begin and end where the range does; sets *first to the first one in it. */
static bool cut_range(struct vm *space, uint64_t start, uint64_t end, uint32_t *first)
{
	if (!regions_cut(&space->regions, start) || !regions_cut(&space->regions, end))
		return false;
	*first = regions_after(&space->regions, start);
	return true;
}

enum isthmus_error vm_unmap(struct vm *space, uint64_t start, uint64_t length)
{
	uint32_t first = 0;

	if (!range_is_valid(space, start, &length))
		return ISTHMUS_E_ARGUMENT;
	if (!cut_range(space, start, start + length, &first))
		return ISTHMUS_E_MEMORY;
	vm_forget(space, start, start + length);
	while (first < space->regions.count && space->regions.at[first]->start < start + length)
		regions_remove(&space->regions, first);
	if (length >> PAGE_BITS >= PRUNE_pages)
		tree_prune(&space->tree);
	return ISTHMUS_OK;
}

/* What the mapping of an entry is to allow in a region whose permissions have changed: as much as task_protect can do,
 * which only takes away.  What is missing afterwards the fault that it causes brings. */
static unsigned reduced_flags(const struct region *region, uint32_t entry)
{
	unsigned have = entry_flags(entry), flags = region->prot;

	if (!(have & PROT_WRITE) || flags & PROT_EXECUTE)
		flags &= ~PROT_WRITE;
	return flags & ~have ? 0 : flags;
}

static void reprotect(struct vm *space, const struct region *region)
{
	struct run run = { 0 };
	struct tree_walk walk = { region->start >> PAGE_BITS, region->end >> PAGE_BITS, NULL };

	for (uint32_t *entry; (entry = tree_walk(&space->tree, &walk)) != NULL; walk.index++) {
		unsigned flags = reduced_flags(region, *entry);

		if (flags == entry_flags(*entry))
			continue;
		*entry = entry_with_flags(*entry, flags);
		run_add(space, &run, walk.index, flags);
	}
	run_end(space, &run);
}

static bool may_protect(const struct regions *regions, uint64_t start, uint64_t end, unsigned prot)
{
	for (uint32_t i = regions_after(regions, start); i < regions->count && regions->at[i]->start < end; i++)
		if ((prot & ~regions->at[i]->max_prot) != 0)
			return false;
	return true;
}

enum isthmus_error vm_protect(struct vm *space, uint64_t start, uint64_t length, unsigned prot)
{
	struct regions *regions = &space->regions;
	uint32_t first = 0, i = 0;

	if (!range_is_valid(space, start, &length) || (prot & ~PROT_ALL) != 0)
		return ISTHMUS_E_ARGUMENT;
	if (!regions_cover(regions, start, start + length))
		return ISTHMUS_E_MEMORY;
	prot = full_prot(prot);
	if (!may_protect(regions, start, start + length, prot))
		return ISTHMUS_E_RIGHT;
	if (!cut_range(space, start, start + length, &first))
		return ISTHMUS_E_MEMORY;
	for (i = first; i < regions->count && regions->at[i]->start < start + length; i++) {
		regions->at[i]->prot = (uint8_t)prot;
		reprotect(space, regions->at[i]);
	}
	for (i++; i-- > first;)
		(void)regions_join(regions, i);
	return ISTHMUS_OK;
}
