/* Arithmetic of times. */
#include "personalities/linux/emul/clock.h"

#define LONGEST_s 4000000000ll /* 126 years */

uint64_t ticks_to_ns(uint64_t ticks, uint64_t frequency)
{
	if (!frequency)
		return 0;
	return ticks / frequency * NS + ticks % frequency * NS / frequency;
}

bool timespec_is_valid(const struct linux_timespec *t)
{
	return t->s >= 0 && t->ns >= 0 && t->ns < NS;
}

uint64_t timespec_ns(const struct linux_timespec *t)
{
	int64_t s = t->s < LONGEST_s ? t->s : LONGEST_s;

	return (uint64_t)(s * NS + t->ns);
}
