/* A sparse array; see tree.h.  Recursion here is at most 6 deep. */
#include "servers/memory/tree.h"

#include "servers/memory/heap.h"

enum { WAY_BITS = 6, WAYS = 1 << WAY_BITS, MOST_HEIGHT = 6 };

struct leaf {
	uint32_t entry[WAYS];
};
_Static_assert((int)WAYS == (int)TREE_LEAF, "a walk stays within a leaf");

struct node {
	void *child[WAYS];
};

static size_t node_size(uint32_t height)
{
	return height == 1 ? sizeof(struct leaf) : sizeof(struct node);
}

/* Which child of a node of that height leads to the index. */
static unsigned way(uint64_t index, uint32_t height)
{
	return index >> WAY_BITS * (height - 1) & (WAYS - 1);
}

static bool covers(const struct tree *tree, uint64_t index)
{
	return tree->height != 0 && index >> WAY_BITS * tree->height == 0;
}

uint32_t *tree_find(const struct tree *tree, uint64_t index)
{
	void *at = tree->root;

	if (!covers(tree, index))
		return NULL;
	for (uint32_t height = tree->height; height > 1 && at != NULL; height--)
		at = ((struct node *)at)->child[way(index, height)];
	return at == NULL ? NULL : &((struct leaf *)at)->entry[way(index, 1)];
}

uint32_t tree_get(const struct tree *tree, uint64_t index)
{
	const uint32_t *entry = tree_find(tree, index);

	return entry == NULL ? 0 : *entry;
}

/* Puts a new root above the old one until the tree covers the index. */
static bool need_height(struct tree *tree, uint64_t index)
{
	while (!covers(tree, index)) {
		void *root = heap_take(node_size(tree->height + 1));

		if (root == NULL)
			return false;
		if (tree->height != 0)
			((struct node *)root)->child[0] = tree->root;
		tree->root = root;
		tree->height++;
	}
	return true;
}

uint32_t *tree_need(struct tree *tree, uint64_t index)
{
	void *at = NULL;

	if (index >= TREE_LIMIT || !need_height(tree, index))
		return NULL;
	at = tree->root;
	for (uint32_t height = tree->height; height > 1; height--) {
		void **child = &((struct node *)at)->child[way(index, height)];

		if (*child == NULL)
			*child = heap_take(node_size(height - 1));
		if (*child == NULL)
			return NULL;
		at = *child;
	}
	return &((struct leaf *)at)->entry[way(index, 1)];
}

static bool leaf_next(const struct leaf *leaf, uint64_t *index)
{
	for (unsigned w = way(*index, 1); w < WAYS; w++) {
		if (leaf->entry[w] != 0) {
			*index = (*index & ~(uint64_t)(WAYS - 1)) | w;
			return true;
		}
	}
	return false;
}

/* The first entry at or after *index below a node that covers it. */
static bool node_next(const void *at, uint32_t height, uint64_t *index)
{
	uint64_t step = (uint64_t)1 << WAY_BITS * (height - 1);

	if (height == 1)
		return leaf_next(at, index);
	for (unsigned w = way(*index, height); w < WAYS; w++) {
		const void *child = ((const struct node *)at)->child[w];
		uint64_t next = (*index & ~(step - 1)) + step; /* a child searched in vain has moved *index already */

		if (child != NULL && node_next(child, height - 1, index))
			return true;
		*index = next;
	}
	return false;
}

bool tree_next(const struct tree *tree, uint64_t *index, uint64_t end)
{
	if (*index >= end || !covers(tree, *index))
		return false;
	return node_next(tree->root, tree->height, index) && *index < end;
}

uint32_t *tree_walk_on(const struct tree *tree, struct tree_walk *walk)
{
	uint32_t *entry = NULL;

	walk->leaf = NULL;
	if (!tree_next(tree, &walk->index, walk->end))
		return NULL;
	entry = tree_find(tree, walk->index);
	walk->leaf = entry - walk->index % TREE_LEAF;
	return entry;
}

/* Frees what is empty below a node, or everything; says whether the node itself was freed. */
static bool release(void *at, uint32_t height, bool everything)
{
	bool empty = true;

	for (unsigned w = 0; w < WAYS; w++) {
		if (height == 1) {
			empty = empty && ((struct leaf *)at)->entry[w] == 0;
		} else {
			void **child = &((struct node *)at)->child[w];

			if (*child != NULL && release(*child, height - 1, everything))
				*child = NULL;
			empty = empty && *child == NULL;
		}
	}
	if (!empty && !everything)
		return false;
	heap_put(at, node_size(height));
	return true;
}

static void release_tree(struct tree *tree, bool everything)
{
	if (tree->root != NULL && release(tree->root, tree->height, everything))
		*tree = (struct tree){ 0 };
}

void tree_prune(struct tree *tree)
{
	release_tree(tree, false);
}

void tree_clear(struct tree *tree)
{
	release_tree(tree, true);
}
