/* Requests about processes: fork, end, wait, groups and sessions, identities, limits. */
#include "personalities/linux/unix/call.h"

#include "personalities/linux/unix/signal.h"

#define NICE_MOST 19
#define NICE_LEAST (-20)
#define CLONE_SHARING (LINUX_CLONE_FS | LINUX_CLONE_FILES | LINUX_CLONE_SIGHAND | LINUX_CLONE_THREAD)

/* The parent of a vfork waits, whatever signals come, until the child has a program of its own or has ended. */
static int64_t wait_for_vfork(struct process *process, struct call *call)
{
	struct process *child = process_by_pid((int64_t)call->w[7]);

	call->interrupted = WAITING;
	return child && child->vfork_parent == process ? WAITING : (int64_t)call->w[7];
}

int64_t call_fork(struct process *process, struct call *call)
{
	uint64_t flags = call->w[0];
	struct process *child;
	int32_t pid;
	int error;

	if (call->again)
		return wait_for_vfork(process, call);
	/* Shared memory is no difference only while the parent waits. */
	if (flags & CLONE_SHARING || (flags & LINUX_CLONE_VM && !(flags & LINUX_CLONE_VFORK)))
		return -ENOSYS;
	if (call->w[1] > LINUX_NSIG)
		return -EINVAL;
	error = process_fork(process, flags, (int)call->w[1], &child);
	if (error < 0)
		return error;
	pid = child->pid;
	if (host_thread_start(child, HOST_START_CHILD) < 0) {
		child->parent = NULL;
		process_exit(child, LINUX_SIGKILL);
		return -EAGAIN;
	}
	call->w[7] = (uint64_t)pid;
	return flags & LINUX_CLONE_VFORK ? wait_for_vfork(process, call) : pid;
}

int64_t call_exit(struct process *process, struct call *call)
{
	process_exit(process, (int)(call->w[0] & 0xff) << 8);
	return WAITING;
}

/* ---- wait ---- */

static bool is_wanted(const struct process *child, const struct process *parent, const struct call *call)
{
	int32_t id = (int32_t)call->w[1];

	if (child->parent != parent)
		return false;
	switch (call->w[0]) {
	case LINUX_P_PID: return child->pid == id;
	case LINUX_P_PGID: return child->pgid == (id ? id : parent->pgid);
	default: return true;
	}
}

static bool has_news(const struct process *child, uint64_t options)
{
	if (child->state == PROCESS_ZOMBIE)
		return options & LINUX_WEXITED;
	return (child->news == NEWS_STOPPED && options & LINUX_WSTOPPED) ||
	       (child->news == NEWS_CONTINUED && options & LINUX_WCONTINUED);
}

static void rusage_of(uint64_t cpu_ns, uint64_t faults, struct linux_rusage *out)
{
	*out = (struct linux_rusage){ .utime = { (int64_t)(cpu_ns / 1000000000), (int64_t)(cpu_ns / 1000 % 1000000) },
				      .minflt = (int64_t)faults };
}

static int64_t tell(struct process *process, struct process *child, struct call *call)
{
	struct linux_rusage usage;
	int32_t pid = child->pid;
	bool keep = call->w[2] & LINUX_WNOWAIT;

	rusage_of(child->cpu_ns + child->children_cpu_ns, child->faults, &usage);
	if (call->w[3] && call_put(process, call->w[3], &usage, sizeof usage) < 0)
		return -EFAULT;
	call->out[1] = (uint64_t)(child->state == PROCESS_ZOMBIE ? child->status : child->news_status);
	call->out[2] = child->creds.uid;
	if (child->state == PROCESS_ZOMBIE && !keep)
		process_reap(child);
	else if (!keep)
		child->news = NEWS_NONE;
	return pid;
}

