/* What is mapped where in a process: the policy of mmap, and what /proc/PID/maps shows. */
#pragma once

#include "personalities/linux/unix/inode.h"

struct area {
	uint64_t start, end;
	uint32_t prot;          /* LINUX_PROT_ */
	bool shared;
	struct inode *inode;    /* with a reference, or null */
	uint64_t offset;
	const char *name;       /* "[heap]", or null */
};

struct memory_map {
	struct area *area;      /* sorted, without overlaps */
	unsigned count, room;
	uint64_t brk_start, brk;
	uint64_t pages;         /* mapped */
};

/* The area that has the address, or null. */
const struct area *memory_map_find(const struct memory_map *map, uint64_t address);
/* The highest free place for `length` bytes below MMAP_END, or 0. */
uint64_t memory_map_place(const struct memory_map *map, uint64_t length);
bool memory_map_is_free(const struct memory_map *map, uint64_t start, uint64_t end);
/* Makes sure that the next change of any kind has the room it needs.  0 or -ENOMEM. */
int memory_map_reserve(struct memory_map *map);
/* Changes, which cannot fail after memory_map_reserve.  `add` takes its own reference to the inode. */
void memory_map_remove(struct memory_map *map, uint64_t start, uint64_t end);
void memory_map_add(struct memory_map *map, struct area area);
void memory_map_protect(struct memory_map *map, uint64_t start, uint64_t end, uint32_t prot);
int memory_map_copy(const struct memory_map *from, struct memory_map *to);
void memory_map_clear(struct memory_map *map);
