#include "personalities/linux/unix/terminal.h"

#include "lib/rt/mem.h"
#include "lib/tty/line.h"
#include "personalities/linux/abi/ioctl.h"
#include "personalities/linux/unix/signal.h"
#include "personalities/linux/unix/termios.h"

#define OUTPUT_BYTES 8192u
#define SHOW_MOST 4             /* bytes that one written byte can become, at most */
#define TENTH_NS 100000000ull

struct tty {
	struct line line;
	struct linux_termios termios;
	struct linux_winsize size;
	uint8_t output[OUTPUT_BYTES];
	uint32_t out_first, out_count;
	int32_t foreground, sid;        /* 0: none */
	bool hung_up;
	struct wait_queue change;
};

static struct tty console;
static bool console_exists;

/* ---- output ---- */

static void show(void *context, uint8_t byte)
{
	struct tty *tty = context;

	/* Echo that finds no room is lost, as on a real line; writers look for room first. */
	if (tty->out_count == OUTPUT_BYTES)
		return;
	tty->output[(tty->out_first + tty->out_count++) % OUTPUT_BYTES] = byte;
}

static void drain(struct tty *tty)
{
	while (tty->out_count && !tty->line.stopped) {
		uint32_t piece = OUTPUT_BYTES - tty->out_first < tty->out_count ? OUTPUT_BYTES - tty->out_first : tty->out_count;
		size_t done = host_console_write('t', tty->output + tty->out_first, piece);

		if (!done)
			return;
		tty->out_first = (tty->out_first + (uint32_t)done) % OUTPUT_BYTES;
		tty->out_count -= (uint32_t)done;
	}
}

bool terminal_is_drained(const struct tty *tty)
{
	return !tty->out_count;
}

void terminal_output_ready(struct tty *tty)
{
	drain(tty);
	wait_wake(&tty->change);
}

/* ---- job control ---- */

/* Whether the process may go on.  0; WAITING: it was sent the signal and is to try again; -EIO. */
static int64_t background(struct tty *tty, struct process *who, int signal)
{
	if (!who || who->tty != tty || !tty->foreground || who->pgid == tty->foreground)
		return 0;
	if (signal_is_ignored(who, signal) || signal_blocked(who) & linux_sigbit(signal))
		return signal == LINUX_SIGTTOU ? 0 : -EIO;
	if (process_group_is_orphaned(who->pgid))
		return -EIO;
	signal_send_group(who->pgid, signal);
	return WAITING;
}

void terminal_adopt(struct tty *tty, struct process *process)
{
	if (process->sid != process->pid || process->tty || tty->sid)
		return;
	tty->sid = process->sid;
	tty->foreground = process->pgid;
	process->tty = tty;
}

/* Takes the terminal away from everyone in its session. */
static void leave_all(struct tty *tty)
{
	struct process *p = NULL;

	while ((p = process_next(p)))
		if (p->tty == tty)
			p->tty = NULL;
	tty->sid = tty->foreground = 0;
}

void terminal_session_ended(struct tty *tty, int32_t sid)
{
	int32_t foreground = tty->foreground;

	if (tty->sid != sid)
		return;
	leave_all(tty);
	if (foreground) {
		signal_send_group(foreground, LINUX_SIGHUP);
		signal_send_group(foreground, LINUX_SIGCONT);
	}
}

void terminal_hang_up(struct tty *tty)
{
	int32_t sid = tty->sid;

	tty->hung_up = true;
	if (sid) {
		struct process *leader = process_by_pid(sid);

		if (leader) {
			signal_send_simple(leader, LINUX_SIGHUP);
			signal_send_simple(leader, LINUX_SIGCONT);
		}
	}
	wait_wake(&tty->change);
}

/* ---- input ---- */

void terminal_input_ready(struct tty *tty)
{
	static const int signals[] = { 0, LINUX_SIGINT, LINUX_SIGQUIT, LINUX_SIGTSTP };
	uint8_t bytes[256];
	bool end = false;
	size_t count;

	while ((count = host_console_read('t', bytes, sizeof bytes, &end)))
		for (size_t i = 0; i < count; i++) {
			enum line_event event = line_typed(&tty->line, bytes[i]);

			if (event && tty->foreground)
				signal_send_group(tty->foreground, signals[event]);
		}
	drain(tty);
	wait_wake(&tty->change);
	if (end && !tty->hung_up)
		terminal_hang_up(tty);
}

