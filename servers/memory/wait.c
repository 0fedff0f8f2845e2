/* Threads that wait because of a fault; see wait.h.
 *
 * One list of all of them: it is as long as there are threads that wait at this moment, and threads that nobody takes
 * care of are few. */
#include "servers/memory/wait.h"

#include "lib/proto/proto.h"
#include "servers/memory/handle.h"
#include "servers/memory/heap.h"

#include <isthmus/proto/memory.h>

enum wait_state { WAITS_PAGE, QUEUED, TAKEN };

struct wait {
	struct wait *next;
	enum wait_state state;
	struct client_space *space;
	struct fault_info info;
	struct object *object; /* with a reference, while it waits for a page */
	uint64_t index;
	isthmus_slot reply;
	uint64_t handle; /* once it is taken */
};

static struct wait *waits;

static struct wait *begin(struct client_space *space, const struct fault_info *info)
{
	struct wait *wait = heap_take(sizeof(*wait)), **at = &waits;

	if (wait == NULL)
		return NULL;
	wait->reply = kernel_save_reply();
	if (wait->reply == 0) {
		heap_put(wait, sizeof(*wait));
		return NULL;
	}
	wait->space = space;
	wait->info = *info;
	/* At the end, so that faults are taken in their order. */
	while (*at != NULL)
		at = &(*at)->next;
	*at = wait;
	return wait;
}

static void end(struct wait *wait)
{
	struct wait **at = &waits;

	while (*at != wait)
		at = &(*at)->next;
	*at = wait->next;
	if (wait->object != NULL)
		object_put(wait->object);
	handle_drop(wait->handle);
	kernel_drop(wait->reply);
	heap_put(wait, sizeof(*wait));
}

/* Lets the thread go on. */
static void resume(struct wait *wait, uint64_t pc)
{
	struct isthmus_message m = { isthmus_tag(pc != 0 ? ISTHMUS_FAULT_RESUME_AT : ISTHMUS_FAULT_RESUME, 0), { pc } };

	/* STALE: it was suspended or destroyed meanwhile. */
	(void)!isthmus_reply(wait->reply, &m);
	end(wait);
}

static void queue_for_session(struct wait *wait)
{
	struct session *session = wait->space->session;

	if (wait->object != NULL)
		object_put(wait->object);
	wait->object = NULL;
	wait->state = QUEUED;
	if (session->exceptions != 0)
		(void)!isthmus_signal(session->exceptions);
}

bool wait_for_page(struct client_space *space, const struct fault_info *info, const struct absent *absent)
{
	struct wait *wait = begin(space, info);

	if (wait == NULL)
		return false;
	wait->state = WAITS_PAGE;
	wait->object = absent->object;
	wait->index = absent->index;
	object_get(wait->object);
	if (!request_page(absent->object, absent->index, info->cause == ISTHMUS_FAULT_WRITE)) {
		wait->info.cause = MEMORY_FAULT_MEMORY;
		queue_for_session(wait);
	}
	return true;
}

bool wait_for_session(struct client_space *space, const struct fault_info *info)
{
	struct wait *wait = begin(space, info);

	if (wait != NULL)
		queue_for_session(wait);
	return wait != NULL;
}

uint64_t fault_next(struct session *session, struct fault_info *out, uint64_t *out_space)
{
	for (struct wait *wait = waits; wait != NULL; wait = wait->next) {
		if (wait->state != QUEUED || wait->space->session != session)
			continue;
		wait->handle = handle_make(HANDLE_FAULT, wait, session);
		if (wait->handle == 0)
			return 0;
		wait->state = TAKEN;
		*out = wait->info;
		*out_space = wait->space->handle;
		return wait->handle;
	}
	return 0;
}

enum isthmus_error fault_resume(struct session *session, uint64_t handle, uint64_t pc)
{
	struct wait *wait = handle_get(handle, HANDLE_FAULT, session);

	if (wait == NULL)
		return ISTHMUS_E_ARGUMENT;
	resume(wait, pc);
	return ISTHMUS_OK;
}

/* The next wait for a page of the object, or for that one. */
static struct wait *waiting_for(struct wait *from, const struct object *object, uint64_t index)
{
	while (from != NULL && !(from->state == WAITS_PAGE && from->object == object &&
				 (index == TREE_LIMIT || from->index == index)))
		from = from->next;
	return from;
}

