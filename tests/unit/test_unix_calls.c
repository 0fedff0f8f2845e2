// sources: personalities/linux/unix/call.c personalities/linux/unix/call_file.c personalities/linux/unix/call_memory.c
// sources: personalities/linux/unix/call_name.c personalities/linux/unix/call_process.c personalities/linux/unix/call_signal.c
// sources: personalities/linux/unix/call_system.c personalities/linux/unix/device.c personalities/linux/unix/directory.c
// sources: personalities/linux/unix/elf.c personalities/linux/unix/exec.c personalities/linux/unix/fd.c
// sources: personalities/linux/unix/file.c personalities/linux/unix/inode.c personalities/linux/unix/memory_map.c
// sources: personalities/linux/unix/path.c personalities/linux/unix/pipe.c personalities/linux/unix/poll.c
// sources: personalities/linux/unix/process.c personalities/linux/unix/procfs.c personalities/linux/unix/procfs_process.c
// sources: personalities/linux/unix/procfs_system.c personalities/linux/unix/ramfs.c personalities/linux/unix/signal.c
// sources: personalities/linux/unix/store.c personalities/linux/unix/stream.c personalities/linux/unix/terminal.c
// sources: personalities/linux/unix/termios.c personalities/linux/unix/text.c personalities/linux/unix/wait.c
// sources: lib/tty/line.c lib/rt/fmt.c
// limit: 120
/* Requests to the unix server as processes make them: what they answer, what they wait for, and that no request, however
 * wild, does harm. */
#include "personalities/linux/unix/call.h"
#include "personalities/linux/unix/device.h"
#include "personalities/linux/unix/procfs.h"
#include "personalities/linux/unix/signal.h"
#include "personalities/linux/unix/terminal.h"

#include "tests/unit/unix_fake.h"

uint64_t heap_pages_limit(void) { return 1; }

#define DATA EXCHANGE_BULK
#define TEXT (EXCHANGE_BULK + 0x2000)
#define MORE (EXCHANGE_BULK + 0x4000)

static struct inode *root;
static struct process *first;
static const struct creds root_creds;

static void begin(void)
{
	struct place dev = { root, "dev", 3 }, proc = { root, "proc", 4 };
	struct inode *inode;

	fake.ended = -1;
	root = ramfs_root(1, 0755);
	dev.dir = proc.dir = root;
	if (ramfs_create(&dev, LINUX_S_IFDIR | 0755, 0, &root_creds, &inode) || device_populate(inode, &root_creds) ||
	    ramfs_mount(&proc, procfs_root()))
		abort();
	inode_put(inode);
	first = process_first(root, root);
	procfs_set_reader(first);
}

/* What main.c does with a request; WAITING if it has no answer yet. */
static int64_t request(struct process *p, uint64_t method, const uint64_t w[8])
{
	int64_t result;

	p->call = (struct call){ .method = method, .deadline = UINT64_MAX, .interrupted = UNIX_RESTART_SYS };
	memcpy(p->call.w, w, sizeof p->call.w);
	p->in_call = true;
	p->saved = p->answered = false;
	result = call_run(p);
	if (p->state != PROCESS_ALIVE || !p->in_call)
		return WAITING;
	p->saved = result == WAITING;
	p->in_call = p->saved;
	return result;
}

#define CALL(p, method, ...) request(p, method, (uint64_t[8]){ __VA_ARGS__ })

/* Runs those who are ready again; what the last of them answered, or WAITING. */
static int64_t settle(void)
{
	struct waiter *waiter;
	int64_t last = WAITING;

	while ((waiter = wait_next_ready())) {
		struct process *p = process_of(waiter);
		int64_t result = p->saved && !p->stopped ? call_run(p) : WAITING;

		if (result == WAITING || p->state != PROCESS_ALIVE || !p->in_call)
			continue;
		p->in_call = p->saved = false;
		last = result;
	}
	return last;
}

