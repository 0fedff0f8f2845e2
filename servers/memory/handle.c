/* Numbers for clients; see handle.h. */
#include "servers/memory/handle.h"

#include "lib/rt/mem.h"
#include "servers/memory/heap.h"

#include <stdbool.h>
#include <stddef.h>

enum { INDEX_BITS = 24 };

struct entry {
	void *record;
	const void *owner;
	uint32_t generation; /* of the handle that is valid now, or was last */
	uint32_t kind;
	uint32_t next; /* free entries: the next one */
	uint32_t zero;
};

static struct entry *entry;
static uint32_t room, first_free; /* entry 0 is never used */

static bool grow(void)
{
	uint32_t wanted = room ? room * 2 : 128;
	struct entry *larger = wanted <= 1u << INDEX_BITS ? heap_take(wanted * sizeof(*larger)) : NULL;

	if (larger == NULL)
		return false;
	if (room != 0)
		memcpy(larger, entry, room * sizeof(*larger));
	for (uint32_t i = wanted; i-- > (room ? room : 1);) {
		larger[i].next = first_free;
		first_free = i;
	}
	heap_put(entry, room * sizeof(*entry));
	entry = larger;
	room = wanted;
	return true;
}

uint64_t handle_make(enum handle_kind kind, void *record, const void *owner)
{
	uint32_t index = 0;

	if (first_free == 0 && !grow())
		return 0;
	index = first_free;
	first_free = entry[index].next;
	entry[index] = (struct entry){ record, owner, entry[index].generation + 1, kind, 0, 0 };
	return (uint64_t)entry[index].generation << INDEX_BITS | index;
}

static struct entry *find(uint64_t handle)
{
	uint64_t index = handle & ((1u << INDEX_BITS) - 1);

	if (index == 0 || index >= room || handle >> INDEX_BITS != entry[index].generation ||
	    entry[index].kind == HANDLE_FREE)
		return NULL;
	return &entry[index];
}

void *handle_get(uint64_t handle, enum handle_kind kind, const void *owner)
{
	const struct entry *e = find(handle);

	return e != NULL && e->kind == kind && (owner == NULL || e->owner == owner) ? e->record : NULL;
}

void handle_drop(uint64_t handle)
{
	struct entry *e = find(handle);

	if (e == NULL)
		return;
	e->kind = HANDLE_FREE;
	e->record = NULL;
	/* An entry whose generations are used up is left alone. */
	if (e->generation == UINT32_MAX)
		return;
	e->next = first_free;
	first_free = (uint32_t)(e - entry);
}
