/* Clients; see session.h. */
#include "servers/memory/session.h"

#include "lib/service/badge.h"
#include "servers/memory/handle.h"
#include "servers/memory/heap.h"
#include "servers/memory/wait.h"

/* A list, since there is a session a service: a dozen.  An ended session stays in it, as client 0, as long as its
 * objects do, because others map them. */
static struct session *sessions;

struct session *session_of(uint64_t badge)
{
	struct session *session = sessions;

	/* A handle is no client's badge; see serve_object.c. */
	if (badge_client(badge) == 0 || badge >> HANDLE_BITS != 0)
		return NULL;
	while (session != NULL && session->client != badge_client(badge))
		session = session->next;
	if (session != NULL)
		return session;
	session = heap_take(sizeof(*session));
	if (session == NULL)
		return NULL;
	session->client = badge_client(badge);
	session->account.limit = badge_quota(badge);
	session->next = sessions;
	sessions = session;
	return session;
}

static void end(struct session *session)
{
	while (session->spaces != NULL)
		client_space_destroy(session->spaces);
	while (session->objects != NULL)
		client_object_destroy(session->objects);
	requests_forget(&session->pager);
	kernel_drop(session->pager.reply);
	kernel_drop(session->pager.ready);
	kernel_drop(session->exceptions);
	session->account.limit = 0;
	session->client = 0;
}

static bool lost_its_task(const struct session *session)
{
	for (const struct client_space *s = session->spaces; s != NULL; s = s->next)
		if (s->vm.kernel.adopted && !kernel_is_alive(s->vm.kernel.task))
			return true;
	return false;
}

void sessions_sweep(void)
{
	for (struct session **at = &sessions; *at != NULL;) {
		struct session *session = *at;

		if (lost_its_task(session))
			end(session);
		if (session->client == 0 && session->account.users == 0) {
			*at = session->next;
			heap_put(session, sizeof(*session));
		} else {
			at = &session->next;
		}
	}
}

static enum isthmus_error fill_space(struct client_space *space, struct session *session, isthmus_slot task)
{
	enum isthmus_error error = ISTHMUS_E_MEMORY;

	space->session = session;
	space->vm.account.parent = &session->account;
	space->vm.kernel = (struct kernel_space){ .task = task, .adopted = task != 0, .account = &space->vm.account };
	space->handle = handle_make(HANDLE_SPACE, space, session);
	if (space->handle == 0) {
		kernel_drop(task);
		return error;
	}
	error = kernel_space_create(&space->vm.kernel, space->handle);
	if (error != ISTHMUS_OK)
		handle_drop(space->handle);
	return error;
}

enum isthmus_error client_space_create(struct session *session, uint64_t limit, uint64_t low, uint64_t high,
				       isthmus_slot task, struct client_space **out)
{
	struct client_space *space = heap_take(sizeof(*space));
	enum isthmus_error error = ISTHMUS_E_MEMORY;

	if (space == NULL) {
		kernel_drop(task);
		return error;
	}
	space->vm.account.limit = limit;
	space->vm.low = low;
	space->vm.high = high;
	error = fill_space(space, session, task);
	if (error != ISTHMUS_OK) {
		heap_put(space, sizeof(*space));
		return error;
	}
	space->next = session->spaces;
	if (space->next != NULL)
		space->next->prev = space;
	session->spaces = space;
	*out = space;
	return ISTHMUS_OK;
}

void client_space_destroy(struct client_space *space)
{
	bool adopted = space->vm.kernel.adopted;

	waits_forget(space);
	/* An adopted task keeps its page tables only until the pool is gone, but runs on in between. */
	if (adopted)
		vm_discard(&space->vm, true);
	kernel_space_destroy(&space->vm.kernel);
	if (!adopted)
		vm_discard(&space->vm, false);
	if (space->prev != NULL)
		space->prev->next = space->next;
	else
		space->session->spaces = space->next;
	if (space->next != NULL)
		space->next->prev = space->prev;
	handle_drop(space->handle);
	heap_put(space, sizeof(*space));
}

struct client_space *client_space_get(const struct session *session, uint64_t handle)
{
	return handle_get(handle, HANDLE_SPACE, session);
}

struct client_space *client_space_of_fault(uint64_t badge)
{
	return handle_get(badge, HANDLE_SPACE, NULL);
}

struct client_object *client_object_create(struct session *session, struct object *object, unsigned max_prot,
					   bool shared)
{
	struct client_object *client = NULL;
	uint64_t handle = 0;

	if (!account_record(&session->account))
		return NULL;
	client = heap_take(sizeof(*client));
	if (client != NULL)
		handle = handle_make(HANDLE_OBJECT, client, session);
	if (handle == 0) {
		account_unrecord(&session->account);
		heap_put(client, sizeof(*client));
		return NULL;
	}
	*client = (struct client_object){ .object = object, .session = session, .handle = handle,
					  .max_prot = max_prot, .shared = shared, .next = session->objects };
	if (client->next != NULL)
		client->next->prev = client;
	session->objects = client;
	return client;
}

/* Nobody can supply pages any more. */
static void orphan(struct object *object)
{
	object->pager = NULL;
	object->orphan = true;
	waits_fail(object, TREE_LIMIT);
}

void client_object_destroy(struct client_object *client)
{
	struct session *session = client->session;
	struct object *object = client->object;

	if (object->pager == &session->pager)
		orphan(object);
	if (client->prev != NULL)
		client->prev->next = client->next;
	else
		session->objects = client->next;
	if (client->next != NULL)
		client->next->prev = client->prev;
	handle_drop(client->handle);
	account_unrecord(&session->account);
	heap_put(client, sizeof(*client));
	object_put(object);
}

struct client_object *client_object_get(const struct session *session, uint64_t handle)
{
	return handle_get(handle, HANDLE_OBJECT, session);
}
