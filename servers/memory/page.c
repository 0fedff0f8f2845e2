/* Pages of RAM; see page.h.
 *
 * The records are in chunks, found through one array of chunks that doubles; a page's number never changes.  A number
 * without a frame (its page was destroyed, or never made) is a hole, and is filled before a new number is used. */
#include "servers/memory/page.h"

#include "lib/rt/mem.h"
#include "servers/memory/heap.h"

enum { CHUNK_BITS = 9, CHUNK = 1 << CHUNK_BITS };

struct page {
	uint32_t refs; /* 0: spare, or a hole */
	page_no next;  /* spare pages and holes: the next of their list */
	uint8_t clean; /* all zero, as the kernel made it */
	uint8_t lent;
	uint16_t zero;
};

static struct page **chunk;    /* page n is chunk[n >> CHUNK_BITS][n % CHUNK] */
static uint32_t chunks, room;  /* made; places in the array */
static page_no spare, hole;    /* heads of lists */
static uint64_t used, spares;

static struct page *page_at(page_no page)
{
	return &chunk[page >> CHUNK_BITS][page & (CHUNK - 1)];
}

static bool need_room(void)
{
	uint32_t wanted = room ? room * 2 : 512;
	struct page **larger = NULL;

	if (chunks < room)
		return true;
	larger = heap_take(wanted * sizeof(*larger));
	if (larger == NULL)
		return false;
	if (room != 0)
		memcpy(larger, chunk, room * sizeof(*larger));
	heap_put(chunk, room * sizeof(*chunk));
	chunk = larger;
	room = wanted;
	return true;
}

/* Makes the next numbers; all are holes at first.  Number 0 is left out. */
static bool add_chunk(void)
{
	struct page *fresh = NULL;

	if (chunks == PAGE_LIMIT >> CHUNK_BITS || !need_room())
		return false;
	fresh = heap_take(CHUNK * sizeof(*fresh));
	if (fresh == NULL)
		return false;
	chunk[chunks] = fresh;
	for (page_no i = CHUNK; i-- > (chunks == 0 ? 1 : 0);) {
		fresh[i].next = hole;
		hole = chunks << CHUNK_BITS | i;
	}
	chunks++;
	return true;
}

static void push_spare(page_no page)
{
	page_at(page)->next = spare;
	spare = page;
	spares++;
}

/* Has the kernel make one more page; false if there is no RAM left.  There is no spare page now, so what the kernel's side
 * does to get frames cannot change these lists. */
static bool grow(void)
{
	page_no page = 0;

	if (hole == 0 && !add_chunk())
		return false;
	page = hole;
	if (kernel_page_create(page) != ISTHMUS_OK)
		return false;
	hole = page_at(page)->next;
	page_at(page)->clean = 1;
	push_spare(page);
	return true;
}

static page_no pop_spare(void)
{
	page_no page = spare;

	spare = page_at(page)->next;
	spares--;
	return page;
}

/* Sixteen words a turn: half of the instructions of memset(), and this is most of what a fault costs. */
static void zero(uint64_t *word)
{
	for (uint64_t *end = word + PAGE_BYTES / 8; word < end; word += 16) {
		word[0] = word[1] = word[2] = word[3] = word[4] = word[5] = word[6] = word[7] = 0;
		word[8] = word[9] = word[10] = word[11] = word[12] = word[13] = word[14] = word[15] = 0;
	}
}

void page_copy(page_no to, page_no from)
{
	uint64_t *t = kernel_page_bytes(to);

	for (const uint64_t *f = kernel_page_bytes(from), *end = f + PAGE_BYTES / 8; f < end; f += 8, t += 8) {
		uint64_t a = f[0], b = f[1], c = f[2], d = f[3], e = f[4], g = f[5], h = f[6], i = f[7];

		t[0] = a, t[1] = b, t[2] = c, t[3] = d, t[4] = e, t[5] = g, t[6] = h, t[7] = i;
	}
}

page_no page_take(bool zeroed)
{
	page_no page = 0;

	if (spare == 0 && !grow())
		return 0;
	page = pop_spare();
	if (zeroed && !page_at(page)->clean)
		zero(kernel_page_bytes(page));
	page_at(page)->clean = 0;
	page_at(page)->refs = 1;
	used++;
	return page;
}

void page_ref(page_no page)
{
	page_at(page)->refs++;
}

static void destroy(page_no page)
{
	kernel_page_destroy(page);
	page_at(page)->lent = 0;
	page_at(page)->next = hole;
	hole = page;
}

void page_unref(page_no page)
{
	struct page *p = page_at(page);

	if (--p->refs != 0)
		return;
	used--;
	if (p->lent)
		destroy(page);
	else
		push_spare(page);
}

uint32_t page_refs(page_no page)
{
	return page_at(page)->refs;
}

void page_lend(page_no page)
{
	page_at(page)->lent = 1;
}

uint64_t page_shrink(uint64_t pages)
{
	uint64_t done = 0;

	for (; done < pages && spare != 0; done++)
		destroy(pop_spare());
	return done;
}

uint64_t pages_used(void)
{
	return used;
}

uint64_t pages_spare(void)
{
	return spares;
}
