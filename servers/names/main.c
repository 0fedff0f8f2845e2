/* The names server: names to capabilities, one tree a client.
 *
 * Who calls is told by the badge: a client, whose first directory it is, or (top bit set) a directory that somebody made. */
#include "lib/log/log.h"
#include "lib/rt/main.h"
#include "lib/service/badge.h"
#include "lib/service/service.h"
#include "lib/slots/slots.h"
#include "lib/space/space.h"
#include "lib/task/task.h"
#include "servers/names/tree.h"

#include <isthmus/proto/names.h>

enum { NAMES_default = 64 };

#define TABLE_BASE    ((uint64_t)0x2800000000) /* pages are added at its end */
#define DIRECTORY_BIT ((uint64_t)1 << 63)

static struct slots slots;
static struct space space;
static const struct task_maker self = { &slots, &space, SERVICE_POOL };
static struct names names = { .entry = (struct entry *)TABLE_BASE };
static uint64_t table_end = TABLE_BASE;
static isthmus_slot received, scratch;

static bool grow(void)
{
	struct space_page page = { 0, table_end, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, 0 };
	enum isthmus_error error = task_frame(&self, SERVICE_POOL, &page.cap);

	if (error == ISTHMUS_OK)
		error = space_map_into(SERVICE_TASK, SERVICE_POOL, &page);
	slots_drop(&slots, page.cap);
	if (error != ISTHMUS_OK)
		return false;
	table_end += SPACE_PAGE;
	names_extend(&names, (uint32_t)((table_end - TABLE_BASE) / sizeof(struct entry)));
	return true;
}

/* Makes sure that an entry or two can be taken. */
static bool have_room(void)
{
	return (names.free != 0 && names.entry[names.free].next != 0) || grow();
}

/* The directory that a call is about; 0 if it is none any more, or there is no room for a client's first. */
static uint32_t directory_of(uint64_t badge)
{
	if (badge & DIRECTORY_BIT)
		return names_of_handle(&names, badge & ~DIRECTORY_BIT);
	return badge_client(badge) != 0 && have_room() ? names_root(&names, badge_client(badge)) : 0;
}

static bool within_quota(uint64_t badge, uint32_t directory)
{
	/* A directory's badge tells no quota; what is bound there is bounded as for a client without one. */
	uint64_t quota = badge & DIRECTORY_BIT ? 0 : badge_quota(badge);

	return names_count(&names, directory) < (quota != 0 ? quota : NAMES_default);
}

/* What bind and make_directory have in common: OK if the name can be added. */
static enum isthmus_error check_new(uint64_t badge, uint32_t directory, const uint64_t name[NAME_WORDS])
{
	if (directory == 0 || name[0] == 0)
		return ISTHMUS_E_ARGUMENT;
	if (names_find(&names, directory, name) != 0)
		return ISTHMUS_E_BUSY;
	return within_quota(badge, directory) && have_room() ? ISTHMUS_OK : ISTHMUS_E_MEMORY;
}

static void drop_slot(uint64_t slot)
{
	slots_drop(&slots, slot);
}

static isthmus_slot keep(isthmus_slot from)
{
	isthmus_slot to = 0;

	if (from == 0 || slots_take(&slots, &to) != ISTHMUS_OK)
		return 0;
	if (isthmus_task_move(SERVICE_TASK, to, from) == ISTHMUS_OK)
		return to;
	slots_put(&slots, to);
	return 0;
}

static enum isthmus_error serve_bind(void *unused, uint64_t badge, uint64_t name0, uint64_t name1, uint64_t name2,
				     isthmus_slot object)
{
	const uint64_t name[NAME_WORDS] = { name0, name1, name2 };
	uint32_t directory = directory_of(badge);
	enum isthmus_error error = check_new(badge, directory, name);
	isthmus_slot kept = error == ISTHMUS_OK ? keep(object) : 0;

	if (error == ISTHMUS_OK && kept == 0)
		return ISTHMUS_E_ARGUMENT;
	if (error == ISTHMUS_OK)
		(void)names_add(&names, directory, name, kept);
	return error;
}

/* A capability to a directory, in the slot for what is given away. */
static enum isthmus_error mint(uint32_t directory, isthmus_slot *out)
{
	*out = scratch;
	(void)!isthmus_task_delete(SERVICE_TASK, scratch);
	return isthmus_task_copy(SERVICE_TASK, scratch, SERVICE_ENDPOINT, ISTHMUS_R_WRITE | ISTHMUS_R_COPY,
				 DIRECTORY_BIT | names_handle(&names, directory));
}

static bool is_alive(isthmus_slot slot)
{
	uint64_t kind = ISTHMUS_NULL;

	return isthmus_task_identify(SERVICE_TASK, slot, &kind, NULL, NULL, NULL) == ISTHMUS_OK && kind != ISTHMUS_NULL;
}

