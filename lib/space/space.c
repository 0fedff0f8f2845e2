/* Mapping pages; see lib/space/space.h. */
#include "lib/space/space.h"

#include "lib/rt/mem.h"

#include <stdbool.h>

/* No ISA has more levels of page tables than this below the root. */
#define MOST_LEVELS 5

/* Adds the tables from `lowest` up to where the task has one.  Tables are added top down, so it first tries ever higher
 * levels until one finds its parent, and then goes back; it need not know how many levels the ISA has. */
static enum isthmus_error add_tables(isthmus_slot task, isthmus_slot pool, uint64_t address, unsigned lowest)
{
	unsigned level = lowest;
	enum isthmus_error error = isthmus_task_table(task, pool, address, level);

	while (error == ISTHMUS_E_TABLE && level < MOST_LEVELS)
		error = isthmus_task_table(task, pool, address, ++level);
	while ((error == ISTHMUS_OK || error == ISTHMUS_E_BUSY) && level > lowest)
		error = isthmus_task_table(task, pool, address, --level);
	return error == ISTHMUS_E_BUSY ? ISTHMUS_OK : error;
}

static enum isthmus_error map_at_level(isthmus_slot task, isthmus_slot pool, const struct space_page *p, unsigned level)
{
	enum isthmus_error error = isthmus_task_map(task, p->cap, p->address, p->flags, p->offset);

	if (error != ISTHMUS_E_TABLE)
		return error;
	error = add_tables(task, pool, p->address, level);
	if (error != ISTHMUS_OK)
		return error;
	return isthmus_task_map(task, p->cap, p->address, p->flags, p->offset);
}

enum isthmus_error space_map_into(isthmus_slot task, isthmus_slot pool, const struct space_page *page)
{
	return map_at_level(task, pool, page, 1);
}

enum isthmus_error space_map_large_into(isthmus_slot task, isthmus_slot pool, const struct space_page *page)
{
	return map_at_level(task, pool, page, 2);
}

enum isthmus_error space_tables(isthmus_slot task, isthmus_slot pool, uint64_t address)
{
	return add_tables(task, pool, address, 1);
}

void space_init(struct space *space, isthmus_slot task, isthmus_slot pool, uint64_t base)
{
	memset(space, 0, sizeof(*space));
	space->task = task;
	space->pool = pool;
	space->base = base;
}

/* First of `count` unused pages at or after `from`, or SPACE_PAGES. */
static uint64_t find_pages(const struct space *space, uint64_t from, uint64_t count)
{
	uint64_t length = 0;

	for (uint64_t page = from; page < SPACE_PAGES; page++) {
		if (page % 64 == 0 && space->used[page / 64] == UINT64_MAX) {
			length = 0;
			page += 63;
			continue;
		}
		length = space->used[page / 64] >> page % 64 & 1 ? 0 : length + 1;
		if (length == count)
			return page + 1 - count;
	}
	return SPACE_PAGES;
}

enum isthmus_error space_take(struct space *space, uint64_t pages, uint64_t *out_address)
{
	uint64_t first = SPACE_PAGES;

	if (pages == 0)
		return ISTHMUS_E_ARGUMENT;
	first = find_pages(space, space->next, pages);
	if (first == SPACE_PAGES)
		first = find_pages(space, 0, pages);
	if (first == SPACE_PAGES)
		return ISTHMUS_E_MEMORY;
	for (uint64_t page = first; page < first + pages; page++)
		space->used[page / 64] |= (uint64_t)1 << page % 64;
	space->next = first + pages;
	*out_address = space->base + first * SPACE_PAGE;
	return ISTHMUS_OK;
}

void space_put(struct space *space, uint64_t address, uint64_t pages)
{
	uint64_t first = (address - space->base) / SPACE_PAGE;

	for (uint64_t page = first; page < first + pages && page < SPACE_PAGES; page++)
		space->used[page / 64] &= ~((uint64_t)1 << page % 64);
	if (first < space->next)
		space->next = first;
}

/* Maps `pages` pages at a free address: frames in consecutive slots, or one device from `offset`. */
static enum isthmus_error map_pages(struct space *space, struct space_page page, uint64_t pages, bool device,
				    uint64_t *out)
{
	enum isthmus_error error = space_take(space, pages, out);

	if (error != ISTHMUS_OK)
		return error;
	for (uint64_t i = 0; i < pages; i++) {
		page.address = *out + i * SPACE_PAGE;
		error = space_map_into(space->task, space->pool, &page);
		if (error != ISTHMUS_OK) {
			space_unmap(space, (void *)(uintptr_t)*out, pages);
			return error;
		}
		if (device)
			page.offset += SPACE_PAGE;
		else
			page.cap++;
	}
	return ISTHMUS_OK;
}

enum isthmus_error space_map_run(struct space *space, isthmus_slot first, uint64_t pages, uint64_t flags, void **out)
{
	struct space_page page = { first, 0, flags, 0 };
	uint64_t address = 0;
	enum isthmus_error error = map_pages(space, page, pages, false, &address);

	*out = error == ISTHMUS_OK ? (void *)(uintptr_t)address : NULL;
	return error;
}

enum isthmus_error space_map(struct space *space, isthmus_slot frame, uint64_t flags, void **out)
{
	return space_map_run(space, frame, 1, flags, out);
}

enum isthmus_error space_map_device(struct space *space, isthmus_slot device, uint64_t offset, uint64_t pages,
				    volatile void **out)
{
	struct space_page page = { device, 0, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE | ISTHMUS_MAP_DEVICE, offset };
	uint64_t address = 0;
	enum isthmus_error error = map_pages(space, page, pages, true, &address);

	*out = error == ISTHMUS_OK ? (volatile void *)(uintptr_t)address : NULL;
	return error;
}

void space_unmap(struct space *space, const volatile void *address, uint64_t pages)
{
	uint64_t first = (uintptr_t)address;

	/* One page a call: a run may cross from one page table to the next, which the kernel refuses.  An error means
	 * that nothing was mapped there. */
	for (uint64_t i = 0; i < pages; i++)
		(void)!isthmus_task_unmap(space->task, first + i * SPACE_PAGE, 1);
	space_put(space, first, pages);
}
