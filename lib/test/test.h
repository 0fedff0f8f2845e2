/* System tests: programs that run as the root task and report over channel 'r' of the log, one line a result, `ok NAME` or
 * `not ok NAME: why`, and `done` at the end.  A run without `done` has failed.
 *
 *     void isthmus_main(uint64_t arg)
 *     {
 *             test_begin();
 *             CHECK("two is even", 2 % 2 == 0);
 *             CHECK_ERROR("no pool", isthmus_pool_reap(99), ISTHMUS_E_CAP);
 *             test_done();
 *     } */
#pragma once

#include "lib/sys/sys.h"

#include <stdbool.h>

/* Begins: forgets earlier results.  The machine capability must be where lib/log/log.h looks for it. */
void test_begin(void);

/* Reports one result.  NAME is without a colon and without a line's end. */
void test_ok(const char *name);
void test_fail(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reports ok, or not ok with the expression's text and place, or with both values.  Return whether it was ok. */
bool test_check(const char *name, bool ok, const char *text, const char *file, int line);
bool test_equal(const char *name, uint64_t got, uint64_t expected, const char *text);
bool test_error(const char *name, enum isthmus_error got, enum isthmus_error expected, const char *text);

#define CHECK(name, condition)           test_check(name, condition, #condition, __FILE__, __LINE__)
#define CHECK_EQUAL(name, got, expected) test_equal(name, got, expected, #got)
#define CHECK_ERROR(name, got, expected) test_error(name, got, expected, #got)

/* As CHECK_ERROR with ISTHMUS_OK, but silent if it is so, and ends the run if it is not: for what a test needs. */
#define NEED(name, got)                                                                                                \
	do {                                                                                                           \
		enum isthmus_error need_got = (got);                                                                   \
		if (need_got != ISTHMUS_OK && !test_error(name, need_got, ISTHMUS_OK, #got))                           \
			test_done();                                                                                   \
	} while (0)

/* How many results were not ok. */
unsigned test_failures(void);

/* Says that all tests have run and stops the machine. */
_Noreturn void test_done(void);
