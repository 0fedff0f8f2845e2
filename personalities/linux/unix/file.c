#include "personalities/linux/unix/file.h"

#include "personalities/linux/unix/device.h"
#include "personalities/linux/unix/heap.h"
#include "personalities/linux/unix/pipe.h"

static int64_t regular_read(struct file *file, struct io *io)
{
	return (int64_t)store_read(file->inode->store, io->position, io->data, io->length);
}

static int64_t regular_write(struct file *file, struct io *io)
{
	int64_t done = store_write(file->inode->store, io->position, io->data, io->length);

	if (done > 0) {
		inode_touch(file->inode, false, true);
		file->inode->mode &= ~(LINUX_S_ISUID | (file->inode->mode & 010 ? LINUX_S_ISGID : 0));
	}
	return done;
}

static const struct file_ops regular_ops = { .read = regular_read, .write = regular_write, .has_position = true };
static const struct file_ops directory_ops = { .has_position = true };
static const struct file_ops nothing_ops = { .has_position = false };

struct file *file_create(const struct file_ops *ops, struct inode *inode, uint32_t flags)
{
	struct file *file = heap_alloc(sizeof *file);

	if (!file)
		return NULL;
	*file = (struct file){ .ops = ops, .inode = inode ? inode_get(inode) : NULL, .refs = 1, .flags = flags };
	if (inode && file_can_write(file))
		inode->writers++;
	return file;
}

/* What the file's type asks for beyond its file system. */
static int open_by_type(struct inode *inode, struct file *file)
{
	if (file->flags & LINUX_O_PATH)
		return 0;
	if (inode->ops->open)
		return inode->ops->open(inode, file);
	if (mode_is(inode->mode, LINUX_S_IFCHR) || mode_is(inode->mode, LINUX_S_IFBLK))
		return device_open(file);
	return mode_is(inode->mode, LINUX_S_IFIFO) ? pipe_open(file) : 0;
}

int file_open(struct inode *inode, uint32_t flags, struct file **out)
{
	const struct file_ops *ops = mode_is(inode->mode, LINUX_S_IFREG) ? &regular_ops :
				     mode_is(inode->mode, LINUX_S_IFDIR) ? &directory_ops : &nothing_ops;
	struct file *file = file_create(ops, inode, flags);
	int error;

	if (!file)
		return -ENOMEM;
	error = open_by_type(inode, file);
	if (error < 0)
		file_put(file);
	else
		*out = file;
	return error;
}

bool file_lock(struct file *file, enum file_lock lock)
{
	struct inode *inode = file->inode;
	uint32_t shared = inode->lock_shared - (file->lock == FILE_SHARED);
	bool exclusive = inode->lock_exclusive && file->lock != FILE_EXCLUSIVE;

	if ((lock != FILE_UNLOCKED && exclusive) || (lock == FILE_EXCLUSIVE && shared))
		return false;
	inode->lock_shared = shared + (lock == FILE_SHARED);
	inode->lock_exclusive = exclusive || lock == FILE_EXCLUSIVE;
	file->lock = lock;
	wait_wake(&inode->unlocked);
	return true;
}

struct file *file_get(struct file *file)
{
	file->refs++;
	return file;
}

void file_put(struct file *file)
{
	if (!file || --file->refs)
		return;
	if (file->lock)
		file_lock(file, FILE_UNLOCKED);
	if (file->ops->release)
		file->ops->release(file);
	if (file->inode && file_can_write(file))
		file->inode->writers--;
	inode_put(file->inode);
	heap_free(file->text, file->text_size);
	heap_free(file, sizeof *file);
}

int64_t file_read(struct file *file, struct io *io, int64_t position)
{
	int64_t done;

	if (!file_can_read(file))
		return -EBADF;
	if (file->inode && mode_is(file->inode->mode, LINUX_S_IFDIR))
		return -EISDIR;
	if (!file->ops->read)
		return -EINVAL;
	if (position != -1 && !file->ops->has_position)
		return -ESPIPE;
	io->position = position == -1 ? file->position : (uint64_t)position;
	done = file->ops->read(file, io);
	if (done > 0 && position == -1)
		file->position += done;
	return done;
}

int64_t file_write(struct file *file, struct io *io, int64_t position)
{
	int64_t done;

	if (!file_can_write(file))
		return -EBADF;
	if (!file->ops->write)
		return -EINVAL;
	if (position != -1 && !file->ops->has_position)
		return -ESPIPE;
	io->position = position == -1 ? file->position : (uint64_t)position;
	if (file->flags & LINUX_O_APPEND && file->inode)
		io->position = inode_size(file->inode);
	done = file->ops->write(file, io);
	if (done > 0 && position == -1)
		file->position = io->position + done;
	return done;
}

int64_t file_seek(struct file *file, int64_t offset, int whence)
{
	uint64_t size = file->inode ? inode_size(file->inode) : 0;
	int64_t base;

	if (!file->ops->has_position)
		return -ESPIPE;
	switch (whence) {
	case LINUX_SEEK_SET: base = 0; break;
	case LINUX_SEEK_CUR: base = (int64_t)file->position; break;
	case LINUX_SEEK_END: base = (int64_t)size; break;
	case LINUX_SEEK_DATA:
	case LINUX_SEEK_HOLE:
		/* All of a file may be called data, and its end a hole. */
		if (offset < 0 || (uint64_t)offset >= size)
			return -ENXIO;
		base = whence == LINUX_SEEK_DATA ? 0 : (int64_t)size - offset;
		break;
	default: return -EINVAL;
	}
	if (__builtin_add_overflow(base, offset, &base) || base < 0)
		return -EINVAL;
	file->position = (uint64_t)base;
	return base;
}

unsigned file_poll(struct file *file, struct waiter *waiter)
{
	if (file->flags & LINUX_O_PATH)
		return LINUX_POLLNVAL;
	if (file->ops->poll)
		return file->ops->poll(file, waiter);
	return LINUX_POLLIN | LINUX_POLLOUT | LINUX_POLLRDNORM | LINUX_POLLWRNORM;
}