int64_t call_wait(struct process *process, struct call *call)
{
	uint64_t options = call->w[2];
	struct process *p = NULL;
	bool any = false;

	if (call->w[0] > LINUX_P_PGID || !(options & (LINUX_WEXITED | LINUX_WSTOPPED | LINUX_WCONTINUED)))
		return -EINVAL;
	while ((p = process_next(p))) {
		if (!is_wanted(p, process, call))
			continue;
		if (has_news(p, options))
			return tell(process, p, call);
		any = true;
	}
	if (!any)
		return -ECHILD;
	if (options & LINUX_WNOHANG)
		return 0;
	return wait_on(&process->waiter, &process->children) ? WAITING : -ENOMEM;
}

/* ---- groups and sessions ---- */

/* The process meant by a pid word: 0 is the caller.  Null: none. */
static struct process *subject(struct process *process, uint64_t pid)
{
	struct process *p = (int32_t)pid ? process_by_pid((int32_t)pid) : process;

	return p && p->state == PROCESS_ALIVE ? p : p && (int32_t)pid ? p : NULL;
}

int64_t call_getpgid(struct process *process, struct call *call)
{
	struct process *p = subject(process, call->w[0]);

	return p ? p->pgid : -ESRCH;
}

int64_t call_getsid(struct process *process, struct call *call)
{
	struct process *p = subject(process, call->w[0]);

	return p ? p->sid : -ESRCH;
}

static bool group_is_in_session(int32_t pgid, int32_t sid)
{
	struct process *p = NULL;

	while ((p = process_next(p)))
		if (p->pgid == pgid && p->sid == sid)
			return true;
	return false;
}

int64_t call_setpgid(struct process *process, struct call *call)
{
	struct process *p = subject(process, call->w[0]);
	int32_t pgid = (int32_t)call->w[1];

	if (pgid < 0)
		return -EINVAL;
	if (!p || (p != process && p->parent != process))
		return -ESRCH;
	if (p->sid != process->sid || p->sid == p->pid)
		return -EPERM;
	if (p != process && p->has_executed)
		return -EACCES;
	if (!pgid)
		pgid = p->pid;
	if (pgid != p->pid && !group_is_in_session(pgid, p->sid))
		return -EPERM;
	p->pgid = pgid;
	if (p->state == PROCESS_ALIVE)
		process_publish(p);
	return 0;
}

int64_t call_setsid(struct process *process, struct call *call)
{
	struct process *p = NULL;

	while ((p = process_next(p)))
		if (p->pgid == process->pid)
			return -EPERM;
	process->sid = process->pgid = process->pid;
	process->tty = NULL;
	process_publish(process);
	return process->sid;
}

/* ---- priorities: kept and told; every process has the same share ---- */

static bool is_of(const struct process *p, const struct process *caller, uint64_t which, int32_t who)
{
	switch (which) {
	case LINUX_PRIO_PROCESS: return p->pid == (who ? who : caller->pid);
	case LINUX_PRIO_PGRP: return p->pgid == (who ? who : caller->pgid);
	default: return p->creds.uid == (who ? (uint32_t)who : caller->creds.uid);
	}
}

int64_t call_getpriority(struct process *process, struct call *call)
{
	struct process *p = NULL;
	int64_t best = -ESRCH;

	if (call->w[0] > LINUX_PRIO_USER)
		return -EINVAL;
	while ((p = process_next(p)))
		if (is_of(p, process, call->w[0], (int32_t)call->w[1]) && 20 - p->nice > best)
			best = 20 - p->nice;
	return best;
}

int64_t call_setpriority(struct process *process, struct call *call)
{
	int32_t nice = (int32_t)call->w[2];
	struct process *p = NULL;
	int64_t result = -ESRCH;

	if (call->w[0] > LINUX_PRIO_USER)
		return -EINVAL;
	nice = nice > NICE_MOST ? NICE_MOST : nice < NICE_LEAST ? NICE_LEAST : nice;
	while ((p = process_next(p))) {
		if (!is_of(p, process, call->w[0], (int32_t)call->w[1]))
			continue;
		if (nice < p->nice && process->creds.euid != 0)
			return -EACCES;
		p->nice = nice;
		result = 0;
	}
	return result;
}

/* ---- identities ---- */

