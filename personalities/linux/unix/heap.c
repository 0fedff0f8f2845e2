#include "personalities/linux/unix/heap.h"

#include "lib/rt/mem.h"
#include "personalities/linux/unix/host.h"

#define CLASS_FIRST 5           /* the smallest objects have 32 bytes */
#define CLASSES     7           /* the largest 2048 */
#define CHUNK_PAGES 64          /* so many pages are asked for and given back at a time: a word of `used` */
#define SPARE_CHUNKS 32         /* so many are kept though nothing is in them */
#define HEAP_PAGES  (HOST_HEAP_BYTES / HEAP_PAGE)

struct free_object {
	struct free_object *next;
};

static struct free_object *free_list[CLASSES];
static uint64_t used[HEAP_PAGES / 64];  /* a bit for each page */
static bool committed[HEAP_PAGES / CHUNK_PAGES];       /* chunks that may be touched */
static uint64_t spare;                  /* of them without a page in use */
static uint64_t hint;                   /* no free page below this */
static uint64_t pages_used;

static int page_is_used(uint64_t page)
{
	return used[page / 64] >> page % 64 & 1;
}

static void pages_mark(uint64_t first, uint64_t count, int value)
{
	for (uint64_t i = first; i < first + count; i++)
		used[i / 64] = (used[i / 64] & ~(1ull << i % 64)) | (uint64_t)value << i % 64;
	pages_used = value ? pages_used + count : pages_used - count;
}

/* The first run of `count` free pages, or HEAP_PAGES. */
static uint64_t run_find(uint64_t count)
{
	uint64_t length = 0;

	while (hint < HEAP_PAGES && page_is_used(hint))
		hint++;
	for (uint64_t page = hint; page < HEAP_PAGES; page++) {
		if (page % 64 == 0 && used[page / 64] == UINT64_MAX) {
			length = 0;
			page += 63;
			continue;
		}
		length = page_is_used(page) ? 0 : length + 1;
		if (length == count)
			return page + 1 - count;
	}
	return HEAP_PAGES;
}

/* Makes the chunks of a run usable. */
static int commit(uint64_t first, uint64_t count)
{
	for (uint64_t chunk = first / CHUNK_PAGES; chunk <= (first + count - 1) / CHUNK_PAGES; chunk++) {
		if (committed[chunk])
			continue;
		if (host_heap_commit(chunk * CHUNK_PAGES * HEAP_PAGE, CHUNK_PAGES * HEAP_PAGE) < 0)
			return -1;
		committed[chunk] = true;
		spare++;
	}
	return 0;
}

/* Counts the chunks of a run that have no page in use, before it is marked or after it was freed. */
static uint64_t count_spare(uint64_t first, uint64_t count)
{
	uint64_t found = 0;

	for (uint64_t chunk = first / CHUNK_PAGES; chunk <= (first + count - 1) / CHUNK_PAGES; chunk++)
		found += committed[chunk] && !used[chunk];
	return found;
}

/* Gives chunks of a run back that are not needed. */
static void give_back(uint64_t first, uint64_t count)
{
	for (uint64_t chunk = first / CHUNK_PAGES; chunk <= (first + count - 1) / CHUNK_PAGES && spare > SPARE_CHUNKS; chunk++) {
		if (!committed[chunk] || used[chunk])
			continue;
		if (host_heap_release(chunk * CHUNK_PAGES * HEAP_PAGE, CHUNK_PAGES * HEAP_PAGE) < 0)
			return;
		committed[chunk] = false;
		spare--;
	}
}

static void *pages_alloc(uint64_t count)
{
	uint64_t first = run_find(count);

	if (first == HEAP_PAGES || commit(first, count) < 0)
		return NULL;
	spare -= count_spare(first, count);
	pages_mark(first, count, 1);
	return memset(host_heap_base() + first * HEAP_PAGE, 0, count * HEAP_PAGE);
}

static void pages_free(void *object, uint64_t count)
{
	uint64_t first = (uint64_t)((uint8_t *)object - host_heap_base()) / HEAP_PAGE;

	pages_mark(first, count, 0);
	spare += count_spare(first, count);
	give_back(first, count);
	if (first < hint)
		hint = first;
}

static unsigned class_of(size_t bytes)
{
	unsigned class = 0;

	while ((1ul << (class + CLASS_FIRST)) < bytes)
		class++;
	return class;
}

/* Cuts a page into objects of one size. */
static int class_refill(unsigned class)
{
	size_t size = 1ul << (class + CLASS_FIRST);
	uint8_t *page = pages_alloc(1);

	if (!page)
		return -1;
	for (size_t at = 0; at < HEAP_PAGE; at += size) {
		struct free_object *object = (void *)(page + at);

		object->next = free_list[class];
		free_list[class] = object;
	}
	return 0;
}

void *heap_alloc(size_t bytes)
{
	unsigned class = class_of(bytes > HEAP_PAGE ? HEAP_PAGE : bytes);
	struct free_object *object;

	if (class >= CLASSES)
		return pages_alloc((bytes + HEAP_PAGE - 1) / HEAP_PAGE);
	if (!free_list[class] && class_refill(class) < 0)
		return NULL;
	object = free_list[class];
	free_list[class] = object->next;
	return memset(object, 0, 1ul << (class + CLASS_FIRST));
}

void heap_free(void *object, size_t bytes)
{
	unsigned class = class_of(bytes > HEAP_PAGE ? HEAP_PAGE : bytes);
	struct free_object *freed = object;

	if (!object)
		return;
	if (class >= CLASSES) {
		pages_free(object, (bytes + HEAP_PAGE - 1) / HEAP_PAGE);
		return;
	}
	freed->next = free_list[class];
	free_list[class] = freed;
}

uint64_t heap_pages_used(void)
{
	return pages_used;
}

uint64_t heap_pages_limit(void)
{
	return HEAP_PAGES;
}
