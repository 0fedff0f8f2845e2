/* The server's own memory, and memory objects, from the memory server. */
#include "personalities/linux/unix/host_internal.h"

#include <isthmus/proto/memory.h>
#include <isthmus/proto/supervisor.h>

#include "lib/log/log.h"
#include "lib/rt/mem.h"
#include "personalities/linux/abi/errno.h"
#include "personalities/linux/unix/heap.h"

/* The part of the address space that the memory server manages for this one: first the heap, then objects. */
#define REGION_LOW  0x2800000000
#define REGION_HIGH 0x3800000000
/* Pages that are left to others: what is asked for must be there when it is touched. */
#define MARGIN_PAGES 64
/* So many the memory server brings in a call, at most. */
#define POPULATED_PAGES 1024
#define FIRST_SLOT SERVICE_FIRST_FREE

struct slots host_slots;
isthmus_slot host_memory_service;
uint64_t host_own_space;

static isthmus_slot notification;

_Noreturn void host_panic(const char *what, enum isthmus_error error)
{
	log_line("unix: %s: error %u; the server cannot go on", what, error);
	if (supervisor_exit(service_cap("root"), 1) != ISTHMUS_OK)
		log_line("unix: root does not know");
	for (;;)
		*(volatile int *)0 = 0;
}

int host_error(enum isthmus_error error)
{
	return error == ISTHMUS_OK ? 0 : error == ISTHMUS_E_MEMORY || error == ISTHMUS_E_SLOT ? -ENOMEM : -EINVAL;
}

void host_log(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_channel_args(LOG_KERNEL, format, args);
	va_end(args);
}

isthmus_slot host_notification(enum host_signal bit)
{
	isthmus_slot slot;
	enum isthmus_error error = slots_take(&host_slots, &slot);

	if (error == ISTHMUS_OK)
		error = isthmus_task_copy(SERVICE_TASK, slot, notification, ISTHMUS_R_WRITE | ISTHMUS_R_COPY, bit);
	if (error != ISTHMUS_OK)
		host_panic("no notification", error);
	return slot;
}

static void make_notification(void)
{
	enum isthmus_error error = slots_take(&host_slots, &notification);

	if (error == ISTHMUS_OK)
		error = isthmus_pool_create_notification(SERVICE_POOL, notification);
	if (error == ISTHMUS_OK)
		error = isthmus_thread_notification(SERVICE_THREAD, notification);
	if (error != ISTHMUS_OK)
		host_panic("no notification", error);
}

void host_memory_init(void)
{
	enum isthmus_error error;

	slots_init(&host_slots, SERVICE_TASK, SERVICE_POOL, FIRST_SLOT, ISTHMUS_CAP_SLOTS);
	make_notification();
	host_memory_service = service_cap("memory");
	error = memory_space_adopt(host_memory_service, REGION_LOW, REGION_HIGH, SERVICE_TASK, &host_own_space);
	if (error != ISTHMUS_OK)
		host_panic("the memory server does not manage this task", error);
	error = memory_exceptions(host_memory_service, host_notification(HOST_SIGNAL_FAULT));
	if (error != ISTHMUS_OK)
		host_panic("no faults from the memory server", error);
}

uint8_t *host_heap_base(void)
{
	return (uint8_t *)REGION_LOW;
}

/* Whether so many pages can be had without fail. */
static bool is_there(uint64_t pages)
{
	uint64_t used, limit, ram_free;

	if (memory_info(host_memory_service, &used, &limit, NULL, &ram_free, NULL, NULL, NULL) != ISTHMUS_OK)
		return false;
	return limit - used >= pages + MARGIN_PAGES && ram_free >= pages + MARGIN_PAGES;
}

static int map_own(uint64_t address, uint64_t pages, uint64_t object, uint64_t first, uint32_t flags, uint64_t *out)
{
	return host_error(memory_space_map(host_memory_service, host_own_space, address, pages * HEAP_PAGE, object, first * HEAP_PAGE,
					   MEMORY_PROT_READ | MEMORY_PROT_WRITE, flags | MEMORY_POPULATE, out));
}

/* Maps with all pages present: a first time for the place, then again in pieces of which all pages come in. */
static int map_present(uint64_t address, uint64_t pages, uint64_t object, uint32_t flags, uint64_t *out)
{
	uint64_t at, piece;
	int error;

	if (!is_there(pages))
		return -ENOMEM;
	error = map_own(address, pages, object, 0, flags, out);
	for (uint64_t done = POPULATED_PAGES; error == 0 && done < pages; done += piece) {
		piece = pages - done < POPULATED_PAGES ? pages - done : POPULATED_PAGES;
		error = map_own(*out + done * HEAP_PAGE, piece, object, done, flags | MEMORY_FIXED | MEMORY_REPLACE, &at);
	}
	return error;
}

int host_heap_commit(uint64_t offset, uint64_t bytes)
{
	uint64_t at;

	return map_present(REGION_LOW + offset, bytes / HEAP_PAGE, 0, MEMORY_FIXED, &at);
}

int host_heap_release(uint64_t offset, uint64_t bytes)
{
	return host_error(memory_space_unmap(host_memory_service, host_own_space, REGION_LOW + offset, bytes));
}

int host_map_here(uint64_t object, uint64_t pages, uint8_t **out)
{
	uint64_t at = 0;
	int error = map_present(REGION_LOW + HOST_HEAP_BYTES, pages, object, MEMORY_SHARED, &at);

	*out = (uint8_t *)at;
	return error;
}

static void unmap_here(const struct host_object *object)
{
	if (memory_space_unmap(host_memory_service, host_own_space, (uint64_t)object->bytes, object->pages * HEAP_PAGE) != ISTHMUS_OK)
		host_log("unix: an object stays mapped");
}

int host_object_create(struct host_object *object, uint64_t pages)
{
	int error = host_error(memory_object_create(host_memory_service, pages, &object->handle));

	if (error < 0)
		return error;
	object->pages = pages;
	error = host_map_here(object->handle, pages, &object->bytes);
	if (error < 0 && memory_object_destroy(host_memory_service, object->handle) != ISTHMUS_OK)
		host_log("unix: an object is lost");
	return error;
}

int host_object_grow(struct host_object *object, uint64_t pages)
{
	struct host_object old = *object;
	int error = host_error(memory_object_resize(host_memory_service, object->handle, pages));

	if (error < 0)
		return error;
	error = host_map_here(object->handle, pages, &object->bytes);
	if (error < 0) {
		object->bytes = old.bytes;
		return memory_object_resize(host_memory_service, object->handle, old.pages) == ISTHMUS_OK ? error : -EINVAL;
	}
	object->pages = pages;
	unmap_here(&old);
	return 0;
}

void host_object_destroy(struct host_object *object)
{
	unmap_here(object);
	if (memory_object_destroy(host_memory_service, object->handle) != ISTHMUS_OK)
		host_log("unix: an object is lost");
	*object = (struct host_object){ 0 };
}

void host_memory_info(struct host_memory *out)
{
	uint64_t used, free;

	*out = (struct host_memory){ 0 };
	if (memory_info(host_memory_service, NULL, NULL, &used, &free, &out->spaces, &out->objects, &out->cells_free) == ISTHMUS_OK) {
		out->total = (used + free) * HEAP_PAGE;
		out->free = free * HEAP_PAGE;
	}
	if (isthmus_pool_info(SERVICE_POOL, &out->own_cells_free, NULL, NULL, NULL, NULL) != ISTHMUS_OK)
		out->own_cells_free = 0;
}