void terminal_resize(struct tty *tty, unsigned rows, unsigned columns)
{
	if (tty->size.rows == rows && tty->size.columns == columns)
		return;
	tty->size = (struct linux_winsize){ .rows = (uint16_t)rows, .columns = (uint16_t)columns };
	if (tty->foreground)
		signal_send_group(tty->foreground, LINUX_SIGWINCH);
}

static struct tty *tty_of(const struct file *file)
{
	return (struct tty *)(uintptr_t)file->value;
}

/* With VMIN 0 a read waits for a time only.  Whether that is over. */
static bool time_is_up(struct tty *tty, struct process *who)
{
	uint8_t tenths = tty->termios.cc[LINUX_VTIME];

	if (tty->line.settings.canonical || tty->line.settings.least)
		return false;
	if (!tenths || !who)
		return true;
	if (who->call.deadline == UINT64_MAX)
		who->call.deadline = host_now() + tenths * TENTH_NS;
	return host_now() >= who->call.deadline;
}

static int64_t terminal_read(struct file *file, struct io *io)
{
	struct tty *tty = tty_of(file);
	int64_t verdict = background(tty, io->who, LINUX_SIGTTIN);

	if (verdict == WAITING)
		return wait_on(io->waiter, &tty->change) ? WAITING : -ENOMEM;
	if (verdict < 0)
		return verdict;
	if (line_is_ready(&tty->line)) {
		if (io->who)
			process_boost(io->who);
		return (int64_t)line_take(&tty->line, io->data, io->length);
	}
	if (tty->hung_up || !io->length || time_is_up(tty, io->who))
		return 0;
	if (file->flags & LINUX_O_NONBLOCK)
		return -EAGAIN;
	return wait_on(io->waiter, &tty->change) ? WAITING : -ENOMEM;
}

static int64_t terminal_write(struct file *file, struct io *io)
{
	struct tty *tty = tty_of(file);
	int64_t verdict = tty->termios.lflag & LINUX_TOSTOP ? background(tty, io->who, LINUX_SIGTTOU) : 0;
	const uint8_t *bytes = io->data;
	size_t done = 0;

	if (verdict == WAITING)
		return wait_on(io->waiter, &tty->change) ? WAITING : -ENOMEM;
	if (verdict < 0 || tty->hung_up)
		return -EIO;
	while (done < io->length) {
		if (tty->out_count > OUTPUT_BYTES - SHOW_MOST)
			drain(tty);
		if (tty->out_count > OUTPUT_BYTES - SHOW_MOST)
			break;
		line_write(&tty->line, bytes[done++]);
	}
	drain(tty);
	if (done || !io->length)
		return (int64_t)done;
	if (file->flags & LINUX_O_NONBLOCK)
		return -EAGAIN;
	return wait_on(io->waiter, &tty->change) ? WAITING : -ENOMEM;
}

static unsigned terminal_poll(struct file *file, struct waiter *waiter)
{
	struct tty *tty = tty_of(file);
	unsigned now = 0;

	if (line_is_ready(&tty->line))
		now |= LINUX_POLLIN | LINUX_POLLRDNORM;
	if (tty->out_count < OUTPUT_BYTES / 2)
		now |= LINUX_POLLOUT | LINUX_POLLWRNORM;
	if (tty->hung_up)
		now |= LINUX_POLLHUP | LINUX_POLLIN;
	if (waiter && !wait_on(waiter, &tty->change))
		now |= LINUX_POLLERR;
	return now;
}

/* ---- ioctl ---- */

static int64_t set_termios(struct tty *tty, struct process *who, uint32_t request, const struct linux_termios *termios)
{
	struct line_settings settings;
	int64_t verdict = background(tty, who, LINUX_SIGTTOU);

	if (verdict)
		return verdict == WAITING && !wait_on(&who->waiter, &tty->change) ? -ENOMEM : verdict;
	if (request == LINUX_TCSETSF)
		line_flush(&tty->line);
	tty->termios = *termios;
	termios_to_line(termios, &settings);
	line_change(&tty->line, &settings);
	wait_wake(&tty->change);
	return 0;
}