static uint32_t find(uint64_t badge, const uint64_t name[NAME_WORDS])
{
	uint32_t directory = directory_of(badge);

	return directory != 0 && name[0] != 0 ? names_find(&names, directory, name) : 0;
}

static enum isthmus_error serve_lookup(void *unused, uint64_t badge, uint64_t name0, uint64_t name1, uint64_t name2,
				       isthmus_slot *out_object)
{
	const uint64_t name[NAME_WORDS] = { name0, name1, name2 };
	uint32_t i = find(badge, name);

	if (i == 0)
		return ISTHMUS_E_ARGUMENT;
	if (names.entry[i].state == ENTRY_DIRECTORY)
		return mint(i, out_object);
	if (!is_alive(names.entry[i].slot)) {
		names_remove(&names, i, drop_slot);
		return ISTHMUS_E_STATE;
	}
	*out_object = names.entry[i].slot;
	return ISTHMUS_OK;
}

static enum isthmus_error serve_unbind(void *unused, uint64_t badge, uint64_t name0, uint64_t name1, uint64_t name2)
{
	const uint64_t name[NAME_WORDS] = { name0, name1, name2 };
	uint32_t i = find(badge, name);

	if (i == 0)
		return ISTHMUS_E_ARGUMENT;
	names_remove(&names, i, drop_slot);
	return ISTHMUS_OK;
}

static enum isthmus_error serve_list(void *unused, uint64_t badge, uint64_t after, uint64_t *out_position,
				     bool *out_directory, uint64_t *out_name0, uint64_t *out_name1, uint64_t *out_name2)
{
	uint32_t directory = directory_of(badge), i = directory != 0 ? names_after(&names, directory, after) : 0;

	if (i == 0)
		return ISTHMUS_E_ARGUMENT;
	*out_position = names.entry[i].order;
	*out_directory = names.entry[i].state == ENTRY_DIRECTORY;
	*out_name0 = names.entry[i].name[0];
	*out_name1 = names.entry[i].name[1];
	*out_name2 = names.entry[i].name[2];
	return ISTHMUS_OK;
}

static enum isthmus_error serve_make_directory(void *unused, uint64_t badge, uint64_t name0, uint64_t name1,
					       uint64_t name2, isthmus_slot *out_directory)
{
	const uint64_t name[NAME_WORDS] = { name0, name1, name2 };
	uint32_t directory = directory_of(badge);
	enum isthmus_error error = check_new(badge, directory, name);

	return error == ISTHMUS_OK ? mint(names_add(&names, directory, name, 0), out_directory) : error;
}

static void drop_received(void *unused, isthmus_slot slot)
{
	(void)!isthmus_task_delete(SERVICE_TASK, slot);
}

static const struct names_ops ops = {
	.bind = serve_bind, .lookup = serve_lookup, .unbind = serve_unbind, .list = serve_list,
	.make_directory = serve_make_directory, .drop = drop_received,
};

static void begin(void)
{
	enum isthmus_error error = ISTHMUS_OK;

	log_init(service_cap("log"));
	slots_init(&slots, SERVICE_TASK, SERVICE_POOL, SERVICE_FIRST_FREE, ISTHMUS_CAP_SLOTS);
	space_init(&space, SERVICE_TASK, SERVICE_POOL, SPACE_WINDOW);
	error = slots_take_run(&slots, ISTHMUS_MESSAGE_CAPS, &received);
	if (error == ISTHMUS_OK)
		error = isthmus_thread_slots(SERVICE_THREAD, received, received + 1, received + 2);
	if (error == ISTHMUS_OK)
		error = slots_take(&slots, &scratch);
	if (error != ISTHMUS_OK || !grow())
		log_line("names: cannot start: %s", isthmus_error_name(error));
}

void isthmus_main(uint64_t arg)
{
	struct isthmus_message m = { 0 };
	uint64_t badge = 0;
	bool answer = false;

	begin();
	for (;;) {
		enum isthmus_error error = answer ? isthmus_reply_recv(SERVICE_ENDPOINT, &badge, &m)
						  : isthmus_recv(SERVICE_ENDPOINT, &badge, &m);
		bool caps = error == ISTHMUS_OK && isthmus_tag_caps(m.tag) != 0;

		answer = error == ISTHMUS_OK && isthmus_tag_kind(m.tag) == ISTHMUS_MESSAGE_IPC &&
			 names_dispatch(&ops, NULL, badge, &m);
		/* What was not kept. */
		for (unsigned i = 0; caps && i < ISTHMUS_MESSAGE_CAPS; i++)
			drop_received(NULL, received + i);
	}
}
