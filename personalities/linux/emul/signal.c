/* Signal calls.  The server knows the handlers; the mask is the library's (struct exchange.blocked). */
#include "personalities/linux/abi/signal.h"
#include "personalities/linux/emul/clock.h"
#include "personalities/linux/emul/deliver.h"
#include "personalities/linux/emul/sigframe.h"
#include "personalities/linux/emul/unix.h"

#include <arch/program.h>

#define MASK_SIZE 8

static bool signal_is_valid(int64_t signal)
{
	return signal >= 1 && signal <= LINUX_NSIG;
}

int64_t call_rt_sigaction(const uint64_t a[static 6], const struct emul_call *call)
{
	int64_t signal = as_int(a[0]), error;
	struct linux_sigaction action = { 0 };
	uint64_t words[8] = { (uint64_t)signal, a[1] != 0 };
	uint64_t *restorer = sigaction_restorer(&action);

	if (a[3] != MASK_SIZE || !signal_is_valid(signal))
		return -EINVAL;
	if (a[1]) {
		if (user_get(&action, a[1], sizeof action))
			return -EFAULT;
		words[2] = action.handler;
		words[3] = action.flags;
		words[4] = action.mask;
		words[5] = restorer ? *restorer : 0;
	}
	error = unix_call(UNIX_SIGNAL_ACTION, words);
	if (error || !a[2])
		return error;
	action = (struct linux_sigaction){ .handler = words[1], .flags = words[2], .mask = words[3] };
	if (restorer)
		*restorer = words[4];
	return user_put(a[2], &action, sizeof action);
}

static int64_t mask_change(int64_t how, uint64_t set)
{
	switch (how) {
	case LINUX_SIG_BLOCK:
		mask_set(exchange.blocked | set);
		return 0;
	case LINUX_SIG_UNBLOCK:
		mask_set(exchange.blocked & ~set);
		return 0;
	case LINUX_SIG_SETMASK:
		mask_set(set);
		return 0;
	default:
		return -EINVAL;
	}
}

int64_t call_rt_sigprocmask(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t old = exchange.blocked, set;
	int64_t error = 0;

	if (a[3] != MASK_SIZE)
		return -EINVAL;
	if (a[1])
		error = user_get(&set, a[1], sizeof set) ? -EFAULT : mask_change(as_int(a[0]), set);
	return error ? error : user_put_if(a[2], &old, sizeof old);
}

int64_t call_rt_sigpending(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t pending = exchange.pending & exchange.blocked;

	return a[1] > MASK_SIZE ? -EINVAL : user_put(a[0], &pending, a[1]);
}

int64_t call_rt_sigsuspend(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t mask;

	if (a[1] != MASK_SIZE)
		return -EINVAL;
	if (user_get(&mask, a[0], sizeof mask))
		return -EFAULT;
	mask_for_call(mask);
	return UNIX_CALL(UNIX_PAUSE, 0);
}

int64_t call_pause(const uint64_t a[static 6], const struct emul_call *call)
{
	return UNIX_CALL(UNIX_PAUSE, 0);
}

int64_t call_rt_sigtimedwait(const uint64_t a[static 6], const struct emul_call *call)
{
	struct linux_timespec t;
	struct linux_siginfo info;
	uint64_t mask, deadline = NO_DEADLINE;
	int64_t signal;

	if (a[3] != MASK_SIZE)
		return -EINVAL;
	if (user_get(&mask, a[0], sizeof mask) || (a[2] && user_get(&t, a[2], sizeof t)))
		return -EFAULT;
	if (a[2]) {
		if (!timespec_is_valid(&t))
			return -EINVAL;
		deadline = deadline_after(timespec_ns(&t));
	}
	signal = UNIX_CALL(UNIX_SIGNAL_WAIT, mask, deadline);
	if (signal > 0 && a[1]) {
		siginfo_make(&info, &exchange.siginfo);
		if (user_put(a[1], &info, sizeof info))
			return -EFAULT;
	}
	return signal;
}

/* Nobody may pretend to be the kernel or kill(2), but to oneself. */
static int64_t signal_queue(int64_t pid, int64_t signal, uint64_t at)
{
	struct linux_siginfo info;

	if (user_get(&info, at, sizeof info))
		return -EFAULT;
	if ((info.code >= 0 || info.code == LINUX_SI_TKILL) && pid != exchange.pid)
		return -EPERM;
	return UNIX_CALL(UNIX_SIGQUEUE, (uint64_t)pid, (uint64_t)signal, (uint64_t)info.code, info.value);
}

int64_t call_rt_sigqueueinfo(const uint64_t a[static 6], const struct emul_call *call)
{
	return signal_queue(as_int(a[0]), as_int(a[1]), a[2]);
}

int64_t call_rt_tgsigqueueinfo(const uint64_t a[static 6], const struct emul_call *call)
{
	if (as_int(a[0]) <= 0 || as_int(a[1]) <= 0)
		return -EINVAL;
	return as_int(a[0]) == as_int(a[1]) ? signal_queue(as_int(a[1]), as_int(a[2]), a[3]) : -ESRCH;
}

/* Calls that go on after a signal without a handler are made again under their own number here. */
int64_t call_restart_syscall(const uint64_t a[static 6], const struct emul_call *call)
{
	return -EINTR;
}
