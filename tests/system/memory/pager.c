/* Pagers: one that serves, one that lies, one that never answers, one that dies. */
#include "tests/system/memory/fixture.h"

enum { PAGES = 32, COOKIE = 0x1234, OTHER_CLIENT = 3 };

/* ---- one that serves: a thread of this task ---- */

static uint64_t served_object;
static volatile uint64_t requests;

/* Answers every request with a page whose first word says which it is; page 9 it refuses. */
static void serve(uint64_t buffer)
{
	uint64_t cookie = 0, index = 0;
	bool write = false;

	while (pager_wait(server, &cookie, &index, &write) == ISTHMUS_OK) {
		requests++;
		QUIET_EQUAL("cookie", cookie, COOKIE);
		*(volatile uint64_t *)buffer = 1000 + index;
		if (index == 9)
			QUIET_ERROR("refuse", pager_fail(server, served_object, index), ISTHMUS_OK);
		else
			QUIET_ERROR("supply", pager_supply(server, served_object, index, own, buffer), ISTHMUS_OK);
	}
}

static void serving(void)
{
	uint64_t buffer = map_own(0, 0, 1, READ_WRITE, 0), cookie = 0, index = 0, sum = 0;
	struct rig_worker *pager = NULL;
	volatile uint64_t *words = NULL;
	bool write = false;

	NEED("object", memory_object_create(server, PAGES, &served_object));
	NEED("pager", memory_object_pager(server, served_object, COOKIE));
	CHECK_ERROR("no request", pager_poll(server, &cookie, &index, &write), ISTHMUS_E_WOULD_BLOCK);
	pager = rig_run(serve, buffer);
	rig_settle();
	CHECK_ERROR("a second thread that waits", pager_wait(server, &cookie, &index, &write), ISTHMUS_E_BUSY);
	words = (volatile uint64_t *)map_own(served_object, 0, PAGES, READ_WRITE, 0);
	for (uint64_t i = 0; i < PAGES; i++)
		sum += i == 9 ? 0 : words[i * PAGE / 8];
	CHECK_EQUAL("pages as they were served", sum, (PAGES - 1) * 1000 + PAGES * (PAGES - 1) / 2 - 9);
	CHECK_EQUAL("each was asked for once", requests, PAGES - 1);
	CHECK_EQUAL("a page that the pager refuses", try_access((uint64_t)&words[9 * PAGE / 8], false), ISTHMUS_FAULT_BUS);
	words[3 * PAGE / 8] = 5;
	CHECK_EQUAL("a private copy", words[3 * PAGE / 8], 5);
	rig_end(pager);
	NEED("unmap", memory_space_unmap(server, own, (uint64_t)words, PAGES * PAGE));
	NEED("unmap", memory_space_unmap(server, own, buffer, PAGE));
	NEED("destroy", memory_object_destroy(server, served_object));
}

/* ---- another session, whose object this task maps ---- */

static struct task other; /* a task that does nothing but be there */
static isthmus_slot other_session;
static uint64_t other_space, other_object, shared_object, address;

static void idle(void)
{
	for (;;)
		isthmus_yield();
}

