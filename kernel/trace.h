/* A trace of kernel events in the log, one line each, in debug builds booted with `trace` on the command line:
 *
 *     trace TICKS THREAD EVENT VALUES
 *
 * Ticks and values are decimal but for hexadecimal addresses with 0x.  The fast path is off then, so that every call shows. */
#pragma once
#include "kernel/state.h"

extern bool trace_on;

/* Whether events are to be traced: never in a release build, where the compiler drops what asks. */
ALWAYS_INLINE bool tracing(void) { return CONFIG_DEBUG && trace_on; }

/* Logs an event of the running thread. */
void trace_event(const char *event, uint64_t a, uint64_t b, uint64_t c);
