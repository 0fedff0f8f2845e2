/* Requests about files by name, and about what stat tells. */
#include "personalities/linux/unix/call.h"

#include "lib/rt/mem.h"
#include "personalities/linux/unix/heap.h"

#define SECOND 1000000000ll

/* ---- what a file is ---- */

static void stat_of(const struct inode *inode, struct unix_stat *out)
{
	*out = (struct unix_stat){
		.dev = inode->device, .ino = inode->ino, .rdev = inode->rdev, .mode = inode->mode,
		.nlink = inode->nlink ? inode->nlink : !inode->ops->writable, .uid = inode->uid, .gid = inode->gid, .blksize = STORE_PAGE, .size = inode_size(inode),
		.blocks = inode->store ? (store_bytes(inode->store) + 511) / 512 : 0,
		.atime_s = inode->atime / SECOND, .atime_ns = (uint32_t)(inode->atime % SECOND),
		.mtime_s = inode->mtime / SECOND, .mtime_ns = (uint32_t)(inode->mtime % SECOND),
		.ctime_s = inode->ctime / SECOND, .ctime_ns = (uint32_t)(inode->ctime % SECOND),
	};
}

static int64_t answer_stat(struct process *process, const struct inode *inode, uint64_t out)
{
	struct unix_stat stat;

	stat_of(inode, &stat);
	return call_put(process, out, &stat, sizeof stat);
}

int64_t call_stat(struct process *process, struct call *call)
{
	struct inode *inode;
	int64_t result = call_find(process, (int64_t)call->w[0], call->w[1], call->w[2],
				   !(call->w[2] & LINUX_AT_SYMLINK_NOFOLLOW), &inode);

	if (result < 0)
		return result;
	result = answer_stat(process, inode, call->w[3]);
	inode_put(inode);
	return result;
}

int64_t call_fstat(struct process *process, struct call *call)
{
	struct file *file = call_file(process, (uint32_t)call->w[0]);

	if (!file || !file->inode)
		return -EBADF;
	return answer_stat(process, file->inode, call->w[1]);
}

int64_t call_statfs(struct process *process, struct call *call)
{
	struct inode *inode;
	struct host_memory memory;
	struct linux_statfs out = { .bsize = STORE_PAGE, .frsize = STORE_PAGE, .namelen = LINUX_NAME_MAX };
	int64_t result = call_find_or_fd(process, (int64_t)call->w[0], call->w[1], true, &inode);

	if (result < 0)
		return result;
	host_memory_info(&memory);
	out.type = inode->ops->magic;
	if (inode->ops->writable) {
		out.blocks = memory.total / STORE_PAGE / 2;     /* see store_limit */
		out.bfree = memory.free / STORE_PAGE;
		out.bfree = out.bavail = out.bfree > out.blocks ? out.blocks : out.bfree;
		out.files = inode_count() + out.bfree;
		out.ffree = out.bfree;
	}
	inode_put(inode);
	return call_put(process, call->w[2], &out, sizeof out);
}

int64_t call_access(struct process *process, struct call *call)
{
	struct creds real = process->creds;
	struct inode *inode;
	int64_t result;

	if (call->w[2] & ~7ull)
		return -EINVAL;
	result = call_find(process, (int64_t)call->w[0], call->w[1], call->w[3], !(call->w[3] & LINUX_AT_SYMLINK_NOFOLLOW), &inode);
	if (result < 0)
		return result;
	if (!(call->w[3] & LINUX_AT_EACCESS)) {
		real.euid = real.uid;
		real.egid = real.gid;
	}
	result = inode_allows(inode, &real, (unsigned)call->w[2]);
	inode_put(inode);
	return result;
}

