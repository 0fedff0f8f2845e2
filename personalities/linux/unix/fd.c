/* Tables of descriptors; see file.h. */
#include "personalities/linux/unix/file.h"

#include "lib/rt/mem.h"
#include "personalities/linux/unix/heap.h"

#define FD_FIRST_SIZE 32

struct file *fd_file(const struct fd_table *table, uint64_t fd)
{
	return fd < table->size ? table->slot[fd].file : NULL;
}

static int grow(struct fd_table *table, unsigned fd)
{
	unsigned size = table->size ? table->size : FD_FIRST_SIZE;
	struct fd_slot *slot;

	if (fd < table->size)
		return 0;
	while (size <= fd)
		size *= 2;
	slot = heap_alloc(size * sizeof *slot);
	if (!slot)
		return -ENOMEM;
	if (table->slot)
		memcpy(slot, table->slot, table->size * sizeof *slot);
	heap_free(table->slot, table->size * sizeof *slot);
	*table = (struct fd_table){ slot, size };
	return 0;
}

int fd_put(struct fd_table *table, struct file *file, unsigned fd, bool close_on_exec)
{
	struct file *old;
	int error = grow(table, fd);

	if (error < 0)
		return error;
	old = table->slot[fd].file;
	table->slot[fd] = (struct fd_slot){ file, close_on_exec };
	file_put(old);
	return (int)fd;
}

int fd_add(struct fd_table *table, struct file *file, unsigned least, unsigned limit, bool close_on_exec)
{
	unsigned fd = least;

	while (fd < limit && fd_file(table, fd))
		fd++;
	return fd < limit ? fd_put(table, file, fd, close_on_exec) : -EMFILE;
}

int fd_close(struct fd_table *table, uint64_t fd)
{
	struct file *file = fd_file(table, fd);

	if (!file)
		return -EBADF;
	table->slot[fd] = (struct fd_slot){ 0 };
	file_put(file);
	return 0;
}

int fd_copy(const struct fd_table *from, struct fd_table *to)
{
	*to = (struct fd_table){ 0 };
	if (!from->size)
		return 0;
	if (grow(to, from->size - 1) < 0)
		return -ENOMEM;
	memcpy(to->slot, from->slot, from->size * sizeof *to->slot);
	for (unsigned i = 0; i < from->size; i++)
		if (to->slot[i].file)
			file_get(to->slot[i].file);
	return 0;
}

void fd_close_all(struct fd_table *table)
{
	for (unsigned i = 0; i < table->size; i++)
		fd_close(table, i);
	heap_free(table->slot, table->size * sizeof *table->slot);
	*table = (struct fd_table){ 0 };
}

void fd_close_on_exec(struct fd_table *table)
{
	for (unsigned i = 0; i < table->size; i++)
		if (table->slot[i].close_on_exec)
			fd_close(table, i);
}
