/* See lib/test/rig.h. */
#include "lib/test/rig.h"

#include "lib/cpio/cpio.h"
#include "lib/rt/mem.h"
#include <arch/test/clock.h>

static struct slots slots;
static struct space space;
struct task_maker rig_maker = { &slots, &space, ISTHMUS_BOOT_SLOT_POOL };

static struct rig_worker workers[RIG_THREADS];
static uint8_t stacks[RIG_THREADS][RIG_STACK] __attribute__((aligned(16)));

/* The firmware's and the bundle's pages have slots from 64 and 1024 on. */
enum { FIRST_SLOT = 40000 };

void rig_begin(void)
{
	test_begin();
	slots_init(&slots, RIG_TASK, RIG_POOL, FIRST_SLOT, ISTHMUS_CAP_SLOTS);
	space_init(&space, RIG_TASK, RIG_POOL, SPACE_WINDOW);
}

isthmus_slot rig_slot(void)
{
	isthmus_slot slot = 0;

	NEED("slot", slots_take(&slots, &slot));
	return slot;
}

void rig_drop(isthmus_slot slot)
{
	slots_drop(&slots, slot);
}

/* ---- objects ---- */

isthmus_slot rig_pool(isthmus_slot of, uint64_t cells, uint64_t frames)
{
	isthmus_slot slot = rig_slot();

	NEED("pool", isthmus_pool_create_pool(of, slot));
	NEED("fill pool", task_give(of, slot, cells, frames));
	return slot;
}

isthmus_slot rig_endpoint(isthmus_slot pool)
{
	isthmus_slot slot = rig_slot();

	NEED("endpoint", isthmus_pool_create_endpoint(pool, slot));
	return slot;
}

isthmus_slot rig_notification(isthmus_slot pool)
{
	isthmus_slot slot = rig_slot();

	NEED("notification", isthmus_pool_create_notification(pool, slot));
	return slot;
}

isthmus_slot rig_budget(isthmus_slot pool, uint64_t time, uint64_t slice)
{
	isthmus_slot slot = rig_slot();

	NEED("budget", isthmus_pool_create_budget(pool, slot));
	NEED("fill budget", isthmus_machine_refill(ISTHMUS_BOOT_SLOT_MACHINE, slot, time, slice));
	return slot;
}

isthmus_slot rig_frame(isthmus_slot pool)
{
	isthmus_slot slot = rig_slot();

	NEED("frame", isthmus_pool_create_frame(pool, slot, 0));
	return slot;
}

isthmus_slot rig_task(isthmus_slot pool)
{
	isthmus_slot slot = rig_slot();

	NEED("task", isthmus_pool_create_task(pool, slot));
	NEED("leaf", isthmus_task_leaf(slot, pool, 1));
	return slot;
}

isthmus_slot rig_thread(isthmus_slot pool, isthmus_slot task, uint64_t label)
{
	isthmus_slot slot = rig_slot();

	NEED("thread", isthmus_pool_create_thread(pool, slot, task, label));
	return slot;
}

isthmus_slot rig_copy(isthmus_slot from, uint64_t rights, uint64_t badge)
{
	isthmus_slot slot = rig_slot();

	NEED("copy", isthmus_task_copy(RIG_TASK, slot, from, rights, badge));
	return slot;
}

void rig_destroy(isthmus_slot pool, isthmus_slot object)
{
	enum isthmus_error error = ISTHMUS_E_MORE;

	while (error == ISTHMUS_E_MORE)
		error = isthmus_pool_destroy(pool, object);
	NEED("destroy", error);
	rig_drop(object);
}

void rig_reap(isthmus_slot of, isthmus_slot pool)
{
	enum isthmus_error error = ISTHMUS_E_MORE;

	while (error == ISTHMUS_E_MORE)
		error = isthmus_pool_reap(pool);
	NEED("reap", error);
	rig_destroy(of, pool);
}

uint64_t rig_kind(isthmus_slot slot)
{
	uint64_t kind = 0;

	NEED("identify", isthmus_task_identify(RIG_TASK, slot, &kind, NULL, NULL, NULL));
	return kind;
}

uint64_t rig_id(isthmus_slot slot)
{
	uint64_t id = 0;

	NEED("identify", isthmus_task_identify(RIG_TASK, slot, NULL, NULL, NULL, &id));
	return id;
}

struct rig_counts rig_count(isthmus_slot pool)
{
	struct rig_counts c = { 0 };

	NEED("pool info", isthmus_pool_info(pool, &c.cells, &c.frames, &c.large, &c.used_cells, &c.used_frames));
	return c;
}

