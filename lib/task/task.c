/* Making a child task; see lib/task/task.h. */
#include "lib/task/task.h"

#include "lib/rt/mem.h"
#include "lib/task/elf.h"

#define PAGE SPACE_PAGE
#define ALL_RIGHTS                                                                                                     \
	(ISTHMUS_R_READ | ISTHMUS_R_WRITE | ISTHMUS_R_EXECUTE | ISTHMUS_R_COPY | ISTHMUS_R_MANAGE)

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Splits one large frame of the pool, all steps of it. */
static enum isthmus_error split(isthmus_slot pool)
{
	enum isthmus_error error = ISTHMUS_E_MORE;

	while (error == ISTHMUS_E_MORE)
		error = isthmus_pool_split(pool);
	return error;
}

enum isthmus_error task_give(isthmus_slot from, isthmus_slot to, uint64_t cells, uint64_t frames)
{
	while (cells || frames) {
		uint64_t some_cells = 0, some_frames = 0;
		enum isthmus_error error = isthmus_pool_give(from, to, smaller(cells, ISTHMUS_GIVE_MAX),
							     smaller(frames, ISTHMUS_GIVE_MAX), 0, &some_cells,
							     &some_frames, NULL);

		if (error != ISTHMUS_OK)
			return error;
		if (cells && some_cells == 0)
			return ISTHMUS_E_MEMORY;
		cells -= some_cells;
		frames -= some_frames;
		if (frames && some_frames == 0) {
			error = split(from);
			if (error != ISTHMUS_OK)
				return error;
		}
	}
	return ISTHMUS_OK;
}

enum isthmus_error task_create(const struct task_maker *maker, struct task *task, uint64_t cells, uint64_t frames)
{
	enum isthmus_error error = ISTHMUS_OK;

	memset(task, 0, sizeof(*task));
	error = slots_take(maker->slots, &task->pool);
	if (error == ISTHMUS_OK)
		error = isthmus_pool_create_pool(maker->pool, task->pool);
	if (error == ISTHMUS_OK)
		error = task_give(maker->pool, task->pool, cells, frames);
	if (error == ISTHMUS_OK)
		error = slots_take(maker->slots, &task->task);
	if (error == ISTHMUS_OK)
		error = isthmus_pool_create_task(task->pool, task->task);
	if (error == ISTHMUS_OK)
		error = isthmus_task_leaf(task->task, task->pool, 1);
	return error;
}

enum isthmus_error task_frame(const struct task_maker *maker, isthmus_slot pool, isthmus_slot *out)
{
	enum isthmus_error error = slots_take(maker->slots, out);

	if (error != ISTHMUS_OK)
		return error;
	do
		error = isthmus_pool_create_frame(pool, *out, 0);
	while (error == ISTHMUS_E_MORE);
	if (error != ISTHMUS_OK) {
		slots_put(maker->slots, *out);
		*out = 0;
	}
	return error;
}

/* Copies bytes to the byte `at` of a frame, through a mapping that lasts as long as the copy. */
static enum isthmus_error fill_frame(const struct task_maker *maker, isthmus_slot frame, uint64_t at, const void *from,
				     uint64_t bytes)
{
	void *page = NULL;
	enum isthmus_error error = ISTHMUS_OK;

	if (bytes == 0)
		return ISTHMUS_OK;
	error = space_map(maker->space, frame, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, &page);
	if (error != ISTHMUS_OK)
		return error;
	memcpy((char *)page + at, from, bytes);
	space_unmap(maker->space, page, 1);
	return ISTHMUS_OK;
}

/* A new page of the child at that address, which has `bytes` bytes from the byte `at` on and is zero elsewhere. */
static enum isthmus_error add_page(const struct task_maker *maker, const struct task *task, uint64_t address,
				   uint64_t flags, uint64_t at, const void *from, uint64_t bytes)
{
	struct space_page page = { 0, address, flags, 0 };
	enum isthmus_error error = task_frame(maker, task->pool, &page.cap);

	if (error != ISTHMUS_OK)
		return error;
	error = fill_frame(maker, page.cap, at, from, bytes);
	if (error == ISTHMUS_OK)
		error = space_map_into(task->task, task->pool, &page);
	slots_drop(maker->slots, page.cap);
	return error;
}

