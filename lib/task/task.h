/* Making a child task: its pool, its program, its stack, its thread.
 *
 * A struct task is filled in by task_create and the steps after it, in the order in which they stand here; whatever step
 * fails, task_destroy undoes all.  The child's slots are numbered by whoever makes it; slots below TASK_FIRST_FREE are
 * in its one leaf from the beginning. */
#pragma once

#include "lib/slots/slots.h"
#include "lib/space/space.h"

#include <stddef.h>

/* What the maker uses: its own slots and address space, and the pool out of which children's pools are filled. */
struct task_maker {
	struct slots *slots;
	struct space *space;
	isthmus_slot pool;
};

/* A child; slots of the maker's table, 0 if not made. */
struct task {
	isthmus_slot pool, task, thread;
	uint64_t entry; /* of the program; set by task_load */
	uint64_t stack; /* end of the first stack; set by task_stack */
};

/* Where task_spawn puts the stack's end, and how large it is. */
#define TASK_STACK_TOP   0x200000
#define TASK_STACK_PAGES 16

/* Moves `cells` and `frames` out of one pool into another, splitting large frames of the giver as needed.
 * Errors: MEMORY if the giver has not as many; what it had has been moved. */
__attribute__((warn_unused_result)) enum isthmus_error
task_give(isthmus_slot from, isthmus_slot to, uint64_t cells, uint64_t frames);

/* Makes a pool with that much in it, and an empty task with one leaf of slots. */
__attribute__((warn_unused_result)) enum isthmus_error
task_create(const struct task_maker *maker, struct task *task, uint64_t cells, uint64_t frames);

/* Makes a zeroed frame, paid by the pool, in a slot of the maker's. */
__attribute__((warn_unused_result)) enum isthmus_error
task_frame(const struct task_maker *maker, isthmus_slot pool, isthmus_slot *out);

/* Loads a static ELF64 program from the maker's memory.  Errors: ARGUMENT if it is not one that runs here, then *why is
 * the reason (why may be null); MEMORY. */
__attribute__((warn_unused_result)) enum isthmus_error
task_load(const struct task_maker *maker, struct task *task, const void *file, size_t size, const char **why);

/* Maps `pages` zeroed, writable pages that end at `top`, with a page left out below. */
__attribute__((warn_unused_result)) enum isthmus_error
task_stack(const struct task_maker *maker, struct task *task, uint64_t top, uint64_t pages);

/* Makes the thread: suspended, with that priority and budget (0: none), label in its fault messages. */
__attribute__((warn_unused_result)) enum isthmus_error
task_thread(const struct task_maker *maker, struct task *task, uint64_t label, uint64_t priority, isthmus_slot budget);

/* Gives the child a capability: copies the maker's slot `from` to the child's slot `to`; badge 0 keeps the original's. */
__attribute__((warn_unused_result)) enum isthmus_error
task_grant(const struct task *task, isthmus_slot to, isthmus_slot from, uint64_t rights, uint64_t badge);

/* Starts the thread at the program's entry with that argument. */
__attribute__((warn_unused_result)) enum isthmus_error task_start(const struct task *task, uint64_t argument);

/* Everything from task_create to task_thread: grants and task_start remain.  Undone if a step fails. */
struct task_plan {
	const void *file;
	size_t size;            /* bytes */
	uint64_t cells, frames; /* of its pool */
	uint64_t label, priority;
	isthmus_slot budget;
};
__attribute__((warn_unused_result)) enum isthmus_error
task_spawn(const struct task_maker *maker, struct task *task, const struct task_plan *plan, const char **why);

/* Destroys all of it; its cells and frames go back to the maker's pool, its slots to the maker's slots. */
void task_destroy(const struct task_maker *maker, struct task *task);
