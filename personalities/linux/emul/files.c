/* Calls that tell about files, by name or descriptor. */
#include "personalities/linux/abi/file.h"
#include "personalities/linux/abi/process.h"
#include "personalities/linux/emul/files.h"
#include "personalities/linux/emul/unix.h"

#include <arch/stat.h>

static const struct unix_stat *stat_answer(void)
{
	return bulk(BESIDE);
}

static int64_t stat_path(int64_t dirfd, uint64_t path, uint64_t flags)
{
	int64_t error = path_in(PATH_A, path);

	return error ? error : UNIX_CALL(UNIX_STAT, (uint64_t)dirfd, PATH_A, flags, BESIDE);
}

static int64_t stat_fd(int64_t fd)
{
	return UNIX_CALL(UNIX_FSTAT, (uint64_t)fd, BESIDE);
}

/* Gives the program the server's answer, if there is one. */
static int64_t stat_out(int64_t result, uint64_t to)
{
	linux_stat out;

	if (result < 0)
		return result;
	stat_make(&out, stat_answer());
	return user_put(to, &out, sizeof out);
}

int64_t regular_files(int64_t first, int64_t second)
{
	int64_t fds[2] = { first, second };

	for (unsigned i = 0; i < 2; i++) {
		int64_t error = stat_fd(fds[i]);
		uint32_t mode = stat_answer()->mode & LINUX_S_IFMT;

		if (error)
			return error;
		if (mode != LINUX_S_IFREG)
			return mode == LINUX_S_IFDIR ? -EISDIR : -EINVAL;
	}
	return 0;
}

int64_t call_stat(const uint64_t a[static 6], const struct emul_call *call)
{
	return stat_out(stat_path(LINUX_AT_FDCWD, a[0], 0), a[1]);
}

int64_t call_lstat(const uint64_t a[static 6], const struct emul_call *call)
{
	return stat_out(stat_path(LINUX_AT_FDCWD, a[0], LINUX_AT_SYMLINK_NOFOLLOW), a[1]);
}

int64_t call_fstat(const uint64_t a[static 6], const struct emul_call *call)
{
	return stat_out(stat_fd(as_int(a[0])), a[1]);
}

int64_t call_newfstatat(const uint64_t a[static 6], const struct emul_call *call)
{
	return stat_out(stat_path(as_int(a[0]), a[1], as_uint(a[3])), a[2]);
}

#define STATX_RESERVED 0x80000000u
#define AT_STATX_SYNC_TYPE 0x6000u

int64_t call_statx(const uint64_t a[static 6], const struct emul_call *call)
{
	struct linux_statx out;
	int64_t error;

	if (as_uint(a[3]) & STATX_RESERVED || (a[2] & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
		return -EINVAL;
	error = stat_path(as_int(a[0]), a[1], as_uint(a[2]) & ~AT_STATX_SYNC_TYPE);
	if (error)
		return error;
	statx_make(&out, stat_answer());
	return user_put(a[4], &out, sizeof out);
}

static int64_t statfs_out(int64_t result, uint64_t to)
{
	return result < 0 ? result : user_put(to, bulk(BESIDE), sizeof(struct linux_statfs));
}

int64_t call_statfs(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t error = path_in(PATH_A, a[0]);

	return error ? error : statfs_out(UNIX_CALL(UNIX_STATFS, UINT64_MAX, PATH_A, BESIDE), a[1]);
}

int64_t call_fstatfs(const uint64_t a[static 6], const struct emul_call *call)
{
	return statfs_out(UNIX_CALL(UNIX_STATFS, (uint64_t)as_int(a[0]), 0, BESIDE), a[1]);
}

static int64_t readlink_at(int64_t dirfd, uint64_t path, uint64_t to, int64_t size)
{
	int64_t result = size <= 0 ? -EINVAL : path_in(PATH_A, path);
	uint64_t room = size < LINUX_PATH_MAX ? (uint64_t)size : LINUX_PATH_MAX;

	if (!result)
		result = UNIX_CALL(UNIX_READLINK, (uint64_t)dirfd, PATH_A, BESIDE, room);
	if (result > 0 && user_put(to, bulk(BESIDE), (size_t)result))
		return -EFAULT;
	return result;
}

int64_t call_readlink(const uint64_t a[static 6], const struct emul_call *call)
{
	return readlink_at(LINUX_AT_FDCWD, a[0], a[1], as_int(a[2]));
}

int64_t call_readlinkat(const uint64_t a[static 6], const struct emul_call *call)
{
	return readlink_at(as_int(a[0]), a[1], a[2], as_int(a[3]));
}

int64_t call_getcwd(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t room = a[1] < LINUX_PATH_MAX ? a[1] : LINUX_PATH_MAX;
	int64_t result = UNIX_CALL(UNIX_GETCWD, EXCHANGE_BULK, room);

	if (result > 0 && user_put(a[0], bulk(EXCHANGE_BULK), (size_t)result))
		return -EFAULT;
	return result;
}

struct open_how {
	uint64_t flags, mode, resolve;
};

int64_t call_openat2(const uint64_t a[static 6], const struct emul_call *call)
{
	struct open_how how;
	int64_t error;

	if (a[3] < sizeof how)
		return -EINVAL;
	if (user_get(&how, a[2], sizeof how))
		return -EFAULT;
	if (a[3] > sizeof how)
		return -E2BIG;
	if (how.resolve || how.flags >> 32 || how.mode & ~07777ull)
		return -EINVAL;
	error = path_in(PATH_A, a[1]);
	return error ? error : UNIX_CALL(UNIX_OPEN, (uint64_t)as_int(a[0]), PATH_A, how.flags, how.mode);
}
