/* What the system-call entry hands to the IPC fast path, and how the fast path leaves.
 *
 * kernel/fastpath.c is compiled with the message registers rsi rdx r8 to r10 and r12 to r15 as user level left them: rsi rdx r8
 * to r10 fixed (never touched), r12 to r15 saved by the compiler where it needs them.  rbx is
 * the thread's frame: on entry of the thread that called, at exit_fast of the one that runs next.  It has the core's stack.
 * Its caller and exits are in trap.S. */
#pragma once
#include "kernel/state.h"

register struct thread_frame *fast_frame __asm__("rbx");

/* Each function of the fast path begins with this: who called. */
#define FAST_ENTER                                                                                                     \
    struct core *const fast_core = &core[arch_core_self().i];                                                          \
    struct cell *const fast_self = &cell[fast_core->current];                                                          \
    struct cell *const fast_task = &cell[fast_self->thread.task];

/* Addresses are in reach of an instruction's displacement: nothing is to be kept in a register. */
#define FAST_KEEP(v)

void fast_call(uint64_t slot);
void fast_reply_recv(uint64_t slot);

void exit_fast(uint64_t badge);   /* resumes fast_frame's thread with status OK and the message as it is */
void slow_syscall(uint64_t slot); /* saves the message and goes on at trap_syscall */

/* Capabilities, or bits of the tag that are the kernel's to write. */
ALWAYS_INLINE bool fast_message_is_special(void)
{
    uint16_t low;

    __asm__("movw %%si, %0" : "=r"(low)); /* rsi: the tag as user level left it */
    return low;
}

_Static_assert(ISTHMUS_TAG_LABEL_SHIFT == 16, "fast_message_is_special");
_Static_assert(sizeof(struct core) == 128 && offsetof(struct core, current) == 0, "trap.S");
_Static_assert(sizeof(struct cell) == 64 && offsetof(struct cell, thread.task) == 36, "trap.S");
_Static_assert(offsetof(struct cell, task.window_base) == 48 && offsetof(struct cell, task.window_size) == 56, "trap.S");
