#include "personalities/linux/unix/memory_map.h"

#include "lib/rt/mem.h"
#include "personalities/linux/exchange.h"
#include "personalities/linux/unix/heap.h"

#define AREAS_MOST 16384u

/* The first area that ends above the address. */
static unsigned index_above(const struct memory_map *map, uint64_t address)
{
	unsigned low = 0, high = map->count;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (map->area[middle].end > address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

const struct area *memory_map_find(const struct memory_map *map, uint64_t address)
{
	unsigned i = index_above(map, address);

	return i < map->count && map->area[i].start <= address ? &map->area[i] : NULL;
}

bool memory_map_is_free(const struct memory_map *map, uint64_t start, uint64_t end)
{
	unsigned i = index_above(map, start);

	return i == map->count || map->area[i].start >= end;
}

uint64_t memory_map_place(const struct memory_map *map, uint64_t length)
{
	uint64_t end = MMAP_END;
	unsigned i = index_above(map, MMAP_END - 1);

	if (i < map->count && map->area[i].start < end)
		end = map->area[i].start;
	while (length <= end - USER_START) {
		if (!i || map->area[i - 1].end <= end - length)
			return end - length;
		end = map->area[--i].start;
		if (end < USER_START)
			break;
	}
	return 0;
}

int memory_map_reserve(struct memory_map *map)
{
	unsigned room = map->room ? map->room * 2 : 32;
	struct area *area;

	/* A change cuts at most one area in two at each end of a range. */
	if (map->count + 3 <= map->room)
		return 0;
	if (room > AREAS_MOST || !(area = heap_alloc(room * sizeof *area)))
		return -ENOMEM;
	if (map->count)
		memcpy(area, map->area, map->count * sizeof *area);
	heap_free(map->area, map->room * sizeof *area);
	map->area = area;
	map->room = room;
	return 0;
}

static void insert(struct memory_map *map, unsigned at, struct area area)
{
	memmove(&map->area[at + 1], &map->area[at], (map->count - at) * sizeof area);
	map->area[at] = area;
	map->count++;
}

/* Makes the address a border between areas, if it is inside of one. */
static void cut(struct memory_map *map, uint64_t address)
{
	unsigned i = index_above(map, address);
	struct area upper;

	if (i == map->count || map->area[i].start >= address)
		return;
	upper = map->area[i];
	upper.offset += address - upper.start;
	upper.start = address;
	map->area[i].end = address;
	if (upper.inode)
		inode_get(upper.inode);
	insert(map, i + 1, upper);
}

void memory_map_remove(struct memory_map *map, uint64_t start, uint64_t end)
{
	unsigned first, last;

	cut(map, start);
	cut(map, end);
	first = last = index_above(map, start);
	for (; last < map->count && map->area[last].start < end; last++) {
		map->pages -= (map->area[last].end - map->area[last].start) / STORE_PAGE;
		inode_put(map->area[last].inode);
	}
	memmove(&map->area[first], &map->area[last], (map->count - last) * sizeof *map->area);
	map->count -= last - first;
}

/* Whether `b` goes on where `a` ends. */
static bool joins(const struct area *a, const struct area *b)
{
	return a->end == b->start && a->prot == b->prot && a->shared == b->shared && a->inode == b->inode && a->name == b->name &&
	       (!a->inode || a->offset + (a->end - a->start) == b->offset);
}

static void join_at(struct memory_map *map, unsigned i)
{
	if (i + 1 >= map->count || !joins(&map->area[i], &map->area[i + 1]))
		return;
	map->area[i].end = map->area[i + 1].end;
	inode_put(map->area[i + 1].inode);
	map->count--;
	memmove(&map->area[i + 1], &map->area[i + 2], (map->count - i - 1) * sizeof *map->area);
}

void memory_map_add(struct memory_map *map, struct area area)
{
	unsigned at;

	memory_map_remove(map, area.start, area.end);
	at = index_above(map, area.start);
	if (area.inode)
		inode_get(area.inode);
	map->pages += (area.end - area.start) / STORE_PAGE;
	insert(map, at, area);
	join_at(map, at);
	if (at)
		join_at(map, at - 1);
}

void memory_map_protect(struct memory_map *map, uint64_t start, uint64_t end, uint32_t prot)
{
	unsigned first;

	cut(map, start);
	cut(map, end);
	first = index_above(map, start);
	for (unsigned i = first; i < map->count && map->area[i].start < end; i++)
		map->area[i].prot = prot;
	/* From the top, so that what has been joined is not looked at again. */
	for (unsigned i = index_above(map, end); i + 1 > first; i--) {
		join_at(map, i);
		if (!i)
			return;
	}
	if (first)
		join_at(map, first - 1);
}

int memory_map_copy(const struct memory_map *from, struct memory_map *to)
{
	struct area *area = NULL;

	if (from->room && !(area = heap_alloc(from->room * sizeof *area)))
		return -ENOMEM;
	if (from->count)
		memcpy(area, from->area, from->count * sizeof *area);
	for (unsigned i = 0; i < from->count; i++)
		if (area[i].inode)
			inode_get(area[i].inode);
	*to = *from;
	to->area = area;
	return 0;
}

void memory_map_clear(struct memory_map *map)
{
	for (unsigned i = 0; i < map->count; i++)
		inode_put(map->area[i].inode);
	heap_free(map->area, map->room * sizeof *map->area);
	*map = (struct memory_map){ 0 };
}
