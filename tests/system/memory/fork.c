/* Spaces of processes: copying on write, limits, a thread that runs in one. */
#include "tests/system/memory/fixture.h"

#define LOW   ((uint64_t)0x1000)
#define HIGH  ((uint64_t)0x3e00000000)
#define DATA  ((uint64_t)0x10000000)
#define SHARE ((uint64_t)0x20000000)
#define STACK ((uint64_t)0x30000000)
enum { PAGES = 24, SPARE_LIMIT = 400 };

/* A process: its space, and what the server hands out with it. */
struct process {
	uint64_t space;
	isthmus_slot task, pool;
};

static struct process create(uint64_t limit)
{
	struct process p = { 0, rig_slot(), rig_slot() };

	NEED("slots", isthmus_thread_slots(ISTHMUS_BOOT_SLOT_THREAD, 0, p.task, p.pool));
	NEED("create a space", memory_space_create(server, limit, LOW, HIGH, &p.space, NULL, NULL));
	return p;
}

static struct process fork_of(const struct process *parent, uint64_t limit)
{
	struct process p = { 0, rig_slot(), rig_slot() };

	NEED("slots", isthmus_thread_slots(ISTHMUS_BOOT_SLOT_THREAD, 0, p.task, p.pool));
	NEED("fork", memory_space_fork(server, parent->space, limit, &p.space, NULL, NULL));
	return p;
}

static void end(struct process *p)
{
	NEED("destroy a space", memory_space_destroy(server, p->space));
	rig_drop(p->task);
	rig_drop(p->pool);
}

static void map(const struct process *p, uint64_t address, uint64_t pages, uint32_t prot, uint32_t flags)
{
	uint64_t at = 0;

	NEED("map", memory_space_map(server, p->space, address, pages * PAGE, 0, 0, prot, flags | MEMORY_FIXED, &at));
}

static void copy_on_write(void)
{
	struct process one = create(SPARE_LIMIT), two, three;
	struct counts before;
	unsigned failures = test_failures();

	map(&one, DATA, PAGES, READ_WRITE, 0);
	map(&one, SHARE, 2, READ_WRITE, MEMORY_SHARED);
	for (uint64_t i = 0; i < PAGES; i++)
		NEED("write", poke(one.space, DATA + i * PAGE, i));
	NEED("write", poke(one.space, SHARE, 100));
	before = count(server);
	two = fork_of(&one, SPARE_LIMIT);
	CHECK_EQUAL("fork takes no page of data", count(server).ram_used, before.ram_used);
	three = fork_of(&two, SPARE_LIMIT);
	NEED("write", poke(two.space, DATA, 1000));
	NEED("write", poke(one.space, DATA + PAGE, 2000));
	NEED("write", poke(three.space, SHARE, 3000));
	QUIET_EQUAL("parent", peek(one.space, DATA), 0);
	QUIET_EQUAL("child", peek(two.space, DATA), 1000);
	QUIET_EQUAL("grandchild", peek(three.space, DATA), 0);
	QUIET_EQUAL("parent's own", peek(one.space, DATA + PAGE), 2000);
	QUIET_EQUAL("child's", peek(two.space, DATA + PAGE), 1);
	QUIET_EQUAL("shared", peek(one.space, SHARE), 3000);
	for (uint64_t i = 2; i < PAGES; i++)
		QUIET_EQUAL("untouched", peek(three.space, DATA + i * PAGE), i);
	QUIET_OK("who writes gets a copy, what is shared is shared", failures);
	CHECK_EQUAL("two copies were made", count(server).ram_used - before.ram_used, 2);
	end(&two);
	QUIET_EQUAL("grandchild without its parent", peek(three.space, DATA + 5 * PAGE), 5);
	end(&one);
	CHECK_EQUAL("the last one has everything", peek(three.space, SHARE) + peek(three.space, DATA + PAGE), 3001);
	CHECK_ERROR("clear", memory_space_clear(server, three.space, DATA, 4 * PAGE), ISTHMUS_OK);
	CHECK_EQUAL("clear keeps what it is told", peek(three.space, DATA + 3 * PAGE), 3);
	CHECK_ERROR("and nothing else", poke(three.space, DATA + 4 * PAGE, 0), ISTHMUS_E_ARGUMENT);
	end(&three);
}

static void limits(void)
{
	struct process p = create(60), child;
	uint64_t used = 0, limit = 0, regions = 0, tables = 0, done = 0;

	map(&p, DATA, 100, READ_WRITE, 0);
	while (done < 100 && poke(p.space, DATA + done * PAGE, done) == ISTHMUS_OK)
		done++;
	NEED("info", memory_space_info(server, p.space, &used, &limit, &regions, &tables));
	CHECK_EQUAL("page tables and data stay within the limit", used, 60);
	CHECK_EQUAL("all of it is used", done + tables, 60);
	CHECK_ERROR("the next page", poke(p.space, DATA + done * PAGE, 0), ISTHMUS_E_MEMORY);
	CHECK_ERROR("give too much", memory_space_give(server, p.space, 0, 8), ISTHMUS_E_MEMORY);
	NEED("raise", memory_space_limit(server, p.space, 61));
	CHECK_ERROR("with a higher limit", poke(p.space, DATA + done * PAGE, 0), ISTHMUS_OK);
	child.space = 0;
	CHECK_ERROR("fork into a lower limit", memory_space_fork(server, p.space, 40, &child.space, NULL, NULL),
		    ISTHMUS_E_MEMORY);
	CHECK_EQUAL("the parent is as it was", peek(p.space, DATA + PAGE), 1);
	end(&p);
}

