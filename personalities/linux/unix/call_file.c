/* Requests about open files. */
#include "personalities/linux/unix/call.h"

#include "lib/rt/mem.h"
#include "personalities/linux/abi/ioctl.h"
#include "personalities/linux/unix/device.h"
#include "personalities/linux/unix/pipe.h"
#include "personalities/linux/unix/signal.h"

/* The file of a descriptor word: an int to Linux. */
static struct file *file_of(struct process *process, uint64_t word)
{
	return call_file(process, (uint32_t)word);
}

static unsigned fd_limit(const struct process *process)
{
	uint64_t limit = process->limit[LINUX_RLIMIT_NOFILE].current;

	return limit < FD_MOST ? (unsigned)limit : FD_MOST;
}

/* Puts a new open file at a descriptor; its reference is used up. */
static int64_t install(struct process *process, struct file *file, uint64_t flags)
{
	int fd = fd_add(&process->fds, file, 0, fd_limit(process), flags & LINUX_O_CLOEXEC);

	if (fd < 0)
		file_put(file);
	return fd;
}

int64_t call_read(struct process *process, struct call *call)
{
	struct io io = { .data = call_bulk(process, call->w[1], call->w[2]), .length = call->w[2], .who = process,
			 .waiter = &process->waiter };
	int64_t done;

	if (!io.data)
		return -EFAULT;
	if ((int64_t)call->w[3] < -1)
		return -EINVAL;
	done = file_read(call->file, &io, (int64_t)call->w[3]);
	if (done > 0 && call->file->ops->has_position)
		call->out[1] = (uint64_t)done == io.length ? UNIX_READ_MORE : 0;
	return done;
}

/* Whether a write must go on until all is written, waiting as long as that takes. */
static bool writes_all(const struct file *file)
{
	return !file->ops->has_position && !(file->flags & LINUX_O_NONBLOCK);
}

/* How much of a write fits below the process's limit for files, or -EFBIG. */
static int64_t write_limit(struct process *process, const struct file *file, uint64_t position, uint64_t length)
{
	uint64_t limit = process->limit[LINUX_RLIMIT_FSIZE].current;

	if (limit == LINUX_RLIM_INFINITY || !file->inode || !file->inode->store)
		return (int64_t)length;
	if (position >= limit && length) {
		signal_send_simple(process, LINUX_SIGXFSZ);
		return -EFBIG;
	}
	return (int64_t)(length < limit - position ? length : limit - position);
}

int64_t call_write(struct process *process, struct call *call)
{
	struct file *file = call->file;
	struct io io = { .who = process, .waiter = &process->waiter };
	uint64_t *written = &call->w[7];        /* so far, over all runs of the call */
	int64_t done = write_limit(process, file, file->position, call->w[2]);

	if (!call->again)
		*written = 0;
	if (done < 0)
		return done;
	if ((int64_t)call->w[3] < -1)
		return -EINVAL;
	if (!call_bulk(process, call->w[1], call->w[2]))
		return -EFAULT;
	do {
		io.data = call_bulk(process, call->w[1] + *written, (uint64_t)done - *written);
		io.length = (uint64_t)done - *written;
		int64_t piece = file_write(file, &io, (int64_t)call->w[3]);

		if (piece == WAITING) {
			call->interrupted = *written ? (int64_t)*written : UNIX_RESTART_SYS;
			return WAITING;
		}
		if (piece < 0)
			return *written ? (int64_t)*written : piece;
		*written += (uint64_t)piece;
	} while (*written < (uint64_t)done && writes_all(file));
	return (int64_t)*written;
}

/* ---- open and close ---- */

static unsigned access_of(uint64_t flags)
{
	static const unsigned access[] = { INODE_READ, INODE_WRITE, INODE_READ | INODE_WRITE, INODE_READ | INODE_WRITE };

	return access[flags & LINUX_O_ACCMODE] | (flags & LINUX_O_TRUNC ? INODE_WRITE : 0);
}

