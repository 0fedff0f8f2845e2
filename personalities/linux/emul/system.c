/* Calls about the system and its limits. */
#include "personalities/linux/abi/process.h"
#include "personalities/linux/emul/memory.h"
#include "personalities/linux/emul/unix.h"

/* Gives the program what the server left in the bulk buffer. */
static int64_t answer_out(int64_t result, uint64_t to, size_t size)
{
	return result < 0 ? result : user_put(to, bulk(EXCHANGE_BULK), size) ? -EFAULT : result;
}

int64_t call_uname(const uint64_t a[static 6], const struct emul_call *call)
{
	return answer_out(UNIX_CALL(UNIX_UNAME, EXCHANGE_BULK), a[0], sizeof(struct linux_utsname));
}

int64_t call_sysinfo(const uint64_t a[static 6], const struct emul_call *call)
{
	return answer_out(UNIX_CALL(UNIX_SYSINFO, EXCHANGE_BULK), a[0], sizeof(struct linux_sysinfo));
}

int64_t call_getrusage(const uint64_t a[static 6], const struct emul_call *call)
{
	return answer_out(UNIX_CALL(UNIX_RUSAGE, (uint64_t)as_int(a[0]), EXCHANGE_BULK), a[1], sizeof(struct linux_rusage));
}

int64_t call_times(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t ticks = UNIX_CALL(UNIX_TIMES, EXCHANGE_BULK);

	return a[0] ? answer_out(ticks, a[0], sizeof(struct linux_tms)) : ticks;
}

static int64_t rlimit(uint64_t pid, uint64_t resource, uint64_t new, uint64_t old)
{
	uint64_t old_at = EXCHANGE_BULK + sizeof(struct linux_rlimit);
	int64_t error;

	if (new && user_get(bulk(EXCHANGE_BULK), new, sizeof(struct linux_rlimit)))
		return -EFAULT;
	error = UNIX_CALL(UNIX_RLIMIT, pid, resource, new ? EXCHANGE_BULK : 0, old ? old_at : 0);
	return error || !old ? error : user_put(old, bulk(old_at), sizeof(struct linux_rlimit));
}

int64_t call_getrlimit(const uint64_t a[static 6], const struct emul_call *call)
{
	return a[1] ? rlimit(0, as_uint(a[0]), 0, a[1]) : -EFAULT;
}

int64_t call_setrlimit(const uint64_t a[static 6], const struct emul_call *call)
{
	return a[1] ? rlimit(0, as_uint(a[0]), a[1], 0) : -EFAULT;
}

int64_t call_prlimit64(const uint64_t a[static 6], const struct emul_call *call)
{
	return rlimit((uint64_t)as_int(a[0]), as_uint(a[1]), a[2], a[3]);
}

#define GRND_FLAGS 7u /* NONBLOCK, RANDOM, INSECURE */
#define GRND_RANDOM_INSECURE 6u

int64_t call_getrandom(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t size = a[1] < INT32_MAX ? a[1] : INT32_MAX, done = 0, flags = as_uint(a[2]);

	if (flags & ~(uint64_t)GRND_FLAGS || (flags & GRND_RANDOM_INSECURE) == GRND_RANDOM_INSECURE)
		return -EINVAL;
	while (done < size) {
		uint64_t part = size - done < EXCHANGE_BULK_SIZE ? size - done : EXCHANGE_BULK_SIZE;
		int64_t count = UNIX_CALL(UNIX_GETRANDOM, EXCHANGE_BULK, part);

		if (count <= 0 || user_put(a[0] + done, bulk(EXCHANGE_BULK), (size_t)count))
			return done ? (int64_t)done : count < 0 ? count : -EFAULT;
		done += (uint64_t)count;
	}
	return (int64_t)done;
}

#define HOST_NAME_MAX 64

int64_t call_sethostname(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t size = as_int(a[1]);

	if (size < 0 || size > HOST_NAME_MAX)
		return -EINVAL;
	if (user_get(bulk(EXCHANGE_BULK), a[0], (size_t)size))
		return -EFAULT;
	return UNIX_CALL(UNIX_SETHOSTNAME, EXCHANGE_BULK, (uint64_t)size);
}

#define REBOOT_MAGIC1 0xfee1dead
#define REBOOT_MAGIC2 672274793u
#define REBOOT_MAGIC2A 85072278u
#define REBOOT_MAGIC2B 369367448u
#define REBOOT_MAGIC2C 537993216u

int64_t call_reboot(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t second = as_uint(a[1]);

	if (as_uint(a[0]) != REBOOT_MAGIC1 || (second != REBOOT_MAGIC2 && second != REBOOT_MAGIC2A &&
	                                       second != REBOOT_MAGIC2B && second != REBOOT_MAGIC2C))
		return -EINVAL;
	return UNIX_CALL(UNIX_REBOOT, as_uint(a[2]));
}

#define TASK_NAME 16
enum prctl { PR_GET_DUMPABLE = 3, PR_SET_NAME = 15, PR_GET_NAME = 16 };

static int64_t name_set(uint64_t from)
{
	char *name = bulk(EXCHANGE_BULK);

	memset(name, 0, TASK_NAME);
	if (user_copy_string(name, (const char *)from, user_range(from, TASK_NAME) ? TASK_NAME - 1 : 0) <= 0)
		return -EFAULT;
	return UNIX_CALL(UNIX_PRCTL_NAME, EXCHANGE_BULK, 1);
}

int64_t call_prctl(const uint64_t a[static 6], const struct emul_call *call)
{
	switch (as_int(a[0])) {
	case PR_GET_DUMPABLE:
		return 1;
	case PR_SET_NAME:
		return name_set(a[1]);
	case PR_GET_NAME:
		return answer_out(UNIX_CALL(UNIX_PRCTL_NAME, EXCHANGE_BULK, 0), a[1], TASK_NAME);
	default:
		return -EINVAL;
	}
}

/* Without threads nobody waits for the address to be cleared. */
int64_t call_set_tid_address(const uint64_t a[static 6], const struct emul_call *call)
{
	return exchange.pid;
}