static uint64_t text(struct process *p, uint64_t at, const char *value)
{
	strcpy((char *)p->exchange + at, value);
	return at;
}

static char *bytes(struct process *p, uint64_t at)
{
	return (char *)p->exchange + at;
}

static int64_t open_file(struct process *p, const char *path, uint64_t flags)
{
	return CALL(p, UNIX_OPEN, (uint64_t)LINUX_AT_FDCWD, text(p, TEXT, path), flags, 0644);
}

static struct process *fork_of(struct process *p)
{
	int64_t pid = CALL(p, UNIX_FORK, 0, LINUX_SIGCHLD);

	return pid > 0 ? process_by_pid(pid) : NULL;
}

static void test_files(void)
{
	int64_t fd = open_file(first, "/f", LINUX_O_RDWR | LINUX_O_CREAT);
	struct unix_stat stat;

	CHECK("files", fd == 0 && open_file(first, "/f", LINUX_O_CREAT | LINUX_O_EXCL) == -EEXIST);
	memcpy(bytes(first, DATA), "hello", 5);
	CHECK("files", CALL(first, UNIX_WRITE, 0, DATA, 5, -1ull) == 5 && CALL(first, UNIX_SEEK, 0, 0, LINUX_SEEK_CUR) == 5);
	CHECK("files", CALL(first, UNIX_WRITE, 0, DATA, 5, 10) == 5 && CALL(first, UNIX_READ, 0, DATA, 100, 0) == 15);
	CHECK("files", memcmp(bytes(first, DATA), "hello\0\0\0\0\0hello", 15) == 0);
	CHECK("files", CALL(first, UNIX_READ, 0, DATA, EXCHANGE_BULK_SIZE + 1, 0) == -EFAULT && CALL(first, UNIX_READ, 0, 0, 1, 0) == -EFAULT);
	CHECK("files", CALL(first, UNIX_FSTAT, 0, MORE) == 0);
	memcpy(&stat, bytes(first, MORE), sizeof stat);
	CHECK("files", stat.size == 15 && stat.mode == (LINUX_S_IFREG | 0644) && stat.nlink == 1);
	CHECK("files", CALL(first, UNIX_DUP, 0, 10, 0) == 10 && CALL(first, UNIX_CLOSE, 0) == 0 && CALL(first, UNIX_CLOSE, 0) == -EBADF);
	CHECK("files", CALL(first, UNIX_READ, 10, DATA, 100, -1ull) == 10 && CALL(first, UNIX_CLOSE, 10) == 0);
	CHECK("files", open_file(first, "/f", LINUX_O_RDONLY | LINUX_O_TRUNC) == 0 && CALL(first, UNIX_WRITE, 0, DATA, 1, -1ull) == -EBADF);
	CHECK("files", CALL(first, UNIX_READ, 0, DATA, 1, -1ull) == 0 && CALL(first, UNIX_CLOSE_RANGE, 0, UINT32_MAX, 0) == 0);
	PASSED("files");
}

static void test_flock(void)
{
	struct process *child;

	CHECK("flock", open_file(first, "/f", LINUX_O_RDONLY) == 0 && CALL(first, UNIX_FLOCK, 0, 2) == 0);
	child = fork_of(first);
	CHECK("flock", CALL(child, UNIX_FLOCK, 0, 2) == 0 && open_file(child, "/f", LINUX_O_RDONLY) == 1);
	CHECK("flock", CALL(child, UNIX_FLOCK, 1, 1 | 4) == -EAGAIN && CALL(child, UNIX_FLOCK, 1, 1) == WAITING);
	CHECK("flock", CALL(first, UNIX_FLOCK, 0, 1) == 0 && settle() == 0 && CALL(first, UNIX_FLOCK, 0, 2 | 4) == -EAGAIN);
	CHECK("flock", CALL(child, UNIX_EXIT, 0) == WAITING && CALL(first, UNIX_FLOCK, 0, 2 | 4) == 0 && CALL(first, UNIX_FLOCK, 0, 3) == -EINVAL);
	CHECK("flock", CALL(first, UNIX_WAIT, LINUX_P_ALL, 0, LINUX_WEXITED) > 0 && CALL(first, UNIX_CLOSE, 0) == 0);
	process_bury();
	PASSED("flock");
}

