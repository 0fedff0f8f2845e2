/* Methods on spaces; see lib/proto/memory.capnp. */
#include "servers/memory/serve.h"
#include "servers/memory/wait.h"

#define POPULATE_most (1024 * PAGE_BYTES)

enum { FLAGS_ALL = MEMORY_SHARED | MEMORY_FIXED | MEMORY_REPLACE | MEMORY_POPULATE };

static bool limits_are_valid(uint64_t low, uint64_t high)
{
	return low >= PAGE_BYTES && low < high && high <= ISTHMUS_USER_LIMIT && (low | high) % PAGE_BYTES == 0;
}

enum isthmus_error serve_space_create(void *self, uint64_t badge, uint64_t limit, uint64_t low, uint64_t high,
				      uint64_t *out_space, isthmus_slot *out_task, isthmus_slot *out_pool)
{
	struct client_space *space = NULL;
	enum isthmus_error error = ISTHMUS_E_ARGUMENT;

	if (!limits_are_valid(low, high))
		return error;
	error = client_space_create(self, limit, low, high, 0, &space);
	if (error != ISTHMUS_OK)
		return error;
	*out_space = space->handle;
	*out_task = space->vm.kernel.task;
	*out_pool = space->vm.kernel.pool;
	return ISTHMUS_OK;
}

enum isthmus_error serve_space_adopt(void *self, uint64_t badge, uint64_t low, uint64_t high, isthmus_slot task,
				     uint64_t *out_space)
{
	struct session *session = self;
	struct client_space *space = NULL;
	enum isthmus_error error = ISTHMUS_E_ARGUMENT;
	isthmus_slot kept = limits_are_valid(low, high) ? kernel_keep(task) : 0;

	if (kept == 0)
		return error;
	error = client_space_create(session, session->account.limit, low, high, kept, &space);
	if (error == ISTHMUS_OK)
		*out_space = space->handle;
	return error;
}

/* Brings in what has been mapped, as far as it goes and others need not wait long. */
static void populate(struct vm *vm, uint64_t address, uint64_t length, unsigned prot)
{
	struct absent absent;
	unsigned access = prot & PROT_WRITE ? PROT_WRITE : prot & PROT_READ ? PROT_READ : PROT_EXECUTE;
	uint64_t end = address + (length < POPULATE_most ? length : POPULATE_most);

	for (uint64_t at = address; at < end; at += PAGE_BYTES)
		if (vm_fault(vm, at, access, &absent) != FAULT_DONE)
			return;
}

/* What a client asks for, as a mapping; shared memory without an object gets one that only the mapping refers to. */
static enum isthmus_error map(struct session *session, struct vm *vm, struct mapping *m, uint64_t object,
			      uint64_t *out_address)
{
	struct client_object *client = object != 0 ? client_object_get(session, object) : NULL;
	struct object *fresh = NULL;
	enum isthmus_error error = ISTHMUS_OK;

	if (object != 0 && client == NULL)
		return ISTHMUS_E_ARGUMENT;
	if (client != NULL) {
		m->object = client->object;
		m->max_prot = m->shared ? client->max_prot : client->max_prot | PROT_WRITE;
	} else if (m->shared) {
		m->object = fresh = object_create(&session->account, (m->length + PAGE_BYTES - 1) >> PAGE_BITS);
		if (fresh == NULL)
			return ISTHMUS_E_MEMORY;
	}
	error = m->prot & ~m->max_prot ? ISTHMUS_E_RIGHT : vm_map(vm, m, out_address);
	if (fresh != NULL)
		object_put(fresh);
	return error;
}

enum isthmus_error serve_space_map(void *self, uint64_t badge, uint64_t space, uint64_t address, uint64_t length,
				   uint64_t object, uint64_t offset, uint32_t prot, uint32_t flags,
				   uint64_t *out_address)
{
	struct client_space *client = client_space_get(self, space);
	struct mapping m = { .address = address, .length = length, .offset = offset >> PAGE_BITS, .prot = prot,
			     .max_prot = PROT_ALL, .shared = (flags & MEMORY_SHARED) != 0,
			     .fixed = (flags & MEMORY_FIXED) != 0, .replace = (flags & MEMORY_REPLACE) != 0 };
	enum isthmus_error error = ISTHMUS_E_ARGUMENT;

	if (client == NULL || offset % PAGE_BYTES != 0 || length > client->vm.high || (flags & ~FLAGS_ALL) != 0 ||
	    (prot & ~PROT_ALL) != 0)
		return error;
	error = map(self, &client->vm, &m, object, out_address);
	if (error == ISTHMUS_OK && flags & MEMORY_POPULATE)
		populate(&client->vm, *out_address, length, prot);
	return error;
}

enum isthmus_error serve_space_unmap(void *self, uint64_t badge, uint64_t space, uint64_t address, uint64_t length)
{
	struct client_space *client = client_space_get(self, space);

	return client != NULL ? vm_unmap(&client->vm, address, length) : ISTHMUS_E_ARGUMENT;
}