static void session_limit(void)
{
	isthmus_slot small = fixture_session(5, 50);
	uint64_t object = 0, space = 0, one = 0;

	/* What the server hands out with a space is dropped. */
	NEED("slots", isthmus_thread_slots(ISTHMUS_BOOT_SLOT_THREAD, 0, 0, 0));
	CHECK_ERROR("an object of any size", memory_object_create(small, 1000000, &object), ISTHMUS_OK);
	CHECK_ERROR("one that no index reaches", memory_object_create(small, UINT64_MAX, &one), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("a space within the session's limit",
		    memory_space_create(small, 1000, LOW, HIGH, &space, NULL, NULL), ISTHMUS_OK);
	CHECK_ERROR("another", memory_space_create(small, 1000, LOW, HIGH, &one, NULL, NULL), ISTHMUS_OK);
	CHECK_ERROR("a third beyond the session's limit", memory_space_create(small, 1000, LOW, HIGH, &one, NULL, NULL), ISTHMUS_E_MEMORY);
	CHECK_ERROR("destroy", memory_object_destroy(small, object), ISTHMUS_OK);
}

/* What costs the client no page costs the server memory: that has a limit too. */
static void record_limit(void)
{
	isthmus_slot small = fixture_session(6, 50);
	uint64_t object = 0, made = 0;

	while (made < 1000 && memory_object_create(small, 1, &object) == ISTHMUS_OK)
		made++;
	CHECK_EQUAL("two hundred records, two an object", made, 100);
	CHECK_ERROR("destroy", memory_object_destroy(small, object), ISTHMUS_OK);
	CHECK_ERROR("then there is room", memory_object_create(small, 1, &object), ISTHMUS_OK);
}

/* ---- a thread in a space ---- */

/* Runs as a process, on pages that are copies of this program's: writes, and ends by a fault whose address is
 * its result. */
static void process_main(uint64_t arg)
{
	volatile uint64_t *data = (volatile uint64_t *)DATA;
	uint64_t sum = 0;

	for (uint64_t i = 0; i < PAGES; i++) {
		sum += data[i * PAGE / 8];
		data[i * PAGE / 8] += arg;
	}
	*(volatile uint8_t *)(HIGH + sum * PAGE);
}

extern char isthmus_image_start[], isthmus_image_end[];

/* Maps this program's pages, as a loader would: an object with its bytes, private, readable and executable. */
static void load(const struct process *p)
{
	uint64_t bytes = (uint64_t)(isthmus_image_end - isthmus_image_start), pages = bytes / PAGE, object = 0, at = 0;
	void *image = NULL;

	NEED("object", memory_object_create(server, pages, &object));
	image = (void *)map_own(object, 0, pages, READ_WRITE, MEMORY_SHARED);
	memcpy(image, isthmus_image_start, bytes);
	NEED("map", memory_space_map(server, p->space, (uint64_t)isthmus_image_start, bytes, object, 0, READ | EXECUTE,
				     MEMORY_FIXED, &at));
	NEED("unmap", memory_space_unmap(server, own, (uint64_t)image, bytes));
	NEED("destroy", memory_object_destroy(server, object));
	map(p, STACK, 4, READ_WRITE, 0);
}

static uint64_t run(const struct process *p, uint64_t arg)
{
	isthmus_slot thread = rig_thread(p->pool, p->task, 77);
	uint64_t end = rig_ticks() + rig_us(500000), fault = 0, space = 0, cause = 0, address = 0, pc = 0, sp = 0, label = 0;
	enum isthmus_error error = ISTHMUS_E_WOULD_BLOCK;

	NEED("priority", isthmus_thread_priority(thread, ISTHMUS_PRIORITIES - 1));
	NEED("budget", isthmus_thread_budget(thread, ISTHMUS_BOOT_SLOT_BUDGET));
	NEED("start", isthmus_thread_start(thread, (uint64_t)process_main, STACK + 4 * PAGE - 16, arg));
	while (error == ISTHMUS_E_WOULD_BLOCK && rig_ticks() < end) {
		isthmus_yield();
		error = memory_next_fault(server, &fault, &space, &cause, &address, &pc, &sp, &label);
	}
	NEED("a fault", error);
	QUIET_EQUAL("cause", cause, ISTHMUS_FAULT_READ);
	QUIET_EQUAL("space", space, p->space);
	QUIET_EQUAL("label", label, 77);
	QUIET_EQUAL("sp", sp >= STACK && sp < STACK + 4 * PAGE, true);
	rig_drop(thread);
	return (address - HIGH) / PAGE;
}

static void threads(void)
{
	struct process parent = create(SPARE_LIMIT), child;

	load(&parent);
	map(&parent, DATA, PAGES, READ_WRITE, 0);
	CHECK_EQUAL("a thread runs in fresh memory", run(&parent, 1), 0);
	child = fork_of(&parent, SPARE_LIMIT);
	CHECK_EQUAL("the child has what the parent wrote", run(&child, 10), PAGES);
	CHECK_EQUAL("the parent has not what the child wrote", run(&parent, 1), PAGES);
	CHECK_EQUAL("the child has not what the parent wrote", run(&child, 0), 11 * PAGES);
	end(&parent);
	CHECK_EQUAL("the child without its parent", run(&child, 0), 11 * PAGES);
	end(&child);
}

void test_fork(void)
{
	copy_on_write();
	limits();
	session_limit();
	record_limit();
	threads();
}