bool rig_same(const char *name, struct rig_counts got, struct rig_counts expected)
{
	bool same = memcmp(&got, &expected, sizeof(got)) == 0;

	if (same)
		test_ok(name);
	else
		test_fail(name,
			  "free cells, frames, large, used cells, frames: %lu %lu %lu %lu %lu, expected %lu %lu %lu %lu %lu",
			  got.cells, got.frames, got.large, got.used_cells, got.used_frames, expected.cells,
			  expected.frames, expected.large, expected.used_cells, expected.used_frames);
	return same;
}

/* ---- threads ---- */

static void worker_main(uint64_t index)
{
	struct rig_worker *w = &workers[index];

	w->run(w->argument);
	w->done = true;
	for (;;)
		(void)isthmus_thread_suspend(w->thread);
}

struct rig_worker *rig_prepare(isthmus_slot pool, isthmus_slot budget, uint64_t priority, void (*run)(uint64_t),
			       uint64_t argument)
{
	struct rig_worker *w = workers;

	while (w < &workers[RIG_THREADS] && w->thread)
		w++;
	if (w == &workers[RIG_THREADS]) {
		test_fail("thread", "more than %d threads", RIG_THREADS);
		test_done();
	}
	*w = (struct rig_worker){ .pool = pool, .run = run, .argument = argument, .label = 0x1abe1000 + (uint64_t)(w - workers) };
	w->thread = rig_thread(pool, RIG_TASK, w->label);
	NEED("priority", isthmus_thread_priority(w->thread, priority));
	NEED("budget", isthmus_thread_budget(w->thread, budget));
	return w;
}

void rig_start(struct rig_worker *w)
{
	uint64_t index = (uint64_t)(w - workers);

	NEED("start", isthmus_thread_start(w->thread, (uint64_t)worker_main, (uint64_t)stacks[index + 1] - 16, index));
}

struct rig_worker *rig_run(void (*run)(uint64_t), uint64_t argument)
{
	struct rig_worker *w = rig_prepare(RIG_POOL, ISTHMUS_BOOT_SLOT_BUDGET, ISTHMUS_PRIORITIES - 1, run, argument);

	rig_start(w);
	return w;
}

void rig_end(struct rig_worker *w)
{
	rig_destroy(w->pool, w->thread);
	w->thread = 0;
}

void rig_forget(struct rig_worker *w)
{
	rig_drop(w->thread);
	w->thread = 0;
}

void rig_forget_dead(void)
{
	for (struct rig_worker *w = workers; w < &workers[RIG_THREADS]; w++)
		if (w->thread && rig_kind(w->thread) == ISTHMUS_NULL)
			rig_forget(w);
}

void rig_settle(void)
{
	for (int i = 0; i < 2 * RIG_THREADS; i++)
		isthmus_yield();
}

bool rig_wait(struct rig_worker *w)
{
	uint64_t end = rig_ticks() + rig_us(10000000);

	while (!w->done && rig_ticks() < end)
		isthmus_yield();
	return w->done;
}

uint64_t rig_ticks(void)
{
	return test_clock();
}

uint64_t rig_us(uint64_t us)
{
	return isthmus_boot_info()->ticks_per_second * us / 1000000;
}

void rig_spin(uint64_t ticks)
{
	uint64_t end = rig_ticks() + ticks;

	while (rig_ticks() < end)
		;
}

/* ---- child tasks ---- */

static void own_program(struct task_plan *plan)
{
	const struct isthmus_boot_info *info = isthmus_boot_info();
	const char *bundle = (const char *)(ISTHMUS_BOOT_BUNDLE_ADDRESS + info->bundle_offset);
	struct cpio_entry entry = { 0 };
	uint64_t offset = 0;

	do {
		if (cpio_next(bundle, info->bundle_size, &offset, &entry) != CPIO_ENTRY) {
			test_fail("child", "no program in the bundle");
			test_done();
		}
	} while (entry.size == 0);
	plan->file = entry.data;
	plan->size = entry.size;
}

void rig_child(struct task *child, uint64_t cells, uint64_t frames)
{
	struct task_plan plan = {
		.cells = cells + 2,
		.frames = frames + 200 + RIG_THREADS * RIG_STACK / SPACE_PAGE,
		.priority = ISTHMUS_PRIORITIES - 1,
		.budget = ISTHMUS_BOOT_SLOT_BUDGET,
	};

	own_program(&plan);
	NEED("child", task_spawn(&rig_maker, child, &plan, NULL));
}

void rig_child_start(struct task *child, void (*run)(void))
{
	NEED("start child", task_start(child, (uint64_t)run));
}

void rig_enter(uint64_t argument)
{
	void (*run)(void) = (void (*)(void))argument;

	if (argument == ISTHMUS_BOOT_INFO_ADDRESS)
		return;
	run();
	for (;;)
		isthmus_yield();
}
