#include "personalities/linux/unix/store.h"

#include "lib/rt/mem.h"
#include "personalities/linux/abi/errno.h"
#include "personalities/linux/unix/heap.h"

#define CHUNK_PAGES (STORE_PAGE / sizeof(uint8_t *))

static uint64_t all_pages, most_pages = UINT64_MAX;

void store_limit(uint64_t pages)
{
	most_pages = pages;
}

static bool may_take(uint64_t pages)
{
	return all_pages <= most_pages && pages <= most_pages - all_pages;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t pages_of(uint64_t bytes)
{
	return (bytes + STORE_PAGE - 1) / STORE_PAGE;
}

/* The page, or null for a hole. */
static uint8_t *page_at(const struct store *store, uint64_t index)
{
	uint64_t chunk = index / CHUNK_PAGES;

	if (store->object.handle)
		return index < store->object.pages ? store->object.bytes + index * STORE_PAGE : NULL;
	if (chunk >= store->chunk_count || !store->chunks[chunk])
		return NULL;
	return store->chunks[chunk][index % CHUNK_PAGES];
}

/* The bytes that the bundle has for a page that is not there; the rest of *out is to be zero. */
static size_t borrowed_at(const struct store *store, uint64_t position, size_t length, const uint8_t **out)
{
	if (position >= store->borrowed_size)
		return 0;
	*out = store->borrowed + position;
	return least(length, store->borrowed_size - position);
}

/* Makes the list of chunks long enough for that chunk. */
static int chunks_grow(struct store *store, uint64_t chunk)
{
	uint64_t count = store->chunk_count ? store->chunk_count : 4;
	uint8_t ***chunks;

	if (chunk < store->chunk_count)
		return 0;
	while (count <= chunk)
		count *= 2;
	chunks = heap_alloc(count * sizeof *chunks);
	if (!chunks)
		return -ENOSPC;
	if (store->chunks)
		memcpy(chunks, store->chunks, store->chunk_count * sizeof *chunks);
	heap_free(store->chunks, store->chunk_count * sizeof *chunks);
	store->chunks = chunks;
	store->chunk_count = count;
	return 0;
}

/* The page, made if there is a hole, with what the bundle has for it. */
static uint8_t *page_make(struct store *store, uint64_t index)
{
	uint64_t chunk = index / CHUNK_PAGES;
	const uint8_t *from = NULL;
	size_t bytes;
	uint8_t **slot;

	if (chunks_grow(store, chunk) < 0)
		return NULL;
	if (!store->chunks[chunk] && !(store->chunks[chunk] = heap_alloc(STORE_PAGE)))
		return NULL;
	slot = &store->chunks[chunk][index % CHUNK_PAGES];
	if (*slot)
		return *slot;
	*slot = may_take(1) ? heap_alloc(STORE_PAGE) : NULL;
	if (!*slot)
		return NULL;
	store->pages++;
	all_pages++;
	bytes = borrowed_at(store, index * STORE_PAGE, STORE_PAGE, &from);
	if (bytes)
		memcpy(*slot, from, bytes);
	return *slot;
}

static void page_drop(struct store *store, uint64_t index)
{
	uint64_t chunk = index / CHUNK_PAGES;
	uint8_t **slot;

	if (chunk >= store->chunk_count || !store->chunks[chunk])
		return;
	slot = &store->chunks[chunk][index % CHUNK_PAGES];
	store->pages -= *slot != NULL;
	all_pages -= *slot != NULL;
	heap_free(*slot, STORE_PAGE);
	*slot = NULL;
}

static void read_piece(const struct store *store, uint64_t position, uint8_t *to, size_t length)
{
	const uint8_t *page = page_at(store, position / STORE_PAGE), *from = NULL;
	size_t bytes;

	if (page) {
		memcpy(to, page + position % STORE_PAGE, length);
		return;
	}
	bytes = borrowed_at(store, position, length, &from);
	if (bytes)
		memcpy(to, from, bytes);
	memset(to + bytes, 0, length - bytes);
}

size_t store_read(const struct store *store, uint64_t position, void *to, size_t length)
{
	size_t total, done, piece;

	if (position >= store->size)
		return 0;
	total = least(length, store->size - position);
	for (done = 0; done < total; done += piece) {
		piece = least(total - done, STORE_PAGE - (position + done) % STORE_PAGE);
		read_piece(store, position + done, (uint8_t *)to + done, piece);
	}
	return total;
}

static int object_grow(struct store *store, uint64_t pages)
{
	uint64_t more = pages - store->object.pages;

	if (!may_take(more) || host_object_grow(&store->object, pages) < 0)
		return -ENOSPC;
	all_pages += more;
	return 0;
}

/* Makes the object, if there is one, reach to `end`.  Twice as large at a time, since growing maps anew. */
static int object_reach(struct store *store, uint64_t end)
{
	uint64_t pages = pages_of(end);

	if (!store->object.handle || pages <= store->object.pages)
		return 0;
	if (object_grow(store, pages * 2) == 0)
		return 0;
	return object_grow(store, pages);
}

int64_t store_write(struct store *store, uint64_t position, const void *from, size_t length)
{
	size_t done, piece;
	uint8_t *page;

	if (position >= STORE_MOST)
		return -EFBIG;
	length = least(length, STORE_MOST - position);
	if (object_reach(store, position + length) < 0)
		return -ENOSPC;
	for (done = 0; done < length; done += piece) {
		uint64_t at = position + done;

		piece = least(length - done, STORE_PAGE - at % STORE_PAGE);
		page = store->object.handle ? page_at(store, at / STORE_PAGE) : page_make(store, at / STORE_PAGE);
		if (!page)
			break;
		memcpy(page + at % STORE_PAGE, (const uint8_t *)from + done, piece);
	}
	if (done && position + done > store->size)
		store->size = position + done;
	return done || !length ? (int64_t)done : -ENOSPC;
}

/* Zeroes bytes of a page that is there, or borrowed; holes stay. */
static int zero_piece(struct store *store, uint64_t position, size_t length)
{
	uint8_t *page = page_at(store, position / STORE_PAGE);

	if (!page && position < store->borrowed_size) {
		page = page_make(store, position / STORE_PAGE);
		if (!page)
			return -ENOSPC;
	}
	if (page)
		memset(page + position % STORE_PAGE, 0, length);
	return 0;
}

/* Drops the pages from `index` on. */
static void pages_cut(struct store *store, uint64_t index)
{
	if (store->object.handle) {
		for (uint64_t i = index; i < least(pages_of(store->size), store->object.pages); i++)
			memset(store->object.bytes + i * STORE_PAGE, 0, STORE_PAGE);
		return;
	}
	for (uint64_t chunk = index / CHUNK_PAGES; chunk < store->chunk_count; chunk++) {
		uint64_t first = chunk == index / CHUNK_PAGES ? index % CHUNK_PAGES : 0;

		if (!store->chunks[chunk])
			continue;
		for (uint64_t i = first; i < CHUNK_PAGES; i++)
			page_drop(store, chunk * CHUNK_PAGES + i);
		if (first)
			continue;
		heap_free(store->chunks[chunk], STORE_PAGE);
		store->chunks[chunk] = NULL;
	}
}

int store_resize(struct store *store, uint64_t size)
{
	if (size > STORE_MOST)
		return -EFBIG;
	if (size >= store->size) {
		if (object_reach(store, size) < 0)
			return -ENOSPC;
		store->size = size;
		return 0;
	}
	/* What is cut off must read as zero when the file grows again. */
	if (size % STORE_PAGE && zero_piece(store, size, STORE_PAGE - size % STORE_PAGE) < 0)
		return -ENOSPC;
	pages_cut(store, pages_of(size));
	store->borrowed_size = least(store->borrowed_size, size);
	store->size = size;
	return 0;
}

int store_punch(struct store *store, uint64_t position, uint64_t length)
{
	uint64_t end = position > store->size ? position : position + least(length, store->size - position), piece;

	for (uint64_t at = position; at < end; at += piece) {
		piece = least(end - at, STORE_PAGE - at % STORE_PAGE);
		if (piece == STORE_PAGE && !store->object.handle && at >= store->borrowed_size)
			page_drop(store, at / STORE_PAGE);
		else if (zero_piece(store, at, piece) < 0)
			return -ENOSPC;
	}
	return 0;
}

static void chunks_free(struct store *store)
{
	pages_cut(store, 0);
	heap_free(store->chunks, store->chunk_count * sizeof *store->chunks);
	store->chunks = NULL;
	store->chunk_count = 0;
}

int store_share(struct store *store)
{
	struct host_object object;
	uint64_t pages = pages_of(store->size);
	int error;

	if (store->object.handle)
		return 0;
	pages += !pages;
	if (!may_take(pages))
		return -ENOMEM;
	error = host_object_create(&object, pages);
	if (error < 0)
		return error;
	all_pages += pages;
	store_read(store, 0, object.bytes, store->size);
	chunks_free(store);
	store->borrowed = NULL;
	store->borrowed_size = 0;
	store->object = object;
	return 0;
}

uint64_t store_bytes(const struct store *store)
{
	return (store->object.handle ? store->object.pages : store->pages) * STORE_PAGE +
	       (store->object.handle ? 0 : store->borrowed_size);
}

void store_free(struct store *store)
{
	if (store->object.handle) {
		all_pages -= store->object.pages;
		host_object_destroy(&store->object);
	} else {
		chunks_free(store);
	}
	*store = (struct store){ 0 };
}
