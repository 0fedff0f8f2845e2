/* Requests about signals and time. */
#include "personalities/linux/unix/call.h"

#include "personalities/linux/unix/signal.h"

static bool is_signal(uint64_t number)
{
	return number >= 1 && number <= LINUX_NSIG;
}

int64_t call_signal_action(struct process *process, struct call *call)
{
	uint64_t signal = call->w[0];
	struct signal_action action = { call->w[2], call->w[4], call->w[5], (uint32_t)call->w[3] };
	struct signal_action *old;

	if (!is_signal(signal))
		return -EINVAL;
	old = &process->action[signal];
	call->out[1] = old->handler;
	call->out[2] = old->flags;
	call->out[3] = old->mask;
	call->out[4] = old->restorer;
	if (!call->w[1])
		return 0;
	if (signal == LINUX_SIGKILL || signal == LINUX_SIGSTOP)
		return -EINVAL;
	signal_set_action(process, (int)signal, &action);
	return 0;
}

int64_t call_signal_next(struct process *process, struct call *call)
{
	struct signal_action *action;
	bool ended;
	int signal = signal_next(process, &ended);

	if (ended || !signal)
		return 0;
	action = &process->action[signal];
	process->exchange->siginfo = process->info[signal];
	call->out[1] = action->handler;
	call->out[2] = action->flags;
	call->out[3] = action->mask;
	call->out[4] = action->restorer;
	if (action->flags & LINUX_SA_RESETHAND)
		action->handler = LINUX_SIG_DFL;
	return signal;
}

int64_t call_pause(struct process *process, struct call *call)
{
	call->interrupted = UNIX_RESTART_NO_HANDLER;
	return WAITING;
}

int64_t call_signal_wait(struct process *process, struct call *call)
{
	uint64_t found = process->pending & call->w[0];
	int signal;

	if (found) {
		signal = linux_sigfirst(found);
		process->pending &= ~linux_sigbit((unsigned)signal);
		process->exchange->siginfo = process->info[signal];
		signal_publish(process);
		return signal;
	}
	if (host_now() >= call->w[1])
		return -EAGAIN;
	call->deadline = call->w[1];
	call->interrupted = -EINTR;
	return WAITING;
}

/* ---- kill ---- */

static int may_signal(const struct process *from, const struct process *to, int signal)
{
	const struct creds *a = &from->creds, *b = &to->creds;

	if (a->euid == 0 || a->euid == b->suid || a->euid == b->uid || a->uid == b->suid || a->uid == b->uid)
		return 0;
	return signal == LINUX_SIGCONT && from->sid == to->sid ? 0 : -EPERM;
}

static int64_t send_one(struct process *from, struct process *to, const struct unix_siginfo *info)
{
	int error = may_signal(from, to, info->signal);

	if (error == 0 && info->signal)
		signal_send(to, info);
	return error;
}

/* To a group, or with pgid 0 to everyone but the sender.  0 if anybody got it. */
static int64_t send_many(struct process *from, int32_t pgid, const struct unix_siginfo *info)
{
	int64_t result = -ESRCH;

	for (uint32_t i = 1; i < PROCESSES; i++) {
		struct process *p = process_at(i);

		/* The sender last: it may not survive. */
		if (!p || p == from || p->state == PROCESS_NONE || (pgid && p->pgid != pgid))
			continue;
		if (send_one(from, p, info) == 0)
			result = 0;
		else if (result < 0)
			result = -EPERM;
	}
	if (pgid && from->pgid == pgid)
		result = send_one(from, from, info);
	return result;
}

static int64_t kill(struct process *process, int64_t pid, const struct unix_siginfo *info)
{
	struct process *to;

	if (info->signal < 0 || info->signal > LINUX_NSIG)
		return -EINVAL;
	if (pid == -1)
		return send_many(process, 0, info);
	if (pid <= 0)
		return pid < -INT32_MAX ? -ESRCH : send_many(process, pid ? (int32_t)-pid : process->pgid, info);
	if (pid == PID_INIT)
		return -EPERM;
	to = process_by_pid(pid);
	return to ? send_one(process, to, info) : -ESRCH;
}

int64_t call_kill(struct process *process, struct call *call)
{
	struct unix_siginfo info = { .signal = (int32_t)call->w[1], .code = LINUX_SI_USER, .pid = process->pid,
				     .uid = process->creds.uid };

	return kill(process, (int32_t)call->w[0], &info);
}

int64_t call_tkill(struct process *process, struct call *call)
{
	struct unix_siginfo info = { .signal = (int32_t)call->w[2], .code = LINUX_SI_TKILL, .pid = process->pid,
				     .uid = process->creds.uid };
	int32_t tgid = (int32_t)call->w[0], tid = (int32_t)call->w[1];

	if (tid <= 0 || (tgid != -1 && tgid <= 0))
		return -EINVAL;
	if (tgid != -1 && tgid != tid)
		return -ESRCH;
	return kill(process, tid, &info);
}

int64_t call_sigqueue(struct process *process, struct call *call)
{
	struct unix_siginfo info = { .signal = (int32_t)call->w[1], .code = (int32_t)call->w[2], .pid = process->pid,
				     .uid = process->creds.uid, .value = call->w[3] };

	if ((int32_t)call->w[0] <= 0)
		return -EINVAL;
	/* Nobody may pretend to be the kernel towards others. */
	if (info.code >= 0 && (int32_t)call->w[0] != process->pid)
		return -EPERM;
	return kill(process, (int32_t)call->w[0], &info);
}

int64_t call_fault(struct process *process, struct call *call)
{
	struct unix_siginfo info = { .signal = (int32_t)call->w[0], .code = (int32_t)call->w[1], .address = call->w[2] };

	if (!is_signal(call->w[0]))
		return -EINVAL;
	signal_force(process, &info);
	return 0;
}

/* ---- time ---- */

int64_t call_sleep(struct process *process, struct call *call)
{
	if (host_now() >= call->w[0])
		return 0;
	call->deadline = call->w[0];
	call->interrupted = UNIX_RESTART_NO_HANDLER;
	return WAITING;
}

int64_t call_itimer(struct process *process, struct call *call)
{
	uint64_t now = host_now();

	if (call->w[0] > LINUX_ITIMER_PROF)
		return -EINVAL;
	if (call->w[0] != LINUX_ITIMER_REAL) {
		call_count_unsupported(CALL_UNSUPPORTED - 1);
		return -ENOSYS;
	}
	call->out[1] = process->timer_deadline == UINT64_MAX ? 0 :
		       process->timer_deadline > now ? process->timer_deadline - now : 1;
	call->out[2] = process->timer_interval;
	if (!call->w[1])
		return 0;
	if ((int64_t)call->w[2] < 0 || (int64_t)call->w[3] < 0)
		return -EINVAL;
	process->timer_deadline = call->w[2] ? now + call->w[2] : UINT64_MAX;
	process->timer_interval = call->w[3];
	return 0;
}

int64_t call_clock_set(struct process *process, struct call *call)
{
	struct process *p = NULL;

	if (process->creds.euid != 0)
		return -EPERM;
	if ((int64_t)call->w[0] < 0)
		return -EINVAL;
	host_realtime_set(call->w[0]);
	while ((p = process_next(p)))
		if (p->state == PROCESS_ALIVE)
			p->exchange->realtime_ns = host_realtime() - host_now();
	return 0;
}
