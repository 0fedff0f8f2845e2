#include "personalities/linux/unix/process.h"

#include "lib/rt/mem.h"
#include "personalities/linux/protocol.h"
#include "personalities/linux/unix/heap.h"
#include "personalities/linux/unix/path.h"
#include "personalities/linux/unix/signal.h"
#include "personalities/linux/unix/terminal.h"

#define PID_MOST 32768
#define BOOST_NS 2000000000ull  /* long enough to find, start and run a program that looks around */

static struct process *table[PROCESSES];
static int32_t last_pid = PID_INIT;
static int32_t first_pid;               /* its end is the system's */
static unsigned count;
static uint64_t forks;
/* Processes that are no more, until nobody can look at them: the request in hand may be theirs. */
static struct process *graveyard;

struct process *process_by_index(uint64_t index)
{
	return index < PROCESSES && table[index] && table[index]->state == PROCESS_ALIVE ? table[index] : NULL;
}

struct process *process_at(uint32_t index)
{
	return table[index];
}

struct process *process_next(const struct process *after)
{
	for (uint32_t i = after ? after->index + 1 : 1; i < PROCESSES; i++)
		if (table[i])
			return table[i];
	return NULL;
}

struct process *process_by_pid(int64_t pid)
{
	struct process *p = NULL;

	while ((p = process_next(p)))
		if (p->pid == pid)
			return p;
	return NULL;
}

unsigned process_count(void)
{
	return count;
}

uint64_t process_forks(void)
{
	return forks;
}

/* A number that is no process, group or session. */
static int32_t pid_take(void)
{
	struct process *p;

	for (;;) {
		last_pid = last_pid >= PID_MOST ? PID_INIT + 1 : last_pid + 1;
		for (p = process_next(NULL); p; p = process_next(p))
			if (p->pid == last_pid || p->pgid == last_pid || p->sid == last_pid)
				break;
		if (!p)
			return last_pid;
	}
}

/* Puts a process into the table; null if that is full or there is no memory. */
static struct process *process_make(void)
{
	struct process *process;
	uint32_t index = 1;

	while (index < PROCESSES && table[index])
		index++;
	if (index == PROCESSES || !(process = heap_alloc(sizeof *process)))
		return NULL;
	process->index = index;
	table[index] = process;
	count++;
	forks++;
	return process;
}

static void process_free(struct process *process)
{
	table[process->index] = NULL;
	count--;
	process->state = PROCESS_NONE;
	process->parent = graveyard;
	graveyard = process;
}

void process_bury(void)
{
	while (graveyard) {
		struct process *next = graveyard->parent;

		heap_free(graveyard, sizeof *graveyard);
		graveyard = next;
	}
}

void process_publish(struct process *process)
{
	struct exchange *exchange = process->exchange;
	const struct creds *creds = &process->creds;

	exchange->version = EXCHANGE_VERSION;
	exchange->pid = process->pid;
	exchange->ppid = process->parent ? process->parent->pid : PID_INIT;
	exchange->pgid = process->pgid;
	exchange->sid = process->sid;
	exchange->uid = creds->uid;
	exchange->euid = creds->euid;
	exchange->suid = creds->suid;
	exchange->gid = creds->gid;
	exchange->egid = creds->egid;
	exchange->sgid = creds->sgid;
	signal_publish(process);
}

static void limits_default(struct linux_rlimit *limit)
{
	for (int i = 0; i < LINUX_RLIMITS; i++)
		limit[i] = (struct linux_rlimit){ LINUX_RLIM_INFINITY, LINUX_RLIM_INFINITY };
	limit[LINUX_RLIMIT_STACK].current = STACK_SIZE;
	limit[LINUX_RLIMIT_CORE].current = 0;
	limit[LINUX_RLIMIT_NOFILE] = (struct linux_rlimit){ FD_MOST, FD_MOST };
	limit[LINUX_RLIMIT_NPROC] = (struct linux_rlimit){ PROCESSES - 1, PROCESSES - 1 };
	limit[LINUX_RLIMIT_SIGPENDING] = (struct linux_rlimit){ LINUX_NSIG, LINUX_NSIG };
	limit[LINUX_RLIMIT_NICE] = limit[LINUX_RLIMIT_RTPRIO] = (struct linux_rlimit){ 0, 0 };
}

struct process *process_first(struct inode *root, struct inode *cwd)
{
	struct process *process = process_make();