/* Whether a file that is there may be opened so. */
static int may_open(struct process *process, const struct inode *inode, uint64_t flags)
{
	bool is_directory = mode_is(inode->mode, LINUX_S_IFDIR);
	unsigned access = access_of(flags);

	if (flags & LINUX_O_DIRECTORY && !is_directory)
		return -ENOTDIR;
	if (flags & LINUX_O_PATH)
		return 0;
	if (mode_is(inode->mode, LINUX_S_IFLNK))
		return -ELOOP;
	if (is_directory && access & INODE_WRITE)
		return -EISDIR;
	if (access & INODE_WRITE && inode->executors)
		return -ETXTBSY;
	if (mode_is(inode->mode, LINUX_S_IFSOCK))
		return -ENXIO;
	return inode_allows(inode, &process->creds, access);
}

/* The file to open, made if it is to be; *made tells. */
static int find_or_make(struct process *process, struct call *call, struct inode **out, bool *made)
{
	uint64_t flags = call->w[2];
	bool follow = !(flags & LINUX_O_NOFOLLOW) && (flags & (LINUX_O_CREAT | LINUX_O_EXCL)) != (LINUX_O_CREAT | LINUX_O_EXCL);
	struct path_last last;
	int error = call_find(process, (int64_t)call->w[0], call->w[1], 0, follow, out);

	*made = false;
	if (error != -ENOENT || !(flags & LINUX_O_CREAT)) {
		if (error == 0 && (flags & (LINUX_O_CREAT | LINUX_O_EXCL)) == (LINUX_O_CREAT | LINUX_O_EXCL)) {
			inode_put(*out);
			return -EEXIST;
		}
		return error == 0 && flags & LINUX_O_CREAT && mode_is((*out)->mode, LINUX_S_IFDIR) ? (inode_put(*out), -EISDIR) : error;
	}
	error = call_place(process, (int64_t)call->w[0], call->w[1], follow, &last);
	if (error < 0)
		return error;
	error = last.must_be_directory ? -EISDIR :
		ramfs_create(&last.place, LINUX_S_IFREG | (call->w[3] & 07777 & ~process->umask), 0, &process->creds, out);
	path_last_put(&last);
	*made = error == 0;
	return error;
}

static int make_nameless(struct process *process, struct call *call, struct inode **out)
{
	struct inode *dir;
	int error = call_find(process, (int64_t)call->w[0], call->w[1], 0, true, &dir);

	if (error < 0)
		return error;
	if (!mode_is(dir->mode, LINUX_S_IFDIR) || !dir->ops->writable)
		error = -EOPNOTSUPP;
	else
		error = inode_allows(dir, &process->creds, INODE_WRITE | INODE_EXECUTE);
	if (error == 0) {
		*out = ramfs_nameless(dir, LINUX_S_IFREG | (call->w[3] & 07777 & ~process->umask), &process->creds);
		error = *out ? 0 : -ENOSPC;
	}
	inode_put(dir);
	return error;
}

static int64_t open_inode(struct process *process, struct call *call, struct inode *inode, bool made)
{
	uint64_t flags = call->w[2];
	struct file *file = NULL;
	int error = made ? 0 : may_open(process, inode, flags);

	if (error == 0)
		error = file_open(inode, (uint32_t)flags & ~(LINUX_O_CREAT | LINUX_O_EXCL | LINUX_O_TRUNC | LINUX_O_CLOEXEC), &file);
	if (error == 0)
		error = device_open_for(file, process);
	if (error == 0 && flags & LINUX_O_TRUNC && inode->store && !(flags & LINUX_O_PATH)) {
		error = store_resize(inode->store, 0);
		inode_touch(inode, false, true);
	}
	if (error < 0) {
		file_put(file);
		return error;
	}
	call->file = file_get(file);
	return install(process, file, flags);
}

/* A FIFO's open waits for the other end.  Run again with w[7] the descriptor that has been given already. */
static int64_t wait_for_fifo(struct process *process, struct call *call, int64_t fd)
{
	if (fd < 0 || !file_is_pipe(call->file) || pipe_is_connected(call->file, &process->waiter))
		return fd;
	call->w[7] = (uint64_t)fd;
	if (signal_deliverable(process)) {
		fd_close(&process->fds, (uint64_t)fd);
		return UNIX_RESTART_SYS;
	}
	return WAITING;
}

