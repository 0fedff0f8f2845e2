/* See fixture.h. */
#include "tests/system/memory/fixture.h"

#include "lib/cpio/cpio.h"
#include "lib/service/badge.h"

isthmus_slot server, deaths;
uint64_t own;

static struct service service;
static struct rig_worker *probe;
static uint64_t probe_address;
static volatile uint64_t probe_value;
static bool probe_writes;

static void need_program(const char *name, struct service_plan *plan)
{
	const struct isthmus_boot_info *info = isthmus_boot_info();
	struct cpio_entry entry = { 0 };

	if (!cpio_find((const char *)(ISTHMUS_BOOT_BUNDLE_ADDRESS + info->bundle_offset), info->bundle_size, name,
		       &entry)) {
		test_fail("fixture", "%s is not in the bundle", name);
		test_done();
	}
	plan->file = entry.data;
	plan->size = entry.size;
}

isthmus_slot fixture_session(uint64_t client, uint64_t pages)
{
	return rig_copy(service.endpoint, ISTHMUS_R_WRITE | ISTHMUS_R_COPY, badge_make(client, pages));
}

void fixture_begin(void)
{
	struct service_plan plan = {
		.name = "memory", .cells = 4096, .frames = 64, .large = rig_count(RIG_POOL).large - 16, .priority = ISTHMUS_PRIORITIES - 1,
		.slice = rig_us(10000), .machine = ISTHMUS_BOOT_SLOT_MACHINE,
	};
	const char *why = NULL;

	need_program("servers/memory", &plan);
	NEED("create the server", service_create(&rig_maker, &service, &plan, &why));
	deaths = rig_notification(RIG_POOL);
	NEED("log", service_grant(&service, "log", ISTHMUS_BOOT_SLOT_MACHINE, ISTHMUS_R_WRITE,
				  ISTHMUS_MACHINE_LOG_BIT));
	NEED("deaths", service_grant(&service, "deaths", deaths, ISTHMUS_R_READ, 0));
	NEED("run the server", service_run(&rig_maker, &service));
	server = fixture_session(1, SESSION_PAGES);
	NEED("adopt", memory_space_adopt(server, OWN_LOW, OWN_HIGH, RIG_TASK, &own));
}

uint64_t map_own(uint64_t object, uint64_t offset, uint64_t pages, uint32_t prot, uint32_t flags)
{
	uint64_t address = 0;

	NEED("map", memory_space_map(server, own, 0, pages * PAGE, object, offset, prot, flags, &address));
	return address;
}

static void access_memory(uint64_t arg)
{
	volatile uint64_t *word = (volatile uint64_t *)probe_address;

	if (probe_writes)
		*word = probe_value;
	else
		probe_value = *word;
}

/* Where a thread goes on that was not to get through. */
static void escape(void)
{
	for (;;)
		(void)isthmus_thread_suspend(probe->thread);
}

void begin_access(uint64_t address, bool write)
{
	probe_address = address;
	probe_writes = write;
	probe_value = address;
	probe = rig_run(access_memory, 0);
}

uint64_t end_access(void)
{
	uint64_t end = rig_ticks() + rig_us(300000), fault = 0, space = 0, cause = 1000, at = 0, pc = 0;

	while (!probe->done && rig_ticks() < end) {
		if (memory_next_fault(server, &fault, &space, &cause, &at, &pc, NULL, NULL) == ISTHMUS_OK) {
			QUIET_EQUAL("a fault's address", at, probe_address);
			QUIET_EQUAL("a fault's space", space, own);
			QUIET_ERROR("resume", memory_fault_resume(server, fault, (uint64_t)escape), ISTHMUS_OK);
			break;
		}
		cause = 1000;
		isthmus_yield();
	}
	cause = probe->done ? 0 : cause;
	rig_end(probe);
	return cause;
}

uint64_t try_access(uint64_t address, bool write)
{
	begin_access(address, write);
	return end_access();
}

/* Maps a frame that the server lends for as long as one access takes. */
static enum isthmus_error with_frame(uint64_t space, uint64_t address, uint64_t *value, bool write)
{
	isthmus_slot frame = rig_slot();
	void *page = NULL;
	uint64_t *word = NULL;
	enum isthmus_error error = isthmus_thread_slots(ISTHMUS_BOOT_SLOT_THREAD, 0, 0, frame);

	if (error == ISTHMUS_OK)
		error = memory_space_frame(server, space, address, write, NULL);
	if (error == ISTHMUS_OK)
		error = space_map(rig_maker.space, frame, write ? ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE : ISTHMUS_MAP_READ,
				  &page);
	if (error == ISTHMUS_OK) {
		word = (uint64_t *)((char *)page + address % PAGE);
		if (write)
			*word = *value;
		else
			*value = *word;
		space_unmap(rig_maker.space, page, 1);
	}
	rig_drop(frame);
	return error;
}

uint64_t peek(uint64_t space, uint64_t address)
{
	uint64_t value = 0;

	QUIET_ERROR("peek", with_frame(space, address, &value, false), ISTHMUS_OK);
	return value;
}

enum isthmus_error poke(uint64_t space, uint64_t address, uint64_t value)
{
	return with_frame(space, address, &value, true);
}

struct counts count(isthmus_slot session)
{
	struct counts c = { 0 };

	NEED("info", memory_info(session, &c.used, &c.limit, &c.ram_used, &c.ram_free, &c.spaces, &c.objects, NULL));
	return c;
}