	if (!process)
		return NULL;
	process->pid = process->pgid = process->sid = first_pid = pid_take();
	process->umask = 022;
	process->root = inode_get(root);
	process->cwd = inode_get(cwd);
	process->start = host_now();
	process->timer_deadline = UINT64_MAX;
	process->call.deadline = UINT64_MAX;
	process->exit_signal = LINUX_SIGCHLD;
	limits_default(process->limit);
	if (host_process_create(process, NULL) < 0) {
		process_free(process);
		return NULL;
	}
	process->state = PROCESS_ALIVE;
	process_publish(process);
	return process;
}

/* What a child does not have of its parent. */
static void forget_parents(struct process *child, uint32_t index)
{
	child->index = index;
	child->waiter = (struct waiter){ 0 };
	child->state = PROCESS_NONE;
	child->call = (struct call){ .deadline = UINT64_MAX };
	child->in_call = child->saved = child->answered = child->stopped = child->has_executed = child->is_ending = false;
	child->pending = 0;
	child->news = NEWS_NONE;
	child->children = (struct wait_queue){ 0 };
	child->vfork_parent = NULL;
	child->timer_deadline = UINT64_MAX;
	child->timer_interval = child->cpu_ns = child->children_cpu_ns = child->last_answer = child->faults = 0;
	child->fds = (struct fd_table){ 0 };
	child->map = (struct memory_map){ 0 };
	child->command = child->path = child->exec_data = NULL;
	child->command_size = child->path_size = 0;
	child->exec_size = child->exec_room = 0;
	child->exchange = NULL;
	memset(child->host, 0, sizeof child->host);
}

static void text_set(char **text, size_t *size, const char *from, size_t bytes)
{
	heap_free(*text, *size);
	*text = bytes ? heap_alloc(bytes) : NULL;
	*size = *text ? bytes : 0;
	if (*text)
		memcpy(*text, from, bytes);
}

void process_set_command(struct process *process, const char *text, size_t size)
{
	text_set(&process->command, &process->command_size, text, size);
}

void process_set_path(struct process *process, const char *text, size_t size)
{
	text_set(&process->path, &process->path_size, text, size);
}

/* Copies what is counted. */
static int copy_shared(const struct process *parent, struct process *child)
{
	inode_get(child->root);
	inode_get(child->cwd);
	if (child->executable)
		inode_get(child->executable)->executors++;
	process_set_command(child, parent->command, parent->command_size);
	process_set_path(child, parent->path, parent->path_size);
	if (fd_copy(&parent->fds, &child->fds) < 0)
		return -ENOMEM;
	return memory_map_copy(&parent->map, &child->map);
}

/* Gives back all that a process holds but its place in the table. */
static void drop_all(struct process *process)
{
	fd_close_all(&process->fds);
	memory_map_clear(&process->map);
	inode_put(process->root);
	inode_put(process->cwd);
	if (process->executable)
		process->executable->executors--;
	inode_put(process->executable);
	process_set_command(process, NULL, 0);
	process_set_path(process, NULL, 0);
	heap_free(process->exec_data, process->exec_room);
	process->root = process->cwd = process->executable = NULL;
	process->exec_data = NULL;
	process->exec_room = process->exec_size = 0;
}

int process_fork(struct process *parent, uint64_t flags, int exit_signal, struct process **out)
{
	struct process *child;
	uint32_t index;
	int error;

	if (count >= parent->limit[LINUX_RLIMIT_NPROC].current && parent->creds.uid != 0)
		return -EAGAIN;
	/* The last places are for whoever can end the others: the shell at the terminal. */
	if (count >= PROCESSES - PROCESSES_KEPT && parent->sid != parent->pid)
		return -EAGAIN;
	child = process_make();
	if (!child)
		return -EAGAIN;
	index = child->index;
	*child = *parent;
	forget_parents(child, index);
	child->pid = pid_take();
	child->parent = parent;
	child->start = host_now();
	child->exit_signal = exit_signal;
	error = copy_shared(parent, child);
	if (error == 0)
		error = host_process_create(child, parent);
	if (error < 0) {
		drop_all(child);
		process_free(child);
		return error;
	}
	child->state = PROCESS_ALIVE;
	child->exchange->blocked = signal_blocked(parent);
	if (child->boosted_until)
		host_thread_prefer(child, true);
	process_publish(child);
	if (flags & LINUX_CLONE_VFORK)
		child->vfork_parent = parent;
	*out = child;
	return 0;
}

void process_release_vfork(struct process *process)
{
	struct process *parent = process->vfork_parent;

	process->vfork_parent = NULL;
	if (parent)
		wait_ready(&parent->waiter);
}

void process_boost(struct process *process)
{
	process->boosted_until = host_now() + BOOST_NS;
	host_thread_prefer(process, true);
}

