#include "lib/tty/line.h"

#include "lib/rt/mem.h"

#define CONTROL(c) ((c) & 0x1f)
#define DELETE 0x7f

static const struct line_settings sane = {
	.cr_to_nl = true, .utf8 = true, .flow = true, .process = true, .nl_to_crnl = true, .canonical = true, .signals = true,
	.echo = true, .echo_erase = true, .echo_kill = true, .echo_control = true, .extended = true,
	.key = { [LINE_INTERRUPT] = CONTROL('C'), [LINE_QUIT] = CONTROL('\\'), [LINE_ERASE] = DELETE, [LINE_KILL] = CONTROL('U'),
		 [LINE_END] = CONTROL('D'), [LINE_START] = CONTROL('Q'), [LINE_STOP] = CONTROL('S'), [LINE_SUSPEND] = CONTROL('Z'),
		 [LINE_REPRINT] = CONTROL('R'), [LINE_WORD_ERASE] = CONTROL('W'), [LINE_LITERAL] = CONTROL('V') },
	.least = 1,
};

void line_init(struct line *line, void (*show)(void *context, uint8_t byte), void *context)
{
	memset(line, 0, sizeof *line);
	line->settings = sane;
	line->show = show;
	line->context = context;
}

static bool bit(const uint8_t *bits, uint32_t at)
{
	return bits[at % LINE_BYTES / 8] >> at % 8 & 1;
}

static void bit_set(uint8_t *bits, uint32_t at, bool value)
{
	uint8_t mask = (uint8_t)(1u << at % 8), *byte = &bits[at % LINE_BYTES / 8];

	*byte = (uint8_t)(value ? *byte | mask : *byte & ~mask);
}

static bool is_continuation(const struct line *line, uint8_t byte)
{
	return line->settings.utf8 && (byte & 0xc0) == 0x80;
}

static bool is_control(uint8_t byte)
{
	return byte < 0x20 || byte == DELETE;
}

/* ---- output ---- */

static void show(struct line *line, uint8_t byte)
{
	if (byte == '\r')
		line->column = 0;
	else if (byte == '\b')
		line->column -= line->column > 0;
	else if (byte == '\t')
		line->column = (line->column | 7) + 1;
	else if (!is_control(byte) && !is_continuation(line, byte))
		line->column++;
	line->show(line->context, byte);
}

void line_write(struct line *line, uint8_t byte)
{
	const struct line_settings *s = &line->settings;

	if (s->process && byte == '\n') {
		if (s->nl_to_crnl)
			show(line, '\r');
		if (s->nl_returns)
			line->column = 0;
	} else if (s->process && byte == '\r') {
		if (s->no_cr_at_0 && line->column == 0)
			return;
		if (s->out_cr_to_nl)
			byte = '\n';
	}
	show(line, byte);
}

/* How a typed byte shows, in columns from `column` on. */
static unsigned width(const struct line *line, uint8_t byte, unsigned column)
{
	if (byte == '\t')
		return ((column | 7) + 1) - column;
	if (is_control(byte))
		return line->settings.echo_control ? 2 : 0;
	return is_continuation(line, byte) ? 0 : 1;
}

static void echo(struct line *line, uint8_t byte)
{
	if (!line->settings.echo && !(byte == '\n' && line->settings.echo_nl && line->settings.canonical))
		return;
	if (!is_control(byte) || byte == '\t' || byte == '\n') {
		line_write(line, byte);
	} else if (line->settings.echo_control) {
		show(line, '^');
		show(line, byte ^ 0x40);
	} else {
		line_write(line, byte);
	}
}

/* ---- editing ---- */

static bool is_editable(const struct line *line)
{
	return line->typed != line->whole;
}

static uint8_t last_byte(const struct line *line)
{
	return line->text[(line->typed - 1) % LINE_BYTES];
}

/* The column behind the line in hand. */
static unsigned end_column(const struct line *line)
{
	unsigned column = line->line_column;

	for (uint32_t i = line->whole; i != line->typed; i++)
		column += width(line, line->text[i % LINE_BYTES], column);
	return column;
}

/* Takes the last character away, from the screen too. */
static void erase_one(struct line *line)
{
	unsigned before = end_column(line), after;

	while (is_editable(line) && is_continuation(line, last_byte(line)))
		line->typed--;
	if (is_editable(line))
		line->typed--;
	if (!line->settings.echo)
		return;
	after = end_column(line);
	for (unsigned i = after; line->settings.echo_erase && i < before; i++) {
		show(line, '\b');
		show(line, ' ');
		show(line, '\b');
	}
}

static bool is_word(uint8_t byte)
{
	return byte > ' ' && byte != DELETE;
}

static void erase_word(struct line *line)
{
	while (is_editable(line) && !is_word(last_byte(line)))
		erase_one(line);
	while (is_editable(line) && is_word(last_byte(line)))
		erase_one(line);
}

static void erase_all(struct line *line)
{
	if (!line->settings.echo_erase && line->settings.echo_kill) {
		line->typed = line->whole;
		echo(line, '\n');
		return;
	}
	while (is_editable(line))
		erase_one(line);
}

