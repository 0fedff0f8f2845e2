/* The unix server: everything that Linux programs share. */
#include "lib/cpio/cpio.h"
#include "lib/log/log.h"
#include "lib/rt/main.h"
#include "lib/rt/mem.h"
#include "personalities/linux/unix/boot.h"
#include "personalities/linux/unix/call.h"
#include "personalities/linux/unix/device.h"
#include "personalities/linux/unix/host_internal.h"
#include "personalities/linux/unix/procfs.h"
#include "personalities/linux/unix/random.h"
#include "personalities/linux/unix/signal.h"
#include "personalities/linux/unix/terminal.h"

#define LIBRARY "personalities/linux/emul"

static uint64_t last_event;     /* when the server last had something to do */
static bool deadlines_changed;

const void *host_bundle(uint64_t *out_size)
{
	const struct service_start *start = service_start();

	*out_size = start->bundle_size;
	return (const void *)(uintptr_t)start->bundle;
}

const void *host_library(uint64_t *out_size)
{
	uint64_t size;
	const void *bundle = host_bundle(&size);
	struct cpio_entry entry;

	if (!cpio_find(bundle, size, LIBRARY, &entry))
		return NULL;
	*out_size = entry.size;
	return entry.data;
}

/* ---- time ---- */

/* The time since the last event was this process's, as far as anybody can tell: it is who ran. */
static void charge(struct process *process)
{
	uint64_t now = host_now(), since = last_event > process->last_answer ? last_event : process->last_answer;

	process->cpu_ns += now - since;
	last_event = now;
}

static void timer_rings(struct process *process, uint64_t now)
{
	struct unix_siginfo info = { .signal = LINUX_SIGALRM, .code = LINUX_SI_KERNEL };

	process->timer_deadline = process->timer_interval ? now + process->timer_interval : UINT64_MAX;
	signal_send(process, &info);
}

/* Looks at who has waited long enough. */
static void timers_run(void)
{
	uint64_t now = host_now();

	host_alarm_rang();
	deadlines_changed = true;
	for (uint32_t i = 1; i < PROCESSES; i++) {
		struct process *p = process_at(i);

		if (!p || p->state != PROCESS_ALIVE)
			continue;
		if (p->saved && p->call.deadline <= now)
			wait_ready(&p->waiter);
		process_check_boost(p, now);
		if (p->timer_deadline <= now)
			timer_rings(p, now);
	}
}

/* Sets the alarm for the next deadline. */
static void timers_set(void)
{
	uint64_t next = UINT64_MAX;
	struct process *p = NULL;

	if (!deadlines_changed)
		return;
	deadlines_changed = false;
	while ((p = process_next(p))) {
		if (p->state != PROCESS_ALIVE)
			continue;
		if (p->saved && p->call.deadline < next)
			next = p->call.deadline;
		if (p->timer_deadline < next)
			next = p->timer_deadline;
		if (p->boosted_until && p->boosted_until < next)
			next = p->boosted_until;
	}
	host_alarm(next);
}

/* ---- requests ---- */

static void call_begin(struct process *process, const struct isthmus_message *m)
{
	struct call *call = &process->call;

	*call = (struct call){ .method = isthmus_tag_label(m->tag), .deadline = UINT64_MAX, .interrupted = UNIX_RESTART_SYS };
	memcpy(call->w, m->word, sizeof call->w);
	process->in_call = true;
	process->saved = process->answered = false;
	procfs_set_reader(process);
}

/* Whether the request's answer can be given now; if so, it is in call.out. */
static bool call_ends(struct process *process, int64_t result)
{
	if (process->state != PROCESS_ALIVE || !process->in_call || result == WAITING)
		return false;
	process->call.out[0] = (uint64_t)result;
	if (process->stopped) {
		process->answered = true;
		return false;
	}
	process->in_call = false;
	process->last_answer = host_now();
	return true;
}

/* Runs a request.  True: the answer is in *m. */
static bool request(uint64_t badge, struct isthmus_message *m)
{
	struct process *process = process_by_index(badge);
	int64_t result;

	if (!process)
		return false;
	charge(process);
	call_begin(process, m);
	result = call_run(process);
	deadlines_changed |= result == WAITING || process->call.method == UNIX_ITIMER;
	if (call_ends(process, result)) {
		m->tag = isthmus_tag(0, 0);
		memcpy(m->word, process->call.out, sizeof m->word);
		return true;
	}
	if (process->state == PROCESS_ALIVE && process->in_call) {
		host_reply_save(process);
		process->saved = true;
	}
	return false;
}

/* Runs a request again that waited. */
static void run_again(struct process *process)
{
	int64_t result;

	if (process->state != PROCESS_ALIVE || !process->saved || process->stopped)
		return;
	procfs_set_reader(process);
	result = process->answered ? (int64_t)process->call.out[0] : call_run(process);
	deadlines_changed = true;
	if (!call_ends(process, result))
		return;
	process->saved = process->answered = false;
	host_reply(process);
}

/* Goes on with everyone who can go on. */
static void settle(void)
{
	struct waiter *waiter;

	while ((waiter = wait_next_ready()))
		run_again(process_of(waiter));
	process_bury();
}

static void console_changed(void)
{
	struct tty *tty = terminal_console();
	unsigned rows, columns;

	stream_ready();
	if (!tty)
		return;
	host_console_size(&rows, &columns);
	if (rows && columns)
		terminal_resize(tty, rows, columns);
	terminal_input_ready(tty);
	terminal_output_ready(tty);
}

static void signalled(uint64_t bits)
{
	last_event = host_now();
	random_stir(last_event);
	if (bits & HOST_SIGNAL_ALARM)
		timers_run();
	if (bits & HOST_SIGNAL_FAULT)
		host_faults();
	if (bits & HOST_SIGNAL_CONSOLE)
		console_changed();
}

static void serve(void)
{
	struct isthmus_message m;
	bool answer = false;
	uint64_t badge;

	for (;;) {
		/* Who has its answer must have it before anybody is interrupted: a call that is cancelled is made again. */
		if (answer && wait_any_ready()) {
			(void)!isthmus_reply(0, &m);
			answer = false;
		}
		settle();
		timers_set();
		enum isthmus_error error = answer ? isthmus_reply_recv(SERVICE_ENDPOINT, &badge, &m) :
						    isthmus_recv(SERVICE_ENDPOINT, &badge, &m);

		answer = false;
		if (error != ISTHMUS_OK)
			continue;
		if (isthmus_tag_kind(m.tag) == ISTHMUS_MESSAGE_SIGNAL)
			signalled(badge);
		else
			answer = request(badge, &m);
	}
}

void isthmus_main(uint64_t arg)
{
	uint64_t size;
	const void *bundle = host_bundle(&size);

	log_init(service_cap("log"));
	host_memory_init();
	host_process_init();
	host_io_init();
	boot(bundle, size);
	serve();
}