void waits_retry(struct object *object, uint64_t index)
{
	struct wait *next = NULL;

	/* The thread makes its access again, and faults again if something else is missing. */
	for (struct wait *w = waiting_for(waits, object, index); w != NULL; w = waiting_for(next, object, index)) {
		next = w->next;
		resume(w, 0);
	}
}

void waits_fail(struct object *object, uint64_t index)
{
	for (struct wait *w = waiting_for(waits, object, index); w != NULL; w = waiting_for(w, object, index)) {
		w->info.cause = ISTHMUS_FAULT_BUS;
		queue_for_session(w);
	}
}

void waits_fail_in(struct client_space *space)
{
	for (struct wait *w = waits; w != NULL; w = w->next) {
		if (w->state != WAITS_PAGE || w->space != space)
			continue;
		w->info.cause = ISTHMUS_FAULT_BUS;
		queue_for_session(w);
	}
}

void waits_forget(struct client_space *space)
{
	struct wait *next = NULL;

	for (struct wait *w = waits; w != NULL; w = next) {
		next = w->next;
		if (w->space == space)
			end(w);
	}
}

/* ---- requests ---- */

enum { MOST_HINTS = 64 };

struct request {
	struct request *next;
	struct object *object; /* with a reference */
	uint64_t index;
	bool write;
};

static bool is_requested(const struct pager *pager, const struct object *object, uint64_t index)
{
	const struct request *r = pager->first;

	while (r != NULL && !(r->object == object && r->index == index))
		r = r->next;
	return r != NULL;
}

/* Whether somebody else waits for the page already, so that the pager knows. */
static bool is_awaited(const struct object *object, uint64_t index)
{
	struct wait *first = waiting_for(waits, object, index);

	return first != NULL && waiting_for(first->next, object, index) != NULL;
}

/* Hands the next request to the thread that waits for it, or signals. */
static void offer(struct pager *pager)
{
	struct isthmus_message m = { 0 };
	uint64_t cookie = 0, index = 0;
	bool write = false;
	isthmus_slot reply = pager->reply;

	if (reply == 0) {
		if (pager->ready != 0)
			(void)!isthmus_signal(pager->ready);
		return;
	}
	/* A waiting thread that is gone takes nothing with it: its right to an answer is no longer alive. */
	pager->reply = 0;
	if (kernel_is_alive(reply) && request_take(pager, &cookie, &index, &write)) {
		m.word[0] = cookie;
		m.word[1] = index;
		m.word[2] = write;
		proto_status(&m, ISTHMUS_OK, 0);
		(void)!isthmus_reply(reply, &m);
	}
	kernel_drop(reply);
}

bool request_page(struct object *object, uint64_t index, bool write)
{
	struct pager *pager = object->pager;
	struct request *request = NULL;

	if (is_awaited(object, index) || is_requested(pager, object, index))
		return true;
	request = heap_take(sizeof(*request));
	if (request == NULL)
		return false;
	*request = (struct request){ NULL, object, index, write };
	object_get(object);
	if (pager->first == NULL)
		pager->first = request;
	else
		pager->last->next = request;
	pager->last = request;
	offer(pager);
	return true;
}

void request_hint(struct object *object, uint64_t index, bool write)
{
	unsigned pending = 0;

	for (const struct request *r = object->pager->first; r != NULL && pending < MOST_HINTS; r = r->next)
		pending++;
	if (pending < MOST_HINTS)
		(void)!request_page(object, index, write);
}

bool request_take(struct pager *pager, uint64_t *out_cookie, uint64_t *out_index, bool *out_write)
{
	struct request *request = pager->first;

	if (request == NULL)
		return false;
	*out_cookie = request->object->cookie;
	*out_index = request->index;
	*out_write = request->write;
	pager->first = request->next;
	object_put(request->object);
	heap_put(request, sizeof(*request));
	return true;
}

void requests_forget(struct pager *pager)
{
	uint64_t cookie = 0, index = 0;
	bool write = false;

	while (request_take(pager, &cookie, &index, &write))
		continue;
}
