/* A sparse array of 32-bit entries: pages by their number in a space or an object.
 *
 * A radix tree of 64-way nodes that is only as high as its largest index needs: a file of up to 64 pages is one node of
 * 256 bytes, and a whole address space has 5 levels.  0 is an empty entry. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TREE_LIMIT ((uint64_t)1 << 36) /* indices are below */

struct tree {
	void *root;
	uint32_t height; /* 0: no root; 1: the root is a leaf */
};

/* The entry, or 0. */
uint32_t tree_get(const struct tree *tree, uint64_t index);
/* Where the entry is, or null if its leaf is not there; tree_need makes it and fails only without memory. */
uint32_t *tree_find(const struct tree *tree, uint64_t index);
__attribute__((warn_unused_result)) uint32_t *tree_need(struct tree *tree, uint64_t index);

/* Moves *index to the first entry at or after it, and before `end`, that is not 0; false if there is none. */
bool tree_next(const struct tree *tree, uint64_t *index, uint64_t end);

/* All entries in [index, end) that are not 0, in order:
 *
 *     struct tree_walk walk = { index, end, NULL };
 *     for (uint32_t *entry; (entry = tree_walk(&tree, &walk)) != NULL; walk.index++)
 *
 * looks a leaf up once for all its entries.  Entries may be changed meanwhile, but the tree not pruned. */
enum { TREE_LEAF = 64 };

struct tree_walk {
	uint64_t index, end;
	uint32_t *leaf; /* that holds index, if it is not the leaf's first */
};

uint32_t *tree_walk_on(const struct tree *tree, struct tree_walk *walk);

static inline uint32_t *tree_walk(const struct tree *tree, struct tree_walk *walk)
{
	for (; walk->leaf != NULL && walk->index % TREE_LEAF != 0 && walk->index < walk->end; walk->index++)
		if (walk->leaf[walk->index % TREE_LEAF] != 0)
			return &walk->leaf[walk->index % TREE_LEAF];
	return walk->index < walk->end ? tree_walk_on(tree, walk) : NULL;
}

/* Frees nodes without entries, or all of them. */
void tree_prune(struct tree *tree);
void tree_clear(struct tree *tree);
