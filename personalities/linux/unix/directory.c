#include "personalities/linux/unix/directory.h"

#include "lib/rt/mem.h"
#include "personalities/linux/unix/heap.h"

#define BUCKETS 8192

/* One table for all directories: a directory needs no table of its own, however small or large it is. */
static struct entry *buckets[BUCKETS];

static uint32_t hash_of(const struct inode *dir, const char *name, size_t length)
{
	uint32_t hash = 2166136261u ^ (uint32_t)dir->ino * 2654435761u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (uint8_t)name[i]) * 16777619u;
	return hash ^ hash >> 15;
}

struct entry *directory_find(struct inode *dir, const char *name, size_t length)
{
	uint32_t hash = hash_of(dir, name, length);

	for (struct entry *e = buckets[hash % BUCKETS]; e; e = e->bucket_next)
		if (e->hash == hash && e->parent == dir && e->length == length && memcmp(e->name, name, length) == 0)
			return e;
	return NULL;
}

/* Tells a directory's inode where it is. */
static void tell_place(struct inode *inode, struct inode *parent, struct entry *entry)
{
	if (inode->dir) {
		inode->dir->parent = parent;
		inode->dir->self = entry;
	}
}

int directory_add(struct inode *dir, const char *name, size_t length, struct inode *inode)
{
	struct entry *entry = heap_alloc(sizeof *entry + length);
	struct directory *d = dir->dir;

	if (!entry)
		return -ENOSPC;
	*entry = (struct entry){ .parent = dir, .inode = inode, .cookie = ++d->next_cookie, .length = (uint16_t)length };
	memcpy(entry->name, name, length);
	entry->hash = hash_of(dir, name, length);
	entry->bucket_next = buckets[entry->hash % BUCKETS];
	buckets[entry->hash % BUCKETS] = entry;
	entry->previous = d->last;
	*(d->last ? &d->last->next : &d->first) = entry;
	d->last = entry;
	d->count++;
	tell_place(inode, dir, entry);
	return 0;
}

void directory_remove(struct entry *entry)
{
	struct directory *d = entry->parent->dir;
	struct entry **at = &buckets[entry->hash % BUCKETS];

	while (*at != entry)
		at = &(*at)->bucket_next;
	*at = entry->bucket_next;
	*(entry->previous ? &entry->previous->next : &d->first) = entry->next;
	*(entry->next ? &entry->next->previous : &d->last) = entry->previous;
	d->count--;
	if (entry->inode->dir && entry->inode->dir->self == entry)
		tell_place(entry->inode, NULL, NULL);
	heap_free(entry, sizeof *entry + entry->length);
}

void directory_replace(struct entry *entry, struct inode *inode)
{
	if (entry->inode->dir && entry->inode->dir->self == entry)
		tell_place(entry->inode, NULL, NULL);
	entry->inode = inode;
	tell_place(inode, entry->parent, entry);
}

void directory_list(struct inode *dir, uint64_t after, inode_emit *emit, void *context)
{
	struct entry *e = dir->dir->last;

	/* Most listings go on near the end or from the beginning: look from the nearer side. */
	if (after * 2 < dir->dir->next_cookie)
		for (e = dir->dir->first; e && e->cookie <= after; e = e->next)
			;
	else
		while (e && e->previous && e->previous->cookie > after)
			e = e->previous;
	for (; e; e = e->next)
		if (e->cookie > after && !emit(context, e->name, e->length, e->inode->ino, e->inode->mode, e->cookie))
			return;
}

bool directory_is_below(const struct inode *dir, const struct inode *above)
{
	while (dir && dir != above && dir->dir && dir->dir->parent != dir)
		dir = dir->dir->parent;
	return dir == above;
}
