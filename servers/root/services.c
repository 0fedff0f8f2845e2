/* Services; see services.h. */
#include "servers/root/services.h"

#include "lib/log/log.h"
#include "lib/rt/mem.h"
#include "lib/service/badge.h"
#include "lib/service/spawn.h"
#include "servers/root/machine.h"

enum {
	FRAMES_IN_LARGE = 1 << (ISTHMUS_LARGE_BITS - ISTHMUS_PAGE_BITS),
	EXTRA_FRAMES = 128,    /* what a service needs besides its program and its memory, at most */
	RESERVE_LARGE = 4,     /* stays root's: 8 MiB, for restarts of services with larger programs */
};

struct running {
	struct service service;
	uint64_t client; /* of this start; 0: it does not run */
	uint64_t starts;
};

static const struct manifest *manifest;
static struct running running[MANIFEST_SERVICES];
static uint64_t last_client;
static uint64_t all_frames; /* that the machine had for services at the beginning */

static const char *name_of(uint32_t i)
{
	return manifest->service[i].name;
}

/* Frames that a service of a fixed size takes: its memory, its program and what belongs to it. */
static uint64_t frames_of(uint32_t i)
{
	const void *program = NULL;
	size_t size = 0;

	if (!bundle_find(manifest->service[i].program, &program, &size))
		return 0;
	return (manifest->service[i].memory + size) / SPACE_PAGE + EXTRA_FRAMES;
}

/* Large frames for the service that gets the rest: all but what the others and root's reserve take. */
static uint64_t rest_large(void)
{
	uint64_t others = 0, large = machine_free_large();

	for (uint32_t i = 0; i < manifest->services; i++)
		if (running[i].client == 0)
			others += frames_of(i);
	others = others / FRAMES_IN_LARGE + 1 + RESERVE_LARGE;
	return large > others ? large - others : 0;
}

static enum isthmus_error grant_service(struct service *service, const struct manifest_cap *cap, uint64_t client)
{
	uint64_t quota = cap->percent != 0 ? all_frames * cap->percent / 100 : cap->value;

	return service_grant(service, cap->name, running[cap->target].service.endpoint, ISTHMUS_R_WRITE,
			     badge_make(client, quota));
}

static enum isthmus_error grant(struct service *service, const struct manifest_cap *cap, uint64_t client)
{
	struct grant g;
	enum isthmus_error error = ISTHMUS_OK;

	if (cap->kind == CAP_SERVICE)
		return grant_service(service, cap, client);
	if (cap->kind == CAP_SUPERVISOR)
		return service_grant(service, cap->name, root_endpoint, ISTHMUS_R_WRITE, badge_make(client, 0));
	error = machine_grant(cap, &g);
	return error == ISTHMUS_OK ? service_grant(service, cap->name, g.slot, g.rights, g.badge) : error;
}

/* Gives a service what the manifest says.  What cannot be given it starts without: it sees that the name is missing. */
static enum isthmus_error equip(struct running *r, const struct manifest_service *s)
{
	const struct isthmus_boot_info *info = isthmus_boot_info();

	for (uint32_t i = s->first_cap; i < s->first_cap + s->caps; i++) {
		enum isthmus_error error = grant(&r->service, &manifest->cap[i], r->client);

		if (error != ISTHMUS_OK)
			log_line("root: %s gets no %s: %s", s->name, manifest->cap[i].name, isthmus_error_name(error));
	}
	for (uint32_t i = s->first_argument; i < s->first_argument + s->arguments; i++)
		if (service_tell(&r->service, manifest->argument[i]) != ISTHMUS_OK)
			log_line("root: %s has too many arguments", s->name);
	if (s->flags & MANIFEST_BUNDLE)
		return service_show_bundle(&r->service, BUNDLE_SLOT, info->bundle_offset, info->bundle_size);
	return ISTHMUS_OK;
}

/* A copy of root's endpoint in a slot of root's, to be named as a fault handler. */
static enum isthmus_error mint_handler(uint64_t client, isthmus_slot *out)
{
	enum isthmus_error error = slots_take(maker.slots, out);

	if (error != ISTHMUS_OK)
		return error;
	return isthmus_task_copy(ISTHMUS_BOOT_SLOT_TASK, *out, root_endpoint, ISTHMUS_R_WRITE, badge_make(client, 0));
}

/* How much of the bundle's mapping a service's pool has to pay. */
static uint64_t bundle_tables(const struct manifest_service *s)
{
	return s->flags & MANIFEST_BUNDLE ? isthmus_boot_info()->bundle_size / SPACE_PAGE / 128 + 8 : 0;
}

