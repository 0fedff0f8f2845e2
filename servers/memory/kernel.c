/* System calls for the tables; see kernel.h.
 *
 * Every page has its capability in a slot that follows from its number: the first ones in the own table, the others in tables
 * of tasks that are made for nothing else, by a path through them (the ABI's slot paths), so RAM has no limit here.  And it is
 * mapped for good in a window at its number, so that filling and copying pages costs no system call.  A page thus costs 32
 * bytes of capability table and 16 of page tables. */
#include "servers/memory/kernel.h"

#include "lib/log/log.h"
#include "lib/service/service.h"
#include "lib/slots/slots.h"
#include "lib/space/space.h"
#include "lib/task/task.h"
#include "servers/memory/account.h"
#include "servers/memory/page.h"

#define PAGE_SLOTS   8192         /* below: everything else */
#define HEAP_BASE    0x1000000000 /* 64 GiB */
#define WINDOW_BASE  0x2000000000 /* to the end of user addresses: 128 GiB of RAM */

enum {
	TABLE_PAGES = 512, /* covered by one page table */
	FIRST_CELLS = 8,   /* of a new space's pool: task, a thread, and some to spare */
	FIRST_FRAMES = 24, /* its task, page tables for a small program, a thread, a leaf of slots */
	MORE_FRAMES = 8,
	OWN_PAGES = ISTHMUS_CAP_SLOTS - PAGE_SLOTS,               /* with capabilities in the own table */
	STORE_PAGES = ISTHMUS_CAP_SLOTS - ISTHMUS_CAP_LEAF_SLOTS, /* in that of one store, which has no first leaf */
	STORES = (PAGE_LIMIT - OWN_PAGES + STORE_PAGES - 1) / STORE_PAGES,
	PATH_BITS = 16,
	SHRINK_pages = 64, /* spare pages that are given back when the kernel's frames run out */
};

#define READ_WRITE (ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE)

static struct slots slots;
static isthmus_slot received;  /* the first of three */
static isthmus_slot scratch;   /* for capabilities that last as long as a message */
static uint16_t store[STORES]; /* slots of tasks */
static uint64_t endpoint_id;
static uint64_t heap_end = HEAP_BASE;

void kernel_init(void)
{
	uint64_t kind = 0;
	enum isthmus_error error = ISTHMUS_OK;

	slots_init(&slots, SERVICE_TASK, SERVICE_POOL, SERVICE_FIRST_FREE, PAGE_SLOTS);
	error = slots_take_run(&slots, ISTHMUS_MESSAGE_CAPS, &received);
	if (error == ISTHMUS_OK)
		error = slots_take(&slots, &scratch);
	if (error == ISTHMUS_OK)
		error = isthmus_thread_slots(SERVICE_THREAD, received, received + 1, received + 2);
	if (error == ISTHMUS_OK)
		error = isthmus_task_identify(SERVICE_TASK, SERVICE_ENDPOINT, &kind, NULL, NULL, &endpoint_id);
	if (error != ISTHMUS_OK)
		log_line("memory: cannot start: %s", isthmus_error_name(error));
}

/* ---- frames ---- */

/* Makes frames of 4 KiB free in the own pool when there are none: a large one is split, or spare pages are given up. */
static bool refill(void)
{
	enum isthmus_error error = ISTHMUS_E_MORE;

	while (error == ISTHMUS_E_MORE)
		error = isthmus_pool_split(SERVICE_POOL);
	return error == ISTHMUS_OK || page_shrink(SHRINK_pages) != 0;
}

/* Makes a frame into a slot, which may be a path; the slot's leaf is added if it is missing. */
static enum isthmus_error create_frame(isthmus_slot slot)
{
	isthmus_slot table = slot >> PATH_BITS ? slot >> PATH_BITS : SERVICE_TASK;
	enum isthmus_error error = ISTHMUS_OK;

	do {
		error = isthmus_pool_create_frame(SERVICE_POOL, slot, 0);
		if (error == ISTHMUS_E_SLOT)
			error = isthmus_task_leaf(table, SERVICE_POOL, slot % ISTHMUS_CAP_SLOTS);
		else if (error == ISTHMUS_OK)
			return ISTHMUS_OK;
		if (error == ISTHMUS_E_BUSY)
			return ISTHMUS_E_SLOT;
	} while (error == ISTHMUS_OK || (error == ISTHMUS_E_MEMORY && refill()));
	return error;
}

/* Maps a frame of the own slots in the own space. */
static enum isthmus_error map_own(isthmus_slot frame, uint64_t address)
{
	const struct space_page page = { frame, address, READ_WRITE, 0 };
	enum isthmus_error error = ISTHMUS_OK;

	do
		error = space_map_into(SERVICE_TASK, SERVICE_POOL, &page);
	while (error == ISTHMUS_E_MEMORY && refill());
	return error;
}

static void destroy_frame(isthmus_slot slot)
{
	enum isthmus_error error = ISTHMUS_E_MORE;

	while (error == ISTHMUS_E_MORE)
		error = isthmus_pool_destroy(SERVICE_POOL, slot);
}