int64_t call_readlink(struct process *process, struct call *call)
{
	static char target[LINUX_PATH_MAX];
	struct inode *inode;
	uint64_t size = call->w[3];
	int64_t result;

	if ((int64_t)size <= 0)
		return -EINVAL;
	result = call_find(process, (int64_t)call->w[0], call->w[1], LINUX_AT_EMPTY_PATH, false, &inode);
	if (result < 0)
		return result;
	result = mode_is(inode->mode, LINUX_S_IFLNK) && inode->ops->read_link ?
		 inode->ops->read_link(inode, target, sizeof target) : -EINVAL;
	inode_put(inode);
	if (result > 0 && (uint64_t)result > size)
		result = (int64_t)size;
	return result > 0 && call_put(process, call->w[2], target, (size_t)result) < 0 ? -EFAULT : result;
}

/* ---- names ---- */

/* The place of a name that is to be made. */
static int64_t new_place(struct process *process, uint64_t dirfd, uint64_t path, struct path_last *out)
{
	int error = call_place(process, (int64_t)dirfd, path, false, out);

	return error == -EBUSY ? -EEXIST : error;
}

int64_t call_mkdir(struct process *process, struct call *call)
{
	struct path_last last;
	int64_t result = new_place(process, call->w[0], call->w[1], &last);

	if (result < 0)
		return result;
	result = ramfs_create(&last.place, LINUX_S_IFDIR | (call->w[2] & 01777 & ~process->umask), 0, &process->creds, NULL);
	path_last_put(&last);
	return result;
}

int64_t call_mknod(struct process *process, struct call *call)
{
	uint32_t mode = (uint32_t)call->w[2];
	struct path_last last;
	int64_t result;

	if (!(mode & LINUX_S_IFMT))
		mode |= LINUX_S_IFREG;
	if (mode_is(mode, LINUX_S_IFDIR) || mode_is(mode, LINUX_S_IFLNK))
		return -EINVAL;
	if ((mode_is(mode, LINUX_S_IFCHR) || mode_is(mode, LINUX_S_IFBLK)) && process->creds.euid != 0)
		return -EPERM;
	result = new_place(process, call->w[0], call->w[1], &last);
	if (result < 0)
		return result;
	result = last.must_be_directory ? -ENOENT :
		 ramfs_create(&last.place, mode & ~process->umask, call->w[3], &process->creds, NULL);
	path_last_put(&last);
	return result;
}

int64_t call_unlink(struct process *process, struct call *call)
{
	bool directory = call->w[2] & LINUX_AT_REMOVEDIR;
	struct path_last last;
	int64_t result = call_place(process, (int64_t)call->w[0], call->w[1], false, &last);

	if (result == -EEXIST || result == -EBUSY)      /* ".", ".." or the root */
		return !directory ? -EISDIR : result == -EBUSY ? -EBUSY : -EINVAL;
	if (result < 0)
		return result;
	result = ramfs_unlink(&last.place, directory, &process->creds);
	path_last_put(&last);
	/* What has a slash behind its name is meant as a directory. */
	return result == 0 || !last.must_be_directory || directory ? result : result == -ENOENT ? result : -ENOTDIR;
}

int64_t call_link(struct process *process, struct call *call)
{
	struct path_last last;
	struct inode *inode;
	int64_t result = call_find(process, (int64_t)call->w[0], call->w[1], call->w[4], call->w[4] & LINUX_AT_SYMLINK_FOLLOW,
				   &inode);

	if (result < 0)
		return result;
	result = new_place(process, call->w[2], call->w[3], &last);
	if (result == 0) {
		result = last.must_be_directory ? -ENOENT : ramfs_link(&last.place, inode, &process->creds);
		path_last_put(&last);
	}
	inode_put(inode);
	return result;
}

int64_t call_symlink(struct process *process, struct call *call)
{
	static char target[LINUX_PATH_MAX];
	struct path_last last;
	int64_t result = call_text(process, call->w[0], target, sizeof target);

	if (result < 0)
		return result;
	if (!*target)
		return -ENOENT;
	result = new_place(process, call->w[1], call->w[2], &last);
	if (result < 0)
		return result;
	result = last.must_be_directory ? -ENOENT : ramfs_symlink(&last.place, target, strlen(target), &process->creds);
	path_last_put(&last);
	return result;
}

