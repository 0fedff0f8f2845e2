// sources: lib/rt/fmt.c
/* lib/rt/fmt.c says what the host's snprintf says. */
#include "lib/rt/fmt.h"
#include "tests/unit/lib_check.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wformat-truncation"

static char why[256];

/* Whether both give the same text and length, at this size of the buffer. */
static bool same(size_t size, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool same(size_t size, const char *format, ...)
{
	char ours[128], theirs[128];
	va_list args, again;
	size_t length;
	int expected;

	memset(ours, '#', sizeof(ours));
	memset(theirs, '#', sizeof(theirs));
	va_start(args, format);
	va_copy(again, args);
	length = fmt_args(ours, size, format, args);
	expected = vsnprintf(theirs, size, format, again);
	va_end(again);
	va_end(args);
	if (length == (size_t)expected && memcmp(ours, theirs, size) == 0 && ours[size] == '#')
		return true;
	snprintf(why, sizeof(why), "%s: got '%.60s', expected '%.60s'", format, ours, theirs);
	return false;
}

static void report(const char *name, bool ok)
{
	if (ok)
		printf("ok %s\n", name);
	else
		printf("not ok %s: %s\n", name, why);
}

static bool numbers(void)
{
	static const int64_t values[] = { 0, 1, -1, 9, 10, 255, -4096, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN };
	bool ok = true;

	for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		long v = values[i];

		ok = ok && same(100, "%d %u %x %X", (int)v, (unsigned)v, (unsigned)v, (unsigned)v);
		ok = ok && same(100, "%ld|%lu|%lx|%zu|%lli", v, (unsigned long)v, (unsigned long)v, (size_t)v, (long long)v);
		ok = ok && same(100, "%8d|%-8d|%08d|%08lx|%*d", (int)v, (int)v, (int)v, (unsigned long)v, 12, (int)v);
		ok = ok && same(100, "%#x|%#lx|%#10x|%#010lx|%-#12x", (unsigned)v, (unsigned long)v, (unsigned)v, (unsigned long)v,
				  (unsigned)v);
		ok = ok && same(100, "%hhu %hx", (unsigned char)v, (unsigned short)v);
	}
	return ok;
}

static bool texts(void)
{
	return same(100, "%s|%10s|%-10s|%.2s|%c|%5c|%-5c|%%", "abc", "abc", "abc", "abc", 'x', 'y', 'z') &&
	       same(100, "%.*s|%p", 3, "abcdef", (void *)(uintptr_t)0x1234) && same(100, "no directive");
}

static bool cut(void)
{
	bool ok = true;

	for (size_t size = 1; size < 20; size++)
		ok = ok && same(size, "%s and %d", "a text", 12345);
	return ok && fmt_string(NULL, 0, "%d", 12345) == 5;
}

int main(void)
{
	char out[32];
	const char *unknown = "%q %5";
	char *volatile none = NULL;

	report("numbers are written as snprintf writes them", numbers());
	report("texts are written as snprintf writes them", texts());
	report("what does not fit is cut and counted", cut());
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
	CHECK("an unknown directive is copied", fmt_string(out, sizeof(out), unknown) == 5 && !strcmp(out, "%q %5"));
	CHECK("a null text is named", fmt_string(out, sizeof(out), "%s", none) == 6);
	return 0;
}