void *kernel_heap_grow(size_t bytes)
{
	uint64_t start = heap_end;

	/* What was mapped before a failure stays at the end of the heap, unused: there is no more memory anyway. */
	for (uint64_t at = start; at < start + bytes; at += PAGE_BYTES) {
		(void)!isthmus_task_delete(SERVICE_TASK, scratch);
		if (create_frame(scratch) != ISTHMUS_OK)
			return NULL;
		if (map_own(scratch, at) != ISTHMUS_OK) {
			destroy_frame(scratch);
			return NULL;
		}
		heap_end = at + PAGE_BYTES;
	}
	return (void *)(uintptr_t)start;
}

static isthmus_slot page_slot(page_no page)
{
	uint32_t n = page - OWN_PAGES;

	if (page < OWN_PAGES)
		return PAGE_SLOTS + page;
	return (isthmus_slot)store[n / STORE_PAGES] << PATH_BITS | (ISTHMUS_CAP_LEAF_SLOTS + n % STORE_PAGES);
}

/* Makes the store that a page's capability goes to, if it is the first there. */
static enum isthmus_error need_store(page_no page)
{
	uint32_t n = page < OWN_PAGES ? STORES : (page - OWN_PAGES) / STORE_PAGES;
	isthmus_slot slot = 0;
	enum isthmus_error error = ISTHMUS_OK;

	if (n == STORES || store[n] != 0)
		return ISTHMUS_OK;
	error = slots_take(&slots, &slot);
	if (error != ISTHMUS_OK)
		return error;
	do
		error = isthmus_pool_create_task(SERVICE_POOL, slot);
	while (error == ISTHMUS_E_MEMORY && refill());
	if (error == ISTHMUS_OK)
		store[n] = (uint16_t)slot;
	else
		slots_put(&slots, slot);
	return error;
}

void *kernel_page_bytes(page_no page)
{
	return (void *)(uintptr_t)(WINDOW_BASE + ((uint64_t)page << PAGE_BITS));
}

enum isthmus_error kernel_page_create(page_no page)
{
	enum isthmus_error error = need_store(page);

	if (error == ISTHMUS_OK)
		error = create_frame(page_slot(page));
	if (error != ISTHMUS_OK)
		return ISTHMUS_E_MEMORY;
	error = map_own(page_slot(page), (uintptr_t)kernel_page_bytes(page));
	if (error != ISTHMUS_OK)
		destroy_frame(page_slot(page));
	return error;
}

void kernel_page_destroy(page_no page)
{
	destroy_frame(page_slot(page));
}

uint64_t kernel_free_pages(void)
{
	uint64_t frames = 0, large = 0;

	if (isthmus_pool_info(SERVICE_POOL, NULL, &frames, &large, NULL, NULL) != ISTHMUS_OK)
		return 0;
	return frames + (large << (ISTHMUS_LARGE_BITS - ISTHMUS_PAGE_BITS));
}

uint64_t kernel_free_cells(void)
{
	uint64_t cells = 0;

	return isthmus_pool_info(SERVICE_POOL, &cells, NULL, NULL, NULL, NULL) == ISTHMUS_OK ? cells : 0;
}

/* ---- spaces ---- */

enum isthmus_error kernel_space_give(struct kernel_space *space, uint64_t cells, uint64_t frames)
{
	enum isthmus_error error = ISTHMUS_OK;

	if (!account_charge(space->account, frames))
		return ISTHMUS_E_MEMORY;
	do
		error = task_give(SERVICE_POOL, space->pool, cells, frames);
	while (error == ISTHMUS_E_MEMORY && page_shrink(SHRINK_pages) != 0);
	if (error != ISTHMUS_OK)
		account_refund(space->account, frames);
	else
		space->frames += frames;
	return error;
}

/* Has the faults of the space's threads come here with a badge. */
static enum isthmus_error handle_faults(const struct kernel_space *space, uint64_t badge)
{
	isthmus_slot handler = 0;
	enum isthmus_error error = kernel_mint(badge, &handler);

	return error == ISTHMUS_OK ? isthmus_task_handler(space->task, handler) : error;
}

enum isthmus_error kernel_space_create(struct kernel_space *space, uint64_t badge)
{
	enum isthmus_error error = slots_take(&slots, &space->pool);

	if (error == ISTHMUS_OK)
		error = isthmus_pool_create_pool(SERVICE_POOL, space->pool);
	if (error == ISTHMUS_OK)
		error = kernel_space_give(space, FIRST_CELLS, FIRST_FRAMES);
	if (error == ISTHMUS_OK && !space->adopted)
		error = slots_take(&slots, &space->task);
	if (error == ISTHMUS_OK && !space->adopted)
		error = isthmus_pool_create_task(space->pool, space->task);
	if (error == ISTHMUS_OK)
		error = handle_faults(space, badge);
	if (error != ISTHMUS_OK)
		kernel_space_destroy(space);
	return error == ISTHMUS_E_SLOT ? ISTHMUS_E_MEMORY : error;
}

