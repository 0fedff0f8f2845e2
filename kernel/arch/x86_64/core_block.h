/* What the hardware and the entry code need of each core, found from the stack pointer (layout.h). */
#pragma once
#include "kernel/types.h"
#include "kernel/arch/x86_64/layout.h"

/* Task-state segment, Intel SDM 3A section 8.7. */
struct tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map; /* beyond the limit: user level has no ports */
} __attribute__((packed));
_Static_assert(sizeof(struct tss) == 104, "Intel SDM 3A figure 8-11");

struct core_block {
    uint32_t align_tss; /* so that tss.rsp is aligned */
    struct tss tss;
    uint32_t vector;   /* of the interrupt that arch_interrupts() has to handle; 0: none */
    uint64_t user_sp;  /* entry: the stack pointer that `syscall` left */
    uint64_t gdt[8];
    uint64_t fpu_on;   /* CR0.TS is clear */
    uint64_t space;    /* what CR3 holds, without CR3_NO_FLUSH */
    uint64_t deadline; /* of the timer, ticks */
};
_Static_assert(offsetof(struct core_block, tss) + offsetof(struct tss, rsp) == BLOCK_RSP0, "trap.S");
_Static_assert(offsetof(struct core_block, user_sp) == BLOCK_USER_SP, "trap.S");
_Static_assert(sizeof(struct core_block) <= 4096, "one page");

ALWAYS_INLINE uint64_t stack_pointer(void)
{
    uint64_t sp;
    __asm__("mov %%rsp, %0" : "=r"(sp));
    return sp;
}

/* pre: on one of the core's own stacks, as everything after boot_on_core() is */
ALWAYS_INLINE struct core_block *core_block(void)
{
    return (struct core_block *)((stack_pointer() & ~(uint64_t)(CORE_AREA - 1)) + CORE_BLOCK);
}

/* pre: as core_block() */
ALWAYS_INLINE uint32_t core_number(void)
{
    return (uint32_t)(stack_pointer() >> CORE_AREA_SHIFT) & (MAX_CORES - 1);
}