static enum isthmus_error create(struct running *r, const struct manifest_service *s, const char **why)
{
	struct service_plan plan = {
		.name = s->name, .cells = s->cells, .frames = s->memory / SPACE_PAGE + bundle_tables(s),
		.priority = s->priority, .slice = machine_ticks(s->slice_us), .label = r->client, .starts = r->starts,
		.machine = ISTHMUS_BOOT_SLOT_MACHINE,
	};
	enum isthmus_error error = ISTHMUS_OK;

	*why = "no such program in the bundle";
	if (!bundle_find(s->program, &plan.file, &plan.size))
		return ISTHMUS_E_ARGUMENT;
	if (s->memory == 0) {
		plan.large = rest_large();
		/* A small machine has fewer cells than the manifest would like. */
		plan.cells = s->cells < machine_free_cells() / 2 ? s->cells : machine_free_cells() / 2;
	}
	error = mint_handler(r->client, &plan.handler);
	if (error == ISTHMUS_OK)
		error = service_create(&maker, &r->service, &plan, why);
	slots_drop(maker.slots, plan.handler);
	return error;
}

static bool start(uint32_t i)
{
	const struct manifest_service *s = &manifest->service[i];
	struct running *r = &running[i];
	const char *why = NULL;
	enum isthmus_error error = ISTHMUS_OK;

	r->client = last_client = badge_client(last_client + 1) != 0 ? badge_client(last_client + 1) : 1;
	error = create(r, s, &why);
	if (error == ISTHMUS_OK)
		error = equip(r, s);
	if (error == ISTHMUS_OK)
		error = service_run(&maker, &r->service);
	if (error == ISTHMUS_OK) {
		r->starts++;
		return true;
	}
	log_line("root: cannot start %s (%s): %s%s%s", s->name, s->program, isthmus_error_name(error), why ? ", " : "",
		 why ? why : "");
	service_destroy(&maker, &r->service);
	r->client = 0;
	return false;
}

/* Endpoints first, so that a service can hold capabilities to those that start later, or not at all. */
static void make_endpoints(void)
{
	for (uint32_t i = 0; i < manifest->services; i++) {
		isthmus_slot *slot = &running[i].service.endpoint;
		enum isthmus_error error = slots_take(maker.slots, slot);

		if (error == ISTHMUS_OK)
			error = isthmus_pool_create_endpoint(maker.pool, *slot);
		if (error != ISTHMUS_OK)
			log_line("root: no endpoint for %s: %s", name_of(i), isthmus_error_name(error));
	}
}

/* Stops the machine if it cannot do without a service that is down. */
static void check_essential(uint32_t i)
{
	if (!(manifest->service[i].flags & MANIFEST_ESSENTIAL))
		return;
	log_line("root: the system cannot go on without %s", name_of(i));
	machine_stop(false);
}

void services_start(const struct manifest *m)
{
	uint32_t started = 0;

	manifest = m;
	all_frames = machine_free_frames();
	make_endpoints();
	for (uint32_t i = 0; i < m->services; i++) {
		if (start(i))
			started++;
		else
			check_essential(i);
	}
	log_line("root: %u of %u services run, %lu MiB of RAM", started, m->services,
		 isthmus_boot_info()->ram_bytes >> 20);
}

static uint32_t find(uint64_t client)
{
	uint32_t i = 0;

	while (client != 0 && i < manifest->services && running[i].client != client)
		i++;
	return client != 0 ? i : manifest->services;
}

static void log_end(uint32_t i, const struct end *end)
{
	if (end->cause != 0)
		log_line("root: %s failed: fault %lu at 0x%lx, pc 0x%lx", name_of(i), end->cause, end->address, end->pc);
	else
		log_line("root: %s ended with %lu", name_of(i), end->code);
}

static bool shall_restart(uint32_t i, const struct end *end)
{
	const struct manifest_service *s = &manifest->service[i];
	bool failed = end->cause != 0 || end->code != 0;

	if (s->restart == RESTART_NEVER || (s->restart == RESTART_ON_FAILURE && !failed))
		return false;
	if (running[i].starts <= s->restarts)
		return true;
	log_line("root: %s was restarted %u times and stays down", s->name, s->restarts);
	return false;
}

void service_ended(uint64_t client, const struct end *end)
{
	uint32_t i = find(client);

	if (i == manifest->services)
		return;
	log_end(i, end);
	service_destroy(&maker, &running[i].service);
	running[i].client = 0;
	machine_signal_death();
	if (!shall_restart(i, end) || !start(i))
		check_essential(i);
}

bool service_has_power(uint64_t client)
{
	uint32_t i = find(client);

	return i < manifest->services && manifest->service[i].flags & MANIFEST_POWER;
}

uint64_t service_client(const char *name)
{
	for (uint32_t i = 0; i < manifest->services; i++)
		if (strcmp(name_of(i), name) == 0)
			return running[i].client;
	return 0;
}
