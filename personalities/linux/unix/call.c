#include "personalities/linux/unix/call.h"

#include "lib/rt/mem.h"
#include "personalities/linux/unix/signal.h"

void *call_bulk(struct process *process, uint64_t offset, uint64_t length)
{
	if (offset < EXCHANGE_BULK || offset > EXCHANGE_BULK_END || length > EXCHANGE_BULK_END - offset)
		return NULL;
	return (uint8_t *)process->exchange + offset;
}

int call_get(struct process *process, uint64_t offset, void *to, size_t bytes)
{
	const void *from = call_bulk(process, offset, bytes);

	if (!from)
		return -EFAULT;
	memcpy(to, from, bytes);
	return 0;
}

int call_put(struct process *process, uint64_t offset, const void *from, size_t bytes)
{
	void *to = call_bulk(process, offset, bytes);

	if (!to)
		return -EFAULT;
	memcpy(to, from, bytes);
	return 0;
}

int call_text(struct process *process, uint64_t offset, char *out, size_t size)
{
	const volatile char *from = call_bulk(process, offset, 0);
	size_t most;

	if (!from)
		return -EFAULT;
	most = EXCHANGE_BULK_END - offset < size ? EXCHANGE_BULK_END - offset : size;
	for (size_t i = 0; i < most; i++)
		if (!(out[i] = from[i]))
			return 0;
	return most == size ? -ENAMETOOLONG : -EFAULT;
}

struct file *call_file(struct process *process, uint64_t fd)
{
	return fd_file(&process->fds, fd);
}

struct file *call_hold(struct process *process, struct call *call, uint64_t fd)
{
	if (!call->file) {
		struct file *file = call_file(process, fd);

		call->file = file ? file_get(file) : NULL;
	}
	return call->file;
}

int call_base(struct process *process, int64_t dirfd, const char *path, struct inode **out)
{
	struct file *file;

	*out = NULL;
	/* The descriptor is an int to Linux: its upper half means nothing. */
	if (*path == '/' || (int32_t)dirfd == LINUX_AT_FDCWD)
		return 0;
	file = call_file(process, (uint32_t)dirfd);
	if (!file)
		return -EBADF;
	if (!file->inode || !mode_is(file->inode->mode, LINUX_S_IFDIR))
		return *path ? -ENOTDIR : 0;
	*out = file->inode;
	return 0;
}

static int inode_of_fd(struct process *process, int64_t fd, struct inode **out)
{
	struct file *file;

	if ((int32_t)fd == LINUX_AT_FDCWD) {
		*out = inode_get(process->cwd);
		return 0;
	}
	file = call_file(process, (uint32_t)fd);
	if (!file)
		return -EBADF;
	if (!file->inode)
		return -EINVAL;
	*out = inode_get(file->inode);
	return 0;
}

int call_find(struct process *process, int64_t dirfd, uint64_t path, uint64_t flags, bool follow, struct inode **out)
{
	static char text[LINUX_PATH_MAX];
	struct path_start start = process_paths(process);
	struct inode *base;
	int error = call_text(process, path, text, sizeof text);

	if (error < 0)
		return error;
	if (!*text && flags & LINUX_AT_EMPTY_PATH)
		return inode_of_fd(process, dirfd, out);
	error = call_base(process, dirfd, text, &base);
	return error < 0 ? error : path_find(&start, base, text, follow, out);
}

int call_find_or_fd(struct process *process, int64_t fd, uint64_t path, bool follow, struct inode **out)
{
	return path ? call_find(process, LINUX_AT_FDCWD, path, 0, follow, out) : inode_of_fd(process, fd, out);
}

int call_place(struct process *process, int64_t dirfd, uint64_t path, bool follow, struct path_last *out)
{
	static char text[LINUX_PATH_MAX];
	struct path_start start = process_paths(process);
	struct inode *base;
	int error = call_text(process, path, text, sizeof text);

	if (error == 0)
		error = call_base(process, dirfd, text, &base);
	return error < 0 ? error : path_parent(&start, base, text, follow, out);
}

/* ---- the table ---- */

#define METHOD(number, name) [UNIX_##number] = { #name, call_##name, false }
#define ON_FILE(number, name) [UNIX_##number] = { #name, call_##name, true }

