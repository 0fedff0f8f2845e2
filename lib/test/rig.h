/* What system tests of the kernel share: objects made in one line, threads in the root task itself, child tasks that run
 * functions of the test's own program.
 *
 * Whatever cannot be made ends the run.  All threads of the root task share its memory, so tests pass results in variables;
 * they run at the root's priority and on its budget, and the root lets them run by rig_settle() or by waiting. */
#pragma once

#include "lib/slots/slots.h"
#include "lib/task/task.h"
#include "lib/test/test.h"

#define RIG_POOL  ((isthmus_slot)ISTHMUS_BOOT_SLOT_POOL)
#define RIG_TASK  ((isthmus_slot)ISTHMUS_BOOT_SLOT_TASK)
#define RIG_ALL   (ISTHMUS_R_READ | ISTHMUS_R_WRITE | ISTHMUS_R_EXECUTE | ISTHMUS_R_COPY | ISTHMUS_R_MANAGE)
#define RIG_STACK 8192  /* bytes of a thread's stack */
enum { RIG_THREADS = 64 };

/* Where the window is in which tests map pages as they like; the window of rig_maker's space is elsewhere. */
#define RIG_WINDOW ((uint64_t)0x3000000000)

extern struct task_maker rig_maker;

/* Begins the test; to be called first. */
void rig_begin(void);

/* An unused slot, its leaf there; rig_drop empties and gives it back. */
isthmus_slot rig_slot(void);
void rig_drop(isthmus_slot slot);

/* Objects in new slots, made of a pool. */
isthmus_slot rig_pool(isthmus_slot of, uint64_t cells, uint64_t frames);
isthmus_slot rig_endpoint(isthmus_slot pool);
isthmus_slot rig_notification(isthmus_slot pool);
isthmus_slot rig_budget(isthmus_slot pool, uint64_t time, uint64_t slice); /* ticks */
isthmus_slot rig_frame(isthmus_slot pool);
isthmus_slot rig_task(isthmus_slot pool); /* with one leaf, slots 1 to 127 */
isthmus_slot rig_thread(isthmus_slot pool, isthmus_slot task, uint64_t label);

/* A copy of a capability in a new slot; badge 0 keeps the original's. */
isthmus_slot rig_copy(isthmus_slot from, uint64_t rights, uint64_t badge);

/* Destroys an object, all steps, and drops the slot. */
void rig_destroy(isthmus_slot pool, isthmus_slot object);

/* Reaps a pool, destroys it, and drops the slot: what was in it is back in `of`. */
void rig_reap(isthmus_slot of, isthmus_slot pool);

/* The kind of a slot, ISTHMUS_NULL if nothing lives there; and the id of its object. */
uint64_t rig_kind(isthmus_slot slot);
uint64_t rig_id(isthmus_slot slot);

/* What a pool has. */
struct rig_counts {
	uint64_t cells, frames, large, used_cells, used_frames;
};
struct rig_counts rig_count(isthmus_slot pool);
bool rig_same(const char *name, struct rig_counts got, struct rig_counts expected);

/* ---- threads in the root task ---- */

struct rig_worker {
	isthmus_slot thread; /* 0: unused */
	isthmus_slot pool;
	void (*run)(uint64_t);
	uint64_t argument;
	uint64_t label; /* in its fault messages */
	volatile bool done; /* run() has returned; the thread is suspended */
};

/* Starts a thread that runs a function; the second form chooses pool, budget and priority, and does not start it. */
struct rig_worker *rig_run(void (*run)(uint64_t), uint64_t argument);
struct rig_worker *rig_prepare(isthmus_slot pool, isthmus_slot budget, uint64_t priority, void (*run)(uint64_t),
			       uint64_t argument);
void rig_start(struct rig_worker *worker);
void rig_end(struct rig_worker *worker);     /* destroys it, dead or alive */
void rig_forget(struct rig_worker *worker);  /* it was destroyed already */
void rig_forget_dead(void);                  /* all that were */

/* Lets all threads of the root's priority run until they wait. */
void rig_settle(void);

/* Waits until the worker is done, at most ten seconds, since the machine may be a slow one: false if it is not. */
bool rig_wait(struct rig_worker *worker);

/* Ticks of the clock; how many in so many microseconds. */
uint64_t rig_ticks(void);
uint64_t rig_us(uint64_t us);
void rig_spin(uint64_t ticks);

/* ---- child tasks ---- */

/* Makes a child out of this very program: a fresh copy of it that shares nothing with the root, in a pool of its own with
 * that many cells and, about, frames left over. */
void rig_child(struct task *child, uint64_t cells, uint64_t frames);

/* Starts it with a function of the program.  What else it needs it gets as capabilities in slots that the test chooses. */
void rig_child_start(struct task *child, void (*run)(void));

/* To be called first by isthmus_main(): does not return in a child. */
void rig_enter(uint64_t argument);

/* ---- quiet checks: only failures are reported, so they can stand in loops ---- */

#define QUIET(name, condition)                                                                                         \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			test_fail(name, "%s is false (%s:%d)", #condition, __FILE__, __LINE__);                        \
	} while (0)
#define QUIET_EQUAL(name, got, expected)                                                                               \
	do {                                                                                                           \
		uint64_t quiet_got = (got), quiet_expected = (expected);                                               \
		if (quiet_got != quiet_expected)                                                                       \
			test_fail(name, "%s is 0x%lx, expected 0x%lx (%s:%d)", #got, quiet_got, quiet_expected,        \
				  __FILE__, __LINE__);                                                                 \
	} while (0)
#define QUIET_ERROR(name, got, expected)                                                                               \
	do {                                                                                                           \
		enum isthmus_error quiet_got = (got);                                                                  \
		if (quiet_got != (expected))                                                                           \
			test_fail(name, "%s answered %s, expected %s (%s:%d)", #got, isthmus_error_name(quiet_got),    \
				  isthmus_error_name(expected), __FILE__, __LINE__);                                   \
	} while (0)

/* Reports ok for what a run of quiet checks was about, if none of them failed since `failures_before`. */
#define QUIET_OK(name, failures_before)                                                                                \
	do {                                                                                                           \
		if (test_failures() == (failures_before))                                                              \
			test_ok(name);                                                                                 \
	} while (0)
