// sources: personalities/linux/unix/memory_map.c personalities/linux/unix/inode.c
/* What is mapped where: random changes against an array with one element a page. */
#include "personalities/linux/unix/memory_map.h"

#include "tests/unit/unix_fake.h"

enum { PAGES = 200, STEPS = 20000 };

/* 0: nothing; else prot + 1, and the page of the file if it has one. */
static struct { int prot; uint64_t offset; } model[PAGES];
static struct inode *inode;
static const struct inode_ops ops;
static struct memory_map map;

static uint64_t at(unsigned page)
{
	return MMAP_END - (PAGES - page) * STORE_PAGE;
}

static bool agrees(void)
{
	uint64_t pages = 0;

	for (unsigned i = 0; i < PAGES; i++) {
		const struct area *a = memory_map_find(&map, at(i));

		pages += a != NULL;
		if (!a != !model[i].prot)
			return false;
		if (a && (a->prot + 1 != (uint32_t)model[i].prot || (a->inode && a->offset + (at(i) - a->start) != model[i].offset)))
			return false;
	}
	for (unsigned i = 0; i + 1 < map.count; i++)
		if (map.area[i].end > map.area[i + 1].start || map.area[i].start >= map.area[i].end)
			return false;
	return pages == map.pages;
}

/* The highest place for a number of pages; below the model everything is free. */
static uint64_t model_place(unsigned count)
{
	unsigned run = 0;

	for (unsigned i = PAGES; i > 0; i--) {
		run = model[i - 1].prot ? 0 : run + 1;
		if (run == count)
			return at(i - 1);
	}
	return at(run) - count * STORE_PAGE;
}

static void step(void)
{
	unsigned first = (unsigned)rand() % PAGES, count = (unsigned)rand() % (PAGES - first) % 40 + 1;
	uint32_t prot = (uint32_t)rand() % 4;
	bool file = rand() % 2;

	if (memory_map_reserve(&map) < 0)
		abort();
	switch (rand() % 3) {
	case 0:
		memory_map_add(&map, (struct area){ .start = at(first), .end = at(first + count), .prot = prot,
						    .inode = file ? inode : NULL, .offset = first * STORE_PAGE });
		for (unsigned i = first; i < first + count; i++)
			model[i].prot = (int)prot + 1, model[i].offset = i * STORE_PAGE;
		break;
	case 1:
		memory_map_remove(&map, at(first), at(first + count));
		for (unsigned i = first; i < first + count; i++)
			model[i].prot = 0;
		break;
	default:
		memory_map_protect(&map, at(first), at(first + count), prot);
		for (unsigned i = first; i < first + count; i++)
			model[i].prot = model[i].prot ? (int)prot + 1 : 0;
	}
}

static void test_random(void)
{
	for (int i = 0; i < STEPS; i++) {
		unsigned count = (unsigned)rand() % 30 + 1;
		struct memory_map copy;

		step();
		CHECK("memory map", agrees());
		CHECK("memory map", memory_map_place(&map, count * STORE_PAGE) == model_place(count));
		if (i % 1000)
			continue;
		CHECK("memory map", memory_map_copy(&map, &copy) == 0);
		memory_map_clear(&copy);
	}
	memory_map_clear(&map);
	CHECK("memory map", inode->refs == 1);
	PASSED("memory map agrees with its pages");
}

int main(void)
{
	inode = inode_create(&ops, 1, LINUX_S_IFREG);
	test_random();
	inode_put(inode);
	return failures != 0;
}
