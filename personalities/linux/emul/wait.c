/* wait4(2) and waitid(2). */
#include "personalities/linux/abi/process.h"
#include "personalities/linux/abi/signal.h"
#include "personalities/linux/emul/siginfo.h"
#include "personalities/linux/emul/unix.h"
#include "personalities/linux/emul/wait_status.h"

#define WAIT_CLONE_FLAGS 0xe0000000u /* __WNOTHREAD, __WALL, __WCLONE: there are only processes here */
#define WAIT4_FLAGS (LINUX_WNOHANG | LINUX_WUNTRACED | LINUX_WCONTINUED | WAIT_CLONE_FLAGS)
#define WAITID_FLAGS (WAIT4_FLAGS | LINUX_WEXITED | LINUX_WNOWAIT)
#define WAITID_EVENTS (LINUX_WEXITED | LINUX_WSTOPPED | LINUX_WCONTINUED)

static int64_t usage_out(uint64_t to)
{
	return to ? user_put(to, bulk(EXCHANGE_BULK), sizeof(struct linux_rusage)) : 0;
}

/* Words: which, id, options in; status and uid out. */
static int64_t wait_call(uint64_t words[static 8], bool usage)
{
	words[2] &= ~(uint64_t)WAIT_CLONE_FLAGS;
	words[3] = usage ? EXCHANGE_BULK : 0;
	return unix_call(UNIX_WAIT, words);
}

int64_t call_wait4(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t id = as_int(a[0]), pid;
	uint64_t words[8] = { LINUX_P_ALL, 0, as_uint(a[2]) | LINUX_WEXITED };
	int32_t status;

	if (as_uint(a[2]) & ~(uint64_t)WAIT4_FLAGS)
		return -EINVAL;
	if (id == INT32_MIN)
		return -ESRCH;
	if (id != -1) {
		words[0] = id > 0 ? LINUX_P_PID : LINUX_P_PGID;
		words[1] = (uint64_t)(id > 0 ? id : id ? -id : exchange.pgid);
	}
	pid = wait_call(words, a[3] != 0);
	if (pid <= 0)
		return pid;
	status = (int32_t)words[1];
	if (user_put_if(a[1], &status, sizeof status) || usage_out(a[3]))
		return -EFAULT;
	return pid;
}

static int64_t waitid_out(uint64_t to, int64_t pid, const uint64_t words[static 8])
{
	struct linux_siginfo info = { 0 };

	if (pid > 0) {
		info.signal = LINUX_SIGCHLD;
		info.pid = (int32_t)pid;
		info.uid = (uint32_t)words[2];
		wait_status_split((uint32_t)words[1], &info.code, &info.child.status);
	}
	/* Linux leaves the other members as they are. */
	return user_put_if(to, &info, offsetof(struct linux_siginfo, child.utime));
}

int64_t call_waitid(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t words[8] = { as_uint(a[0]), (uint64_t)as_int(a[1]), as_uint(a[3]) };
	int64_t pid;

	if (words[2] & ~(uint64_t)WAITID_FLAGS || !(words[2] & WAITID_EVENTS))
		return -EINVAL;
	if (words[0] > LINUX_P_PGID || (words[0] == LINUX_P_PID && as_int(a[1]) <= 0) || (words[0] && as_int(a[1]) < 0))
		return -EINVAL;
	if (words[0] == LINUX_P_PGID && !words[1])
		words[1] = (uint64_t)exchange.pgid;
	pid = wait_call(words, a[4] != 0);
	if (pid < 0)
		return pid;
	if (pid > 0 && usage_out(a[4]))
		return -EFAULT;
	return waitid_out(a[2], pid, words);
}