int64_t call_rename(struct process *process, struct call *call)
{
	struct path_last from, to;
	unsigned flags = (unsigned)call->w[4];
	int64_t result;

	if (call->w[4] & ~3ull || flags == (LINUX_RENAME_NOREPLACE | LINUX_RENAME_EXCHANGE))
		return -EINVAL;
	result = call_place(process, (int64_t)call->w[0], call->w[1], false, &from);
	if (result < 0)
		return result == -EEXIST ? -EBUSY : result;
	result = call_place(process, (int64_t)call->w[2], call->w[3], false, &to);
	if (result == 0) {
		result = ramfs_rename(&from.place, &to.place, flags, &process->creds);
		path_last_put(&to);
	}
	path_last_put(&from);
	return result == -EEXIST && !(flags & LINUX_RENAME_NOREPLACE) ? -EBUSY : result;
}

/* ---- attributes ---- */

static bool owns(const struct process *process, const struct inode *inode)
{
	return process->creds.euid == 0 || process->creds.euid == inode->uid;
}

/* The file that chmod and its like are about. */
static int64_t subject(struct process *process, struct call *call, uint64_t flags, struct inode **out)
{
	if (!call->w[1])
		return call_find_or_fd(process, (int64_t)call->w[0], 0, true, out);
	return call_find(process, (int64_t)call->w[0], call->w[1], flags, !(flags & LINUX_AT_SYMLINK_NOFOLLOW), out);
}

int64_t call_chmod(struct process *process, struct call *call)
{
	struct inode *inode;
	int64_t result = subject(process, call, call->w[3], &inode);

	if (result < 0)
		return result;
	if (!owns(process, inode))
		result = -EPERM;
	else if (mode_is(inode->mode, LINUX_S_IFLNK))
		result = -EOPNOTSUPP;
	else {
		inode->mode = (inode->mode & LINUX_S_IFMT) | (call->w[2] & 07777);
		inode->ctime = (int64_t)host_realtime();
	}
	inode_put(inode);
	return result;
}

int64_t call_chown(struct process *process, struct call *call)
{
	uint32_t uid = (uint32_t)call->w[2], gid = (uint32_t)call->w[3];
	struct inode *inode;
	int64_t result = subject(process, call, call->w[4], &inode);

	if (result < 0)
		return result;
	if (process->creds.euid != 0 && !(process->creds.euid == inode->uid && (uid == UINT32_MAX || uid == inode->uid) &&
					  (gid == UINT32_MAX || gid == process->creds.egid))) {
		result = -EPERM;
	} else {
		inode->uid = uid == UINT32_MAX ? inode->uid : uid;
		inode->gid = gid == UINT32_MAX ? inode->gid : gid;
		if (!mode_is(inode->mode, LINUX_S_IFDIR))
			inode->mode &= ~(uint32_t)(LINUX_S_ISUID | LINUX_S_ISGID);
		inode->ctime = (int64_t)host_realtime();
	}
	inode_put(inode);
	return result;
}

/* A time as utimensat means it: *out changes unless it is to be left. */
static int take_time(const struct linux_timespec *from, int64_t *out)
{
	if (from->ns == LINUX_UTIME_OMIT)
		return 0;
	if (from->ns == LINUX_UTIME_NOW) {
		*out = (int64_t)host_realtime();
		return 0;
	}
	if (from->ns < 0 || from->ns >= SECOND || from->s < 0 || from->s > INT64_MAX / SECOND - 1)
		return -EINVAL;
	*out = from->s * SECOND + from->ns;
	return 0;
}

static int64_t set_times(struct process *process, struct inode *inode, const struct linux_timespec times[2], bool to_now)
{
	int64_t atime = inode->atime, mtime = inode->mtime;

	if (!owns(process, inode) && !(to_now && inode_allows(inode, &process->creds, INODE_WRITE) == 0))
		return to_now ? -EACCES : -EPERM;
	if (take_time(&times[0], &atime) < 0 || take_time(&times[1], &mtime) < 0)
		return -EINVAL;
	inode->atime = atime;
	inode->mtime = mtime;
	inode->ctime = (int64_t)host_realtime();
	return 0;
}

