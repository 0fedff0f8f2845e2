#include "personalities/linux/unix/device.h"

#include "lib/rt/mem.h"
#include "personalities/linux/unix/terminal.h"

#define MEMORY_MAJOR   1
#define TERMINAL_MAJOR 4
#define TTY_MAJOR      5

enum memory_minor { NULL_MINOR = 3, ZERO_MINOR = 5, FULL_MINOR = 7, RANDOM_MINOR = 8, URANDOM_MINOR = 9, KMSG_MINOR = 11 };

static int64_t read_nothing(struct file *file, struct io *io)
{
	return 0;
}

static int64_t read_zeroes(struct file *file, struct io *io)
{
	memset(io->data, 0, io->length);
	return (int64_t)io->length;
}

static int64_t read_random(struct file *file, struct io *io)
{
	host_random(io->data, io->length);
	return (int64_t)io->length;
}

static int64_t write_away(struct file *file, struct io *io)
{
	return (int64_t)io->length;
}

static int64_t write_full(struct file *file, struct io *io)
{
	return -ENOSPC;
}

static const struct file_ops null_ops = { .read = read_nothing, .write = write_away, .has_position = true };
static const struct file_ops zero_ops = { .read = read_zeroes, .write = write_away, .has_position = true };
static const struct file_ops full_ops = { .read = read_zeroes, .write = write_full, .has_position = true };
static const struct file_ops random_ops = { .read = read_random, .write = write_away, .has_position = true };

static const struct device {
	const char *name;
	uint8_t major, minor;
	uint16_t mode;
	const struct file_ops *ops;     /* null: a terminal */
} devices[] = {
	{ "null", MEMORY_MAJOR, NULL_MINOR, 0666, &null_ops },
	{ "zero", MEMORY_MAJOR, ZERO_MINOR, 0666, &zero_ops },
	{ "full", MEMORY_MAJOR, FULL_MINOR, 0666, &full_ops },
	{ "random", MEMORY_MAJOR, RANDOM_MINOR, 0666, &random_ops },
	{ "urandom", MEMORY_MAJOR, URANDOM_MINOR, 0666, &random_ops },
	{ "tty", TTY_MAJOR, 0, 0666, NULL },
	{ "console", TTY_MAJOR, 1, 0600, NULL },
	{ "ttyS0", TERMINAL_MAJOR, 64, 0660, NULL },
};

int device_open(struct file *file)
{
	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
		const struct device *d = &devices[i];

		if (file->inode->rdev != linux_device(d->major, d->minor))
			continue;
		if (d->ops)
			file->ops = d->ops;
		else if (terminal_console())
			terminal_attach(file, terminal_console());
		else
			return -ENXIO;
		return 0;
	}
	return -ENXIO;
}

int device_open_for(struct file *file, struct process *who)
{
	bool is_tty = file->inode && file->inode->rdev == linux_device(TTY_MAJOR, 0) &&
		      mode_is(file->inode->mode, LINUX_S_IFCHR);
	struct tty *tty = terminal_of(file);

	if (is_tty && !(file->flags & LINUX_O_PATH)) {
		if (!who->tty)
			return -ENXIO;
		terminal_attach(file, who->tty);
	} else if (tty && !(file->flags & LINUX_O_NOCTTY)) {
		terminal_adopt(tty, who);
	}
	return 0;
}

int device_populate(struct inode *dev, const struct creds *who)
{
	static const struct { const char *name, *target; } links[] = {
		{ "fd", "/proc/self/fd" }, { "stdin", "/proc/self/fd/0" }, { "stdout", "/proc/self/fd/1" },
		{ "stderr", "/proc/self/fd/2" },
	};
	int error = 0;

	for (size_t i = 0; i < sizeof devices / sizeof *devices && !error; i++) {
		const struct device *d = &devices[i];
		struct place at = { dev, d->name, strlen(d->name) };

		error = ramfs_create(&at, LINUX_S_IFCHR | d->mode, linux_device(d->major, d->minor), who, NULL);
	}
	for (size_t i = 0; i < sizeof links / sizeof *links && !error; i++) {
		struct place at = { dev, links[i].name, strlen(links[i].name) };

		error = ramfs_symlink(&at, links[i].target, strlen(links[i].target), who);
	}
	return error == -EEXIST ? 0 : error;
}