static void test_devices(void)
{
	CHECK("devices", open_file(first, "/dev/zero", LINUX_O_RDWR) == 0 && open_file(first, "/dev/full", LINUX_O_RDWR) == 1);
	CHECK("devices", open_file(first, "/dev/null", LINUX_O_RDWR) == 2 && open_file(first, "/dev/tty", LINUX_O_RDWR) == -ENXIO);
	CHECK("devices", CALL(first, UNIX_READ, 0, DATA, 8, -1ull) == 8 && !memcmp(bytes(first, DATA), "\0\0\0\0\0\0\0", 8));
	CHECK("devices", CALL(first, UNIX_WRITE, 1, DATA, 8, -1ull) == -ENOSPC && CALL(first, UNIX_READ, 2, DATA, 8, -1ull) == 0);
	CHECK("devices", CALL(first, UNIX_WRITE, 2, DATA, 8, -1ull) == 8 && CALL(first, UNIX_CLOSE_RANGE, 0, 9, 0) == 0);
	PASSED("devices");
}

static void test_pipe(void)
{
	struct process *child;

	CHECK("pipe", CALL(first, UNIX_PIPE, 0) == 0 && first->call.out[1] == 0 && first->call.out[2] == 1);
	child = fork_of(first);
	CHECK("pipe", child && CALL(first, UNIX_CLOSE, 1) == 0);
	CHECK("pipe", CALL(first, UNIX_READ, 0, DATA, 10, -1ull) == WAITING);
	CHECK("pipe", CALL(child, UNIX_WRITE, 1, DATA, 4, -1ull) == 4 && settle() == 4);
	/* A writer waits until all is taken; what fits into PIPE_BUF is never cut. */
	for (int i = 0; i < 3; i++)
		CHECK("pipe", CALL(child, UNIX_WRITE, 1, DATA, 20000, -1ull) == 20000);
	CHECK("pipe", CALL(child, UNIX_WRITE, 1, DATA, 20000, -1ull) == WAITING);
	CHECK("pipe", CALL(first, UNIX_READ, 0, DATA, 20000, -1ull) == 20000 && settle() == 20000);
	CHECK("pipe", CALL(child, UNIX_CLOSE, 0) == 0 && CALL(child, UNIX_EXIT, 7) == WAITING);
	for (int i = 0; i < 3; i++)
		CHECK("pipe", CALL(first, UNIX_READ, 0, DATA, 20000, -1ull) == 20000);
	CHECK("pipe", CALL(first, UNIX_READ, 0, DATA, 1, -1ull) == 0 && CALL(first, UNIX_CLOSE, 0) == 0);
	CHECK("pipe", CALL(first, UNIX_WAIT, LINUX_P_ALL, 0, LINUX_WEXITED) > 0 && first->call.out[1] == 7 << 8);
	CHECK("pipe", CALL(first, UNIX_WAIT, LINUX_P_ALL, 0, LINUX_WEXITED) == -ECHILD);
	process_bury();
	PASSED("pipe");
}

static void set_action(struct process *p, uint64_t signal, uint64_t handler)
{
	CALL(p, UNIX_SIGNAL_ACTION, signal, 1, handler, LINUX_SA_RESTART, 0, 0);
}