enum isthmus_error serve_space_protect(void *self, uint64_t badge, uint64_t space, uint64_t address, uint64_t length,
				       uint32_t prot)
{
	struct client_space *client = client_space_get(self, space);

	return client != NULL ? vm_protect(&client->vm, address, length, prot) : ISTHMUS_E_ARGUMENT;
}

enum isthmus_error serve_space_fork(void *self, uint64_t badge, uint64_t space, uint64_t limit, uint64_t *out_child,
				    isthmus_slot *out_task, isthmus_slot *out_pool)
{
	struct client_space *parent = client_space_get(self, space), *child = NULL;
	enum isthmus_error error = ISTHMUS_E_ARGUMENT;

	if (parent == NULL)
		return error;
	error = client_space_create(self, limit, parent->vm.low, parent->vm.high, 0, &child);
	if (error != ISTHMUS_OK)
		return error;
	error = vm_fork(&parent->vm, &child->vm);
	if (error != ISTHMUS_OK) {
		client_space_destroy(child);
		return error;
	}
	*out_child = child->handle;
	*out_task = child->vm.kernel.task;
	*out_pool = child->vm.kernel.pool;
	return ISTHMUS_OK;
}

static enum isthmus_error unmap_between(struct vm *vm, uint64_t start, uint64_t end)
{
	return start < end ? vm_unmap(vm, start, end - start) : ISTHMUS_OK;
}

enum isthmus_error serve_space_clear(void *self, uint64_t badge, uint64_t space, uint64_t keep, uint64_t keep_length)
{
	struct client_space *client = client_space_get(self, space);
	struct vm *vm = client != NULL ? &client->vm : NULL;
	enum isthmus_error error = ISTHMUS_E_ARGUMENT;

	if (vm == NULL || keep_length > vm->high || (keep | keep_length) % PAGE_BYTES != 0)
		return error;
	if (keep_length == 0)
		keep = vm->low;
	if (keep < vm->low || keep > vm->high - keep_length)
		return error;
	error = unmap_between(vm, vm->low, keep);
	return error == ISTHMUS_OK ? unmap_between(vm, keep + keep_length, vm->high) : error;
}

enum isthmus_error serve_space_destroy(void *self, uint64_t badge, uint64_t space)
{
	struct client_space *client = client_space_get(self, space);

	if (client == NULL)
		return ISTHMUS_E_ARGUMENT;
	client_space_destroy(client);
	return ISTHMUS_OK;
}

enum isthmus_error serve_space_limit(void *self, uint64_t badge, uint64_t space, uint64_t limit)
{
	struct client_space *client = client_space_get(self, space);

	if (client == NULL)
		return ISTHMUS_E_ARGUMENT;
	client->vm.account.limit = limit;
	return ISTHMUS_OK;
}

enum isthmus_error serve_space_info(void *self, uint64_t badge, uint64_t space, uint64_t *out_used,
				    uint64_t *out_limit, uint64_t *out_regions, uint64_t *out_tables)
{
	struct client_space *client = client_space_get(self, space);

	if (client == NULL)
		return ISTHMUS_E_ARGUMENT;
	*out_used = client->vm.account.used;
	*out_limit = client->vm.account.limit;
	*out_regions = client->vm.regions.count;
	*out_tables = client->vm.kernel.frames;
	return ISTHMUS_OK;
}

enum isthmus_error serve_space_give(void *self, uint64_t badge, uint64_t space, uint64_t cells, uint64_t frames)
{
	struct client_space *client = client_space_get(self, space);

	if (client == NULL || cells > ISTHMUS_GIVE_MAX || frames > ISTHMUS_GIVE_MAX)
		return ISTHMUS_E_ARGUMENT;
	return kernel_space_give(&client->vm.kernel, cells, frames);
}

static enum isthmus_error fault_error(enum fault fault)
{
	static const enum isthmus_error errors[] = {
		[FAULT_DONE] = ISTHMUS_OK,           [FAULT_WAIT] = ISTHMUS_E_WOULD_BLOCK,
		[FAULT_UNMAPPED] = ISTHMUS_E_ARGUMENT, [FAULT_DENIED] = ISTHMUS_E_RIGHT,
		[FAULT_BUS] = ISTHMUS_E_STATE,       [FAULT_MEMORY] = ISTHMUS_E_MEMORY,
	};

	return errors[fault];
}

enum isthmus_error serve_space_frame(void *self, uint64_t badge, uint64_t space, uint64_t address, bool write,
				     isthmus_slot *out_frame)
{
	struct client_space *client = client_space_get(self, space);
	struct absent absent;
	enum fault fault = FAULT_UNMAPPED;
	page_no page = 0;

	if (client == NULL)
		return ISTHMUS_E_ARGUMENT;
	fault = vm_fault(&client->vm, address, write ? PROT_WRITE : PROT_READ, &absent);
	if (fault == FAULT_WAIT)
		request_hint(absent.object, absent.index, write);
	if (fault != FAULT_DONE)
		return fault_error(fault);
	page = vm_page(&client->vm, address);
	page_lend(page);
	return kernel_lend(page, ISTHMUS_R_READ | ISTHMUS_R_COPY | (write ? ISTHMUS_R_WRITE : 0), out_frame);
}