static void begin_other(void)
{
	isthmus_slot share = rig_slot();
	uint64_t pages = 0, object = 0;

	rig_child(&other, 16, 64);
	rig_child_start(&other, idle);
	other_session = fixture_session(OTHER_CLIENT, 500);
	NEED("adopt", memory_space_adopt(other_session, OWN_LOW, OWN_HIGH, other.task, &other_space));
	NEED("object", memory_object_create(other_session, PAGES, &other_object));
	NEED("pager", memory_object_pager(other_session, other_object, COOKIE));
	NEED("slots", isthmus_thread_slots(ISTHMUS_BOOT_SLOT_THREAD, 0, 0, share));
	NEED("share", memory_object_share(other_session, other_object, READ_WRITE, NULL));
	CHECK_ERROR("open what was shared", memory_object_open(server, share, &shared_object, &pages), ISTHMUS_OK);
	CHECK_EQUAL("its size", pages, PAGES);
	CHECK_ERROR("open what is no share", memory_object_open(server, server, &object, &pages), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("a share is no session", memory_object_destroy(share, other_object), ISTHMUS_E_RIGHT);
	CHECK_ERROR("resize what is another's", memory_object_resize(server, shared_object, 1), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("run what is shared without", memory_space_map(server, own, 0, PAGE, shared_object, 0, READ | EXECUTE,
								   MEMORY_SHARED, &address), ISTHMUS_E_RIGHT);
	rig_drop(share);
	address = map_own(shared_object, 0, PAGES, READ_WRITE, MEMORY_SHARED);
}

/* A page of the other's with a word in it. */
static uint64_t make_page(uint64_t value)
{
	uint64_t at = 0;

	NEED("map", memory_space_map(other_session, other_space, 0, PAGE, 0, 0, READ_WRITE, 0, &at));
	isthmus_slot mine = server;
	server = other_session;
	NEED("write", poke(other_space, at, value));
	server = mine;
	return at;
}

static void take_request(uint64_t expected)
{
	uint64_t cookie = 0, index = 0;
	bool write = false;

	for (int i = 0; i < 100 && pager_poll(other_session, &cookie, &index, &write) != ISTHMUS_OK; i++)
		isthmus_yield();
	CHECK_EQUAL("a request", cookie << 32 | index, (uint64_t)COOKIE << 32 | expected);
}

static void lying(void)
{
	uint64_t page = make_page(4711), unmapped = page - 64 * PAGE;

	begin_access(address + 4 * PAGE, false);
	take_request(4);
	CHECK_ERROR("beyond the end", pager_supply(other_session, other_object, PAGES, other_space, page), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("an index that wraps", pager_supply(other_session, other_object, UINT64_MAX, other_space, page),
		    ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("no page", pager_supply(other_session, other_object, 4, other_space, unmapped), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("another's page", pager_supply(other_session, other_object, 4, own, address), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("another's object", pager_supply(other_session, shared_object, 4, other_space, page),
		    ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("as a user, not its pager", pager_supply(server, shared_object, 4, own, OWN_LOW), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("its own object as a page", pager_fail(other_session, 4711, 4), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("another page", pager_supply(other_session, other_object, 5, other_space, page), ISTHMUS_OK);
	CHECK_ERROR("a page that is there", pager_supply(other_session, other_object, 5, other_space, page), ISTHMUS_E_BUSY);
	CHECK_EQUAL("that page", *(volatile uint64_t *)(address + 5 * PAGE), 4711);
	page = make_page(4712);
	CHECK_ERROR("at last the right one", pager_supply(other_session, other_object, 4, other_space, page), ISTHMUS_OK);
	CHECK_EQUAL("the access succeeds", end_access(), 0);
	CHECK_EQUAL("with that page", *(volatile uint64_t *)(address + 4 * PAGE), 4712);
}

static void silent(void)
{
	begin_access(address + 7 * PAGE, true);
	take_request(7);
	CHECK_ERROR("lose patience", memory_space_cancel(server, own), ISTHMUS_OK);
	CHECK_EQUAL("who waited faults", end_access(), ISTHMUS_FAULT_BUS);
}

static void dying(void)
{
	begin_access(address + 8 * PAGE, false);
	take_request(8);
	task_destroy(&rig_maker, &other);
	CHECK_ERROR("tell the server", isthmus_signal(deaths), ISTHMUS_OK);
	CHECK_EQUAL("who waited for the dead faults", end_access(), ISTHMUS_FAULT_BUS);
	CHECK_EQUAL("so does who comes later", try_access(address + 10 * PAGE, false), ISTHMUS_FAULT_BUS);
	CHECK_EQUAL("what it served stays", *(volatile uint64_t *)(address + 5 * PAGE), 4711);
	CHECK_ERROR("its numbers are gone", memory_object_resize(other_session, other_object, 1), ISTHMUS_E_ARGUMENT);
	NEED("unmap", memory_space_unmap(server, own, address, PAGES * PAGE));
	CHECK_ERROR("let it go", memory_object_destroy(server, shared_object), ISTHMUS_OK);
	CHECK_EQUAL("others are not hurt", try_access(map_own(0, 0, 1, READ_WRITE, 0), true), 0);
}

void test_pager(void)
{
	serving();
	begin_other();
	lying();
	silent();
	dying();
}