static void test_sigpipe(void)
{
	struct process *child = fork_of(first);

	CHECK("writing without readers", CALL(child, UNIX_PIPE, 0) == 0 && CALL(child, UNIX_CLOSE, 0) == 0);
	set_action(child, LINUX_SIGPIPE, LINUX_SIG_IGN);
	CHECK("writing without readers", CALL(child, UNIX_WRITE, 1, DATA, 1, -1ull) == -EPIPE);
	set_action(child, LINUX_SIGPIPE, LINUX_SIG_DFL);
	CHECK("writing without readers", CALL(child, UNIX_WRITE, 1, DATA, 1, -1ull) == WAITING && child->state == PROCESS_ZOMBIE);
	CHECK("writing without readers", CALL(first, UNIX_WAIT, LINUX_P_ALL, 0, LINUX_WEXITED) > 0 && first->call.out[1] == LINUX_SIGPIPE);
	process_bury();
	PASSED("writing without readers");
}

static void test_signals(void)
{
	struct process *child = fork_of(first);
	int32_t pid = child->pid;
	unsigned interrupts = fake.interrupts;

	set_action(child, LINUX_SIGUSR1, 0x1000);
	CHECK("signals", CALL(first, UNIX_KILL, pid, LINUX_SIGUSR1) == 0 && fake.interrupts == interrupts + 1);
	CHECK("signals", child->exchange->pending == linux_sigbit(LINUX_SIGUSR1));
	CHECK("signals", CALL(child, UNIX_SIGNAL_NEXT) == LINUX_SIGUSR1 && child->call.out[1] == 0x1000 && !child->exchange->pending);
	CHECK("signals", child->exchange->siginfo.pid == first->pid && CALL(child, UNIX_SIGNAL_NEXT) == 0);
	/* What waits is ended, with the code that says how. */
	CHECK("signals", CALL(child, UNIX_SLEEP, 1000) == WAITING && CALL(first, UNIX_KILL, pid, LINUX_SIGUSR1) == 0);
	CHECK("signals", settle() == UNIX_RESTART_NO_HANDLER && CALL(child, UNIX_SIGNAL_NEXT) == LINUX_SIGUSR1);
	/* What is blocked waits. */
	child->exchange->blocked = linux_sigbit(LINUX_SIGUSR1);
	CHECK("signals", CALL(first, UNIX_KILL, pid, LINUX_SIGUSR1) == 0 && CALL(child, UNIX_SLEEP, 1000) == WAITING && settle() == WAITING);
	fake.now = 1000;
	wait_ready(&child->waiter);
	CHECK("signals", settle() == 0);
	CHECK("signals", CALL(child, UNIX_SIGNAL_WAIT, linux_sigbit(LINUX_SIGUSR1), UINT64_MAX) == LINUX_SIGUSR1);
	CHECK("signals", CALL(first, UNIX_KILL, pid, 0) == 0 && CALL(first, UNIX_KILL, pid, 65) == -EINVAL && CALL(first, UNIX_KILL, 31000, 1) == -ESRCH);
	child->exchange->blocked = ~0ull;
	CHECK("signals", CALL(first, UNIX_KILL, pid, LINUX_SIGKILL) == 0 && child->state == PROCESS_ZOMBIE);
	CHECK("signals", CALL(first, UNIX_WAIT, LINUX_P_PID, pid, LINUX_WEXITED) == pid && first->call.out[1] == LINUX_SIGKILL);
	process_bury();
	PASSED("signals");
}

static void test_stop(void)
{
	struct process *child = fork_of(first);
	int32_t pid = child->pid;

	CHECK("stop", CALL(first, UNIX_KILL, pid, LINUX_SIGSTOP) == 0 && child->stopped && fake.suspends);
	CHECK("stop", CALL(first, UNIX_WAIT, LINUX_P_PID, pid, LINUX_WSTOPPED) == pid && first->call.out[1] == (LINUX_SIGSTOP << 8 | 0x7f));
	CHECK("stop", CALL(first, UNIX_WAIT, LINUX_P_PID, pid, LINUX_WSTOPPED | LINUX_WNOHANG) == 0);
	CHECK("stop", CALL(first, UNIX_KILL, pid, LINUX_SIGCONT) == 0 && !child->stopped);
	CHECK("stop", CALL(first, UNIX_WAIT, LINUX_P_PID, pid, LINUX_WCONTINUED) == pid && first->call.out[1] == 0xffff);
	CHECK("stop", CALL(first, UNIX_WAIT, LINUX_P_PID, pid, LINUX_WEXITED) == WAITING);
	CHECK("stop", CALL(child, UNIX_EXIT, 3) == WAITING && settle() == pid && first->call.out[1] == 3 << 8);
	process_bury();
	PASSED("stop");
}

