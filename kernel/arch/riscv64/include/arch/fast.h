/* What trap_entry hands to the IPC fast path, and how the fast path leaves.
 *
 * kernel/fastpath.c is compiled with the message registers a1 to a7, t0, t3, t4 fixed (never touched) and s1 to s11 free
 * (those below are its own), since trap_entry saved them; it uses no stack, which tests/unit/fastpath_stack.py checks.  Its
 * callers and exits are in trap.S. */
#pragma once
#include "kernel/state.h"

register struct core *fast_core __asm__("s3");        /* in */
register struct cell *fast_self __asm__("s5");        /* in: the running thread */
register struct cell *fast_task __asm__("s7");        /* in: its task */
register struct thread_frame *fast_frame __asm__("s1"); /* out: of the thread that runs next */

#define FAST_ENTER /* the inputs are in their registers */

/* Keeps gcc from computing an address or a constant again at every use. */
#define FAST_KEEP(v) __asm__("" : "+r"(v))

void fast_call(uint64_t slot);
void fast_reply_recv(uint64_t slot);

void exit_fast(uint64_t badge);    /* resumes fast_frame's thread with status OK and the message as it is */
void slow_syscall(uint64_t slot);  /* saves the message and goes on at trap_syscall */

/* Capabilities, or bits of the tag that are the kernel's to write. */
ALWAYS_INLINE bool fast_message_is_special(void)
{
    uint64_t low;

    __asm__("slli %0, a1, %1" : "=r"(low) : "i"(64 - ISTHMUS_TAG_LABEL_SHIFT)); /* a1: the tag as user level left it */
    return low;
}

/* trap.S computes with these. */
_Static_assert(sizeof(struct core) == 1 << CORE_BITS && offsetof(struct core, current) == OFFSET_CURRENT, "layout.h");
_Static_assert(sizeof(struct cell) == 1 << CELL_BITS && offsetof(struct cell, thread.task) == OFFSET_TASK, "layout.h");
_Static_assert(offsetof(struct cell, task.window_base) == OFFSET_WINDOW_BASE, "layout.h");
_Static_assert(offsetof(struct cell, task.window_size) == OFFSET_WINDOW_SIZE && CELLS_ADDRESS == KERNEL_CELLS, "layout.h");
