/* The server's own records; see heap.h. */
#include "servers/memory/heap.h"

#include "lib/rt/mem.h"
#include "servers/memory/kernel.h"

enum { SMALLEST_BITS = 5, LARGEST_BITS = 24 };

struct block {
	struct block *next;
};

static struct block *spare[LARGEST_BITS + 1]; /* by the logarithm of their size */

static unsigned size_bits(size_t bytes)
{
	unsigned bits = SMALLEST_BITS;

	while ((size_t)1 << bits < bytes)
		bits++;
	return bits;
}

static void put_bits(void *at, unsigned bits)
{
	struct block *block = at;

	block->next = spare[bits];
	spare[bits] = block;
}

/* Cuts a fresh page into blocks; a block of a page or more is a piece of memory of its own. */
static void *grow(unsigned bits)
{
	unsigned piece = bits < PAGE_BITS ? PAGE_BITS : bits;
	char *fresh = kernel_heap_grow((size_t)1 << piece);

	if (fresh == NULL)
		return NULL;
	for (size_t at = (size_t)1 << bits; at < (size_t)1 << piece; at += (size_t)1 << bits)
		put_bits(fresh + at, bits);
	return fresh;
}

void *heap_take(size_t bytes)
{
	unsigned bits = 0;
	struct block *block = NULL;

	if (bytes > HEAP_LARGEST)
		return NULL;
	bits = size_bits(bytes);
	block = spare[bits];
	if (block == NULL)
		return grow(bits);
	spare[bits] = block->next;
	return memset(block, 0, (size_t)1 << bits);
}

void heap_put(void *block, size_t bytes)
{
	if (block != NULL)
		put_bits(block, size_bits(bytes));
}