static void test_groups(void)
{
	struct process *child = fork_of(first);
	int32_t pid = child->pid;

	CHECK("groups", CALL(first, UNIX_SETPGID, pid, 0) == 0 && CALL(first, UNIX_GETPGID, pid) == pid && child->exchange->pgid == pid);
	CHECK("groups", CALL(child, UNIX_SETSID) == -EPERM && CALL(first, UNIX_SETPGID, 0, pid) == -EPERM);
	CHECK("groups", CALL(child, UNIX_SETPGID, 0, first->pid) == 0 && CALL(child, UNIX_SETSID) == pid && child->sid == pid);
	CHECK("groups", CALL(first, UNIX_SETPGID, pid, 0) == -EPERM && CALL(child, UNIX_EXIT, 0) == WAITING);
	CHECK("groups", CALL(first, UNIX_WAIT, LINUX_P_ALL, 0, LINUX_WEXITED) == pid);
	process_bury();
	PASSED("groups");
}

static void test_poll(void)
{
	struct linux_pollfd fds[2] = { { 0, LINUX_POLLIN, 0 }, { 1, LINUX_POLLOUT, 0 } };

	CHECK("poll", CALL(first, UNIX_PIPE, 0) == 0);
	memcpy(bytes(first, DATA), fds, sizeof fds);
	CHECK("poll", CALL(first, UNIX_POLL, DATA, 2, UINT64_MAX) == 1 && CALL(first, UNIX_POLL, DATA, 1, 0) == 0);
	CHECK("poll", CALL(first, UNIX_POLL, DATA, 1, fake.now + 10) == WAITING && first->call.deadline == fake.now + 10);
	fake.now += 10;
	wait_ready(&first->waiter);
	CHECK("poll", settle() == 0 && CALL(first, UNIX_WRITE, 1, DATA + 100, 1, -1ull) == 1);
	CHECK("poll", CALL(first, UNIX_POLL, DATA, 1, UINT64_MAX) == 1 && CALL(first, UNIX_POLL, DATA, 100000, 0) == -EINVAL);
	CHECK("poll", CALL(first, UNIX_CLOSE_RANGE, 0, 9, 0) == 0);
	PASSED("poll");
}

/* The text of a file in /proc. */
static const char *read_text(struct process *p, const char *path)
{
	int64_t fd = open_file(p, path, LINUX_O_RDONLY), got;

	if (fd < 0)
		return "";
	got = CALL(p, UNIX_READ, (uint64_t)fd, DATA, 4000, -1ull);
	CALL(p, UNIX_CLOSE, (uint64_t)fd);
	bytes(p, DATA)[got < 0 ? 0 : got] = 0;
	return bytes(p, DATA);
}