static enum isthmus_error load_segment(const struct task_maker *maker, const struct task *task, const char *file,
				       const struct elf_segment *s)
{
	uint64_t end = s->address + s->memory_bytes, file_end = s->address + s->file_bytes;

	for (uint64_t page = s->address & ~(PAGE - 1); page < end; page += PAGE) {
		uint64_t from = page < s->address ? s->address : page;
		uint64_t to = smaller(page + PAGE, file_end);
		uint64_t bytes = to > from ? to - from : 0;
		const char *source = file + s->file_offset + (bytes ? from - s->address : 0);
		enum isthmus_error error = add_page(maker, task, page, s->flags, from - page, source, bytes);

		if (error != ISTHMUS_OK)
			return error;
	}
	return ISTHMUS_OK;
}

enum isthmus_error task_load(const struct task_maker *maker, struct task *task, const void *file, size_t size,
			     const char **why)
{
	struct elf_image image;
	const char *reason = elf_read(file, size, elf_machine, &image);
	enum isthmus_error error = ISTHMUS_OK;

	if (why)
		*why = reason;
	if (reason)
		return ISTHMUS_E_ARGUMENT;
	task->entry = image.entry;
	for (unsigned i = 0; i < image.count && error == ISTHMUS_OK; i++)
		error = load_segment(maker, task, file, &image.segment[i]);
	return error;
}

enum isthmus_error task_stack(const struct task_maker *maker, struct task *task, uint64_t top, uint64_t pages)
{
	enum isthmus_error error = ISTHMUS_OK;

	for (uint64_t i = 1; i <= pages && error == ISTHMUS_OK; i++)
		error = add_page(maker, task, top - i * PAGE, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, 0, NULL, 0);
	task->stack = top;
	return error;
}

enum isthmus_error task_thread(const struct task_maker *maker, struct task *task, uint64_t label, uint64_t priority,
			       isthmus_slot budget)
{
	enum isthmus_error error = slots_take(maker->slots, &task->thread);

	if (error == ISTHMUS_OK)
		error = isthmus_pool_create_thread(task->pool, task->thread, task->task, label);
	if (error == ISTHMUS_OK)
		error = isthmus_thread_priority(task->thread, priority);
	if (error == ISTHMUS_OK && budget)
		error = isthmus_thread_budget(task->thread, budget);
	return error;
}

enum isthmus_error task_grant(const struct task *task, isthmus_slot to, isthmus_slot from, uint64_t rights,
			      uint64_t badge)
{
	return isthmus_task_copy(task->task, to, from, rights & ALL_RIGHTS, badge);
}

enum isthmus_error task_start(const struct task *task, uint64_t argument)
{
	return isthmus_thread_start(task->thread, task->entry, task->stack, argument);
}

enum isthmus_error task_spawn(const struct task_maker *maker, struct task *task, const struct task_plan *plan,
			      const char **why)
{
	enum isthmus_error error = task_create(maker, task, plan->cells, plan->frames);

	if (why)
		*why = NULL;
	if (error == ISTHMUS_OK)
		error = task_load(maker, task, plan->file, plan->size, why);
	if (error == ISTHMUS_OK)
		error = task_stack(maker, task, TASK_STACK_TOP, TASK_STACK_PAGES);
	if (error == ISTHMUS_OK)
		error = task_thread(maker, task, plan->label, plan->priority, plan->budget);
	if (error != ISTHMUS_OK)
		task_destroy(maker, task);
	return error;
}

void task_destroy(const struct task_maker *maker, struct task *task)
{
	if (task->pool) {
		while (isthmus_pool_reap(task->pool) == ISTHMUS_E_MORE)
			;
		while (isthmus_pool_destroy(maker->pool, task->pool) == ISTHMUS_E_MORE)
			;
	}
	slots_drop(maker->slots, task->thread);
	slots_drop(maker->slots, task->task);
	slots_drop(maker->slots, task->pool);
	memset(task, 0, sizeof(*task));
}