static void reprint(struct line *line)
{
	show(line, '^');
	show(line, 'R');
	line_write(line, '\n');
	line->line_column = line->column;
	for (uint32_t i = line->whole; i != line->typed; i++)
		echo(line, line->text[i % LINE_BYTES]);
}

/* ---- input ---- */

static void append(struct line *line, uint8_t byte, bool ends, bool silent)
{
	/* One place is kept for the end of a line: a line that is too long can still be finished. */
	if (line->typed - line->read >= LINE_BYTES - (ends ? 0 : 1))
		return;
	if (line->typed == line->whole)
		line->line_column = line->column;
	line->text[line->typed % LINE_BYTES] = byte;
	bit_set(line->ends, line->typed, ends);
	bit_set(line->silent, line->typed, silent);
	line->typed++;
	if (!silent)
		echo(line, byte);
	if (ends || !line->settings.canonical)
		line->whole = line->typed;
}

static bool is_key(const struct line *line, uint8_t byte, enum line_key key)
{
	return byte && line->settings.key[key] == byte;
}

static enum line_event signal_of(const struct line *line, uint8_t byte)
{
	if (!line->settings.signals)
		return LINE_NOTHING;
	if (is_key(line, byte, LINE_INTERRUPT))
		return LINE_SIGNAL_INTERRUPT;
	if (is_key(line, byte, LINE_QUIT))
		return LINE_SIGNAL_QUIT;
	return is_key(line, byte, LINE_SUSPEND) ? LINE_SIGNAL_SUSPEND : LINE_NOTHING;
}

/* Does what an editing key does; false if the byte is none. */
static bool edit(struct line *line, uint8_t byte)
{
	if (is_key(line, byte, LINE_ERASE)) {
		if (is_editable(line))
			erase_one(line);
	} else if (is_key(line, byte, LINE_KILL)) {
		erase_all(line);
	} else if (line->settings.extended && is_key(line, byte, LINE_WORD_ERASE)) {
		erase_word(line);
	} else if (line->settings.extended && is_key(line, byte, LINE_REPRINT)) {
		reprint(line);
	} else {
		return false;
	}
	return true;
}

static void typed_canonical(struct line *line, uint8_t byte)
{
	if (edit(line, byte))
		return;
	if (is_key(line, byte, LINE_END))
		append(line, 0, true, true);
	else
		append(line, byte, byte == '\n' || is_key(line, byte, LINE_EOL) || is_key(line, byte, LINE_EOL2), false);
}

/* Translates the byte; false if it is to be dropped. */
static bool translate(const struct line *line, uint8_t *byte)
{
	const struct line_settings *s = &line->settings;

	if (s->strip)
		*byte &= 0x7f;
	if (*byte == '\r') {
		if (s->ignore_cr)
			return false;
		if (s->cr_to_nl)
			*byte = '\n';
	} else if (*byte == '\n' && s->nl_to_cr) {
		*byte = '\r';
	}
	return true;
}

/* Whether the byte starts or stops output. */
static bool flow(struct line *line, uint8_t byte)
{
	if (!line->settings.flow)
		return false;
	if (is_key(line, byte, LINE_STOP))
		line->stopped = true;
	else if (is_key(line, byte, LINE_START))
		line->stopped = false;
	else
		return false;
	return true;
}

enum line_event line_typed(struct line *line, uint8_t byte)
{
	enum line_event event;

	if (!translate(line, &byte))
		return LINE_NOTHING;
	if (line->literal) {
		line->literal = false;
		append(line, byte, false, false);
		return LINE_NOTHING;
	}
	if (flow(line, byte))
		return LINE_NOTHING;
	event = signal_of(line, byte);
	if (event) {
		if (!line->settings.no_flush)
			line_flush(line);
		echo(line, byte);
		return event;
	}
	if (line->settings.canonical && line->settings.extended && is_key(line, byte, LINE_LITERAL)) {
		line->literal = true;
		return LINE_NOTHING;
	}
	if (line->settings.canonical)
		typed_canonical(line, byte);
	else
		append(line, byte, false, false);
	return LINE_NOTHING;
}

/* ---- reading ---- */

bool line_is_ready(const struct line *line)
{
	uint32_t have = line->whole - line->read;

	return line->settings.canonical ? have > 0 : have > 0 && have >= line->settings.least;
}

size_t line_available(const struct line *line)
{
	return line->whole - line->read;
}

size_t line_take(struct line *line, uint8_t *out, size_t most)
{
	size_t count = 0;

	while (line->read != line->whole && count < most) {
		uint32_t at = line->read++;

		if (bit(line->silent, at) && line->settings.canonical)
			break;
		if (!bit(line->silent, at))
			out[count++] = line->text[at % LINE_BYTES];
		if (bit(line->ends, at) && line->settings.canonical)
			return count;
	}
	return count;
}

void line_change(struct line *line, const struct line_settings *settings)
{
	line->settings = *settings;
	/* A half line becomes readable as it is. */
	if (!settings->canonical)
		line->whole = line->typed;
	line->literal = false;
}

void line_flush(struct line *line)
{
	line->read = line->whole = line->typed;
	line->literal = false;
}