static void test_proc(void)
{
	char line[64];

	snprintf(line, sizeof line, "%d () R 1 ", first->pid);
	CHECK("/proc", !strncmp(read_text(first, "/proc/self/stat"), line, strlen(line)));
	CHECK("/proc", !strncmp(read_text(first, "/proc/meminfo"), "MemTotal:  ", 10) && strstr(read_text(first, "/proc/mounts"), "tmpfs"));
	CHECK("/proc", open_file(first, "/proc/1/stat", 0) == -ENOENT && open_file(first, "/proc/self/fd", LINUX_O_DIRECTORY) == 0);
	CHECK("/proc", CALL(first, UNIX_GETDENTS, 0, DATA, 4096) > 0 && CALL(first, UNIX_GETDENTS, 0, DATA, 4096) == 0);
	CHECK("/proc", CALL(first, UNIX_CHDIR, 0, text(first, TEXT, "/proc/self/fd")) == 0 && CALL(first, UNIX_GETCWD, DATA, 100) > 0);
	snprintf(line, sizeof line, "/proc/%d/fd", first->pid);
	CHECK("/proc", !strcmp(bytes(first, DATA), line) && CALL(first, UNIX_CHDIR, 0, text(first, TEXT, "/")) == 0);
	CHECK("/proc", CALL(first, UNIX_CLOSE, 0) == 0);
	PASSED("/proc");
}

static void type(const char *keys)
{
	fake.input = keys;
	fake.input_size = strlen(keys);
	terminal_input_ready(terminal_console());
}

static void test_terminal(void)
{
	struct process *child;

	terminal_init();
	CHECK("terminal", open_file(first, "/dev/console", LINUX_O_RDWR) == 0 && first->tty == terminal_console());
	CHECK("terminal", CALL(first, UNIX_READ, 0, DATA, 100, -1ull) == WAITING);
	type("ab\r");
	CHECK("terminal", settle() == 3 && !memcmp(bytes(first, DATA), "ab\n", 3));
	/* A background group is stopped when it reads, and reads when it is in the foreground. */
	set_action(first, LINUX_SIGTTOU, LINUX_SIG_IGN);
	child = fork_of(first);
	CHECK("terminal", CALL(first, UNIX_SETPGID, child->pid, 0) == 0 && CALL(child, UNIX_READ, 0, DATA, 100, -1ull) == WAITING && child->stopped);
	memcpy(bytes(first, DATA), &child->pid, 4);
	CHECK("terminal", CALL(first, UNIX_IOCTL, 0, 0x5410, 0, DATA) == 0 && CALL(first, UNIX_KILL, child->pid, LINUX_SIGCONT) == 0);
	CHECK("terminal", settle() == WAITING && !child->stopped);
	type("x\r");
	CHECK("terminal", settle() == 2);
	type("\x03");
	CHECK("terminal", child->state == PROCESS_ZOMBIE && first->state == PROCESS_ALIVE);
	CHECK("terminal", CALL(first, UNIX_WAIT, LINUX_P_ALL, 0, LINUX_WEXITED) > 0 && first->call.out[1] == LINUX_SIGINT);
	process_bury();
	set_action(first, LINUX_SIGTTOU, LINUX_SIG_DFL);
	CHECK("terminal", CALL(first, UNIX_CLOSE, 0) == 0);
	PASSED("terminal");
}

static void test_exec_refusals(void)
{
	const uint64_t here = (uint64_t)LINUX_AT_FDCWD;

	CHECK("execve refuses", open_file(first, "/script", LINUX_O_RDWR | LINUX_O_CREAT) == 0);
	text(first, DATA, "#!/script x\n");
	CHECK("execve refuses", CALL(first, UNIX_WRITE, 0, DATA, 12, -1ull) == 12);
	text(first, DATA, "arg");
	CHECK("execve refuses", CALL(first, UNIX_EXECVE, here, text(first, TEXT, "/none"), 0, 1, 0, DATA, 4) == -ENOENT);
	CHECK("execve refuses", CALL(first, UNIX_EXECVE, here, text(first, TEXT, "/script"), 0, 1, 0, DATA, 4) == -ETXTBSY);
	CHECK("execve refuses", CALL(first, UNIX_CLOSE, 0) == 0);
	CHECK("execve refuses", CALL(first, UNIX_EXECVE, here, TEXT, 0, 1, 0, DATA, 4) == -EACCES);
	CHECK("execve refuses", CALL(first, UNIX_CHMOD, here, TEXT, 0755, 0) == 0);
	CHECK("execve refuses", CALL(first, UNIX_EXECVE, here, TEXT, 0, 1, 0, DATA, 4) == -ELOOP);
	CHECK("execve refuses", CALL(first, UNIX_EXECVE, here, TEXT, 0, 2, 0, DATA, 4) == -EINVAL);
	CHECK("execve refuses", CALL(first, UNIX_EXECVE, here, text(first, TEXT, "/"), 0, 1, 0, DATA, 4) == -EACCES);
	PASSED("execve refuses");
}

