/* The files of /proc/PID. */
#include "personalities/linux/unix/procfs.h"

#include "lib/rt/mem.h"
#include "personalities/linux/unix/signal.h"
#include "personalities/linux/unix/terminal.h"

#define TICK_NS (1000000000 / LINUX_CLOCK_TICKS)

static char state_of(const struct process *p)
{
	return p->state == PROCESS_ZOMBIE ? 'Z' : p->stopped ? 'T' : p->saved ? 'S' : 'R';
}

static const char *state_name(const struct process *p)
{
	switch (state_of(p)) {
	case 'Z': return "Z (zombie)";
	case 'T': return "T (stopped)";
	case 'S': return "S (sleeping)";
	default: return "R (running)";
	}
}

static int parent_of(const struct process *p)
{
	return p->parent ? p->parent->pid : PID_INIT;
}

static void write_stat(struct text *text, const struct process *p)
{
	unsigned long utime = p->cpu_ns / TICK_NS, cutime = p->children_cpu_ns / TICK_NS;
	unsigned tty = p->tty ? (unsigned)terminal_device(p->tty) : 0;

	text_add(text, "%d (%s) %c %d %d %d %u %d 0 %lu 0 0 0 ", p->pid, p->name, state_of(p), parent_of(p), p->pgid, p->sid, tty,
		 p->tty ? terminal_foreground(p->tty) : -1, (unsigned long)p->faults);
	text_add(text, "%lu 0 %lu 0 %d %d 1 0 %lu %lu %lu ", utime, cutime, 20 + p->nice, p->nice, (unsigned long)(p->start / TICK_NS),
		 (unsigned long)(p->map.pages * STORE_PAGE), (unsigned long)host_process_pages(p));
	text_add(text, "18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 %d 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n", p->exit_signal);
}

static void write_statm(struct text *text, const struct process *p)
{
	text_add(text, "%lu %lu 0 0 0 0 0\n", (unsigned long)p->map.pages, (unsigned long)host_process_pages(p));
}

static void write_status(struct text *text, const struct process *p)
{
	const struct creds *c = &p->creds;
	uint64_t caught = 0, ignored = 0;

	for (int s = 1; s <= LINUX_NSIG; s++) {
		caught |= p->action[s].handler > LINUX_SIG_IGN ? linux_sigbit((unsigned)s) : 0;
		ignored |= p->action[s].handler == LINUX_SIG_IGN ? linux_sigbit((unsigned)s) : 0;
	}
	text_add(text, "Name:\t%s\nUmask:\t%04u\nState:\t%s\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n", p->name, p->umask,
		 state_name(p), p->pid, p->pid, parent_of(p));
	text_add(text, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\nFDSize:\t%u\n", c->uid, c->euid, c->suid, c->euid, c->gid, c->egid,
		 c->sgid, c->egid, p->fds.size);
	text_add(text, "VmSize:\t%8lu kB\nVmRSS:\t%8lu kB\nThreads:\t1\n", (unsigned long)(p->map.pages * STORE_PAGE >> 10),
		 (unsigned long)(host_process_pages(p) * STORE_PAGE >> 10));
	text_add(text, "SigPnd:\t%016lx\nSigBlk:\t%016lx\nSigIgn:\t%016lx\nSigCgt:\t%016lx\n", (unsigned long)p->pending,
		 (unsigned long)(p->exchange ? signal_blocked(p) : 0), (unsigned long)ignored, (unsigned long)caught);
}

static void write_command(struct text *text, const struct process *p)
{
	if (p->command_size)
		text_add_bytes(text, p->command, p->command_size);
}

static void write_name(struct text *text, const struct process *p)
{
	text_add(text, "%s\n", p->name);
}

static void write_maps(struct text *text, const struct process *p)
{
	for (unsigned i = 0; i < p->map.count; i++) {
		const struct area *a = &p->map.area[i];
		const char *name = a->name ? a->name : a->inode && a->inode == p->executable && p->path ? p->path : "";

		text_add(text, "%08lx-%08lx %c%c%c%c %08lx 00:%02x %-10lu %s\n", (unsigned long)a->start, (unsigned long)a->end,
			 a->prot & LINUX_PROT_READ ? 'r' : '-', a->prot & LINUX_PROT_WRITE ? 'w' : '-',
			 a->prot & LINUX_PROT_EXEC ? 'x' : '-', a->shared ? 's' : 'p', (unsigned long)a->offset,
			 a->inode ? (unsigned)a->inode->device : 0, (unsigned long)(a->inode ? a->inode->ino : 0), name);
	}
}

static void write_limits(struct text *text, const struct process *p)
{
	text_add(text, "Limit                     Soft Limit           Hard Limit           Units     \n");
	text_add(text, "%-26s%-21lu%-21lu%-10s\n", "Max open files", (unsigned long)p->limit[LINUX_RLIMIT_NOFILE].current,
		 (unsigned long)p->limit[LINUX_RLIMIT_NOFILE].maximum, "files");
}

static void write_mounts(struct text *text, const struct process *p)
{
	text_add(text, "tmpfs / tmpfs rw 0 0\nproc /proc proc rw 0 0\n");
}

const struct procfs_file procfs_process_files[] = {
	{ "cmdline", write_command }, { "comm", write_name }, { "limits", write_limits }, { "maps", write_maps },
	{ "mounts", write_mounts }, { "stat", write_stat }, { "statm", write_statm }, { "status", write_status }, { NULL, NULL },
};
