#include "personalities/linux/unix/signal.h"

#include "personalities/linux/protocol.h"

#define BIT(s) linux_sigbit(s)
#define STOP_SIGNALS (BIT(LINUX_SIGSTOP) | BIT(LINUX_SIGTSTP) | BIT(LINUX_SIGTTIN) | BIT(LINUX_SIGTTOU))
#define IGNORED_BY_DEFAULT (BIT(LINUX_SIGCHLD) | BIT(LINUX_SIGCONT) | BIT(LINUX_SIGURG) | BIT(LINUX_SIGWINCH))
#define UNSTOPPABLE (BIT(LINUX_SIGKILL) | BIT(LINUX_SIGSTOP))
/* Those that an instruction of the process caused come first. */
#define SYNCHRONOUS (BIT(LINUX_SIGSEGV) | BIT(LINUX_SIGBUS) | BIT(LINUX_SIGILL) | BIT(LINUX_SIGTRAP) | BIT(LINUX_SIGFPE) | BIT(LINUX_SIGSYS))

uint64_t signal_blocked(const struct process *process)
{
	/* The process writes this word when it likes: read it once. */
	return __atomic_load_n(&process->exchange->blocked, __ATOMIC_ACQUIRE) & ~UNSTOPPABLE;
}

uint64_t signal_deliverable(const struct process *process)
{
	return process->pending & ~signal_blocked(process);
}

void signal_publish(struct process *process)
{
	__atomic_store_n(&process->exchange->pending, process->pending, __ATOMIC_RELEASE);
}

bool signal_is_ignored(const struct process *process, int signal)
{
	uint64_t handler = process->action[signal].handler;

	if (BIT(signal) & UNSTOPPABLE)
		return false;
	return handler == LINUX_SIG_IGN || (handler == LINUX_SIG_DFL && BIT(signal) & IGNORED_BY_DEFAULT);
}

static bool has_handler(const struct process *process, int signal)
{
	return process->action[signal].handler > LINUX_SIG_IGN && !(BIT(signal) & UNSTOPPABLE);
}

static void forget(struct process *process, uint64_t signals)
{
	process->pending &= ~signals;
	signal_publish(process);
}

/* Tells the parent that its child stopped or went on. */
static void tell_parent(struct process *process, enum process_news news, int status, int code)
{
	struct process *parent = process->parent;
	struct unix_siginfo info = { .signal = LINUX_SIGCHLD, .code = code, .pid = process->pid, .uid = process->creds.uid,
				     .status = code == LINUX_CLD_STOPPED ? status >> 8 : LINUX_SIGCONT };

	process->news = news;
	process->news_status = status;
	if (!parent)
		return;
	if (!(parent->action[LINUX_SIGCHLD].flags & LINUX_SA_NOCLDSTOP))
		signal_send(parent, &info);
	wait_wake(&parent->children);
}

static void stop(struct process *process, int signal)
{
	/* Nobody could continue a group that no shell watches; SIGSTOP alone stops it all the same. */
	if (signal != LINUX_SIGSTOP && process_group_is_orphaned(process->pgid))
		return;
	if (process->stopped)
		return;
	process->stopped = true;
	if (!process->in_call)
		host_thread_suspend(process);
	tell_parent(process, NEWS_STOPPED, signal << 8 | 0x7f, LINUX_CLD_STOPPED);
}

/* Makes the process look at its signals, wherever it is. */
static void interrupt(struct process *process)
{
	if (process->in_call)
		wait_ready(&process->waiter);
	else if (!process->stopped)
		host_thread_interrupt(process);
}

void signal_continue(struct process *process)
{
	if (!process->stopped)
		return;
	process->stopped = false;
	tell_parent(process, NEWS_CONTINUED, LINUX_WAIT_CONTINUED, LINUX_CLD_CONTINUED);
	if (process->in_call) {
		wait_ready(&process->waiter);
		return;
	}
	host_thread_resume(process);
	if (signal_deliverable(process))
		host_thread_interrupt(process);
}

/* Does what a signal without handler does.  False if that ended the process. */
static bool act_by_default(struct process *process, int signal)
{
	forget(process, BIT(signal));
	if (signal_is_ignored(process, signal))
		return true;
	if (BIT(signal) & STOP_SIGNALS) {
		stop(process, signal);
		return true;
	}
	process_exit(process, signal);
	return false;
}

/* Whether the process waits for this signal, blocked or not. */
static bool is_waited_for(const struct process *process, int signal)
{
	return process->in_call && process->saved && process->call.method == UNIX_SIGNAL_WAIT &&
	       process->call.w[0] & BIT(signal);
}

static void cancel_opposites(struct process *to, int signal)
{
	if (signal == LINUX_SIGCONT) {
		forget(to, STOP_SIGNALS);
		signal_continue(to);
	} else if (BIT(signal) & STOP_SIGNALS) {
		forget(to, BIT(LINUX_SIGCONT));
	}
}

void signal_send(struct process *to, const struct unix_siginfo *info)
{
	int signal = info->signal;

	if (to->state != PROCESS_ALIVE || to->is_ending || signal < 1 || signal > LINUX_NSIG)
		return;
	cancel_opposites(to, signal);
	if (is_waited_for(to, signal)) {
		wait_ready(&to->waiter);
	} else if (signal_is_ignored(to, signal) && !(signal_blocked(to) & BIT(signal))) {
		return;
	}
	to->pending |= BIT(signal);
	to->info[signal] = *info;
	signal_publish(to);
	if (signal_blocked(to) & BIT(signal))
		return;
	if (has_handler(to, signal))
		interrupt(to);
	else if (!to->stopped || signal == LINUX_SIGKILL)
		act_by_default(to, signal);
}

void signal_send_simple(struct process *to, int signal)
{
	struct unix_siginfo info = { .signal = signal, .code = LINUX_SI_KERNEL };

	signal_send(to, &info);
}

unsigned signal_send_group(int32_t pgid, int signal)
{
	unsigned members = 0;

	for (uint32_t i = 1; i < PROCESSES; i++) {
		struct process *p = process_at(i);

		if (!p || p->state != PROCESS_ALIVE || p->pgid != pgid)
			continue;
		members++;
		signal_send_simple(p, signal);
	}
	return members;
}

int signal_next(struct process *process, bool *ended)
{
	uint64_t ready;
	int signal;

	*ended = false;
	while (!process->stopped && (ready = signal_deliverable(process))) {
		signal = linux_sigfirst(ready & SYNCHRONOUS ? ready & SYNCHRONOUS : ready);
		if (has_handler(process, signal)) {
			forget(process, BIT(signal));
			return signal;
		}
		if (!act_by_default(process, signal)) {
			*ended = true;
			return 0;
		}
	}
	return 0;
}

void signal_force(struct process *process, const struct unix_siginfo *info)
{
	if (!has_handler(process, info->signal) || signal_blocked(process) & BIT(info->signal)) {
		process_exit(process, info->signal);
		return;
	}
	process->pending |= BIT(info->signal);
	process->info[info->signal] = *info;
	signal_publish(process);
}

void signal_reset_handlers(struct process *process)
{
	for (int s = 1; s <= LINUX_NSIG; s++) {
		uint64_t handler = process->action[s].handler;

		process->action[s] = (struct signal_action){ .handler = handler == LINUX_SIG_IGN ? handler : LINUX_SIG_DFL };
	}
}

void signal_set_action(struct process *process, int signal, const struct signal_action *action)
{
	process->action[signal] = *action;
	if (signal_is_ignored(process, signal))
		forget(process, BIT(signal));
}
