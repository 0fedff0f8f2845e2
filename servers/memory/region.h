/* What is where in a space: a sorted array of regions that do not overlap.
 *
 * An array of pointers, not a tree: the search is a binary one, and the insertion moves 8 bytes for each region behind
 * it, which for the thousand regions of a large program is less work than a page fault. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct object;
struct vm;

enum { PROT_READ = 1, PROT_WRITE = 2, PROT_EXECUTE = 4, PROT_ALL = 7 }; /* as ISTHMUS_MAP_* */

struct region {
	uint64_t start, end;   /* bytes, multiples of a page; start < end */
	struct object *object; /* null: anonymous */
	uint64_t offset;       /* page of the object at start */
	uint8_t prot, max_prot;
	bool shared; /* writes go to the object; else they are the space's own */
	struct vm *space;
	struct region *next, *prev; /* of the object's regions */
};

struct regions {
	struct region **at;
	uint32_t count, room;
};

/* Index of the first region that ends after the address; count if there is none. */
uint32_t regions_after(const struct regions *regions, uint64_t address);
/* The region that holds the address, or null. */
struct region *regions_find(const struct regions *regions, uint64_t address);
/* Whether nothing, or everything, in [start, end) belongs to a region. */
bool regions_are_free(const struct regions *regions, uint64_t start, uint64_t end);
bool regions_cover(const struct regions *regions, uint64_t start, uint64_t end);
/* Start of the highest free range of `length` bytes within [low, high), or 0. */
uint64_t regions_gap(const struct regions *regions, uint64_t low, uint64_t high, uint64_t length);

/* Makes sure that `more` insertions will find room; false without memory. */
__attribute__((warn_unused_result)) bool regions_reserve(struct regions *regions, uint32_t more);
/* A copy of a region, for a space, to be inserted or thrown away; it has a reference to the object of its own.  Null without
 * memory, or if the space's account has too many. */
__attribute__((warn_unused_result)) struct region *region_create(const struct region *original, struct vm *space);
void region_destroy(struct region *region);

/* Puts a region where nothing is, and links it to its object; room was reserved. */
void regions_insert(struct regions *regions, struct region *region);
/* Takes out and destroys the region at an index. */
void regions_remove(struct regions *regions, uint32_t index);
/* Cuts the region that holds the address, if one begins before it, so that none goes across it.  False without memory. */
__attribute__((warn_unused_result)) bool regions_cut(struct regions *regions, uint64_t address);
/* Joins the region at an index with the one before it if they are of one kind; says whether it did. */
bool regions_join(struct regions *regions, uint32_t index);
/* Frees the array, which must be empty. */
void regions_free(struct regions *regions);
