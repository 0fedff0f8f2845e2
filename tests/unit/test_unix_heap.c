// sources: personalities/linux/unix/heap.c
/* The unix server's heap: objects of random sizes keep what was written to them, and all pages come back. */
#define FAKE_OWN_HEAP
#include "tests/unit/unix_fake.h"

#include <sys/mman.h>

static uint8_t *region;
static uint64_t committed;

uint8_t *host_heap_base(void) { return region; }
int host_heap_commit(uint64_t offset, uint64_t bytes)
{
	if (offset + bytes > 64 << 20)
		return -1;
	committed += bytes;
	return mprotect(region + offset, bytes, PROT_READ | PROT_WRITE);
}
int host_heap_release(uint64_t offset, uint64_t bytes)
{
	committed -= bytes;
	return mprotect(region + offset, bytes, PROT_NONE);
}

enum { OBJECTS = 300, STEPS = 60000 };
static struct { uint8_t *at; size_t bytes; uint8_t mark; } object[OBJECTS];

static size_t any_size(void)
{
	return rand() % 4 ? (size_t)rand() % 3000 + 1 : (size_t)rand() % 100000 + 1;
}

static bool is_filled(const uint8_t *at, size_t bytes, uint8_t with)
{
	return at[0] == with && memcmp(at, at + 1, bytes - 1) == 0;
}

static void test_random(void)
{
	for (int step = 0; step < STEPS; step++) {
		int i = rand() % OBJECTS;

		if (object[i].at) {
			CHECK("heap", is_filled(object[i].at, object[i].bytes, object[i].mark));
			heap_free(object[i].at, object[i].bytes);
			object[i].at = NULL;
			continue;
		}
		object[i].bytes = any_size();
		object[i].at = heap_alloc(object[i].bytes);
		if (!object[i].at)
			continue;
		CHECK("heap", is_filled(object[i].at, object[i].bytes, 0));
		object[i].mark = (uint8_t)rand();
		memset(object[i].at, object[i].mark, object[i].bytes);
	}
	PASSED("heap keeps what is in it");
}

static void test_all_back(void)
{
	uint64_t before;
	void *runs[64];

	for (int i = 0; i < OBJECTS; i++)
		if (object[i].at)
			heap_free(object[i].at, object[i].bytes);
	before = heap_pages_used();
	for (int i = 0; i < 64; i++)
		runs[i] = heap_alloc(64 << 10);
	for (int i = 0; i < 64; i++)
		heap_free(runs[i], 64 << 10);
	CHECK("heap", heap_pages_used() == before && committed <= (before + 64 * 64) * HEAP_PAGE);
	CHECK("heap", heap_alloc(128 << 20) == NULL);
	PASSED("heap takes pages back");
}

int main(void)
{
	region = mmap(NULL, 64 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	test_random();
	test_all_back();
	return failures != 0;
}
