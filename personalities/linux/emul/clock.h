/* Time without a server: the counter that user level reads, and what the exchange says of it. */
#pragma once

#include "personalities/linux/abi/process.h"

#include <stdbool.h>
#include <stdint.h>

#define NS 1000000000ll
#define NO_DEADLINE UINT64_MAX

uint64_t clock_monotonic_ns(void);
uint64_t clock_realtime_ns(void);

/* The time in `wait_ns` from now; if the call is one that is made again, the time that it had found then. */
uint64_t deadline_after(uint64_t wait_ns);

/* What is left of it; 0 if it is over. */
uint64_t deadline_left(uint64_t deadline);

bool timespec_is_valid(const struct linux_timespec *t);

/* Cut to what a deadline can be. */
uint64_t timespec_ns(const struct linux_timespec *t);

/* ticks * 10^9 / frequency without overflow. */
uint64_t ticks_to_ns(uint64_t ticks, uint64_t frequency);

static inline struct linux_timespec timespec_of(uint64_t ns)
{
	return (struct linux_timespec){ (int64_t)(ns / NS), (int64_t)(ns % NS) };
}

static inline struct linux_timeval timeval_of(uint64_t ns)
{
	return (struct linux_timeval){ (int64_t)(ns / NS), (int64_t)(ns % NS / 1000) };
}
