/* lib/rt/mem.c and str.c agree with the host's C library at every alignment; their own names give way to the host's. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define memcpy  rt_memcpy
#define memmove rt_memmove
#define memset  rt_memset
#define memcmp  rt_memcmp
#define memchr  rt_memchr
#define strlen  rt_strlen
#define strnlen rt_strnlen
#define strcmp  rt_strcmp
#define strncmp rt_strncmp
#define strchr  rt_strchr
#include "lib/rt/mem.c"
#include "lib/rt/str.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strcmp
#undef strncmp
#undef strchr

#include "tests/unit/lib_check.h"

#define SIZE 64

static unsigned char ours[SIZE], theirs[SIZE];

static void fill(void)
{
	for (unsigned i = 0; i < SIZE; i++)
		ours[i] = theirs[i] = (unsigned char)(i * 7 + 1);
}

static bool copies(void)
{
	for (unsigned to = 0; to < 10; to++)
		for (unsigned from = 0; from < 10; from++)
			for (unsigned bytes = 0; bytes < SIZE / 2 - 10; bytes++) {
				fill();
				rt_memcpy(ours + to, ours + SIZE / 2 + from, bytes);
				memcpy(theirs + to, theirs + SIZE / 2 + from, bytes);
				if (memcmp(ours, theirs, SIZE))
					return false;
			}
	return true;
}

static bool moves(void)
{
	for (unsigned to = 0; to < 24; to++)
		for (unsigned from = 0; from < 24; from++)
			for (unsigned bytes = 0; bytes < SIZE - 24; bytes++) {
				fill();
				rt_memmove(ours + to, ours + from, bytes);
				memmove(theirs + to, theirs + from, bytes);
				if (memcmp(ours, theirs, SIZE))
					return false;
			}
	return true;
}

static bool sets(void)
{
	for (unsigned to = 0; to < 10; to++)
		for (unsigned bytes = 0; bytes < SIZE - 10; bytes++) {
			fill();
			rt_memset(ours + to, 0x1a5, bytes);
			memset(theirs + to, 0x1a5, bytes);
			if (memcmp(ours, theirs, SIZE))
				return false;
		}
	return true;
}

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

static bool compares(void)
{
	for (unsigned start = 0; start < 10; start++)
		for (unsigned other = 0; other < SIZE; other++) {
			fill();
			theirs[other] ^= 0x80;
			if (sign(rt_memcmp(ours + start, theirs + start, SIZE - start)) !=
			    sign(memcmp(ours + start, theirs + start, SIZE - start)))
				return false;
		}
	return rt_memcmp("abc", "xbc" + 1, 0) == 0;
}

static bool strings(void)
{
	return rt_strlen("abc") == 3 && rt_strnlen("abc", 2) == 2 && rt_strcmp("a", "b") < 0 && rt_strcmp("b", "a") > 0 &&
	       rt_strcmp("", "") == 0 && rt_strcmp("\xff", "a") > 0 && rt_strncmp("abc", "abd", 2) == 0 &&
	       rt_strncmp("ab", "abc", 9) < 0 && *rt_strchr("abc", 'c') == 'c' && !rt_strchr("abc", 'd') &&
	       *rt_strchr("abc", 0) == 0 && rt_memchr("abc", 'b', 3) && !rt_memchr("abc", 'b', 1);
}

int main(void)
{
	CHECK("memcpy", copies());
	CHECK("memmove", moves());
	CHECK("memset", sets());
	CHECK("memcmp", compares());
	CHECK("strings", strings());
	return 0;
}
