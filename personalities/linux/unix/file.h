/* Open files: what a descriptor stands for, shared by all that dup and fork made of it. */
#pragma once

#include "personalities/linux/unix/inode.h"

/* What a function answers that has put its waiter into queues: run it again when one is woken. */
#define WAITING INT64_MIN

/* A transfer.  The data is the server's own: what came from a client has been copied. */
struct io {
	void *data;
	size_t length;
	uint64_t position;              /* of files that have one */
	struct process *who;
	struct waiter *waiter;          /* whom to put into queues if the file is not ready */
};

/* What differs between kinds of open files.  A null function answers as the comment says. */
struct file_ops {
	int64_t (*read)(struct file *file, struct io *io);      /* -EINVAL */
	int64_t (*write)(struct file *file, struct io *io);     /* -EINVAL */
	/* Which LINUX_POLL bits hold now; with a waiter, puts it into the queues of those that do not.  [IN and OUT] */
	unsigned (*poll)(struct file *file, struct waiter *waiter);
	/* `data`: what linux_ioctl_sizes says, in and out.  [-ENOTTY] */
	int64_t (*ioctl)(struct file *file, struct process *who, uint32_t request, uint64_t argument, void *data);
	void (*release)(struct file *file);
	bool has_position;
};

struct file {
	const struct file_ops *ops;
	struct inode *inode;
	uint32_t refs, flags;           /* LINUX_O_: access mode, APPEND, NONBLOCK, PATH */
	uint64_t position;
	/* What a /proc file said when it was opened, or another kind's own. */
	char *text;
	size_t text_size;
	uint64_t value;
	enum file_lock { FILE_UNLOCKED, FILE_SHARED, FILE_EXCLUSIVE } lock;     /* flock, on its inode */
};

static inline bool file_can_read(const struct file *file)
{
	return (file->flags & LINUX_O_ACCMODE) != LINUX_O_WRONLY && !(file->flags & LINUX_O_PATH);
}

static inline bool file_can_write(const struct file *file)
{
	return (file->flags & LINUX_O_ACCMODE) != LINUX_O_RDONLY && !(file->flags & LINUX_O_PATH);
}

/* Opens an inode: takes a reference to it, asks its file system.  0 or -errno. */
int file_open(struct inode *inode, uint32_t flags, struct file **out);
/* An open file without asking the inode, which may be null. */
struct file *file_create(const struct file_ops *ops, struct inode *inode, uint32_t flags);
struct file *file_get(struct file *file);
void file_put(struct file *file);

/* Reads or writes; a position other than -1 is used instead of the file's own. */
int64_t file_read(struct file *file, struct io *io, int64_t position);
int64_t file_write(struct file *file, struct io *io, int64_t position);
int64_t file_seek(struct file *file, int64_t offset, int whence);
unsigned file_poll(struct file *file, struct waiter *waiter);

/* Takes a lock on the file's inode, instead of the one it has, or none.  False: others have it. */
bool file_lock(struct file *file, enum file_lock lock);

/* ---- descriptors ---- */
#define FD_MOST 1024

struct fd_slot {
	struct file *file;
	bool close_on_exec;
};

struct fd_table {
	struct fd_slot *slot;
	unsigned size;          /* slots there are; grown as needed */
};

/* The file, or null. */
struct file *fd_file(const struct fd_table *table, uint64_t fd);
/* Puts the file (its reference goes over) at the first free descriptor from `least` on, below `limit`.  -EMFILE. */
int fd_add(struct fd_table *table, struct file *file, unsigned least, unsigned limit, bool close_on_exec);
/* Puts it at `fd`, closing what was there. */
int fd_put(struct fd_table *table, struct file *file, unsigned fd, bool close_on_exec);
/* 0 or -EBADF. */
int fd_close(struct fd_table *table, uint64_t fd);
/* A table with the same files.  0 or -ENOMEM. */
int fd_copy(const struct fd_table *from, struct fd_table *to);
void fd_close_all(struct fd_table *table);
void fd_close_on_exec(struct fd_table *table);
