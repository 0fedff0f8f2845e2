/* Regions of a space; see region.h. */
#include "servers/memory/region.h"

#include "lib/rt/mem.h"
#include "servers/memory/heap.h"
#include "servers/memory/kernel.h"
#include "servers/memory/object.h"
#include "servers/memory/vm.h"

uint32_t regions_after(const struct regions *regions, uint64_t address)
{
	uint32_t low = 0, high = regions->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (regions->at[middle]->end > address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct region *regions_find(const struct regions *regions, uint64_t address)
{
	uint32_t i = regions_after(regions, address);

	return i < regions->count && regions->at[i]->start <= address ? regions->at[i] : NULL;
}

bool regions_are_free(const struct regions *regions, uint64_t start, uint64_t end)
{
	uint32_t i = regions_after(regions, start);

	return i == regions->count || regions->at[i]->start >= end;
}

bool regions_cover(const struct regions *regions, uint64_t start, uint64_t end)
{
	for (uint32_t i = regions_after(regions, start); start < end; i++) {
		if (i == regions->count || regions->at[i]->start > start)
			return false;
		start = regions->at[i]->end;
	}
	return true;
}

uint64_t regions_gap(const struct regions *regions, uint64_t low, uint64_t high, uint64_t length)
{
	/* Downwards from `high`, which is at each step the end of what is free below it. */
	for (uint32_t i = regions_after(regions, high); high > low;) {
		const struct region *below = i > 0 ? regions->at[i - 1] : NULL;
		uint64_t from = below && below->end > low ? below->end : low;

		if (i < regions->count && regions->at[i]->start < high)
			high = regions->at[i]->start;
		if (high > from && high - from >= length)
			return high - length;
		if (below == NULL)
			return 0;
		high = below->start;
		i--;
	}
	return 0;
}

bool regions_reserve(struct regions *regions, uint32_t more)
{
	uint32_t room = regions->room ? regions->room : 8;
	struct region **larger = NULL;

	while (room - regions->count < more)
		room *= 2;
	if (room == regions->room)
		return true;
	larger = heap_take(room * sizeof(*larger));
	if (larger == NULL)
		return false;
	if (regions->count != 0)
		memcpy(larger, regions->at, regions->count * sizeof(*larger));
	heap_put(regions->at, regions->room * sizeof(*larger));
	regions->at = larger;
	regions->room = room;
	return true;
}

struct region *region_create(const struct region *original, struct vm *space)
{
	struct region *region = NULL;

	if (!account_record(&space->account))
		return NULL;
	region = heap_take(sizeof(*region));
	if (region == NULL) {
		account_unrecord(&space->account);
		return NULL;
	}
	*region = *original;
	region->space = space;
	if (region->object != NULL)
		object_get(region->object);
	return region;
}

void region_destroy(struct region *region)
{
	account_unrecord(&region->space->account);
	if (region->object != NULL)
		object_put(region->object);
	heap_put(region, sizeof(*region));
}

void regions_insert(struct regions *regions, struct region *region)
{
	uint32_t i = regions_after(regions, region->start);

	memmove(&regions->at[i + 1], &regions->at[i], (regions->count - i) * sizeof(region));
	regions->at[i] = region;
	regions->count++;
	if (region->object != NULL)
		object_attach(region->object, region);
}

void regions_remove(struct regions *regions, uint32_t index)
{
	struct region *region = regions->at[index];

	regions->count--;
	memmove(&regions->at[index], &regions->at[index + 1], (regions->count - index) * sizeof(region));
	if (region->object != NULL)
		object_detach(region->object, region);
	region_destroy(region);
}

bool regions_cut(struct regions *regions, uint64_t address)
{
	struct region *low = regions_find(regions, address), *high = NULL;

	if (low == NULL || low->start == address)
		return true;
	high = regions_reserve(regions, 1) ? region_create(low, low->space) : NULL;
	if (high == NULL)
		return false;
	high->start = address;
	high->offset += (address - low->start) >> PAGE_BITS;
	low->end = address;
	regions_insert(regions, high);
	return true;
}

static bool fits(const struct region *low, const struct region *high)
{
	return low->end == high->start && low->object == high->object && low->prot == high->prot &&
	       low->max_prot == high->max_prot && low->shared == high->shared &&
	       (low->object == NULL || low->offset + ((low->end - low->start) >> PAGE_BITS) == high->offset);
}

bool regions_join(struct regions *regions, uint32_t index)
{
	uint64_t end = 0;

	if (index == 0 || index >= regions->count || !fits(regions->at[index - 1], regions->at[index]))
		return false;
	end = regions->at[index]->end;
	regions_remove(regions, index);
	regions->at[index - 1]->end = end;
	return true;
}

void regions_free(struct regions *regions)
{
	heap_put(regions->at, regions->room * sizeof(*regions->at));
	*regions = (struct regions){ 0 };
}
