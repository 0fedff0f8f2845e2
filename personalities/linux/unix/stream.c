/* The console's channels as standard input, output and error; see device.h. */
#include "personalities/linux/unix/device.h"

#include "lib/rt/mem.h"

#define STREAM_DEVICE 10
#define AHEAD 4096

static struct wait_queue changed;
/* Bytes that poll had to fetch to know that there are any. */
static uint8_t ahead[AHEAD];
static size_t ahead_first, ahead_count;
static bool at_end;

/* Asks for up to `want` bytes if none are here.  Only that many are taken from the host, so that what the program does not
 * read is left for the next program there. */
static void fill(size_t want)
{
	if (ahead_count || at_end)
		return;
	ahead_first = 0;
	ahead_count = host_console_read('i', ahead, want < AHEAD ? want : AHEAD, &at_end);
}

static int64_t stream_read(struct file *file, struct io *io)
{
	size_t count;

	if (!io->length)
		return 0;
	fill(io->length);
	if (!ahead_count) {
		if (at_end)
			return 0;
		if (file->flags & LINUX_O_NONBLOCK)
			return -EAGAIN;
		return wait_on(io->waiter, &changed) ? WAITING : -ENOMEM;
	}
	count = ahead_count < io->length ? ahead_count : io->length;
	memcpy(io->data, ahead + ahead_first, count);
	ahead_first += count;
	ahead_count -= count;
	return (int64_t)count;
}

static int64_t stream_write(struct file *file, struct io *io)
{
	size_t count = host_console_write((char)file->value, io->data, io->length);

	if (count || !io->length)
		return (int64_t)count;
	if (file->flags & LINUX_O_NONBLOCK)
		return -EAGAIN;
	return wait_on(io->waiter, &changed) ? WAITING : -ENOMEM;
}

static unsigned stream_poll(struct file *file, struct waiter *waiter)
{
	unsigned now = file_can_write(file) ? LINUX_POLLOUT | LINUX_POLLWRNORM : 0;

	if (file_can_read(file)) {
		fill(1);
		now |= ahead_count || at_end ? LINUX_POLLIN | LINUX_POLLRDNORM : 0;
		now |= !ahead_count && at_end ? LINUX_POLLHUP : 0;
	}
	if (waiter && !wait_on(waiter, &changed))
		now |= LINUX_POLLERR;
	return now;
}

static const struct file_ops stream_ops = { .read = stream_read, .write = stream_write, .poll = stream_poll };

static int stream_open(struct inode *inode, struct file *file)
{
	file->ops = &stream_ops;
	file->value = inode->value;
	return 0;
}

static const struct inode_ops stream_inode_ops = { .open = stream_open };

struct file *stream_create(char channel)
{
	struct inode *inode = inode_create(&stream_inode_ops, STREAM_DEVICE, LINUX_S_IFIFO | 0600);
	struct file *file = NULL;

	if (inode)
		file = file_create(&stream_ops, inode, channel == 'i' ? LINUX_O_RDONLY : LINUX_O_WRONLY);
	if (file)
		file->value = inode->value = (uint64_t)channel;
	inode_put(inode);
	return file;
}

void stream_ready(void)
{
	wait_wake(&changed);
}
