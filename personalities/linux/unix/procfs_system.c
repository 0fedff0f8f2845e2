/* The files of /proc about the system. */
#include "personalities/linux/unix/procfs.h"

#include "personalities/linux/unix/call.h"
#include "personalities/linux/unix/heap.h"
#include "personalities/linux/unix/system.h"

#define TICK_NS (1000000000 / LINUX_CLOCK_TICKS)


static unsigned running(void)
{
	struct process *p = NULL;
	unsigned count = 0;

	while ((p = process_next(p)))
		count += p->state == PROCESS_ALIVE && !p->stopped && !p->saved;
	return count;
}

static uint64_t busy_ns(void)
{
	static uint64_t most;
	struct process *p = NULL;
	uint64_t sum = 0;

	while ((p = process_next(p)))
		sum += p->cpu_ns + p->children_cpu_ns;
	/* Processes that nobody waited for take their time with them: never go back. */
	if (sum > most)
		most = sum;
	return most;
}

static void write_meminfo(struct text *text, const struct process *process)
{
	struct host_memory m;

	host_memory_info(&m);
	text_add(text, "MemTotal:       %8lu kB\nMemFree:        %8lu kB\nMemAvailable:   %8lu kB\n", (unsigned long)(m.total >> 10),
		 (unsigned long)(m.free >> 10), (unsigned long)(m.free >> 10));
	text_add(text, "Buffers:               0 kB\nCached:         %8lu kB\nSwapCached:            0 kB\n",
		 (unsigned long)(heap_pages_used() * HEAP_PAGE >> 10));
	text_add(text, "Active:                0 kB\nInactive:              0 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n"
		 "Dirty:                 0 kB\nMapped:                0 kB\nShmem:                 0 kB\nSlab:                  0 kB\n");
}

/* What Linux has no name for: what is left of that which processes are made of. */
static void write_isthmus(struct text *text, const struct process *process)
{
	struct host_memory m;

	host_memory_info(&m);
	text_add(text, "PagesFree: %lu\nCellsFree: %lu\nSpaces: %lu\nObjects: %lu\nServerCellsFree: %lu\nServerPages: %lu\n",
		 (unsigned long)(m.free / HEAP_PAGE), (unsigned long)m.cells_free, (unsigned long)m.spaces, (unsigned long)m.objects,
		 (unsigned long)m.own_cells_free, (unsigned long)heap_pages_used());
}

static void write_stat(struct text *text, const struct process *process)
{
	uint64_t now = host_now(), busy = busy_ns() / TICK_NS, total = now / TICK_NS;

	for (int i = 0; i < 2; i++)
		text_add(text, "%s %lu 0 0 %lu 0 0 0 0 0 0\n", i ? "cpu0" : "cpu ", (unsigned long)busy,
			 (unsigned long)(total > busy ? total - busy : 0));
	text_add(text, "intr 0\nctxt %lu\nbtime %lu\nprocesses %lu\nprocs_running %u\nprocs_blocked 0\n", (unsigned long)call_count(),
		 (unsigned long)((host_realtime() - now) / 1000000000), (unsigned long)process_forks(), running());
}

static void write_uptime(struct text *text, const struct process *process)
{
	uint64_t now = host_now() / 10000000, idle = now - (busy_ns() / 10000000 < now ? busy_ns() / 10000000 : now);

	text_add(text, "%lu.%02lu %lu.%02lu\n", (unsigned long)(now / 100), (unsigned long)(now % 100), (unsigned long)(idle / 100),
		 (unsigned long)(idle % 100));
}

static void write_loadavg(struct text *text, const struct process *process)
{
	struct process *p = NULL;
	int32_t last = 0;

	while ((p = process_next(p)))
		last = p->pid > last ? p->pid : last;
	/* Averages are not kept; the first three say so by being zero. */
	text_add(text, "0.00 0.00 0.00 %u/%u %d\n", running(), process_count(), last);
}

static void write_mounts(struct text *text, const struct process *process)
{
	text_add(text, "tmpfs / tmpfs rw 0 0\nproc /proc proc rw 0 0\n");
}

static void write_cpuinfo(struct text *text, const struct process *process)
{
	text_add(text, "processor\t: 0\nmodel name\t: %s\n\n", host_machine);
}

static void write_version(struct text *text, const struct process *process)
{
	text_add(text, "Linux version " SYSTEM_RELEASE " (isthmus) " SYSTEM_VERSION "\n");
}

static void write_filesystems(struct text *text, const struct process *process)
{
	text_add(text, "nodev\ttmpfs\nnodev\tproc\n");
}

/* What was asked for and is not there. */
static void write_unsupported(struct text *text, const struct process *process)
{
	for (unsigned i = 0; i < CALL_UNSUPPORTED; i++)
		if (call_unsupported(i))
			text_add(text, "%u %lu\n", i, (unsigned long)call_unsupported(i));
}

static void write_nothing(struct text *text, const struct process *process)
{
}

const struct procfs_file procfs_system_files[] = {
	{ "cpuinfo", write_cpuinfo }, { "filesystems", write_filesystems }, { "isthmus", write_isthmus }, { "loadavg", write_loadavg }, { "meminfo", write_meminfo },
	{ "modules", write_nothing }, { "mounts", write_mounts }, { "partitions", write_nothing }, { "stat", write_stat },
	{ "swaps", write_nothing }, { "unsupported", write_unsupported }, { "uptime", write_uptime }, { "version", write_version },
	{ NULL, NULL },
};

static void write_hostname(struct text *text, const struct process *process)
{
	text_add(text, "%s\n", system_hostname());
}

static void write_release(struct text *text, const struct process *process)
{
	text_add(text, SYSTEM_RELEASE "\n");
}

static void write_ostype(struct text *text, const struct process *process)
{
	text_add(text, "Linux\n");
}

static void write_kernel_version(struct text *text, const struct process *process)
{
	text_add(text, SYSTEM_VERSION "\n");
}

static void write_pid_max(struct text *text, const struct process *process)
{
	text_add(text, "32768\n");
}

const struct procfs_file procfs_kernel_files[] = {
	{ "hostname", write_hostname }, { "osrelease", write_release }, { "ostype", write_ostype }, { "pid_max", write_pid_max },
	{ "version", write_kernel_version }, { NULL, NULL },
};