int64_t call_utimens(struct process *process, struct call *call)
{
	struct linux_timespec times[2] = { { 0, LINUX_UTIME_NOW }, { 0, LINUX_UTIME_NOW } };
	struct inode *inode;
	int64_t result;

	if (call->w[2] && call_get(process, call->w[2], times, sizeof times) < 0)
		return -EFAULT;
	result = subject(process, call, call->w[3], &inode);
	if (result < 0)
		return result;
	result = set_times(process, inode, times, times[0].ns == LINUX_UTIME_NOW && times[1].ns == LINUX_UTIME_NOW);
	inode_put(inode);
	return result;
}

/* The file to cut: by path with write permission, or by a descriptor that is open for writing. */
static int64_t truncate_subject(struct process *process, struct call *call, struct inode **out)
{
	struct file *file;
	int64_t result;

	if (!call->w[1]) {
		file = call_file(process, (uint32_t)call->w[0]);
		if (!file)
			return -EBADF;
		if (!file_can_write(file) || !file->inode)
			return -EINVAL;
		*out = inode_get(file->inode);
		return 0;
	}
	result = call_find(process, LINUX_AT_FDCWD, call->w[1], 0, true, out);
	if (result < 0)
		return result;
	result = mode_is((*out)->mode, LINUX_S_IFDIR) ? -EISDIR : inode_allows(*out, &process->creds, INODE_WRITE);
	if (result == 0 && (*out)->executors)
		result = -ETXTBSY;
	if (result < 0)
		inode_put(*out);
	return result;
}

int64_t call_truncate(struct process *process, struct call *call)
{
	struct inode *inode;
	int64_t result;

	if ((int64_t)call->w[2] < 0)
		return -EINVAL;
	result = truncate_subject(process, call, &inode);
	if (result < 0)
		return result;
	result = inode->store ? store_resize(inode->store, call->w[2]) : -EINVAL;
	if (result == 0)
		inode_touch(inode, false, true);
	inode_put(inode);
	return result;
}

/* ---- where the process is ---- */

static int64_t directory_to_enter(struct process *process, struct call *call, uint64_t path, struct inode **out)
{
	int64_t result = call_find_or_fd(process, (int64_t)call->w[0], path, true, out);

	if (result < 0)
		return result;
	result = mode_is((*out)->mode, LINUX_S_IFDIR) ? inode_allows(*out, &process->creds, INODE_EXECUTE) : -ENOTDIR;
	if (result < 0)
		inode_put(*out);
	return result;
}

int64_t call_chdir(struct process *process, struct call *call)
{
	struct inode *inode;
	int64_t result;

	result = directory_to_enter(process, call, call->w[1], &inode);
	if (result < 0)
		return result;
	inode_put(process->cwd);
	process->cwd = inode;
	return 0;
}

int64_t call_chroot(struct process *process, struct call *call)
{
	struct inode *inode;
	uint64_t path = call->w[0];
	int64_t result;

	if (process->creds.euid != 0)
		return -EPERM;
	if (!path)
		return -EFAULT;
	result = directory_to_enter(process, call, path, &inode);
	if (result < 0)
		return result;
	inode_put(process->root);
	process->root = inode;
	return 0;
}

int64_t call_getcwd(struct process *process, struct call *call)
{
	static char path[LINUX_PATH_MAX];
	int64_t length = path_of(process->root, process->cwd, path, sizeof path);

	if (length < 0)
		return length;
	if ((uint64_t)length > call->w[1])
		return -ERANGE;
	return call_put(process, call->w[0], path, (size_t)length) < 0 ? -EFAULT : length;
}

int64_t call_umask(struct process *process, struct call *call)
{
	uint32_t old = process->umask;

	process->umask = call->w[0] & 0777;
	return old;
}
