/* What a user program provides. */
#pragma once

#include <stdint.h>

/* Called by _start on the thread's stack; `arg` is the argument of thread_start.  Returning faults the thread. */
void isthmus_main(uint64_t arg);
