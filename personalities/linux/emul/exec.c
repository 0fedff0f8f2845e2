/* execve(2): the strings go to the server a bulk buffer at a time. */
#include "personalities/linux/abi/file.h"
#include "personalities/linux/emul/unix.h"

#define STRING_MAX 131072u /* MAX_ARG_STRLEN: one string with its NUL */

/* Strings on their way to the server: BESIDE is filled, then sent. */
struct packer {
	uint64_t used;
};

static int64_t packer_flush(struct packer *p)
{
	int64_t error = p->used ? UNIX_CALL(UNIX_EXEC_DATA, BESIDE, p->used) : 0;

	p->used = 0;
	return error;
}

static int64_t pack_string(struct packer *p, uint64_t at)
{
	uint64_t length = 0;

	for (;;) {
		uint64_t room = BESIDE_SIZE - p->used;
		char *to = (char *)bulk(BESIDE) + p->used;
		int64_t copied, error;

		if (!user_range(at + length, room))
			room = at + length < USER_END ? USER_END - (at + length) : 0;
		copied = user_copy_string(to, (const char *)(at + length), room);
		if (copied <= 0)
			return -EFAULT;
		length += (uint64_t)copied;
		p->used += (uint64_t)copied;
		if (length > STRING_MAX)
			return -E2BIG;
		if (!to[copied - 1])
			return 0;
		error = packer_flush(p);
		if (error)
			return error;
	}
}

/* A list of pointers that a null ends.  Returns how many, or an error. */
static int64_t pack_list(struct packer *p, uint64_t list)
{
	int64_t count = 0;

	for (; list; list += sizeof(uint64_t), count++) {
		uint64_t at;
		int64_t error = user_get(&at, list, sizeof at);

		if (!error && !at)
			break;
		if (!error)
			error = p->used == BESIDE_SIZE ? packer_flush(p) : 0;
		if (!error)
			error = pack_string(p, at);
		if (error)
			return error;
	}
	return count;
}

/* Since Linux 5.18 a program that is given no arguments gets an empty one. */
static int64_t pack_arguments(struct packer *p, uint64_t list)
{
	int64_t count = pack_list(p, list);

	if (count)
		return count;
	*(char *)bulk(BESIDE) = 0;
	p->used = 1;
	return 1;
}

static int64_t exec_start(int64_t dirfd, uint64_t path, uint64_t argv, uint64_t envp, uint64_t flags)
{
	struct packer p = { 0 };
	int64_t argc, envc, error;

	argc = pack_arguments(&p, argv);
	if (argc < 0)
		return argc;
	envc = pack_list(&p, envp);
	if (envc < 0)
		return envc;
	error = path_in(PATH_A, path);
	if (error)
		return error;
	return UNIX_CALL(UNIX_EXECVE, (uint64_t)dirfd, PATH_A, flags, (uint64_t)argc, (uint64_t)envc, BESIDE, p.used);
}

/* Strings that the server has got are dropped if nothing comes of it, so that the next execve finds none. */
static int64_t exec_or_drop(int64_t dirfd, uint64_t path, uint64_t argv, uint64_t envp, uint64_t flags)
{
	int64_t error = exec_start(dirfd, path, argv, envp, flags);

	UNIX_CALL(UNIX_EXEC_DATA, BESIDE, 0);
	return error;
}

int64_t call_execve(const uint64_t a[static 6], const struct emul_call *call)
{
	return exec_or_drop(LINUX_AT_FDCWD, a[0], a[1], a[2], 0);
}

int64_t call_execveat(const uint64_t a[static 6], const struct emul_call *call)
{
	return exec_or_drop(as_int(a[0]), a[1], a[2], a[3], as_uint(a[4]));
}