static const struct call_method methods[UNIX_METHODS] = {
	ON_FILE(READ, read), ON_FILE(WRITE, write), METHOD(OPEN, open), METHOD(CLOSE, close), METHOD(CLOSE_RANGE, close_range),
	METHOD(SEEK, seek), METHOD(DUP, dup), METHOD(DUP_TO, dup_to), METHOD(FCNTL, fcntl), ON_FILE(IOCTL, ioctl),
	METHOD(STAT, stat), METHOD(STATFS, statfs), METHOD(ACCESS, access), METHOD(READLINK, readlink),
	METHOD(GETDENTS, getdents), METHOD(MKDIR, mkdir), METHOD(MKNOD, mknod), METHOD(UNLINK, unlink), METHOD(LINK, link),
	METHOD(SYMLINK, symlink), METHOD(RENAME, rename), METHOD(CHMOD, chmod), METHOD(CHOWN, chown), METHOD(UTIMENS, utimens),
	METHOD(TRUNCATE, truncate), METHOD(FALLOCATE, fallocate), METHOD(SYNC, sync), METHOD(CHDIR, chdir),
	METHOD(CHROOT, chroot), METHOD(GETCWD, getcwd), METHOD(UMASK, umask), METHOD(PIPE, pipe), ON_FILE(SENDFILE, sendfile),
	ON_FILE(FLOCK, flock), METHOD(POLL, poll), METHOD(FSTAT, fstat), METHOD(MEMFD, memfd),
	METHOD(FORK, fork), METHOD(EXEC_DATA, exec_data), METHOD(EXECVE, execve), METHOD(EXIT, exit), METHOD(WAIT, wait),
	METHOD(GETPGID, getpgid), METHOD(SETPGID, setpgid), METHOD(GETSID, getsid), METHOD(SETSID, setsid),
	METHOD(GETPRIORITY, getpriority), METHOD(SETPRIORITY, setpriority), METHOD(SETUID, setuid), METHOD(SETGID, setgid),
	METHOD(GETGROUPS, getgroups), METHOD(SETGROUPS, setgroups), METHOD(RLIMIT, rlimit), METHOD(RUSAGE, rusage),
	METHOD(TIMES, times), METHOD(SYSINFO, sysinfo), METHOD(UNAME, uname), METHOD(SETHOSTNAME, sethostname),
	METHOD(PRCTL_NAME, prctl_name), METHOD(CPU_TIME, cpu_time), METHOD(REBOOT, reboot), METHOD(SYSLOG, syslog),
	METHOD(SIGNAL_ACTION, signal_action), METHOD(SIGNAL_NEXT, signal_next), METHOD(PAUSE, pause),
	METHOD(SIGNAL_WAIT, signal_wait), METHOD(KILL, kill), METHOD(TKILL, tkill), METHOD(SIGQUEUE, sigqueue),
	METHOD(ITIMER, itimer), METHOD(FAULT, fault), METHOD(SLEEP, sleep), METHOD(CLOCK_SET, clock_set),
	METHOD(MMAP, mmap), METHOD(MUNMAP, munmap), METHOD(MPROTECT, mprotect), METHOD(BRK, brk), METHOD(MREMAP, mremap),
	METHOD(MADVISE, madvise), METHOD(MSYNC, msync), METHOD(GETRANDOM, getrandom),
	METHOD(UNSUPPORTED, report_unsupported),
};

static uint64_t calls;
static uint32_t unsupported[CALL_UNSUPPORTED];

uint64_t call_count(void)
{
	return calls;
}

uint64_t call_unsupported(unsigned number)
{
	return number < CALL_UNSUPPORTED ? unsupported[number] : 0;
}

void call_count_unsupported(uint64_t number)
{
	unsupported[number < CALL_UNSUPPORTED ? number : CALL_UNSUPPORTED - 1]++;
}

static const struct call_method *method_of(uint64_t number)
{
	return number < UNIX_METHODS && methods[number].run ? &methods[number] : NULL;
}

/* What a call that would go on waiting answers if a signal is to be handled, else WAITING. */
static int64_t unless_interrupted(struct process *process, struct call *call)
{
	if (process->state != PROCESS_ALIVE || process->stopped || !signal_deliverable(process))
		return WAITING;
	return call->interrupted;
}

int64_t call_run(struct process *process)
{
	struct call *call = &process->call;
	const struct call_method *method = method_of(call->method);
	int64_t result;

	calls += !call->again;
	if (!method) {
		call_count_unsupported(CALL_UNSUPPORTED - 1);
		return -ENOSYS;
	}
	if (method->takes_file && !call_hold(process, call, (uint32_t)call->w[0]))
		return -EBADF;
	result = method->run(process, call);
	if (result == WAITING)
		result = unless_interrupted(process, call);
	call->again = true;
	if (process->state != PROCESS_ALIVE)
		return WAITING;
	if (result != WAITING) {
		wait_cancel(&process->waiter);
		file_put(call->file);
		call->file = NULL;
		call->deadline = UINT64_MAX;
	}
	return result;
}
