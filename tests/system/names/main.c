// bundle: servers/names
/* The names server: names of one client, of another, directories, and what is refused. */
#include "lib/cpio/cpio.h"
#include "lib/rt/main.h"
#include "lib/rt/mem.h"
#include "lib/service/badge.h"
#include "lib/service/spawn.h"
#include "lib/test/rig.h"

#include <isthmus/proto/names.h>

static struct service service;
static isthmus_slot one, two, received;

struct name {
	uint64_t word[3];
};

static struct name name_of(const char *text)
{
	struct name name = { { 0 } };

	memcpy(name.word, text, strnlen(text, sizeof(name)));
	return name;
}

static enum isthmus_error bind(isthmus_slot server, const char *text, isthmus_slot object)
{
	struct name n = name_of(text);

	return names_bind(server, n.word[0], n.word[1], n.word[2], object);
}

/* Looks a name up into the slot `received`, which it empties first. */
static enum isthmus_error lookup(isthmus_slot server, const char *text)
{
	struct name n = name_of(text);

	(void)!isthmus_task_delete(RIG_TASK, received);
	return names_lookup(server, n.word[0], n.word[1], n.word[2], NULL);
}

static enum isthmus_error unbind(isthmus_slot server, const char *text)
{
	struct name n = name_of(text);

	return names_unbind(server, n.word[0], n.word[1], n.word[2]);
}

static enum isthmus_error make_directory(isthmus_slot server, const char *text)
{
	struct name n = name_of(text);

	(void)!isthmus_task_delete(RIG_TASK, received);
	return names_make_directory(server, n.word[0], n.word[1], n.word[2], NULL);
}

static void begin(void)
{
	const struct isthmus_boot_info *info = isthmus_boot_info();
	struct service_plan plan = { .name = "names", .cells = 8, .frames = 64, .priority = ISTHMUS_PRIORITIES - 1,
				     .slice = rig_us(10000), .machine = ISTHMUS_BOOT_SLOT_MACHINE };
	struct cpio_entry entry = { 0 };
	const char *why = NULL;

	if (!cpio_find((const char *)(ISTHMUS_BOOT_BUNDLE_ADDRESS + info->bundle_offset), info->bundle_size,
		       "servers/names", &entry))
		test_done();
	plan.file = entry.data;
	plan.size = entry.size;
	NEED("create", service_create(&rig_maker, &service, &plan, &why));
	NEED("log", service_grant(&service, "log", ISTHMUS_BOOT_SLOT_MACHINE, ISTHMUS_R_WRITE, ISTHMUS_MACHINE_LOG_BIT));
	NEED("run", service_run(&rig_maker, &service));
	one = rig_copy(service.endpoint, ISTHMUS_R_WRITE, badge_make(1, 0));
	two = rig_copy(service.endpoint, ISTHMUS_R_WRITE, badge_make(2, 0));
	received = rig_slot();
	NEED("slots", isthmus_thread_slots(ISTHMUS_BOOT_SLOT_THREAD, 0, 0, received));
}

static void check_names(void)
{
	isthmus_slot object = rig_notification(RIG_POOL);
	uint64_t id = rig_id(object);

	CHECK_ERROR("bind", bind(one, "a name of 24 characters!", object), ISTHMUS_OK);
	CHECK_ERROR("again", bind(one, "a name of 24 characters!", object), ISTHMUS_E_BUSY);
	CHECK_ERROR("without a name", bind(one, "", object), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("without a capability", bind(one, "nothing", 0), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("look it up", lookup(one, "a name of 24 characters!"), ISTHMUS_OK);
	CHECK_EQUAL("it is the same", rig_id(received), id);
	CHECK_ERROR("another client does not see it", lookup(two, "a name of 24 characters!"), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("a name that is the beginning of it", lookup(one, "a name of 24 character"), ISTHMUS_E_ARGUMENT);
	rig_destroy(RIG_POOL, object);
	CHECK_ERROR("its object is gone", lookup(one, "a name of 24 characters!"), ISTHMUS_E_STATE);
	CHECK_ERROR("and then the name", lookup(one, "a name of 24 characters!"), ISTHMUS_E_ARGUMENT);
}

static void check_directories(void)
{
	isthmus_slot object = rig_notification(RIG_POOL), directory = 0;
	uint64_t position = 0, word[3] = { 0 };
	bool is_directory = false;

	CHECK_ERROR("make a directory", make_directory(one, "devices"), ISTHMUS_OK);
	directory = rig_copy(received, ISTHMUS_R_WRITE | ISTHMUS_R_COPY, 0);
	CHECK_ERROR("bind in it", bind(directory, "disk", object), ISTHMUS_OK);
	CHECK_ERROR("not beside it", lookup(one, "disk"), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("give it to another", bind(two, "its devices", directory), ISTHMUS_OK);
	CHECK_ERROR("who looks it up", lookup(two, "its devices"), ISTHMUS_OK);
	CHECK_ERROR("list", names_list(directory, 0, &position, &is_directory, &word[0], &word[1], &word[2]), ISTHMUS_OK);
	CHECK_EQUAL("one name", memcmp(word, "disk\0\0\0", 8), 0);
	CHECK_ERROR("only one", names_list(directory, position, &position, &is_directory, &word[0], &word[1], &word[2]),
		    ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("remove it with all that is in it", unbind(one, "devices"), ISTHMUS_OK);
	CHECK_ERROR("then it is no directory any more", lookup(directory, "disk"), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("nor to bind in", bind(directory, "x", object), ISTHMUS_E_ARGUMENT);
}

static void check_quota(void)
{
	isthmus_slot object = rig_notification(RIG_POOL);
	char text[] = "n00";
	enum isthmus_error error = ISTHMUS_OK;
	int bound = 0;

	for (; bound < 100 && error == ISTHMUS_OK; bound++) {
		text[1] = (char)('0' + bound / 10);
		text[2] = (char)('0' + bound % 10);
		error = bind(one, text, object);
	}
	CHECK_EQUAL("64 names and no more", bound - 1, 64);
	CHECK_ERROR("the next", error, ISTHMUS_E_MEMORY);
	CHECK_ERROR("another client has its own", bind(two, "n", object), ISTHMUS_OK);
	CHECK_ERROR("after one is gone", unbind(one, "n05"), ISTHMUS_OK);
	CHECK_ERROR("there is room", bind(one, "new", object), ISTHMUS_OK);
}

void isthmus_main(uint64_t arg)
{
	rig_enter(arg);
	rig_begin();
	begin();
	check_names();
	check_directories();
	check_quota();
	test_done();
}
