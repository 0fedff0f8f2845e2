/* More pages than one capability table has slots. */
#include "tests/system/memory/fixture.h"

enum { PAGES = 60000, STRIDE = 997 };

/* Pages of the root task's space, without those of its page tables, which stay when what they mapped is gone. */
static uint64_t data_pages(void)
{
	uint64_t used = 0, limit = 0, regions = 0, tables = 0;

	NEED("info", memory_space_info(server, own, &used, &limit, &regions, &tables));
	return used - tables;
}

void test_large(void)
{
	uint64_t before = data_pages(), address = map_own(0, 0, PAGES, READ_WRITE, MEMORY_POPULATE), wrong = 0;

	for (uint64_t i = 0; i < PAGES; i++)
		*(volatile uint64_t *)(address + i * PAGE) = 0;
	CHECK_EQUAL("as many pages as wanted", data_pages() - before, PAGES);
	for (uint64_t i = 0; i < PAGES; i += STRIDE)
		*(volatile uint64_t *)(address + i * PAGE) = i;
	for (uint64_t i = 0; i < PAGES; i += STRIDE)
		wrong += *(volatile uint64_t *)(address + i * PAGE) != i;
	CHECK_EQUAL("each is a page of its own", wrong, 0);
	NEED("unmap", memory_space_unmap(server, own, address, PAGES * PAGE));
	CHECK_EQUAL("all come back", data_pages(), before);
}