void kernel_space_destroy(struct kernel_space *space)
{
	enum isthmus_error error = ISTHMUS_E_MORE;

	while (error == ISTHMUS_E_MORE)
		error = isthmus_pool_reap(space->pool);
	for (error = ISTHMUS_E_MORE; error == ISTHMUS_E_MORE;)
		error = isthmus_pool_destroy(SERVICE_POOL, space->pool);
	if (space->adopted)
		(void)!isthmus_task_handler(space->task, 0);
	kernel_drop(space->task);
	kernel_drop(space->pool);
	account_refund(space->account, space->frames);
	*space = (struct kernel_space){ 0 };
}

/* Adds the page tables that are missing at an address, at the expense of the space. */
static enum isthmus_error add_tables(struct kernel_space *space, uint64_t address)
{
	enum isthmus_error error = ISTHMUS_OK;

	for (;;) {
		error = space_tables(space->task, space->pool, address);
		if (error != ISTHMUS_E_MEMORY)
			return error;
		error = kernel_space_give(space, 0, MORE_FRAMES);
		if (error != ISTHMUS_OK)
			return error;
	}
}

enum isthmus_error kernel_map(struct kernel_space *space, uint64_t address, page_no page, unsigned flags)
{
	enum isthmus_error error = isthmus_task_map(space->task, page_slot(page), address, flags, 0);

	if (error != ISTHMUS_E_TABLE)
		return error;
	error = add_tables(space, address);
	return error == ISTHMUS_OK ? isthmus_task_map(space->task, page_slot(page), address, flags, 0) : error;
}

/* How many of the pages from an address on one system call can do. */
static uint64_t step(uint64_t address, uint64_t pages)
{
	uint64_t in_table = TABLE_PAGES - (address >> PAGE_BITS) % TABLE_PAGES;
	uint64_t most = in_table < ISTHMUS_STEP ? in_table : ISTHMUS_STEP;

	return pages < most ? pages : most;
}

/* Errors of these two: a page table that was never needed, so nothing is mapped there; or the task is gone. */
void kernel_unmap(struct kernel_space *space, uint64_t address, uint64_t pages)
{
	for (uint64_t n = 0; pages != 0; pages -= n, address += n << PAGE_BITS) {
		n = step(address, pages);
		(void)!isthmus_task_unmap(space->task, address, n);
	}
}

void kernel_protect(struct kernel_space *space, uint64_t address, uint64_t pages, unsigned flags)
{
	for (uint64_t n = 0; pages != 0; pages -= n, address += n << PAGE_BITS) {
		n = step(address, pages);
		(void)!isthmus_task_protect(space->task, address, n, flags);
	}
}

/* ---- capabilities ---- */

isthmus_slot kernel_keep(isthmus_slot from)
{
	isthmus_slot to = 0;

	if (from == 0 || slots_take(&slots, &to) != ISTHMUS_OK)
		return 0;
	if (isthmus_task_move(SERVICE_TASK, to, from) == ISTHMUS_OK)
		return to;
	slots_put(&slots, to);
	return 0;
}

isthmus_slot kernel_save_reply(void)
{
	isthmus_slot to = 0;

	if (slots_take(&slots, &to) != ISTHMUS_OK)
		return 0;
	if (isthmus_save_reply(to) == ISTHMUS_OK)
		return to;
	slots_put(&slots, to);
	return 0;
}

void kernel_drop(isthmus_slot slot)
{
	slots_drop(&slots, slot);
}

void kernel_drop_received(void)
{
	for (unsigned i = 0; i < ISTHMUS_MESSAGE_CAPS; i++)
		(void)!isthmus_task_delete(SERVICE_TASK, received + i);
}

static enum isthmus_error copy_to_scratch(isthmus_slot from, uint64_t rights, uint64_t badge, isthmus_slot *out)
{
	*out = scratch;
	(void)!isthmus_task_delete(SERVICE_TASK, scratch);
	return isthmus_task_copy(SERVICE_TASK, scratch, from, rights, badge);
}

enum isthmus_error kernel_lend(page_no page, uint64_t rights, isthmus_slot *out)
{
	return copy_to_scratch(page_slot(page), rights, 0, out);
}

enum isthmus_error kernel_mint(uint64_t badge, isthmus_slot *out)
{
	return copy_to_scratch(SERVICE_ENDPOINT, ISTHMUS_R_WRITE | ISTHMUS_R_COPY, badge, out);
}

uint64_t kernel_badge_of(isthmus_slot from)
{
	uint64_t kind = 0, badge = 0, id = 0;

	if (from == 0 || isthmus_task_identify(SERVICE_TASK, from, &kind, NULL, &badge, &id) != ISTHMUS_OK)
		return 0;
	return kind == ISTHMUS_ENDPOINT && id == endpoint_id ? badge : 0;
}

bool kernel_is_alive(isthmus_slot slot)
{
	uint64_t kind = ISTHMUS_NULL;

	return isthmus_task_identify(SERVICE_TASK, slot, &kind, NULL, NULL, NULL) == ISTHMUS_OK && kind != ISTHMUS_NULL;
}
