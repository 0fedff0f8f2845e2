/* Making a service; see spawn.h. */
#include "lib/service/spawn.h"

#include "lib/rt/mem.h"

#define ALL_RIGHTS                                                                                                     \
	(ISTHMUS_R_READ | ISTHMUS_R_WRITE | ISTHMUS_R_EXECUTE | ISTHMUS_R_COPY | ISTHMUS_R_MANAGE)

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* What a program of that size needs at most, apart from its own wishes: its pages, stack, page tables, task, thread, leaf. */
static uint64_t frames_for(const struct service_plan *plan)
{
	return plan->size / SPACE_PAGE + TASK_STACK_PAGES + 40 + plan->frames;
}

static enum isthmus_error give_large(isthmus_slot from, isthmus_slot to, uint64_t large)
{
	while (large != 0) {
		uint64_t moved = 0;
		enum isthmus_error error =
			isthmus_pool_give(from, to, 0, 0, smaller(large, ISTHMUS_GIVE_MAX), NULL, NULL, &moved);

		if (error != ISTHMUS_OK)
			return error;
		if (moved == 0)
			return ISTHMUS_E_MEMORY;
		large -= moved;
	}
	return ISTHMUS_OK;
}

static enum isthmus_error make_budget(const struct task_maker *maker, struct service *service,
				      const struct service_plan *plan)
{
	enum isthmus_error error = slots_take(maker->slots, &service->budget);

	if (error == ISTHMUS_OK)
		error = isthmus_pool_create_budget(service->task.pool, service->budget);
	if (error == ISTHMUS_OK)
		error = isthmus_machine_refill(plan->machine, service->budget, plan->slice, plan->slice);
	if (error == ISTHMUS_OK)
		error = isthmus_thread_budget(service->task.thread, service->budget);
	return error;
}

static enum isthmus_error make_endpoint(const struct task_maker *maker, struct service *service)
{
	enum isthmus_error error = ISTHMUS_OK;

	if (service->endpoint != 0)
		return ISTHMUS_OK;
	error = slots_take(maker->slots, &service->endpoint);
	return error == ISTHMUS_OK ? isthmus_pool_create_endpoint(maker->pool, service->endpoint) : error;
}

static enum isthmus_error make_start(const struct task_maker *maker, struct service *service,
				     const struct service_plan *plan)
{
	void *page = NULL;
	enum isthmus_error error = task_frame(maker, service->task.pool, &service->page);

	if (error == ISTHMUS_OK)
		error = space_map(maker->space, service->page, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, &page);
	if (error != ISTHMUS_OK)
		return error;
	service->start = page;
	service->start->magic = SERVICE_MAGIC;
	service->start->starts = plan->starts;
	memcpy(service->start->name, plan->name, strnlen(plan->name, SERVICE_NAME_BYTES - 1));
	service->start->boot = *isthmus_boot_info();
	return ISTHMUS_OK;
}

/* The first five slots, and the leaf with the first slots of its own. */
static enum isthmus_error fill_slots(const struct service *service)
{
	const isthmus_slot from[] = { service->task.pool, service->task.task, service->task.thread, service->endpoint,
				      service->budget };
	enum isthmus_error error = ISTHMUS_OK;

	for (isthmus_slot i = 0; i < sizeof(from) / sizeof(from[0]) && error == ISTHMUS_OK; i++)
		error = task_grant(&service->task, SERVICE_POOL + i, from[i], ALL_RIGHTS, 0);
	return error;
}

static enum isthmus_error create(const struct task_maker *maker, struct service *service,
				 const struct service_plan *plan, const char **why)
{
	const struct task_plan program = { plan->file, plan->size, plan->cells, frames_for(plan), plan->label,
					   plan->priority, 0 };
	enum isthmus_error error = task_spawn(maker, &service->task, &program, why);

	if (error == ISTHMUS_OK)
		error = give_large(maker->pool, service->task.pool, plan->large);
	if (error == ISTHMUS_OK)
		error = make_budget(maker, service, plan);
	if (error == ISTHMUS_OK)
		error = make_endpoint(maker, service);
	if (error == ISTHMUS_OK)
		error = make_start(maker, service, plan);
	if (error == ISTHMUS_OK)
		error = fill_slots(service);
	if (error == ISTHMUS_OK && plan->handler != 0)
		error = isthmus_task_handler(service->task.task, plan->handler);
	return error;
}

enum isthmus_error service_create(const struct task_maker *maker, struct service *service,
				  const struct service_plan *plan, const char **why)
{
	enum isthmus_error error = ISTHMUS_OK;

	*why = NULL;
	*service = (struct service){ .endpoint = service->endpoint };
	error = create(maker, service, plan, why);
	if (error != ISTHMUS_OK)
		service_destroy(maker, service);
	return error;
}

enum isthmus_error service_grant(struct service *service, const char *name, isthmus_slot from, uint64_t rights,
				 uint64_t badge)
{
	struct service_start *start = service->start;
	uint64_t n = start->cap_count, slot = SERVICE_NAMED + n;
	enum isthmus_error error = ISTHMUS_OK;

	if (strlen(name) >= SERVICE_NAME_BYTES)
		return ISTHMUS_E_ARGUMENT;
	if (n == sizeof(start->cap) / sizeof(start->cap[0]))
		return ISTHMUS_E_SLOT;
	error = task_grant(&service->task, slot, from, rights, badge);
	if (error != ISTHMUS_OK)
		return error;
	memcpy(start->cap[n].name, name, strlen(name));
	start->cap[n].slot = slot;
	start->cap_count++;
	return ISTHMUS_OK;
}

enum isthmus_error service_tell(struct service *service, const char *argument)
{
	char *at = service->start->arguments, *end = at + SERVICE_ARGUMENT_BYTES;
	size_t bytes = strlen(argument) + 1;

	while (*at != '\0')
		at += strlen(at) + 1;
	if (bytes >= (size_t)(end - at))
		return ISTHMUS_E_ARGUMENT;
	memcpy(at, argument, bytes);
	return ISTHMUS_OK;
}

enum isthmus_error service_show_bundle(struct service *service, isthmus_slot first, uint64_t offset, uint64_t size)
{
	struct space_page page = { first, SERVICE_BUNDLE_ADDRESS, ISTHMUS_MAP_READ, 0 };
	enum isthmus_error error = ISTHMUS_OK;

	for (uint64_t at = 0; at < offset + size && error == ISTHMUS_OK; at += SPACE_PAGE) {
		error = space_map_into(service->task.task, service->task.pool, &page);
		page.cap++;
		page.address += SPACE_PAGE;
	}
	service->start->bundle = SERVICE_BUNDLE_ADDRESS + offset;
	service->start->bundle_size = size;
	return error;
}

enum isthmus_error service_run(const struct task_maker *maker, struct service *service)
{
	const struct space_page page = { service->page, SERVICE_START_ADDRESS, ISTHMUS_MAP_READ, 0 };
	enum isthmus_error error = space_map_into(service->task.task, service->task.pool, &page);

	if (error != ISTHMUS_OK)
		return error;
	space_unmap(maker->space, service->start, 1);
	slots_drop(maker->slots, service->page);
	service->start = NULL;
	service->page = 0;
	return task_start(&service->task, 0);
}

void service_destroy(const struct task_maker *maker, struct service *service)
{
	if (service->start != NULL)
		space_unmap(maker->space, service->start, 1);
	task_destroy(maker, &service->task);
	slots_drop(maker->slots, service->page);
	slots_drop(maker->slots, service->budget);
	*service = (struct service){ .endpoint = service->endpoint };
}
