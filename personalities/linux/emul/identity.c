/* Who the process is: facts that the exchange holds, and changing them. */
#include "personalities/linux/emul/unix.h"

#define KEEP UINT64_MAX
#define GROUPS_MAX (EXCHANGE_BULK_SIZE / sizeof(uint32_t))

int64_t call_getpid(const uint64_t a[static 6], const struct emul_call *call)
{
	return exchange.pid;
}

int64_t call_getppid(const uint64_t a[static 6], const struct emul_call *call)
{
	return exchange.ppid;
}

int64_t call_getpgrp(const uint64_t a[static 6], const struct emul_call *call)
{
	return exchange.pgid;
}

int64_t call_getuid(const uint64_t a[static 6], const struct emul_call *call)
{
	return exchange.uid;
}

int64_t call_geteuid(const uint64_t a[static 6], const struct emul_call *call)
{
	return exchange.euid;
}

int64_t call_getgid(const uint64_t a[static 6], const struct emul_call *call)
{
	return exchange.gid;
}

int64_t call_getegid(const uint64_t a[static 6], const struct emul_call *call)
{
	return exchange.egid;
}

static int64_t three_out(const uint64_t a[static 6], uint32_t real, uint32_t effective, uint32_t saved)
{
	if (user_put(a[0], &real, sizeof real) || user_put(a[1], &effective, sizeof effective))
		return -EFAULT;
	return user_put(a[2], &saved, sizeof saved);
}

int64_t call_getresuid(const uint64_t a[static 6], const struct emul_call *call)
{
	return three_out(a, exchange.uid, exchange.euid, exchange.suid);
}

int64_t call_getresgid(const uint64_t a[static 6], const struct emul_call *call)
{
	return three_out(a, exchange.gid, exchange.egid, exchange.sgid);
}

/* The superuser sets all three; others the effective one, to the real or the saved. */
static int64_t set_one(uint64_t method, uint64_t id, uint32_t real, uint32_t saved)
{
	if (id == UINT32_MAX)
		return -EINVAL;
	if (exchange.euid == 0)
		return UNIX_CALL(method, id, id, id);
	return id == real || id == saved ? UNIX_CALL(method, KEEP, id, KEEP) : -EPERM;
}

int64_t call_setuid(const uint64_t a[static 6], const struct emul_call *call)
{
	return set_one(UNIX_SETUID, as_uint(a[0]), exchange.uid, exchange.suid);
}

int64_t call_setgid(const uint64_t a[static 6], const struct emul_call *call)
{
	return set_one(UNIX_SETGID, as_uint(a[0]), exchange.gid, exchange.sgid);
}

/* The saved id follows the effective one if the real one is set, or the effective one to something else than it. */
static int64_t set_two(uint64_t method, const uint64_t a[static 6], uint32_t real, uint32_t effective)
{
	int64_t new_real = as_int(a[0]), new_effective = as_int(a[1]);
	uint32_t now = new_effective == -1 ? effective : (uint32_t)new_effective;
	bool follows = new_real != -1 || (new_effective != -1 && now != real);

	return UNIX_CALL(method, (uint64_t)new_real, (uint64_t)new_effective, follows ? now : KEEP);
}

int64_t call_setreuid(const uint64_t a[static 6], const struct emul_call *call)
{
	return set_two(UNIX_SETUID, a, exchange.uid, exchange.euid);
}

int64_t call_setregid(const uint64_t a[static 6], const struct emul_call *call)
{
	return set_two(UNIX_SETGID, a, exchange.gid, exchange.egid);
}

int64_t call_setfsuid(const uint64_t a[static 6], const struct emul_call *call)
{
	return exchange.euid;
}

int64_t call_setfsgid(const uint64_t a[static 6], const struct emul_call *call)
{
	return exchange.egid;
}

int64_t call_getgroups(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t size = as_int(a[0]), count;

	if (size < 0)
		return -EINVAL;
	count = UNIX_CALL(UNIX_GETGROUPS, (uint64_t)size < GROUPS_MAX ? (uint64_t)size : GROUPS_MAX, EXCHANGE_BULK);
	if (count > 0 && size > 0 && user_put(a[1], bulk(EXCHANGE_BULK), (size_t)count * sizeof(uint32_t)))
		return -EFAULT;
	return count;
}

int64_t call_setgroups(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t size = as_uint(a[0]);

	if (size > GROUPS_MAX)
		return -EINVAL;
	if (user_get(bulk(EXCHANGE_BULK), a[1], size * sizeof(uint32_t)))
		return -EFAULT;
	return UNIX_CALL(UNIX_SETGROUPS, size, EXCHANGE_BULK);
}

struct capability_header {
	uint32_t version;
	int32_t pid;
};

struct capability_data {
	uint32_t effective, permitted, inheritable;
};

#define CAPABILITY_VERSION_3 0x20080522u
#define CAPABILITIES_HIGH 0x1ffu /* 32 to 40, CAP_CHECKPOINT_RESTORE */

/* Linux tells the version that it wants to who asks for another. */
int64_t call_capget(const uint64_t a[static 6], const struct emul_call *call)
{
	struct capability_header header;
	bool all = exchange.euid == 0;
	struct capability_data data[2] = { { all ? UINT32_MAX : 0, all ? UINT32_MAX : 0, 0 },
		{ all ? CAPABILITIES_HIGH : 0, all ? CAPABILITIES_HIGH : 0, 0 } };

	if (user_get(&header, a[0], sizeof header))
		return -EFAULT;
	if (header.version != CAPABILITY_VERSION_3) {
		header.version = CAPABILITY_VERSION_3;
		if (user_put(a[0], &header, sizeof header))
			return -EFAULT;
		return a[1] ? -EINVAL : 0;
	}
	if (header.pid && header.pid != exchange.pid)
		return -ESRCH;
	return user_put_if(a[1], data, sizeof data);
}