int64_t call_open(struct process *process, struct call *call)
{
	struct inode *inode;
	bool made = false;
	int64_t result;

	if (call->file)
		return wait_for_fifo(process, call, (int64_t)call->w[7]);
	call->w[2] &= 0xffffffff;
	if ((call->w[2] & LINUX_O_TMPFILE) && (call->w[2] & LINUX_O_DIRECTORY)) {
		result = make_nameless(process, call, &inode);
		made = true;
	} else {
		result = find_or_make(process, call, &inode, &made);
	}
	if (result < 0)
		return result;
	if (made)
		call->w[2] &= ~(uint64_t)(LINUX_O_DIRECTORY | LINUX_O_TMPFILE);
	result = open_inode(process, call, inode, made);
	inode_put(inode);
	return wait_for_fifo(process, call, result);
}

int64_t call_close(struct process *process, struct call *call)
{
	return fd_close(&process->fds, (uint32_t)call->w[0]);
}

int64_t call_close_range(struct process *process, struct call *call)
{
	uint64_t first = (uint32_t)call->w[0], last = (uint32_t)call->w[1];
	bool only_mark = call->w[2] & 4;        /* CLOSE_RANGE_CLOEXEC */

	if (first > last || call->w[2] & ~6ull)
		return -EINVAL;
	for (uint64_t fd = first; fd <= last && fd < process->fds.size; fd++) {
		if (only_mark && process->fds.slot[fd].file)
			process->fds.slot[fd].close_on_exec = true;
		else if (!only_mark)
			fd_close(&process->fds, fd);
	}
	return 0;
}

int64_t call_seek(struct process *process, struct call *call)
{
	struct file *file = file_of(process, call->w[0]);

	return file && !(file->flags & LINUX_O_PATH) ? file_seek(file, (int64_t)call->w[1], (int)call->w[2]) : -EBADF;
}

int64_t call_dup(struct process *process, struct call *call)
{
	struct file *file = file_of(process, call->w[0]);
	int fd;

	if (!file)
		return -EBADF;
	if (call->w[1] >= fd_limit(process))
		return -EINVAL;
	fd = fd_add(&process->fds, file_get(file), (unsigned)call->w[1], fd_limit(process), call->w[2] & LINUX_O_CLOEXEC);
	if (fd < 0)
		file_put(file);
	return fd;
}

int64_t call_dup_to(struct process *process, struct call *call)
{
	struct file *file = file_of(process, call->w[0]);
	uint32_t to = (uint32_t)call->w[1];
	int fd;

	if (!file || to >= fd_limit(process))
		return -EBADF;
	if ((uint32_t)call->w[0] == to)
		return -EINVAL;
	fd = fd_put(&process->fds, file_get(file), to, call->w[2] & LINUX_O_CLOEXEC);
	if (fd < 0)
		file_put(file);
	return fd;
}

/* ---- control ---- */

#define SETTABLE (LINUX_O_APPEND | LINUX_O_NONBLOCK | LINUX_O_ASYNC | LINUX_O_DIRECT | LINUX_O_NOATIME)

int64_t call_fcntl(struct process *process, struct call *call)
{
	struct file *file = file_of(process, call->w[0]);
	struct fd_slot *slot;

	if (!file)
		return -EBADF;
	slot = &process->fds.slot[(uint32_t)call->w[0]];
	switch (call->w[1]) {
	case LINUX_F_GETFD: return slot->close_on_exec ? LINUX_FD_CLOEXEC : 0;
	case LINUX_F_SETFD:
		slot->close_on_exec = call->w[2] & LINUX_FD_CLOEXEC;
		return 0;
	case LINUX_F_GETFL: return file->flags | LINUX_O_LARGEFILE;
	case LINUX_F_SETFL:
		file->flags = (file->flags & ~SETTABLE) | (call->w[2] & SETTABLE);
		return 0;
	case LINUX_F_GETLK:
	case LINUX_F_SETLK:
	case LINUX_F_SETLKW:            /* locks of parts of files are not there: better said than pretended */
		call_count_unsupported(CALL_UNSUPPORTED - 1);
		return -ENOSYS;
	case LINUX_F_GETPIPE_SZ: return file_is_pipe(file) ? (int64_t)PIPE_SIZE : -EBADF;
	case LINUX_F_SETPIPE_SZ: return !file_is_pipe(file) ? -EBADF : call->w[2] <= PIPE_SIZE ? (int64_t)PIPE_SIZE : -EPERM;
	case LINUX_F_GETOWN: return 0;
	default: return -EINVAL;
	}
}

