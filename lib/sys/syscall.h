/* Chooses the system-call instruction of the ISA that is compiled for, and gives the two forms that the stubs use. */
#pragma once

#if defined(__riscv)
#include "lib/sys/arch/riscv64/syscall.h"
#elif defined(__x86_64__)
#include "lib/sys/arch/x86_64/syscall.h"
#else
#error "lib/sys has no system call for this ISA"
#endif

/* Any system call: *slot_or_badge goes in as the slot and comes back as the badge, *m goes in and comes back. */
static inline __attribute__((always_inline)) enum isthmus_error
isthmus_trap(uint64_t operation, uint64_t *slot_or_badge, struct isthmus_message *m)
{
	return isthmus_enter(operation, slot_or_badge, true, ISTHMUS_MESSAGE_WORDS, m);
}
