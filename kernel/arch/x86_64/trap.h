/* Between trap.S, trap.c and descriptors.c. */
#pragma once
#include "kernel/arch/arch.h"

extern const char syscall_stubs[], vector_stubs[]; /* trap.S: one of 32 bytes a core, one of 16 bytes a vector */
extern const char idle_wait[], idle_end[];         /* the only instructions at which the kernel lets interrupts in */

_Noreturn void trap_user(struct registers *r);
_Noreturn void trap_kernel(const struct registers *r);

/* descriptors.c */

/* Makes the IDT and loads it, so that a fault while booting is seen.  Before mmu_init() seals it. */
void idt_load(void);

/* GDT, TSS, IDT and system-call registers of a core.  pre: on that core's stack */
void descriptors_init(core_ix core);