static int64_t set_foreground(struct tty *tty, struct process *who, int32_t pgid)
{
	struct process *p = NULL;
	int64_t verdict;

	if (who->tty != tty || tty->sid != who->sid)
		return -ENOTTY;
	if (pgid < 0)
		return -EINVAL;
	verdict = background(tty, who, LINUX_SIGTTOU);
	if (verdict)
		return verdict == WAITING && !wait_on(&who->waiter, &tty->change) ? -ENOMEM : verdict;
	while ((p = process_next(p)))
		if (p->pgid == pgid && p->sid == who->sid) {
			tty->foreground = pgid;
			return 0;
		}
	return -EPERM;
}

static int64_t session_ioctl(struct tty *tty, struct process *who, uint32_t request)
{
	if (request == LINUX_TIOCNOTTY) {
		if (who->tty != tty)
			return -ENOTTY;
		if (who->sid == who->pid)
			terminal_session_ended(tty, who->sid);
		who->tty = NULL;
		return 0;
	}
	if (who->tty == tty && tty->sid == who->sid)
		return 0;
	terminal_adopt(tty, who);
	return who->tty == tty ? 0 : -EPERM;
}

static int64_t wait_for_output(struct tty *tty, struct process *who)
{
	drain(tty);
	if (terminal_is_drained(tty))
		return 0;
	return wait_on(&who->waiter, &tty->change) ? WAITING : -ENOMEM;
}

static int64_t answer(void *data, const void *from, size_t bytes)
{
	memcpy(data, from, bytes);
	return 0;
}

static int64_t flush(struct tty *tty, uint64_t which)
{
	if (which > 2)
		return -EINVAL;
	if (which != 1)
		line_flush(&tty->line);
	if (which != 0)
		tty->out_count = 0;
	return 0;
}

static int64_t terminal_ioctl(struct file *file, struct process *who, uint32_t request, uint64_t argument, void *data)
{
	struct tty *tty = tty_of(file);
	int32_t number;

	switch (request) {
	case LINUX_TCGETS: return answer(data, &tty->termios, sizeof tty->termios);
	case LINUX_TCSETSW:
	case LINUX_TCSETSF:
		if (wait_for_output(tty, who) == WAITING)
			return WAITING;
		/* fall through */
	case LINUX_TCSETS: return set_termios(tty, who, request, data);
	case LINUX_TIOCGWINSZ: return answer(data, &tty->size, sizeof tty->size);
	case LINUX_TIOCSWINSZ:
		terminal_resize(tty, ((struct linux_winsize *)data)->rows, ((struct linux_winsize *)data)->columns);
		return 0;
	case LINUX_TIOCGPGRP: return who->tty == tty ? answer(data, &tty->foreground, 4) : -ENOTTY;
	case LINUX_TIOCGSID: return who->tty == tty ? answer(data, &tty->sid, 4) : -ENOTTY;
	case LINUX_TIOCSPGRP:
		memcpy(&number, data, sizeof number);
		return set_foreground(tty, who, number);
	case LINUX_TIOCSCTTY:
	case LINUX_TIOCNOTTY: return session_ioctl(tty, who, request);
	case LINUX_FIONREAD:
		number = (int32_t)line_available(&tty->line);
		return answer(data, &number, sizeof number);
	case LINUX_TIOCOUTQ: return answer(data, &tty->out_count, 4);
	case LINUX_TCFLSH: return flush(tty, argument);
	case LINUX_TCSBRK: return wait_for_output(tty, who);
	default: return -ENOTTY;
	}
}

static const struct file_ops terminal_ops = {
	.read = terminal_read, .write = terminal_write, .poll = terminal_poll, .ioctl = terminal_ioctl,
};

void terminal_attach(struct file *file, struct tty *tty)
{
	file->ops = &terminal_ops;
	file->value = (uintptr_t)tty;
}

struct tty *terminal_of(const struct file *file)
{
	return file->ops == &terminal_ops ? tty_of(file) : NULL;
}

struct tty *terminal_console(void)
{
	return console_exists ? &console : NULL;
}

void terminal_init(void)
{
	line_init(&console.line, show, &console);
	termios_of_line(&console.line.settings, &console.termios);
	console.size = (struct linux_winsize){ .rows = 24, .columns = 80 };
	console_exists = true;
}

int32_t terminal_foreground(const struct tty *tty)
{
	return tty->foreground;
}

uint64_t terminal_device(const struct tty *tty)
{
	return linux_device(5, 1);
}