/* ---- requests at random ---- */

enum { STEPS = 300000 };

static uint64_t any_word(void)
{
	static const char *const paths[] = { "/f", "/d", "/d/e", "/dev/null", "/dev/console", "/proc/self/fd/1", "/proc/self/stat", ".", "..",
					     "/fifo", "/l", "/proc", "/d/../f", "" };

	switch (rand() % 10) {
	case 0: return DATA + (uint64_t)rand() % 64;
	case 1: {
		struct process *p = process_next(NULL);
		uint64_t at = TEXT + (uint64_t)rand() % 4 * 100;

		for (; p; p = process_next(p))
			if (p->state == PROCESS_ALIVE)
				text(p, at, paths[rand() % 14]);
		return at;
	}
	case 2: return (uint64_t)rand() << 32 ^ (uint64_t)rand() << 11;
	case 3: return (uint64_t)LINUX_AT_FDCWD;
	case 4: return (uint64_t)-1;
	case 5: return 1ull << rand() % 64;
	case 6: return USER_START + (uint64_t)rand() % 64 * STORE_PAGE;
	case 7: return (uint64_t)rand() % EXCHANGE_SIZE;
	default: return (uint64_t)rand() % 12;
	}
}

static struct process *any_process(void)
{
	for (int tries = 0; tries < 100; tries++) {
		struct process *p = process_at((uint32_t)rand() % 12 + 1);

		if (p && p->state == PROCESS_ALIVE && !p->in_call && !p->stopped)
			return p;
	}
	return NULL;
}

static void test_random(void)
{
	uint64_t w[8];

	for (int step = 0; step < STEPS; step++) {
		struct process *p = any_process();

		if (!p || step % 5000 == 0) {
			/* All wait or are gone: begin anew. */
			struct process *q;

			while ((q = process_next(NULL))) {
				if (q->state == PROCESS_ALIVE)
					process_exit(q, 0);
				if (process_at(q->index) == q && q->state == PROCESS_ZOMBIE)
					process_reap(q);
				process_bury();
			}
			first = process_first(root, root);
			continue;
		}
		for (int i = 0; i < 8; i++)
			w[i] = any_word();
		uint64_t method = (uint64_t)rand() % (UNIX_METHODS + 2);
		/* Most ends and signals would leave nobody to make requests; large files take all the time. */
		if ((method == UNIX_EXIT || method == UNIX_KILL || method == UNIX_SIGQUEUE || method == UNIX_TKILL || method == UNIX_FAULT) && rand() % 20)
			method = UNIX_FORK, w[0] = 0, w[1] = LINUX_SIGCHLD;
		procfs_set_reader(p);
		if (process_count() > 10 && method == UNIX_FORK)
			method = UNIX_POLL;
		request(p, method, w);
		p->exchange ? (void)(p->exchange->blocked = (uint64_t)rand()) : (void)0;
		fake.now += (uint64_t)rand() % 1000;
		fake.output_size = 0;
		settle();
		process_bury();
	}
	PASSED("random requests");
}

int main(void)
{
	begin();
	test_files();
	test_flock();
	test_devices();
	test_pipe();
	test_sigpipe();
	test_signals();
	test_stop();
	test_groups();
	test_poll();
	test_proc();
	test_exec_refusals();
	test_terminal();
	fake.heap_left = 512ull << 20;
	test_random();
	return failures != 0;
}
