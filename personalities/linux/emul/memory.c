#include "personalities/linux/emul/memory.h"

#include <stdint.h>

/* By words while both are aligned: the large copies of this library (registers, FPU areas) are. */
void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if ((((uintptr_t)t | (uintptr_t)f) & 7) == 0)
		for (; size >= 8; size -= 8, t += 8, f += 8)
			*(uint64_t *)(void *)t = *(const uint64_t *)(const void *)f;
	while (size--)
		*t++ = *f++;
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	for (uint8_t *t = to; size; size--)
		*t++ = (uint8_t)byte;
	return to;
}
