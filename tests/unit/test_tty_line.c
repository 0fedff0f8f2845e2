// sources: lib/tty/line.c
/* The line discipline: what is typed, shown and read. */
#include "lib/tty/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;
static char shown[65536];
static size_t shown_size;
static struct line line;

static void show(void *context, uint8_t byte)
{
	if (shown_size < sizeof shown - 1)
		shown[shown_size++] = (char)byte;
	shown[shown_size] = 0;
}

static void begin(void)
{
	line_init(&line, show, NULL);
	shown_size = 0;
	shown[0] = 0;
}

static enum line_event type(const char *text)
{
	enum line_event event = LINE_NOTHING;

	for (; *text; text++)
		event = line_typed(&line, (uint8_t)*text);
	return event;
}

static void expect(const char *name, bool condition)
{
	printf(condition ? "ok %s\n" : "not ok %s: see the source\n", name);
	failures += !condition;
}

/* Whether one read gives that text. */
static bool reads(const char *text)
{
	uint8_t got[LINE_BYTES];
	size_t count = line_take(&line, got, sizeof got);

	return count == strlen(text) && memcmp(got, text, count) == 0;
}

static void test_canonical(void)
{
	begin();
	type("ab");
	expect("a line is read when it is whole", !line_is_ready(&line) && (type("c\r"), line_is_ready(&line)) && reads("abc\n"));
	expect("what is typed is shown", strcmp(shown, "abc\r\n") == 0);
	type("one\ntwo\n");
	expect("a read takes one line", reads("one\n") && reads("two\n"));
	type("x\x04");
	expect("end of file ends a line", reads("x") && !line_is_ready(&line));
	type("\x04");
	expect("alone it is the end of the file", line_is_ready(&line) && reads(""));
}

static void test_editing(void)
{
	begin();
	type("abx\x7f");
	expect("erase shows", strcmp(shown, "abx\b \b") == 0);
	type("c\n");
	expect("erase", reads("abc\n"));
	type("one two  \x17three\n");
	expect("word erase", reads("one three\n"));
	type("junk\x15good\n");
	expect("kill", reads("good\n"));
	type("\x16\x03\n");
	expect("literal next", reads("\x03\n"));
	type("\xc3\xa9x\x7f\x7fy\n");
	expect("erase takes a whole character", reads("y\n"));
	begin();
	type("a\x01\x7f\x7f");
	expect("control characters take two columns", strcmp(shown, "a^A\b \b\b \b\b \b") == 0);
}

static void test_signals(void)
{
	begin();
	expect("interrupt", type("abc\x03") == LINE_SIGNAL_INTERRUPT && strcmp(shown, "abc^C") == 0);
	type("d\n");
	expect("interrupt drops the line", reads("d\n"));
	expect("quit and suspend", type("\x1c") == LINE_SIGNAL_QUIT && type("\x1a") == LINE_SIGNAL_SUSPEND);
	type("\x13");
	expect("stop and start", line.stopped && (type("\x11"), !line.stopped));
}

static void test_raw(void)
{
	struct line_settings raw = { .least = 1 };

	begin();
	type("half");
	line_change(&line, &raw);
	expect("a half line can be read raw", line_is_ready(&line) && reads("half"));
	type("\x03\r\x7f");
	expect("every byte counts", reads("\x03\r\x7f") && shown_size == 4);
	raw.least = 3;
	line_change(&line, &raw);
	type("ab");
	expect("a minimum is waited for", !line_is_ready(&line) && (type("c"), line_is_ready(&line)));
	line_write(&line, '\n');
	expect("output as it is", shown[shown_size - 1] == '\n' && shown_size == 5);
}

static void test_overflow(void)
{
	begin();
	for (int i = 0; i < 3 * LINE_BYTES; i++)
		type("x");
	type("\n");
	uint8_t got[LINE_BYTES + 1];
	size_t count = line_take(&line, got, sizeof got);

	expect("a line that is too long can be ended", count == LINE_BYTES && got[count - 1] == '\n' && !line_is_ready(&line));
}

/* Any bytes, any settings: the counters stay in order, and what is read was typed. */
static void test_random(void)
{
	uint8_t got[100];

	begin();
	for (int i = 0; i < 2000000; i++) {
		if (rand() % 1000 == 0) {
			struct line_settings s = line.settings;

			s.canonical = rand() % 2;
			s.extended = rand() % 2;
			s.signals = rand() % 2;
			s.echo_control = rand() % 2;
			s.least = (uint8_t)(rand() % 3);
			line_change(&line, &s);
		}
		shown_size = 0;
		line_typed(&line, (uint8_t)(rand() % 3 ? rand() % 32 : rand() % 256));
		if (rand() % 4 == 0)
			line_take(&line, got, (size_t)rand() % sizeof got);
		if (line.whole - line.read > LINE_BYTES || line.typed - line.read > LINE_BYTES || line.typed - line.whole > LINE_BYTES) {
			expect("counters stay in order", false);
			return;
		}
	}
	expect("counters stay in order", true);
}

int main(void)
{
	test_canonical();
	test_editing();
	test_signals();
	test_raw();
	test_overflow();
	test_random();
	return failures != 0;
}
