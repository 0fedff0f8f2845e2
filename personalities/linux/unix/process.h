/* Processes: what the server knows of each. */
#pragma once

#include "personalities/linux/abi/process.h"
#include "personalities/linux/abi/signal.h"
#include "personalities/linux/exchange.h"
#include "personalities/linux/unix/file.h"
#include "personalities/linux/unix/memory_map.h"

#define PROCESSES 512           /* at most; index 0 is none */
#define PROCESSES_KEPT 16       /* of them for leaders of sessions */
#define PROCESS_NAME 16         /* of comm, with NUL */
#define PID_INIT 1              /* the server itself: whom orphans go to, who reaps them */
#define CALL_WORDS 8

struct tty;

/* A request and what it keeps while it waits. */
struct call {
	uint64_t method;
	uint64_t w[CALL_WORDS];         /* as they came; a request that waits may change its own */
	uint64_t out[CALL_WORDS];
	uint64_t deadline;              /* all ones: none */
	bool again;                     /* it has waited and is run again */
	int64_t interrupted;            /* what to answer if a signal ends the waiting */
	struct file *file;              /* kept open while it waits */
};

struct signal_action {
	uint64_t handler, mask, restorer;
	uint32_t flags;
};

enum process_state { PROCESS_NONE, PROCESS_ALIVE, PROCESS_ZOMBIE };
/* What a parent has not been told yet. */
enum process_news { NEWS_NONE, NEWS_STOPPED, NEWS_CONTINUED };

struct process {
	struct waiter waiter;           /* first: a waiter is its process */
	enum process_state state;
	uint32_t index;
	int32_t pid, pgid, sid;
	struct process *parent;         /* null: the server */
	struct tty *tty;                /* controlling terminal, or null */
	char name[PROCESS_NAME];
	char *command;                  /* arguments, each ended by NUL */
	size_t command_size;
	struct inode *executable;
	char *path;                     /* of the executable, ended by NUL */
	size_t path_size;
	uint64_t start;                 /* ns */

	struct creds creds;
	uint32_t umask;
	struct inode *root, *cwd;
	struct fd_table fds;
	struct memory_map map;
	struct linux_rlimit limit[LINUX_RLIMITS];
	int nice;

	/* Requests. */
	struct call call;
	bool in_call;                   /* its request has come and has no answer yet */
	bool saved;                     /* the right to answer it is kept */
	bool answered;                  /* the answer is made, but the process is stopped */

	/* Signals. */
	struct signal_action action[LINUX_NSIG + 1];
	struct unix_siginfo info[LINUX_NSIG + 1];
	uint64_t pending;
	bool stopped;
	enum process_news news;
	int news_status;
	struct wait_queue children;     /* woken when a child has news or ends */
	struct process *vfork_parent;   /* waits until this one has executed or ended */
	bool has_executed;

	/* Time. */
	uint64_t timer_deadline, timer_interval;        /* ITIMER_REAL */
	uint64_t boosted_until;         /* somebody at the terminal waits for it; 0: nobody */
	uint64_t cpu_ns, children_cpu_ns, last_answer;
	uint64_t faults;

	int exit_signal, status;        /* to the parent at the end; as wait tells it */
	bool is_ending;
	struct process *next_ending;

	/* Strings of the coming execve. */
	char *exec_data;
	size_t exec_size, exec_room;

	struct exchange *exchange;      /* shared with the process: nothing in it is to be believed */
	uint64_t host[8];               /* the host's own: slots and numbers */
};

struct process *process_by_index(uint64_t index);       /* alive, or null */
struct process *process_by_pid(int64_t pid);            /* alive or zombie, or null */
/* Whatever has that index, or null; for loops in which processes end. */
struct process *process_at(uint32_t index);
/* Iterates over all that are not PROCESS_NONE: begin with null. */
struct process *process_next(const struct process *after);
unsigned process_count(void);
uint64_t process_forks(void);

static inline struct process *process_of(struct waiter *waiter)
{
	return (struct process *)waiter;
}

/* Makes the first process, without a program. */
struct process *process_first(struct inode *root, struct inode *cwd);
/* A copy of the caller; not yet running.  0 or -errno. */
int process_fork(struct process *parent, uint64_t flags, int exit_signal, struct process **out);
/* Ends a process; `status` as wait tells it. */
void process_exit(struct process *process, int status);
/* Lets a zombie go.  Its memory stays until process_bury, which is called between requests. */
void process_reap(struct process *process);
void process_bury(void);
/* Tells the exchange what getpid and its like answer. */
void process_publish(struct process *process);
/* Runs the process before others for a while: it answers somebody at the terminal. */
void process_boost(struct process *process);
/* Takes that back when its time is over. */
void process_check_boost(struct process *process, uint64_t now);
/* Lets the parent of a vfork go on. */
void process_release_vfork(struct process *process);
/* The name and arguments that ps shows. */
void process_rename(struct process *process, const char *path);
/* Whether a group has a member whose parent is outside of it, but in its session. */
bool process_group_is_orphaned(int32_t pgid);
/* Puts copies of text in the place of a process's arguments or path; without memory they are empty. */
void process_set_command(struct process *process, const char *text, size_t size);
void process_set_path(struct process *process, const char *text, size_t size);
struct path_start;
struct path_start process_paths(const struct process *process);
