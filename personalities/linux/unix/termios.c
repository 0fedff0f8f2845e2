#include "personalities/linux/unix/termios.h"

#include "lib/rt/mem.h"

static const uint8_t key_of[LINE_KEYS] = {
	[LINE_INTERRUPT] = LINUX_VINTR, [LINE_QUIT] = LINUX_VQUIT, [LINE_ERASE] = LINUX_VERASE, [LINE_KILL] = LINUX_VKILL,
	[LINE_END] = LINUX_VEOF, [LINE_START] = LINUX_VSTART, [LINE_STOP] = LINUX_VSTOP, [LINE_SUSPEND] = LINUX_VSUSP,
	[LINE_EOL] = LINUX_VEOL, [LINE_EOL2] = LINUX_VEOL2, [LINE_REPRINT] = LINUX_VREPRINT,
	[LINE_WORD_ERASE] = LINUX_VWERASE, [LINE_LITERAL] = LINUX_VLNEXT,
};

void termios_to_line(const struct linux_termios *t, struct line_settings *s)
{
	*s = (struct line_settings){
		.cr_to_nl = t->iflag & LINUX_ICRNL, .nl_to_cr = t->iflag & LINUX_INLCR, .ignore_cr = t->iflag & LINUX_IGNCR,
		.strip = t->iflag & LINUX_ISTRIP, .utf8 = t->iflag & LINUX_IUTF8, .flow = t->iflag & LINUX_IXON,
		.process = t->oflag & LINUX_OPOST, .nl_to_crnl = t->oflag & LINUX_ONLCR, .out_cr_to_nl = t->oflag & LINUX_OCRNL,
		.no_cr_at_0 = t->oflag & LINUX_ONOCR, .nl_returns = t->oflag & LINUX_ONLRET,
		.canonical = t->lflag & LINUX_ICANON, .signals = t->lflag & LINUX_ISIG, .echo = t->lflag & LINUX_ECHO,
		.echo_erase = t->lflag & LINUX_ECHOE, .echo_kill = t->lflag & LINUX_ECHOK, .echo_nl = t->lflag & LINUX_ECHONL,
		.echo_control = t->lflag & LINUX_ECHOCTL, .extended = t->lflag & LINUX_IEXTEN,
		.no_flush = t->lflag & LINUX_NOFLSH, .least = t->cc[LINUX_VMIN],
	};
	for (int i = 0; i < LINE_KEYS; i++)
		s->key[i] = t->cc[key_of[i]];
}

static uint32_t flag(bool set, uint32_t bit)
{
	return set ? bit : 0;
}

void termios_of_line(const struct line_settings *s, struct linux_termios *t)
{
	memset(t, 0, sizeof *t);
	t->iflag = flag(s->cr_to_nl, LINUX_ICRNL) | flag(s->nl_to_cr, LINUX_INLCR) | flag(s->ignore_cr, LINUX_IGNCR) |
		   flag(s->strip, LINUX_ISTRIP) | flag(s->utf8, LINUX_IUTF8) | flag(s->flow, LINUX_IXON);
	t->oflag = flag(s->process, LINUX_OPOST) | flag(s->nl_to_crnl, LINUX_ONLCR) | flag(s->out_cr_to_nl, LINUX_OCRNL) |
		   flag(s->no_cr_at_0, LINUX_ONOCR) | flag(s->nl_returns, LINUX_ONLRET);
	t->cflag = LINUX_B38400 | LINUX_CS8 | LINUX_CREAD;
	t->lflag = flag(s->canonical, LINUX_ICANON) | flag(s->signals, LINUX_ISIG) | flag(s->echo, LINUX_ECHO) |
		   flag(s->echo_erase, LINUX_ECHOE) | flag(s->echo_kill, LINUX_ECHOK | LINUX_ECHOKE) |
		   flag(s->echo_nl, LINUX_ECHONL) | flag(s->echo_control, LINUX_ECHOCTL) | flag(s->extended, LINUX_IEXTEN) |
		   flag(s->no_flush, LINUX_NOFLSH);
	for (int i = 0; i < LINE_KEYS; i++)
		t->cc[key_of[i]] = s->key[i];
	t->cc[LINUX_VMIN] = s->least;
}
