#include "personalities/linux/unix/pipe.h"

#include "lib/rt/mem.h"
#include "personalities/linux/abi/ioctl.h"
#include "personalities/linux/abi/signal.h"
#include "personalities/linux/unix/heap.h"
#include "personalities/linux/unix/signal.h"

#define PIPE_DEVICE 9

static const struct inode_ops pipe_inode_ops;

static struct pipe *pipe_of(const struct file *file)
{
	return file->inode->pipe;
}

static uint32_t least(uint64_t a, uint64_t b)
{
	return (uint32_t)(a < b ? a : b);
}

static void take(struct pipe *pipe, uint8_t *to, uint32_t length)
{
	uint32_t piece = least(length, PIPE_SIZE - pipe->first);

	memcpy(to, pipe->buffer + pipe->first, piece);
	memcpy(to + piece, pipe->buffer, length - piece);
	pipe->first = (pipe->first + length) % PIPE_SIZE;
	pipe->count -= length;
}

static void put(struct pipe *pipe, const uint8_t *from, uint32_t length)
{
	uint32_t at = (pipe->first + pipe->count) % PIPE_SIZE, piece = least(length, PIPE_SIZE - at);

	memcpy(pipe->buffer + at, from, piece);
	memcpy(pipe->buffer, from + piece, length - piece);
	pipe->count += length;
}

/* Waits for the pipe to change, or answers at once if the file must not wait. */
static int64_t wait_or_again(struct file *file, struct io *io)
{
	if (file->flags & LINUX_O_NONBLOCK)
		return -EAGAIN;
	return wait_on(io->waiter, &pipe_of(file)->change) ? WAITING : -ENOMEM;
}

static int64_t pipe_read(struct file *file, struct io *io)
{
	struct pipe *pipe = pipe_of(file);
	uint32_t length = least(io->length, pipe->count);

	if (!io->length)
		return 0;
	if (!pipe->count)
		return pipe->writers ? wait_or_again(file, io) : 0;
	take(pipe, io->data, length);
	wait_wake(&pipe->change);
	return length;
}

static int64_t pipe_write(struct file *file, struct io *io)
{
	struct pipe *pipe = pipe_of(file);
	uint32_t room = PIPE_SIZE - pipe->count;

	if (!io->length)
		return 0;
	if (!pipe->readers) {
		if (io->who)
			signal_send_simple(io->who, LINUX_SIGPIPE);
		return -EPIPE;
	}
	if (!pipe->buffer && !(pipe->buffer = heap_alloc(PIPE_SIZE)))
		return -ENOMEM;
	/* What fits into PIPE_BUF goes in as a whole or not at all. */
	if (room == 0 || (io->length <= LINUX_PIPE_BUF && room < io->length))
		return wait_or_again(file, io);
	put(pipe, io->data, least(io->length, room));
	wait_wake(&pipe->change);
	return least(io->length, room);
}

static unsigned pipe_poll(struct file *file, struct waiter *waiter)
{
	struct pipe *pipe = pipe_of(file);
	unsigned now = 0;

	if (file_can_read(file)) {
		now |= pipe->count ? LINUX_POLLIN | LINUX_POLLRDNORM : 0;
		now |= pipe->writers || !pipe->writer_opens ? 0 : LINUX_POLLHUP;
	}
	if (file_can_write(file)) {
		now |= PIPE_SIZE - pipe->count >= LINUX_PIPE_BUF ? LINUX_POLLOUT | LINUX_POLLWRNORM : 0;
		now |= pipe->readers ? 0 : LINUX_POLLERR;
	}
	if (waiter && !wait_on(waiter, &pipe->change))
		now |= LINUX_POLLERR;
	return now;
}

static int64_t pipe_ioctl(struct file *file, struct process *who, uint32_t request, uint64_t argument, void *data)
{
	int32_t count = (int32_t)pipe_of(file)->count;

	if (request != LINUX_FIONREAD)
		return -ENOTTY;
	memcpy(data, &count, sizeof count);
	return 0;
}

static void pipe_release(struct file *file)
{
	struct pipe *pipe = pipe_of(file);

	pipe->readers -= file_can_read(file);
	pipe->writers -= file_can_write(file);
	wait_wake(&pipe->change);
	if (--pipe->refs)
		return;
	heap_free(pipe->buffer, PIPE_SIZE);
	heap_free(pipe, sizeof *pipe);
	file->inode->pipe = NULL;
}

static const struct file_ops pipe_ops = {
	.read = pipe_read, .write = pipe_write, .poll = pipe_poll, .ioctl = pipe_ioctl, .release = pipe_release,
};

bool file_is_pipe(const struct file *file)
{
	return file->ops == &pipe_ops;
}

/* Makes the file an end of its inode's pipe, which is made if nobody has it open. */
static int attach(struct file *file)
{
	struct inode *inode = file->inode;

	if (!inode->pipe && !(inode->pipe = heap_alloc(sizeof *inode->pipe)))
		return -ENOMEM;
	file->ops = &pipe_ops;
	inode->pipe->refs++;
	if (file_can_read(file)) {
		inode->pipe->readers++;
		inode->pipe->reader_opens++;
	}
	if (file_can_write(file)) {
		inode->pipe->writers++;
		inode->pipe->writer_opens++;
	}
	wait_wake(&inode->pipe->change);
	return 0;
}

/* A pipe that pipe() made, opened again through /proc: there is nobody to wait for. */
static bool is_anonymous(const struct file *file)
{
	return file->inode->ops == &pipe_inode_ops;
}

int pipe_open(struct file *file)
{
	const struct pipe *pipe = file->inode->pipe;
	bool writes_only = (file->flags & LINUX_O_ACCMODE) == LINUX_O_WRONLY;

	if (writes_only && file->flags & LINUX_O_NONBLOCK && !is_anonymous(file) && (!pipe || !pipe->readers))
		return -ENXIO;
	/* How often the other end had been opened before: another time lets this open go on. */
	file->value = !pipe ? 0 : writes_only ? pipe->reader_opens : pipe->writer_opens;
	return attach(file);
}

bool pipe_is_connected(struct file *file, struct waiter *waiter)
{
	struct pipe *pipe = pipe_of(file);
	uint32_t access = file->flags & LINUX_O_ACCMODE;

	if (access == LINUX_O_RDWR || file->flags & LINUX_O_NONBLOCK || is_anonymous(file))
		return true;
	if (access == LINUX_O_WRONLY ? pipe->readers || pipe->reader_opens > file->value
				     : pipe->writers || pipe->writer_opens > file->value)
		return true;
	return !wait_on(waiter, &pipe->change);
}

int pipe_create(uint32_t flags, struct file **out_read, struct file **out_write)
{
	struct inode *inode = inode_create(&pipe_inode_ops, PIPE_DEVICE, LINUX_S_IFIFO | 0600);
	int error = -ENOMEM;

	if (!inode)
		return error;
	*out_read = file_create(&pipe_ops, inode, LINUX_O_RDONLY | flags);
	*out_write = file_create(&pipe_ops, inode, LINUX_O_WRONLY | flags);
	if (*out_read && *out_write && attach(*out_read) == 0 && attach(*out_write) == 0)
		error = 0;
	inode_put(inode);
	/* With no memory for the files there is none for the pipe either: nothing is attached. */
	if (error < 0) {
		heap_free(*out_read, sizeof **out_read);
		heap_free(*out_write, sizeof **out_write);
	}
	return error;
}
