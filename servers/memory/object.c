/* Memory objects; see object.h. */
#include "servers/memory/object.h"

#include "servers/memory/heap.h"
#include "servers/memory/region.h"
#include "servers/memory/vm.h"

struct object *object_create(struct account *account, uint64_t pages)
{
	struct object *object = NULL;

	if (pages > TREE_LIMIT || !account_record(account))
		return NULL;
	object = heap_take(sizeof(*object));
	if (object == NULL) {
		account_unrecord(account);
		return NULL;
	}
	object->pages = pages;
	object->account = account;
	object->refs = 1;
	account->users++;
	return object;
}

void object_get(struct object *object)
{
	object->refs++;
}

/* Frees the pages from `first` on. */
static void drop_pages(struct object *object, uint64_t first)
{
	struct tree_walk walk = { first, TREE_LIMIT, NULL };

	for (uint32_t *entry; (entry = tree_walk(&object->tree, &walk)) != NULL; walk.index++) {
		page_unref(*entry);
		*entry = 0;
		account_refund(object->account, 1);
	}
	tree_prune(&object->tree);
}

void object_put(struct object *object)
{
	if (--object->refs != 0)
		return;
	drop_pages(object, 0);
	object->account->users--;
	account_unrecord(object->account);
	heap_put(object, sizeof(*object));
}

void object_attach(struct object *object, struct region *region)
{
	region->prev = NULL;
	region->next = object->regions;
	if (region->next != NULL)
		region->next->prev = region;
	object->regions = region;
}

void object_detach(struct object *object, struct region *region)
{
	if (region->prev != NULL)
		region->prev->next = region->next;
	else
		object->regions = region->next;
	if (region->next != NULL)
		region->next->prev = region->prev;
}

page_no object_peek(const struct object *object, uint64_t index)
{
	return index < object->pages ? tree_get(&object->tree, index) : 0;
}

enum object_page object_find(struct object *object, uint64_t index, page_no *out)
{
	page_no page = object_peek(object, index);

	if (page == 0) {
		if (index >= object->pages || object->orphan)
			return OBJECT_BUS;
		if (object->pager != NULL)
			return OBJECT_ABSENT;
		page = page_take(true);
		if (page == 0)
			return OBJECT_MEMORY;
		if (object_supply(object, index, page) != ISTHMUS_OK) {
			page_unref(page);
			return OBJECT_MEMORY;
		}
	}
	*out = page;
	return OBJECT_PAGE;
}

enum isthmus_error object_supply(struct object *object, uint64_t index, page_no page)
{
	uint32_t *entry = NULL;

	if (index >= object->pages)
		return ISTHMUS_E_ARGUMENT;
	if (object_peek(object, index) != 0)
		return ISTHMUS_E_BUSY;
	if (!account_charge(object->account, 1))
		return ISTHMUS_E_MEMORY;
	entry = tree_need(&object->tree, index);
	if (entry == NULL) {
		account_refund(object->account, 1);
		return ISTHMUS_E_MEMORY;
	}
	*entry = page;
	return ISTHMUS_OK;
}

/* Takes the part of a region that is now beyond the object's end out of its space's page tables. */
static void withdraw(struct region *region, uint64_t pages)
{
	uint64_t inside = pages > region->offset ? (pages - region->offset) << PAGE_BITS : 0;

	if (inside < region->end - region->start)
		vm_forget(region->space, region->start + inside, region->end);
}

void object_resize(struct object *object, uint64_t pages)
{
	uint64_t before = object->pages;

	object->pages = pages;
	if (pages >= before)
		return;
	for (struct region *region = object->regions; region != NULL; region = region->next)
		withdraw(region, pages);
	drop_pages(object, pages);
}

uint64_t object_resident(const struct object *object)
{
	struct tree_walk walk = { 0, TREE_LIMIT, NULL };
	uint64_t count = 0;

	for (; tree_walk(&object->tree, &walk) != NULL; walk.index++)
		count++;
	return count;
}
