/* Names and directories; see tree.h. */
#include "servers/names/tree.h"

#include <stddef.h>

void names_extend(struct names *n, uint32_t room)
{
	for (uint32_t i = room; i-- > (n->room ? n->room : 1);) {
		n->entry[i].next = n->free;
		n->free = i;
	}
	n->room = room;
}

static uint32_t take(struct names *n, uint64_t client, enum entry_state state)
{
	uint32_t i = n->free;

	if (i == 0)
		return 0;
	n->free = n->entry[i].next;
	n->entry[i] = (struct entry){ .generation = n->entry[i].generation + 1, .state = state, .client = client,
				      .order = ++n->order };
	return i;
}

static void release(struct names *n, uint32_t i)
{
	n->entry[i].state = ENTRY_FREE;
	n->entry[i].next = n->free;
	n->free = i;
}

static uint32_t find_root(const struct names *n, uint64_t client)
{
	uint32_t i = n->roots;

	while (i != 0 && n->entry[i].client != client)
		i = n->entry[i].next;
	return i;
}

uint32_t names_root(struct names *n, uint64_t client)
{
	uint32_t i = find_root(n, client);

	if (i != 0)
		return i;
	i = take(n, client, ENTRY_DIRECTORY);
	if (i == 0)
		return 0;
	n->entry[i].next = n->roots;
	n->roots = i;
	return i;
}

uint32_t names_count(const struct names *n, uint32_t i)
{
	return n->entry[find_root(n, n->entry[i].client)].count;
}

static bool is_named(const struct entry *e, const uint64_t name[NAME_WORDS])
{
	return e->name[0] == name[0] && e->name[1] == name[1] && e->name[2] == name[2];
}

uint32_t names_find(const struct names *n, uint32_t directory, const uint64_t name[NAME_WORDS])
{
	uint32_t i = n->entry[directory].child;

	while (i != 0 && !is_named(&n->entry[i], name))
		i = n->entry[i].next;
	return i;
}

uint32_t names_add(struct names *n, uint32_t directory, const uint64_t name[NAME_WORDS], uint64_t slot)
{
	uint64_t client = n->entry[directory].client;
	uint32_t i = take(n, client, slot != 0 ? ENTRY_NAME : ENTRY_DIRECTORY);

	if (i == 0)
		return 0;
	for (int w = 0; w < NAME_WORDS; w++)
		n->entry[i].name[w] = name[w];
	n->entry[i].slot = slot;
	n->entry[i].parent = directory;
	n->entry[i].next = n->entry[directory].child;
	n->entry[directory].child = i;
	n->entry[find_root(n, client)].count++;
	return i;
}

static void unlink(struct names *n, uint32_t i)
{
	uint32_t *at = &n->entry[n->entry[i].parent].child;

	while (*at != i)
		at = &n->entry[*at].next;
	*at = n->entry[i].next;
}

void names_remove(struct names *n, uint32_t i, void (*drop)(uint64_t slot))
{
	uint32_t at = i, parent = 0;

	/* From the leaves up, without recursion: a client may make directories as deep as its quota. */
	do {
		while (n->entry[at].child != 0)
			at = n->entry[at].child;
		parent = n->entry[at].parent;
		unlink(n, at);
		if (n->entry[at].slot != 0)
			drop(n->entry[at].slot);
		n->entry[find_root(n, n->entry[at].client)].count--;
		release(n, at);
		if (at == i)
			return;
		at = parent;
	} while (true);
}

uint32_t names_after(const struct names *n, uint32_t directory, uint64_t position)
{
	uint32_t best = 0;

	for (uint32_t i = n->entry[directory].child; i != 0; i = n->entry[i].next)
		if (n->entry[i].order > position && (best == 0 || n->entry[i].order < n->entry[best].order))
			best = i;
	return best;
}

uint64_t names_handle(const struct names *n, uint32_t directory)
{
	return (uint64_t)(n->entry[directory].generation & 0x7fffffff) << 32 | directory;
}

uint32_t names_of_handle(const struct names *n, uint64_t handle)
{
	uint32_t i = (uint32_t)handle;

	if (i == 0 || i >= n->room || n->entry[i].state != ENTRY_DIRECTORY || names_handle(n, i) != handle)
		return 0;
	return i;
}
