// sources: servers/memory/tree.c
/* The sparse array of the memory server against a plain list, with indices far apart so that it has several levels. */
#include "servers/memory/heap.h"
#include "servers/memory/tree.h"

#include <stdio.h>
#include <stdlib.h>

void *heap_take(size_t bytes) { return calloc(1, bytes); }
void heap_put(void *block, size_t bytes) { free(block); }

enum { ENTRIES = 64, STEPS = 3000 };

static uint64_t index_at[ENTRIES];

/* Walks the tree from every bound and compares with the smallest index in the list. */
static int walk_agrees(const struct tree *tree, int count, uint64_t from, uint64_t end)
{
	uint64_t want = end, got = from;

	for (int i = 0; i < count; i++)
		if (index_at[i] >= from && index_at[i] < want)
			want = index_at[i];
	bool found = tree_next(tree, &got, end);
	return found == (want < end) && (!found || (got == want && tree_get(tree, got) && tree_find(tree, got)));
}

/* Half of them anywhere, half close together, so that nodes have neighbours. */
static uint64_t any_index(void)
{
	if (rand() % 2)
		return (uint64_t)(rand() % 4) << 18 | (uint64_t)(rand() % 4) << 12 | (uint64_t)(rand() % 4) << 6 | (uint64_t)(rand() % 64);
	return ((uint64_t)rand() << 20 ^ (uint64_t)rand()) & (TREE_LIMIT - 1) >> rand() % 36;
}

static int one_tree(void)
{
	struct tree tree = { 0 };
	int count = rand() % ENTRIES;

	for (int i = 0; i < count; i++) {
		index_at[i] = any_index();
		*tree_need(&tree, index_at[i]) = (uint32_t)i + 1;
	}
	for (int i = 0; i < ENTRIES; i++) {
		uint64_t from = any_index();

		if (!walk_agrees(&tree, count, from, TREE_LIMIT) || !walk_agrees(&tree, count, from, from + any_index()))
			return 0;
	}
	tree_clear(&tree);
	return 1;
}

int main(void)
{
	for (int i = 0; i < STEPS; i++)
		if (!one_tree())
			return printf("not ok walk over a sparse tree: wrong in tree %d\n", i), 1;
	printf("ok walk over a sparse tree\n");
	return 0;
}
