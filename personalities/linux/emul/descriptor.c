/* Calls on file descriptors. */
#include "personalities/linux/abi/file.h"
#include "personalities/linux/abi/ioctl.h"
#include "personalities/linux/emul/memory.h"
#include "personalities/linux/emul/unix.h"

static int64_t fd_check(int64_t fd)
{
	int64_t flags = UNIX_CALL(UNIX_FCNTL, (uint64_t)fd, LINUX_F_GETFD);

	return flags < 0 ? flags : 0;
}

int64_t call_dup2(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t fd = as_int(a[0]), to = as_int(a[1]), error;

	if (fd != to)
		return UNIX_CALL(UNIX_DUP_TO, (uint64_t)fd, (uint64_t)to);
	error = fd_check(fd);
	return error ? error : to;
}

int64_t call_dup3(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t fd = as_int(a[0]), to = as_int(a[1]);

	if (fd == to || as_uint(a[2]) & ~(uint64_t)LINUX_O_CLOEXEC)
		return -EINVAL;
	return UNIX_CALL(UNIX_DUP_TO, (uint64_t)fd, (uint64_t)to, as_uint(a[2]));
}

#define F_OFD_GETLK 36
#define F_OFD_SETLKW 38

static int64_t fcntl_lock(int64_t fd, uint64_t command, uint64_t argument)
{
	int64_t result;

	if (user_get(bulk(EXCHANGE_BULK), argument, sizeof(struct linux_flock)))
		return -EFAULT;
	result = UNIX_CALL(UNIX_FCNTL, (uint64_t)fd, command, argument, EXCHANGE_BULK);
	if (result == 0 && (command == LINUX_F_GETLK || command == F_OFD_GETLK))
		return user_put(argument, bulk(EXCHANGE_BULK), sizeof(struct linux_flock));
	return result;
}

int64_t call_fcntl(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t fd = as_int(a[0]);
	uint64_t command = as_uint(a[1]);

	if (command == LINUX_F_DUPFD || command == LINUX_F_DUPFD_CLOEXEC)
		return UNIX_CALL(UNIX_DUP, (uint64_t)fd, a[2], command == LINUX_F_DUPFD ? 0 : LINUX_O_CLOEXEC);
	if ((command >= LINUX_F_GETLK && command <= LINUX_F_SETLKW) || (command >= F_OFD_GETLK && command <= F_OFD_SETLKW))
		return fcntl_lock(fd, command, a[2]);
	return UNIX_CALL(UNIX_FCNTL, (uint64_t)fd, command, a[2]);
}

int64_t call_ioctl(const uint64_t a[static 6], const struct emul_call *call)
{
	size_t in, out;
	bool known = linux_ioctl_sizes((uint32_t)a[1], &in, &out);
	int64_t result;

	if (known && user_get(bulk(EXCHANGE_BULK), a[2], in) && in)
		return -EFAULT;
	result = UNIX_CALL(UNIX_IOCTL, (uint64_t)as_int(a[0]), as_uint(a[1]), a[2], in || out ? EXCHANGE_BULK : 0);
	if (result >= 0 && out && user_put(a[2], bulk(EXCHANGE_BULK), out))
		return -EFAULT;
	return result;
}

static int64_t pipe_make(uint64_t to, uint64_t flags)
{
	uint64_t words[8] = { flags };
	int64_t error = user_range(to, 2 * sizeof(int32_t)) ? unix_call(UNIX_PIPE, words) : -EFAULT;
	int32_t fds[2] = { (int32_t)words[1], (int32_t)words[2] };

	if (error)
		return error;
	if (!user_put(to, fds, sizeof fds))
		return 0;
	UNIX_CALL(UNIX_CLOSE, words[1]);
	UNIX_CALL(UNIX_CLOSE, words[2]);
	return -EFAULT;
}

int64_t call_pipe(const uint64_t a[static 6], const struct emul_call *call)
{
	return pipe_make(a[0], 0);
}

int64_t call_pipe2(const uint64_t a[static 6], const struct emul_call *call)
{
	return pipe_make(a[0], as_uint(a[1]));
}

static int64_t directory_read(const uint64_t a[static 6])
{
	uint64_t size = as_uint(a[2]);

	return UNIX_CALL(UNIX_GETDENTS, as_uint(a[0]), EXCHANGE_BULK, size < EXCHANGE_BULK_SIZE ? size : EXCHANGE_BULK_SIZE);
}

int64_t call_getdents64(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t result = directory_read(a);

	if (result > 0 && user_put(a[1], bulk(EXCHANGE_BULK), (size_t)result))
		return -EFAULT;
	return result;
}

/* struct linux_dirent has the name one byte earlier and the type in its last byte; the size is the same. */
static void dirent_make_old(struct linux_dirent64 *entry)
{
	uint8_t type = entry->type;
	char *name = (char *)entry + LINUX_DIRENT_NAME;

	for (unsigned i = LINUX_DIRENT_NAME; i < entry->size; i++, name++)
		name[-1] = name[0];
	((uint8_t *)entry)[entry->size - 1] = type;
}

int64_t call_getdents(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t result = directory_read(a);

	for (int64_t at = 0; at < result;) {
		struct linux_dirent64 *entry = (void *)((char *)bulk(EXCHANGE_BULK) + at);
		uint16_t size = entry->size;

		dirent_make_old(entry);
		at += size;
	}
	if (result > 0 && user_put(a[1], bulk(EXCHANGE_BULK), (size_t)result))
		return -EFAULT;
	return result;
}

int64_t call_readahead(const uint64_t a[static 6], const struct emul_call *call)
{
	return fd_check(as_int(a[0]));
}

#define FADV_NOREUSE 5

int64_t call_fadvise64(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t error = fd_check(as_int(a[0]));

	return error ? error : as_uint(a[3]) > FADV_NOREUSE ? -EINVAL : 0;
}