void process_check_boost(struct process *process, uint64_t now)
{
	if (!process->boosted_until || process->boosted_until > now)
		return;
	process->boosted_until = 0;
	host_thread_prefer(process, false);
}

bool process_group_is_orphaned(int32_t pgid)
{
	struct process *p = NULL;

	while ((p = process_next(p)))
		if (p->pgid == pgid && p->state == PROCESS_ALIVE && p->parent && p->parent->pgid != pgid &&
		    p->parent->sid == p->sid)
			return false;
	return true;
}

static bool group_has_stopped(int32_t pgid)
{
	struct process *p = NULL;

	while ((p = process_next(p)))
		if (p->pgid == pgid && p->state == PROCESS_ALIVE && p->stopped)
			return true;
	return false;
}

/* A group that nobody can continue any more must not stay stopped. */
static void wake_orphaned(int32_t pgid)
{
	if (!group_has_stopped(pgid) || !process_group_is_orphaned(pgid))
		return;
	signal_send_group(pgid, LINUX_SIGHUP);
	signal_send_group(pgid, LINUX_SIGCONT);
}

/* Gives the children of a process that ends to the server, which reaps at once.  By index, since ends may free others. */
static void children_leave(struct process *process)
{
	for (uint32_t i = 1; i < PROCESSES; i++) {
		struct process *p = table[i];

		if (p && p->vfork_parent == process)
			p->vfork_parent = NULL;
		if (!p || p->parent != process)
			continue;
		p->parent = NULL;
		if (p->state == PROCESS_ZOMBIE) {
			process_reap(p);
			continue;
		}
		process_publish(p);
		if (p->pgid != process->pgid)
			wake_orphaned(p->pgid);
	}
}

/* Tells the parent, or reaps if nobody wants to know. */
static void tell_end(struct process *process)
{
	struct process *parent = process->parent;
	struct unix_siginfo info = { .signal = process->exit_signal, .pid = process->pid, .uid = process->creds.uid };
	bool killed = process->status & 0x7f, unwanted;

	info.code = killed ? LINUX_CLD_KILLED : LINUX_CLD_EXITED;
	info.status = killed ? process->status & 0x7f : process->status >> 8;
	info.utime = process->cpu_ns / (1000000000 / LINUX_CLOCK_TICKS);
	if (process->pid == first_pid)
		host_end(killed, info.status);
	if (!parent) {
		process_reap(process);
		return;
	}
	unwanted = process->exit_signal == LINUX_SIGCHLD && (parent->action[LINUX_SIGCHLD].handler == LINUX_SIG_IGN ||
							     parent->action[LINUX_SIGCHLD].flags & LINUX_SA_NOCLDWAIT);
	if (process->exit_signal)
		signal_send(parent, &info);
	wait_wake(&parent->children);
	if (unwanted)
		process_reap(process);
}

static void end(struct process *process)
{
	bool leads_session = process->sid == process->pid;

	process->state = PROCESS_ZOMBIE;
	wait_unready(&process->waiter);
	wait_cancel(&process->waiter);
	file_put(process->call.file);
	process->call.file = NULL;
	host_process_destroy(process);
	process->in_call = process->saved = process->stopped = false;
	drop_all(process);
	process_release_vfork(process);
	children_leave(process);
	if (leads_session && process->tty)
		terminal_session_ended(process->tty, process->sid);
	process->tty = NULL;
	tell_end(process);
}

void process_exit(struct process *process, int status)
{
	/* One end can bring about another, and that a third: they are queued, since a chain of them is as long as a user likes. */
	static struct process *next, **last = &next;
	static bool busy;

	if (process->state != PROCESS_ALIVE || process->is_ending)
		return;
	process->is_ending = true;
	process->status = status;
	process->next_ending = NULL;
	*last = process;
	last = &process->next_ending;
	if (busy)
		return;
	busy = true;
	while (next) {
		struct process *first = next;

		next = first->next_ending;
		if (!next)
			last = &next;
		end(first);
	}
	busy = false;
}

void process_reap(struct process *process)
{
	if (process->parent) {
		process->parent->children_cpu_ns += process->cpu_ns + process->children_cpu_ns;
		wait_unready(&process->waiter);
	}
	process_free(process);
}

void process_rename(struct process *process, const char *path)
{
	const char *name = path;
	size_t length;

	for (const char *c = path; *c; c++)
		if (*c == '/' && c[1])
			name = c + 1;
	length = strnlen(name, PROCESS_NAME - 1);
	memset(process->name, 0, PROCESS_NAME);
	memcpy(process->name, name, length);
}

struct path_start process_paths(const struct process *process)
{
	return (struct path_start){ process->root, process->cwd, &process->creds };
}
