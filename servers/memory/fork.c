/* Copying a space.  Pages of an object are not copied, since the child finds them again in the object, sixteen at a
 * fault; own pages become shared without write permission.
 *
 * What the parent has written since it forked last, the child will most likely use too: those pages it gets mapped at once,
 * since a mapping costs a quarter of the fault that it saves.  The others wait until they are touched, if ever: most
 * children soon execute another program. */
#include "servers/memory/object.h"
#include "servers/memory/vm.h"

/* Takes write permission away from the parent's mappings [first, first + count).  None of them is executable: the kernel
 * does not map for both. */
static void write_protect(struct vm *parent, uint64_t first, uint64_t count)
{
	if (count != 0)
		kernel_protect(&parent->kernel, first << PAGE_BITS, count, PROT_READ);
}

/* Shares one page.  The mapping in the child is only a wish. */
static enum isthmus_error share_page(struct vm *child, const struct region *region, uint64_t index, uint32_t entry)
{
	uint32_t *copy = NULL;
	unsigned flags = region->prot & ~PROT_WRITE;

	if (!account_charge(&child->account, 1))
		return ISTHMUS_E_MEMORY;
	copy = tree_need(&child->tree, index);
	if (copy == NULL) {
		account_refund(&child->account, 1);
		return ISTHMUS_E_MEMORY;
	}
	page_ref(entry & ENTRY_PAGE);
	*copy = entry_with_flags(entry, 0);
	if (entry & ENTRY_WRITABLE &&
	    kernel_map(&child->kernel, index << PAGE_BITS, entry & ENTRY_PAGE, flags) == ISTHMUS_OK)
		*copy = entry_with_flags(*copy, flags);
	return ISTHMUS_OK;
}

static enum isthmus_error share_pages(struct vm *parent, struct vm *child, const struct region *region)
{
	struct tree_walk walk = { region->start >> PAGE_BITS, region->end >> PAGE_BITS, NULL };
	uint64_t first = 0, count = 0;
	enum isthmus_error error = ISTHMUS_OK;

	for (uint32_t *entry; (entry = tree_walk(&parent->tree, &walk)) != NULL; walk.index++) {
		if (!(*entry & ENTRY_OWN))
			continue;
		error = share_page(child, region, walk.index, *entry);
		if (error != ISTHMUS_OK)
			break;
		if (!(*entry & ENTRY_WRITABLE))
			continue;
		*entry &= ~ENTRY_WRITABLE;
		if (count == 0 || walk.index != first + count) {
			write_protect(parent, first, count);
			first = walk.index;
			count = 0;
		}
		count++;
	}
	write_protect(parent, first, count);
	return error;
}

enum isthmus_error vm_fork(struct vm *parent, struct vm *child)
{
	const struct regions *regions = &parent->regions;
	enum isthmus_error error = ISTHMUS_OK;

	if (!regions_reserve(&child->regions, regions->count))
		return ISTHMUS_E_MEMORY;
	for (uint32_t i = 0; i < regions->count && error == ISTHMUS_OK; i++) {
		struct region *copy = region_create(regions->at[i], child);

		if (copy == NULL)
			return ISTHMUS_E_MEMORY;
		regions_insert(&child->regions, copy);
		error = share_pages(parent, child, regions->at[i]);
	}
	return error;
}
