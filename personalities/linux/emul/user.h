/* Memory of the program, as its pointers name it: every access is checked and can fail. */
#pragma once

#include "personalities/linux/exchange.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In assembly: bytes that were not copied; see arch/<isa>/copy.S. */
size_t user_copy(void *to, const void *from, size_t size);
int64_t user_copy_string(char *to, const char *from, size_t size);
bool user_probe(void *to);

/* Whether the range can be the program's.  Not a matter of protection, since the library lives in the same address
 * space: a program that passes the library's own addresses shall get EFAULT, as for the kernel's on Linux. */
static inline bool user_range(uint64_t address, uint64_t size)
{
	return size <= USER_END && address <= USER_END - size;
}

/* 0 or -EFAULT. */
int64_t user_get(void *to, uint64_t from, size_t size);
int64_t user_put(uint64_t to, const void *from, size_t size);

/* The same for a pointer that may be null: then nothing happens. */
static inline int64_t user_put_if(uint64_t to, const void *from, size_t size)
{
	return to ? user_put(to, from, size) : 0;
}