int64_t call_ioctl(struct process *process, struct call *call)
{
	struct file *file = call->file;
	uint32_t request = (uint32_t)call->w[1];
	uint8_t data[64];
	size_t in, out;
	int64_t result;

	if (!linux_ioctl_sizes(request, &in, &out))
		return -ENOTTY;
	if (in && call_get(process, call->w[3], data, in) < 0)
		return -EFAULT;
	switch (request) {
	case LINUX_FIOCLEX:
	case LINUX_FIONCLEX:
		process->fds.slot[(uint32_t)call->w[0]].close_on_exec = request == LINUX_FIOCLEX;
		return 0;
	case LINUX_FIONBIO:
		file->flags = data[0] | data[1] | data[2] | data[3] ? file->flags | LINUX_O_NONBLOCK : file->flags & ~LINUX_O_NONBLOCK;
		return 0;
	}
	if (!file->ops->ioctl || file->flags & LINUX_O_PATH)
		return file->flags & LINUX_O_PATH ? -EBADF : -ENOTTY;
	result = file->ops->ioctl(file, process, request, call->w[2], data);
	if (result >= 0 && out && call_put(process, call->w[3], data, out) < 0)
		return -EFAULT;
	return result;
}

int64_t call_flock(struct process *process, struct call *call)
{
	enum { SHARED = 1, EXCLUSIVE = 2, NOT_WAITING = 4, UNLOCK = 8 };
	struct file *file = call->file;
	uint64_t operation = call->w[1] & ~(uint64_t)NOT_WAITING;

	if (operation != SHARED && operation != EXCLUSIVE && operation != UNLOCK)
		return -EINVAL;
	if (!file->inode || file->flags & LINUX_O_PATH)
		return -EBADF;
	if (file_lock(file, operation == SHARED ? FILE_SHARED : operation == EXCLUSIVE ? FILE_EXCLUSIVE : FILE_UNLOCKED))
		return 0;
	if (call->w[1] & NOT_WAITING)
		return -EAGAIN;
	return wait_on(&process->waiter, &file->inode->unlocked) ? WAITING : -ENOMEM;
}

/* ---- the others ---- */

int64_t call_pipe(struct process *process, struct call *call)
{
	struct file *ends[2];
	int64_t fd[2];
	int error;

	if (call->w[0] & ~(uint64_t)(LINUX_O_NONBLOCK | LINUX_O_CLOEXEC | LINUX_O_DIRECT))
		return -EINVAL;
	error = pipe_create((uint32_t)call->w[0] & LINUX_O_NONBLOCK, &ends[0], &ends[1]);
	if (error < 0)
		return error;
	fd[0] = install(process, ends[0], call->w[0]);
	if (fd[0] < 0) {
		file_put(ends[1]);
		return fd[0];
	}
	fd[1] = install(process, ends[1], call->w[0]);
	if (fd[1] < 0) {
		fd_close(&process->fds, (uint64_t)fd[0]);
		return fd[1];
	}
	call->out[1] = (uint64_t)fd[0];
	call->out[2] = (uint64_t)fd[1];
	return 0;
}

int64_t call_sendfile(struct process *process, struct call *call)
{
	static uint8_t buffer[65536];
	struct file *out = call->file, *in = file_of(process, call->w[1]);
	struct io io = { .data = buffer, .length = call->w[3] < sizeof buffer ? call->w[3] : sizeof buffer, .who = process,
			 .waiter = &process->waiter };
	int64_t position = (int64_t)call->w[2], got, done;

	if (!in || !file_can_read(in))
		return -EBADF;
	/* Only from files whose bytes can be had again: what the other side does not take must not be lost. */
	if (!in->inode || !in->inode->store || position < -1)
		return -EINVAL;
	got = file_read(in, &io, position == -1 ? (int64_t)in->position : position);
	if (got <= 0)
		return got;
	io.length = (size_t)got;
	done = file_write(out, &io, -1);
	if (done > 0 && position == -1)
		in->position += (uint64_t)done;
	call->out[1] = done == got ? UNIX_READ_MORE : 0;
	return done;
}