/* Sets what is not -1: the super-user to anything, others to what they have already. */
static int set_ids(bool privileged, uint32_t *real, uint32_t *effective, uint32_t *saved, const uint64_t w[3])
{
	uint32_t have[3] = { *real, *effective, *saved }, *out[3] = { real, effective, saved };

	for (int i = 0; i < 3; i++) {
		uint32_t id = (uint32_t)w[i];

		if (id != UINT32_MAX && !privileged && id != have[0] && id != have[1] && id != have[2])
			return -EPERM;
	}
	for (int i = 0; i < 3; i++)
		if ((uint32_t)w[i] != UINT32_MAX)
			*out[i] = (uint32_t)w[i];
	return 0;
}

int64_t call_setuid(struct process *process, struct call *call)
{
	struct creds *c = &process->creds;
	int error = set_ids(c->euid == 0, &c->uid, &c->euid, &c->suid, call->w);

	process_publish(process);
	return error;
}

int64_t call_setgid(struct process *process, struct call *call)
{
	struct creds *c = &process->creds;
	int error = set_ids(c->euid == 0, &c->gid, &c->egid, &c->sgid, call->w);

	process_publish(process);
	return error;
}

int64_t call_getgroups(struct process *process, struct call *call)
{
	const struct creds *c = &process->creds;

	if (!call->w[0])
		return c->group_count;
	if (call->w[0] < c->group_count)
		return -EINVAL;
	if (c->group_count && call_put(process, call->w[1], c->groups, c->group_count * sizeof *c->groups) < 0)
		return -EFAULT;
	return c->group_count;
}

int64_t call_setgroups(struct process *process, struct call *call)
{
	struct creds *c = &process->creds;

	if (c->euid != 0)
		return -EPERM;
	if (call->w[0] > sizeof c->groups / sizeof *c->groups)
		return -EINVAL;
	if (call->w[0] && call_get(process, call->w[1], c->groups, call->w[0] * sizeof *c->groups) < 0)
		return -EFAULT;
	c->group_count = (uint32_t)call->w[0];
	return 0;
}

int64_t call_rlimit(struct process *process, struct call *call)
{
	struct process *p = subject(process, call->w[0]);
	struct linux_rlimit new, *limit;

	if (!p)
		return -ESRCH;
	if (call->w[1] >= LINUX_RLIMITS)
		return -EINVAL;
	limit = &p->limit[call->w[1]];
	if (call->w[2] && call_get(process, call->w[2], &new, sizeof new) < 0)
		return -EFAULT;
	if (call->w[3] && call_put(process, call->w[3], limit, sizeof *limit) < 0)
		return -EFAULT;
	if (!call->w[2])
		return 0;
	if (new.current > new.maximum)
		return -EINVAL;
	if (new.maximum > limit->maximum && process->creds.euid != 0)
		return -EPERM;
	*limit = new;
	return 0;
}

/* ---- what processes used ---- */

int64_t call_rusage(struct process *process, struct call *call)
{
	struct linux_rusage usage;

	switch ((int32_t)call->w[0]) {
	case LINUX_RUSAGE_SELF:
	case LINUX_RUSAGE_THREAD: rusage_of(process->cpu_ns, process->faults, &usage); break;
	case LINUX_RUSAGE_CHILDREN: rusage_of(process->children_cpu_ns, 0, &usage); break;
	default: return -EINVAL;
	}
	return call_put(process, call->w[1], &usage, sizeof usage);
}

int64_t call_times(struct process *process, struct call *call)
{
	const uint64_t tick = 1000000000 / LINUX_CLOCK_TICKS;
	struct linux_tms tms = { .utime = (int64_t)(process->cpu_ns / tick), .cutime = (int64_t)(process->children_cpu_ns / tick) };

	if (call->w[0] && call_put(process, call->w[0], &tms, sizeof tms) < 0)
		return -EFAULT;
	return (int64_t)(host_now() / tick);
}

int64_t call_cpu_time(struct process *process, struct call *call)
{
	struct process *p = subject(process, call->w[0]);

	if (!p)
		return -ESRCH;
	call->out[1] = p->cpu_ns;
	return 0;
}
