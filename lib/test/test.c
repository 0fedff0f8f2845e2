/* System tests; see lib/test/test.h. */
#include "lib/test/test.h"

#include "lib/log/log.h"
#include "lib/rt/fmt.h"

static unsigned failures;

void test_begin(void)
{
	failures = 0;
}

unsigned test_failures(void)
{
	return failures;
}

void test_ok(const char *name)
{
	log_channel(LOG_RESULTS, "ok %s", name);
}

void test_fail(const char *name, const char *format, ...)
{
	char why[LOG_LINE_BYTES / 2];
	va_list args;

	va_start(args, format);
	fmt_args(why, sizeof(why), format, args);
	va_end(args);
	failures++;
	log_channel(LOG_RESULTS, "not ok %s: %s", name, why);
}

bool test_check(const char *name, bool ok, const char *text, const char *file, int line)
{
	if (ok)
		test_ok(name);
	else
		test_fail(name, "%s is false (%s:%d)", text, file, line);
	return ok;
}

bool test_equal(const char *name, uint64_t got, uint64_t expected, const char *text)
{
	if (got == expected)
		test_ok(name);
	else
		test_fail(name, "%s is 0x%lx, expected 0x%lx", text, got, expected);
	return got == expected;
}

bool test_error(const char *name, enum isthmus_error got, enum isthmus_error expected, const char *text)
{
	if (got == expected)
		test_ok(name);
	else
		test_fail(name, "%s answered %s, expected %s", text, isthmus_error_name(got),
			  isthmus_error_name(expected));
	return got == expected;
}

_Noreturn void test_done(void)
{
	log_channel(LOG_RESULTS, "done");
	(void)!isthmus_machine_halt(ISTHMUS_BOOT_SLOT_MACHINE, 0);
	for (;;)
		isthmus_yield();
}
