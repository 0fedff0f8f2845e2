/* Measures the kernel in instructions: a root task for a release kernel under `-icount shift=0` (./isthmus bench).
 *
 * Each result is a line `row NAME COUNT` on the channel of test results. */
#include "bench/kernel/bench.h"

#include "lib/log/log.h"
#include "lib/rt/main.h"

static isthmus_slot page;
static uint64_t reading_cost;

void side_trap(struct trap *note, uint64_t operation, uint64_t slot)
{
	note->operation = operation;
	note->slot = slot;
	trap(note);
}

_Noreturn void side_done(void)
{
	for (;;)
		(void)!isthmus_signal(SIDE_DONE);
}

static uint64_t difference(const struct trap *from, const struct trap *to, enum stamp stamp)
{
	return (stamp == AFTER ? to->after : to->before) - from->before - reading_cost;
}

void row(const char *name, const struct trap *from, const struct trap *to, enum stamp stamp)
{
	enum { FIRST = 2, COUNT = ROUNDS - 4 };
	uint64_t sorted[COUNT];

	for (unsigned i = 0; i < COUNT; i++) {
		unsigned at = i;
		uint64_t value = difference(&from[FIRST + i], &to[FIRST + i], stamp);

		for (; at && sorted[at - 1] > value; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = value;
	}
	log_channel(LOG_RESULTS, "row %s %lu", name, sorted[COUNT / 2]);
}

static void begin(struct task *side, unsigned priority)
{
	struct space_page shared = { page, (uint64_t)SHARED, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, 0 };

	rig_child(side, 40, 100);
	NEED("shared page", space_map_into(side->task, side->pool, &shared));
	NEED("priority", isthmus_thread_priority(side->thread, priority));
	NEED("own task", task_grant(side, SIDE_TASK, side->task, RIG_ALL, 0));
	NEED("own pool", task_grant(side, SIDE_POOL, side->pool, RIG_ALL, 0));
}

static void grant(struct task *side, isthmus_slot endpoint, isthmus_slot first, isthmus_slot second, isthmus_slot done)
{
	NEED("endpoint", task_grant(side, SIDE_ENDPOINT, endpoint, RIG_ALL, 0));
	NEED("first", task_grant(side, SIDE_FIRST, first, RIG_ALL, 0));
	NEED("second", task_grant(side, SIDE_SECOND, second, RIG_ALL, 0));
	NEED("done", task_grant(side, SIDE_DONE, done, RIG_ALL, 0));
}

void sides(void (*left)(void), void (*right)(void), unsigned right_priority)
{
	struct task l, r;
	isthmus_slot pool = rig_pool(RIG_POOL, 8, 0);
	isthmus_slot endpoint = rig_endpoint(pool), first = rig_notification(pool), second = rig_notification(pool);
	isthmus_slot done = rig_notification(pool);

	*SHARED = (struct shared){ 0 };
	begin(&l, LEFT_PRIORITY);
	grant(&l, endpoint, first, second, done);
	if (right) {
		begin(&r, right_priority);
		grant(&r, endpoint, first, second, done);
		NEED("faults of the right side", isthmus_task_handler(r.task, endpoint));
		rig_child_start(&r, right);
	}
	rig_child_start(&l, left);
	NEED("wait", isthmus_recv(done, NULL, &(struct isthmus_message){ 0 }));
	task_destroy(&rig_maker, &l);
	if (right)
		task_destroy(&rig_maker, &r);
	rig_reap(RIG_POOL, pool);
}

/* The two readings without a trap between them. */
static void calibrate(void)
{
	struct trap t = { 0 };

	for (int i = 0; i < 3; i++)
		trap_not(&t);
	reading_cost = t.after - t.before;
}

void isthmus_main(uint64_t argument)
{
	rig_enter(argument);
	rig_begin();
	page = rig_frame(RIG_POOL);
	struct space_page shared = { page, (uint64_t)SHARED, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, 0 };

	NEED("shared page", space_map_into(RIG_TASK, RIG_POOL, &shared));
	calibrate();
	measure_ipc();
	measure_notifications();
	measure_faults();
	measure_objects();
	test_done();
}
