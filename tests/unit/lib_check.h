/* Result lines of the unit tests of lib/: `ok NAME`, `not ok NAME: why`. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

static inline void check_at(const char *name, bool ok, const char *text, int line)
{
	if (ok)
		printf("ok %s\n", name);
	else
		printf("not ok %s: %s is false (line %d)\n", name, text, line);
}

#define CHECK(name, condition) check_at(name, condition, #condition, __LINE__)
