/* Methods on objects and for pagers; see lib/proto/memory.capnp and pager.capnp. */
#include "servers/memory/handle.h"
#include "servers/memory/serve.h"
#include "servers/memory/wait.h"

/* A capability that shares an object is one to this server's endpoint, whose badge has a protection in the bits above the
 * handle and is thus no session's. */
enum { SHARE_PROT_SHIFT = HANDLE_BITS, SHARE_SHIFT = 63 };

/* The object, if the session made it. */
static struct object *own_object(const struct session *session, uint64_t handle)
{
	const struct client_object *client = client_object_get(session, handle);

	return client != NULL && !client->shared ? client->object : NULL;
}

enum isthmus_error serve_object_create(void *self, uint64_t badge, uint64_t pages, uint64_t *out_object)
{
	struct session *session = self;
	struct object *object = object_create(&session->account, pages);
	struct client_object *client = NULL;

	if (object == NULL)
		return pages > TREE_LIMIT ? ISTHMUS_E_ARGUMENT : ISTHMUS_E_MEMORY;
	client = client_object_create(session, object, PROT_ALL, false);
	if (client == NULL) {
		object_put(object);
		return ISTHMUS_E_MEMORY;
	}
	*out_object = client->handle;
	return ISTHMUS_OK;
}

enum isthmus_error serve_object_resize(void *self, uint64_t badge, uint64_t handle, uint64_t pages)
{
	struct object *object = own_object(self, handle);

	if (object == NULL || pages > TREE_LIMIT)
		return ISTHMUS_E_ARGUMENT;
	object_resize(object, pages);
	return ISTHMUS_OK;
}

enum isthmus_error serve_object_destroy(void *self, uint64_t badge, uint64_t handle)
{
	struct client_object *client = client_object_get(self, handle);

	if (client == NULL)
		return ISTHMUS_E_ARGUMENT;
	client_object_destroy(client);
	return ISTHMUS_OK;
}

enum isthmus_error serve_object_info(void *self, uint64_t badge, uint64_t handle, uint64_t *out_pages,
				     uint64_t *out_resident)
{
	const struct client_object *client = client_object_get(self, handle);

	if (client == NULL)
		return ISTHMUS_E_ARGUMENT;
	*out_pages = client->object->pages;
	*out_resident = object_resident(client->object);
	return ISTHMUS_OK;
}

enum isthmus_error serve_object_share(void *self, uint64_t badge, uint64_t handle, uint32_t prot,
				      isthmus_slot *out_share)
{
	if (own_object(self, handle) == NULL || (prot & ~PROT_ALL) != 0)
		return ISTHMUS_E_ARGUMENT;
	return kernel_mint((uint64_t)1 << SHARE_SHIFT | (uint64_t)prot << SHARE_PROT_SHIFT | handle, out_share);
}

enum isthmus_error serve_object_open(void *self, uint64_t badge, isthmus_slot share, uint64_t *out_object,
				     uint64_t *out_pages)
{
	uint64_t shared = kernel_badge_of(share);
	uint64_t handle = shared & (((uint64_t)1 << HANDLE_BITS) - 1);
	const struct client_object *original = handle_get(handle, HANDLE_OBJECT, NULL);
	struct client_object *client = NULL;

	if (shared >> SHARE_SHIFT == 0 || original == NULL)
		return ISTHMUS_E_ARGUMENT;
	client = client_object_create(self, original->object, shared >> SHARE_PROT_SHIFT & PROT_ALL, true);
	if (client == NULL)
		return ISTHMUS_E_MEMORY;
	object_get(client->object);
	*out_object = client->handle;
	*out_pages = client->object->pages;
	return ISTHMUS_OK;
}

/* ---- pagers ---- */

enum isthmus_error serve_object_pager(void *self, uint64_t badge, uint64_t handle, uint64_t cookie)
{
	struct session *session = self;
	struct object *object = own_object(session, handle);

	if (object == NULL)
		return ISTHMUS_E_ARGUMENT;
	object->pager = &session->pager;
	object->cookie = cookie;
	return ISTHMUS_OK;
}

enum isthmus_error serve_pager_poll(void *self, uint64_t badge, uint64_t *out_cookie, uint64_t *out_index,
				    bool *out_write)
{
	struct session *session = self;

	return request_take(&session->pager, out_cookie, out_index, out_write) ? ISTHMUS_OK : ISTHMUS_E_WOULD_BLOCK;
}

enum isthmus_error serve_pager_wait(void *self, uint64_t badge, uint64_t *out_cookie, uint64_t *out_index,
				    bool *out_write)
{
	struct session *session = self;
	struct pager *pager = &session->pager;

	if (request_take(pager, out_cookie, out_index, out_write))
		return ISTHMUS_OK;
	if (pager->reply != 0 && kernel_is_alive(pager->reply))
		return ISTHMUS_E_BUSY;
	kernel_drop(pager->reply);
	pager->reply = kernel_save_reply();
	return pager->reply != 0 ? PROTO_LATER : ISTHMUS_E_MEMORY;
}

enum isthmus_error serve_pager_notify(void *self, uint64_t badge, isthmus_slot ready)
{
	struct session *session = self;
	isthmus_slot kept = kernel_keep(ready);

	if (kept == 0)
		return ISTHMUS_E_ARGUMENT;
	kernel_drop(session->pager.ready);
	session->pager.ready = kept;
	return ISTHMUS_OK;
}

/* The object, if the session is its pager. */
static struct object *served_object(const struct session *session, uint64_t handle)
{
	struct object *object = own_object(session, handle);

	return object != NULL && object->pager == &session->pager ? object : NULL;
}

/* A page with one reference for the caller: the one at an address, taken out of its space if nobody else has it, or a
 * copy of it; 0 without memory. */
static page_no take_page(struct vm *vm, uint64_t address)
{
	page_no page = vm_page(vm, address), copy = 0;

	address &= ~(PAGE_BYTES - 1);
	if (page_refs(page) == 1) {
		page_ref(page);
		vm_forget(vm, address, address + PAGE_BYTES);
		return page;
	}
	copy = page_take(false);
	if (copy != 0)
		page_copy(copy, page);
	return copy;
}

enum isthmus_error serve_pager_supply(void *self, uint64_t badge, uint64_t handle, uint64_t index, uint64_t space,
				      uint64_t address)
{
	struct object *object = served_object(self, handle);
	struct client_space *client = client_space_get(self, space);
	struct absent absent;
	enum isthmus_error error = ISTHMUS_OK;
	page_no page = 0;

	if (object == NULL || client == NULL || index >= object->pages)
		return ISTHMUS_E_ARGUMENT;
	if (object_peek(object, index) != 0)
		return ISTHMUS_E_BUSY;
	if (vm_fault(&client->vm, address, PROT_READ, &absent) != FAULT_DONE)
		return ISTHMUS_E_ARGUMENT;
	page = take_page(&client->vm, address);
	if (page == 0)
		return ISTHMUS_E_MEMORY;
	error = object_supply(object, index, page);
	if (error == ISTHMUS_OK)
		waits_retry(object, index);
	else
		page_unref(page);
	return error;
}

enum isthmus_error serve_pager_fail(void *self, uint64_t badge, uint64_t handle, uint64_t index)
{
	struct object *object = served_object(self, handle);

	if (object == NULL || index >= object->pages)
		return ISTHMUS_E_ARGUMENT;
	waits_fail(object, index);
	return ISTHMUS_OK;
}
