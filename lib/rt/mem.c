/* Memory, a word at a time where the alignment allows it.  The pragma keeps the compiler from recognizing these loops
 * and replacing them by calls to themselves. */
#include "lib/rt/mem.h"

#include <stdint.h>

#pragma GCC optimize("no-tree-loop-distribute-patterns")

#define WORD sizeof(uint64_t)

/* A word that may overlay memory of any type. */
typedef uint64_t __attribute__((may_alias)) word;
/* The same at any address: one load where the ISA can, else the bytes put together. */
struct loose_word {
	uint64_t value;
} __attribute__((packed, may_alias));

static size_t misalignment(const void *address)
{
	return (uintptr_t)address % WORD;
}

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	unsigned char *d = to;
	const unsigned char *s = from;

	if (bytes >= 2 * WORD) {
		for (; misalignment(d); bytes--)
			*d++ = *s++;
		if (misalignment(s) == 0) {
			for (; bytes >= WORD; bytes -= WORD, d += WORD, s += WORD)
				*(word *)(void *)d = *(const word *)(const void *)s;
		} else {
			for (; bytes >= WORD; bytes -= WORD, d += WORD, s += WORD)
				*(word *)(void *)d = ((const struct loose_word *)(const void *)s)->value;
		}
	}
	for (; bytes; bytes--)
		*d++ = *s++;
	return to;
}

/* Copies from the last byte to the first, for a destination that overlaps what comes after the source's start. */
static void copy_down(unsigned char *d, const unsigned char *s, size_t bytes)
{
	d += bytes;
	s += bytes;
	if (misalignment(d) == misalignment(s)) {
		for (; bytes && misalignment(d); bytes--)
			*--d = *--s;
		for (; bytes >= WORD; bytes -= WORD) {
			d -= WORD;
			s -= WORD;
			*(word *)(void *)d = *(const word *)(const void *)s;
		}
	}
	for (; bytes; bytes--)
		*--d = *--s;
}

void *memmove(void *to, const void *from, size_t bytes)
{
	unsigned char *d = to;
	const unsigned char *s = from;

	if ((uintptr_t)d - (uintptr_t)s >= bytes && (uintptr_t)s - (uintptr_t)d >= bytes)
		return memcpy(to, from, bytes);
	if (d > s) {
		copy_down(d, s, bytes);
	} else if (d < s) {
		for (; bytes; bytes--)
			*d++ = *s++;
	}
	return to;
}

void *memset(void *to, int value, size_t bytes)
{
	unsigned char *d = to;
	uint64_t pattern = (unsigned char)value * 0x0101010101010101u;

	for (; bytes && misalignment(d); bytes--)
		*d++ = (unsigned char)value;
	for (; bytes >= WORD; bytes -= WORD, d += WORD)
		*(word *)(void *)d = pattern;
	for (; bytes; bytes--)
		*d++ = (unsigned char)value;
	return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
	const unsigned char *x = a, *y = b;

	if (misalignment(x) == misalignment(y)) {
		for (; bytes && misalignment(x) && *x == *y; bytes--, x++, y++)
			;
		if (misalignment(x) == 0)
			for (; bytes >= WORD && *(const word *)(const void *)x == *(const word *)(const void *)y;
			     bytes -= WORD, x += WORD, y += WORD)
				;
	}
	for (; bytes; bytes--, x++, y++)
		if (*x != *y)
			return *x < *y ? -1 : 1;
	return 0;
}

void *memchr(const void *from, int value, size_t bytes)
{
	const unsigned char *s = from;

	for (; bytes; bytes--, s++)
		if (*s == (unsigned char)value)
			return (void *)(uintptr_t)s;
	return NULL;
}
