/* Nothing is lost: a thousand processes come and go. */
#include "tests/system/memory/fixture.h"

#define DATA ((uint64_t)0x10000000)
enum { CYCLES = 1000 };

static uint64_t at;

/* A process that forks, both write, both end; and an object that both had. */
static void cycle(void)
{
	uint64_t one = 0, two = 0, object = 0;

	/* What the server hands out with a space is dropped. */
	NEED("slots", isthmus_thread_slots(ISTHMUS_BOOT_SLOT_THREAD, 0, 0, 0));
	QUIET_ERROR("create", memory_space_create(server, 200, 0x1000, 0x3000000000, &one, NULL, NULL), ISTHMUS_OK);
	QUIET_ERROR("object", memory_object_create(server, 4, &object), ISTHMUS_OK);
	QUIET_ERROR("map", memory_space_map(server, one, DATA, 8 * PAGE, 0, 0, READ_WRITE,
					    MEMORY_FIXED | MEMORY_POPULATE, &at), ISTHMUS_OK);
	QUIET_ERROR("map", memory_space_map(server, one, DATA + (1 << 21), 4 * PAGE, object, 0, READ_WRITE,
					    MEMORY_SHARED | MEMORY_FIXED | MEMORY_POPULATE, &at), ISTHMUS_OK);
	QUIET_ERROR("fork", memory_space_fork(server, one, 200, &two, NULL, NULL), ISTHMUS_OK);
	QUIET_ERROR("write", poke(two, DATA, 1), ISTHMUS_OK);
	QUIET_ERROR("write", poke(one, DATA + (1 << 21), 1), ISTHMUS_OK);
	QUIET_ERROR("destroy", memory_object_destroy(server, object), ISTHMUS_OK);
	QUIET_ERROR("destroy", memory_space_destroy(server, one), ISTHMUS_OK);
	QUIET_ERROR("destroy", memory_space_destroy(server, two), ISTHMUS_OK);
}

void test_cycles(void)
{
	struct counts before, after;
	unsigned failures = test_failures();
	struct rig_counts pool;

	for (int i = 0; i < 10; i++)
		cycle();
	before = count(server);
	pool = rig_count(RIG_POOL);
	for (int i = 0; i < CYCLES && test_failures() == failures; i++)
		cycle();
	after = count(server);
	QUIET_OK("a thousand processes", failures);
	CHECK_EQUAL("pages in use", after.ram_used, before.ram_used);
	CHECK_EQUAL("pages free", after.ram_free, before.ram_free);
	CHECK_EQUAL("pages charged", after.used, before.used);
	CHECK_EQUAL("spaces", after.spaces, before.spaces);
	CHECK_EQUAL("objects", after.objects, before.objects);
	rig_same("the root pool", rig_count(RIG_POOL), pool);
}
