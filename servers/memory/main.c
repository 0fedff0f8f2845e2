/* The memory server: it owns most of RAM, and is the pager of every process.
 *
 * One thread, one loop.  It waits for nobody: a thread whose fault has to wait for somebody else is put aside (wait.h).
 * Every number and range in a message is checked before use; what clients can make this server remember, their quotas bound. */
#include "lib/log/log.h"
#include "lib/rt/main.h"
#include "lib/service/service.h"
#include "servers/memory/serve.h"
#include "servers/memory/wait.h"

#include <isthmus/proto/supervisor.h>

static enum isthmus_error serve_exceptions(void *self, uint64_t badge, isthmus_slot ready)
{
	struct session *session = self;
	isthmus_slot kept = kernel_keep(ready);

	if (kept == 0)
		return ISTHMUS_E_ARGUMENT;
	kernel_drop(session->exceptions);
	session->exceptions = kept;
	return ISTHMUS_OK;
}

static enum isthmus_error serve_next_fault(void *self, uint64_t badge, uint64_t *out_fault, uint64_t *out_space,
					   uint64_t *out_cause, uint64_t *out_address, uint64_t *out_pc,
					   uint64_t *out_sp, uint64_t *out_label)
{
	struct fault_info info;

	*out_fault = fault_next(self, &info, out_space);
	if (*out_fault == 0)
		return ISTHMUS_E_WOULD_BLOCK;
	*out_cause = info.cause;
	*out_address = info.address;
	*out_pc = info.pc;
	*out_sp = info.sp;
	*out_label = info.label;
	return ISTHMUS_OK;
}

static enum isthmus_error serve_fault_resume(void *self, uint64_t badge, uint64_t fault, uint64_t pc)
{
	return fault_resume(self, fault, pc);
}

static enum isthmus_error serve_space_cancel(void *self, uint64_t badge, uint64_t space)
{
	struct client_space *client = client_space_get(self, space);

	if (client == NULL)
		return ISTHMUS_E_ARGUMENT;
	waits_fail_in(client);
	return ISTHMUS_OK;
}

static enum isthmus_error serve_info(void *self, uint64_t badge, uint64_t *out_used, uint64_t *out_limit,
				     uint64_t *out_ram_used, uint64_t *out_ram_free, uint64_t *out_spaces,
				     uint64_t *out_objects, uint64_t *out_cells_free)
{
	const struct session *session = self;

	*out_used = session->account.used;
	*out_limit = session->account.limit;
	*out_ram_used = pages_used();
	*out_ram_free = pages_spare() + kernel_free_pages();
	*out_cells_free = kernel_free_cells();
	*out_spaces = *out_objects = 0;
	for (const struct client_space *s = session->spaces; s != NULL; s = s->next)
		(*out_spaces)++;
	for (const struct client_object *o = session->objects; o != NULL; o = o->next)
		(*out_objects)++;
	return ISTHMUS_OK;
}

static const struct memory_ops memory = {
	.space_create = serve_space_create,   .space_adopt = serve_space_adopt,     .space_map = serve_space_map,
	.space_unmap = serve_space_unmap,     .space_protect = serve_space_protect, .space_fork = serve_space_fork,
	.space_clear = serve_space_clear,     .space_destroy = serve_space_destroy, .space_limit = serve_space_limit,
	.space_info = serve_space_info,       .space_give = serve_space_give,       .space_frame = serve_space_frame,
	.object_create = serve_object_create, .object_resize = serve_object_resize, .object_destroy = serve_object_destroy,
	.object_info = serve_object_info,     .object_pager = serve_object_pager,   .object_share = serve_object_share,
	.object_open = serve_object_open,     .exceptions = serve_exceptions,       .next_fault = serve_next_fault,
	.fault_resume = serve_fault_resume,   .space_cancel = serve_space_cancel,   .info = serve_info,
};

static const struct pager_ops pager = {
	.wait = serve_pager_wait,     .poll = serve_pager_poll, .notify = serve_pager_notify,
	.supply = serve_pager_supply, .fail = serve_pager_fail,
};

