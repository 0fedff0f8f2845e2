/* The system call of the ISA that the include path chooses, and the form of it that needs no choice of registers. */
#pragma once

#include "lib/sys/message.h"

#include <stdbool.h>

#if __has_include(<arch/sys/syscall.h>)
#include <arch/sys/syscall.h>
#else
/* On the host, where there is no kernel: a unit test gives its own, and so sees and answers every system call. */
enum isthmus_error isthmus_enter(uint64_t operation, uint64_t *slot, bool tagged, unsigned count,
				 struct isthmus_message *m);
#endif

/* Any system call: *slot_or_badge goes in as the slot and comes back as the badge, *m goes in and comes back. */
static inline __attribute__((always_inline)) enum isthmus_error
isthmus_trap(uint64_t operation, uint64_t *slot_or_badge, struct isthmus_message *m)
{
	return isthmus_enter(operation, slot_or_badge, true, ISTHMUS_MESSAGE_WORDS, m);
}