int64_t call_sync(struct process *process, struct call *call)
{
	/* Memory is as far as anything gets. */
	return call->w[0] == UINT64_MAX || file_of(process, call->w[0]) ? 0 : -EBADF;
}

int64_t call_fallocate(struct process *process, struct call *call)
{
	struct file *file = file_of(process, call->w[0]);
	uint64_t mode = call->w[1], offset = call->w[2], length = call->w[3];

	if (!file || !file_can_write(file))
		return -EBADF;
	if ((int64_t)offset < 0 || (int64_t)length <= 0 || offset + length > STORE_MOST)
		return offset + length > STORE_MOST && (int64_t)length > 0 ? -EFBIG : -EINVAL;
	if (!file->inode || !file->inode->store)
		return -ENODEV;
	inode_touch(file->inode, false, true);
	if (mode == (LINUX_FALLOC_PUNCH_HOLE | LINUX_FALLOC_KEEP_SIZE))
		return store_punch(file->inode->store, offset, length);
	if (mode & ~(uint64_t)LINUX_FALLOC_KEEP_SIZE)
		return -EOPNOTSUPP;
	if (mode & LINUX_FALLOC_KEEP_SIZE || offset + length <= file->inode->store->size)
		return 0;
	return store_resize(file->inode->store, offset + length);
}

int64_t call_memfd(struct process *process, struct call *call)
{
	struct inode *inode = ramfs_nameless(process->root, LINUX_S_IFREG | 0777, &process->creds);
	struct file *file;
	int error;

	if (!inode)
		return -ENOMEM;
	error = file_open(inode, LINUX_O_RDWR, &file);
	inode_put(inode);
	return error < 0 ? error : install(process, file, call->w[1] & 1 ? LINUX_O_CLOEXEC : 0);
}

/* ---- directories ---- */

struct listing {
	uint8_t *out;
	size_t size, used;
	uint64_t position;
	bool full;
};

static bool list_one(void *context, const char *name, size_t length, uint64_t ino, uint32_t mode, uint64_t cookie)
{
	struct listing *l = context;
	size_t size = (LINUX_DIRENT_NAME + length + 1 + 7) & ~7ul;
	struct linux_dirent64 head = { .ino = ino, .position = (int64_t)cookie, .size = (uint16_t)size,
				       .type = (uint8_t)(mode >> 12) };

	if (size > l->size - l->used) {
		l->full = true;
		return false;
	}
	memset(l->out + l->used, 0, size);
	memcpy(l->out + l->used, &head, LINUX_DIRENT_NAME);
	memcpy(l->out + l->used + LINUX_DIRENT_NAME, name, length);
	l->used += size;
	l->position = cookie;
	return true;
}

/* "." and ".." have the cookies 1 and 2; the others follow. */
#define DOTS 2

static bool list_shifted(void *context, const char *name, size_t length, uint64_t ino, uint32_t mode, uint64_t cookie)
{
	return list_one(context, name, length, ino, mode, cookie + DOTS);
}

int64_t call_getdents(struct process *process, struct call *call)
{
	struct file *file = file_of(process, call->w[0]);
	struct listing l = { .out = call_bulk(process, call->w[1], call->w[2]), .size = call->w[2] };
	struct inode *dir;

	if (!file || !file_can_read(file))
		return -EBADF;
	dir = file->inode;
	if (!dir || !mode_is(dir->mode, LINUX_S_IFDIR) || !dir->ops->list)
		return -ENOTDIR;
	if (!l.out)
		return -EFAULT;
	l.position = file->position;
	if (l.position < 1)
		list_one(&l, ".", 1, dir->ino, LINUX_S_IFDIR, 1);
	if (l.position == 1)
		list_one(&l, "..", 2, path_up(process->root, dir)->ino, LINUX_S_IFDIR, 2);
	if (l.position >= DOTS)
		dir->ops->list(dir, l.position - DOTS, list_shifted, &l);
	file->position = l.position;
	return l.full && !l.used ? -EINVAL : (int64_t)l.used;
}
