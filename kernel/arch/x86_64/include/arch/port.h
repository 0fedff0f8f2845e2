/* The port's half of the contract in kernel/arch/arch.h, where each hook is specified: constants, struct registers and
 * inline functions.  What is not inline is declared here and defined in the .c or .S file named beside it. */
#pragma once
#include "kernel/types.h"
#include "kernel/arch/x86_64/core_block.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/layout.h"
#include "kernel/arch/x86_64/mmu.h"

#define ARCH_DIRECT_MAP 0xffff800000000000
#define ARCH_RAM_BASE 0ul
#define ARCH_TABLE_LEVELS 4
#define ARCH_REGISTERS 20
#define ARCH_REGISTER_PC ISTHMUS_X86_64_RIP
#define ARCH_SYSCALL_BYTES 2 /* syscall */
#define ARCH_ELF_MACHINE 62
#define ARCH_HAS_PORTS true
#define ARCH_REDIRECT_FRAME false

/* What entry saves.  It ends as the processor pushes: TSS.rsp[0] is its end, so that exceptions and interrupts of user
 * level push straight into it.  On entry by `syscall` rcx is the return address and r11 the flags. */
struct registers {
    uint64_t zero;
    uint64_t core;
    uint64_t fs_base, gs_base;
    uint64_t operation, slot, tag;       /* rax rdi rsi */
    uint64_t word[ISTHMUS_MESSAGE_WORDS]; /* rdx r8 r9 r10 r12 r13 r14 r15 */
    uint64_t rbx, rbp, rcx, r11;
    uint64_t vector, error;
    uint64_t pc, cs, rflags, sp, ss;
};
_Static_assert(sizeof(struct registers) == REGS_END && REGS_END % 16 == 0, "the processor aligns its stack to 16");

struct thread_frame;
struct isthmus_redirect;

ALWAYS_INLINE core_ix arch_core_self(void)
{
    return (core_ix){ core_number() };
}

ALWAYS_INLINE void arch_flush_code(void) {} /* caches of instructions follow stores */

ALWAYS_INLINE uint64_t arch_time(void) { return tsc_read(); }

/* registers.c */
void arch_registers_start(struct registers *r, uint64_t pc, uint64_t sp, uint64_t argument);
uint64_t arch_register_read(const struct registers *r, unsigned n);
bool arch_register_write(struct registers *r, unsigned n, uint64_t value);
void arch_registers_to_full(struct registers *r);

ALWAYS_INLINE void arch_redirect(struct registers *r, uint64_t entry, struct isthmus_redirect *frame, uint64_t frame_address)
{
    r->pc = entry; /* of user level, checked when the window was set; rcx and r11 are what `syscall` made them */
}

/* No frame, so never called with one: user level returns by jumping to rcx. */
ALWAYS_INLINE void arch_redirect_resume(struct registers *r, const struct isthmus_redirect *frame) {}

/* fpu.c */
void arch_fpu_save(struct thread_frame *t);
void arch_fpu_load(struct thread_frame *t);
/* CR4_OSXSAVE on a processor whose XSAVE and XRSTOR ignore CR0.TS, so that they fault all the same; else 0. */
extern uint64_t fpu_guard;

/* CR0 is slow to write, and most exits change nothing. */
ALWAYS_INLINE void arch_fpu_on(void)
{
    if (core_block()->fpu_on)
        return;
    core_block()->fpu_on = 1;
    __asm__ volatile("clts" : : : "memory");
    if (fpu_guard)
        cr4_write(cr4_read() | fpu_guard);
}

ALWAYS_INLINE void arch_fpu_off(void)
{
    if (!core_block()->fpu_on)
        return;
    core_block()->fpu_on = 0;
    cr0_write(cr0_read() | CR0_TS);
    if (fpu_guard)
        cr4_write(cr4_read() & ~fpu_guard);
}

/* timer.c */
void arch_timer_set(uint64_t deadline);

/* ioapic.c */
void arch_irq_mask(uint32_t line);
void arch_irq_unmask(uint32_t line);
uint32_t arch_irq_lines(void);

/* ports: pre: width 1, 2 or 4 */
ALWAYS_INLINE uint64_t arch_port_in(uint16_t port, unsigned width)
{
    return width == 1 ? in8(port) : width == 2 ? in16(port) : in32(port);
}

ALWAYS_INLINE void arch_port_out(uint16_t port, unsigned width, uint64_t value)
{
    if (width == 1)
        out8(port, (uint8_t)value);
    else if (width == 2)
        out16(port, (uint16_t)value);
    else
        out32(port, (uint32_t)value);
}

/* uart.c, power.c */
void arch_log_byte(uint8_t byte);
_Noreturn void arch_halt(bool restart);
_Noreturn void arch_fail(void); /* stops with a status that a script sees as a failure */

/* trap.S */
_Noreturn void arch_exit_syscall(struct thread_frame *t);
_Noreturn void arch_exit_full(struct thread_frame *t);
_Noreturn void arch_idle(void);