/* A call of a client.  True if *m is the answer. */
static bool serve_call(uint64_t badge, struct isthmus_message *m)
{
	struct session *session = session_of(badge);
	bool caps = isthmus_tag_caps(m->tag) != 0, answer = true;

	if (session == NULL)
		proto_status(m, ISTHMUS_E_RIGHT, 0);
	else if (isthmus_tag_label(m->tag) >> PROTO_METHOD_BITS == MEMORY_SPACE_CREATE >> PROTO_METHOD_BITS)
		answer = memory_dispatch(&memory, session, badge, m);
	else
		answer = pager_dispatch(&pager, session, badge, m);
	if (caps)
		kernel_drop_received();
	return answer;
}

/* A service's own fault that cannot be mended: root decides what becomes of it. */
static void tell_root(const struct client_space *space, const struct fault_info *info)
{
	isthmus_slot root = service_cap("root");
	uint64_t client = space->session->client;

	log_line("memory: client %lu: fault %lu at 0x%lx, pc 0x%lx", client, info->cause, info->address, info->pc);
	if (root != 0)
		(void)!supervisor_fault(root, client, info->cause, info->address, info->pc, info->sp);
}

static unsigned access_of(uint64_t cause)
{
	switch (cause) {
	case ISTHMUS_FAULT_READ:
		return PROT_READ;
	case ISTHMUS_FAULT_WRITE:
		return PROT_WRITE;
	case ISTHMUS_FAULT_EXECUTE:
		return PROT_EXECUTE;
	default:
		return 0;
	}
}

/* Makes the fault's cause say why it cannot be mended. */
static void blame(struct fault_info *info, enum fault fault)
{
	if (fault == FAULT_DENIED)
		info->cause = MEMORY_FAULT_DENIED;
	else if (fault == FAULT_BUS)
		info->cause = ISTHMUS_FAULT_BUS;
	else if (fault == FAULT_MEMORY)
		info->cause = MEMORY_FAULT_MEMORY;
}

/* A thread's fault.  True if *m is the answer that lets it go on. */
static bool serve_fault(uint64_t badge, struct isthmus_message *m)
{
	struct client_space *space = client_space_of_fault(badge);
	struct fault_info info = { isthmus_tag_label(m->tag), m->word[0], m->word[1], m->word[3], m->word[4] };
	unsigned access = access_of(info.cause);
	struct absent absent;
	enum fault fault = FAULT_UNMAPPED;

	if (space == NULL)
		return false;
	if (access != 0)
		fault = vm_fault(&space->vm, info.address, access, &absent);
	if (fault == FAULT_DONE) {
		*m = (struct isthmus_message){ isthmus_tag(ISTHMUS_FAULT_RESUME, 0), { 0 } };
		return true;
	}
	if (fault == FAULT_WAIT) {
		if (wait_for_page(space, &info, &absent))
			return false;
		fault = FAULT_MEMORY;
	}
	blame(&info, fault);
	if (!wait_for_session(space, &info))
		log_line("memory: no memory to keep a fault of client %lu", space->session->client);
	if (space->vm.kernel.adopted)
		tell_root(space, &info);
	return false;
}

/* Has root's signal that a service has ended wake the loop. */
static void begin(void)
{
	isthmus_slot deaths = service_cap("deaths");

	log_init(service_cap("log"));
	kernel_init();
	if (deaths != 0 && isthmus_thread_notification(SERVICE_THREAD, deaths) != ISTHMUS_OK)
		log_line("memory: cannot be told when services end");
}

static bool serve(uint64_t badge, struct isthmus_message *m)
{
	switch (isthmus_tag_kind(m->tag)) {
	case ISTHMUS_MESSAGE_IPC:
		return serve_call(badge, m);
	case ISTHMUS_MESSAGE_FAULT:
		return serve_fault(badge, m);
	default:
		sessions_sweep();
		return false;
	}
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

		answer = error == ISTHMUS_OK && serve(badge, &m);
	}
}
