/* Strings; see lib/rt/mem.h. */
#include "lib/rt/mem.h"

#include <stdint.h>

#pragma GCC optimize("no-tree-loop-distribute-patterns")

size_t strnlen(const char *text, size_t most)
{
	size_t count = 0;

	while (count < most && text[count])
		count++;
	return count;
}

size_t strlen(const char *text)
{
	return strnlen(text, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t most)
{
	for (; most; most--, a++, b++) {
		unsigned char x = (unsigned char)*a, y = (unsigned char)*b;

		if (x != y)
			return x < y ? -1 : 1;
		if (x == 0)
			break;
	}
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *text, int value)
{
	for (; *text != (char)value; text++)
		if (*text == 0)
			return NULL;
	return (char *)(uintptr_t)text;
}
