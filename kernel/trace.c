#include "kernel/trace.h"

bool trace_on;

void trace_event(const char *event, uint64_t a, uint64_t b, uint64_t c)
{
    log_line("trace %lu %u %s %lu %lu 0x%lx", arch_time(), this_core()->current, event, a, b, c);
}
