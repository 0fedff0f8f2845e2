/* What a trap means: called by trap.S with all registers saved, on a stack of the core's, interrupts off.
 * trap_user() came from the current thread; trap_kernel() from the kernel itself, or by an NMI, a double fault or a machine
 * check wherever that struck. */
#include "kernel/arch/x86_64/trap.h"

/* Exceptions, Intel SDM 3A section 6.15. */
enum exception { UD = 6, NM = 7, PF = 14, EXCEPTIONS = 32 };
enum { PF_WRITE = 1 << 1, PF_FETCH = 1 << 4 };

static const uint8_t cause_of[EXCEPTIONS] = {
    [0] = ISTHMUS_FAULT_ARITHMETIC,   /* #DE */
    [1] = ISTHMUS_FAULT_STEP,         /* #DB */
    [3] = ISTHMUS_FAULT_BREAKPOINT,   /* #BP: pc behind the instruction */
    [4] = ISTHMUS_FAULT_ARITHMETIC,   /* #OF */
    [6] = ISTHMUS_FAULT_INSTRUCTION,  /* #UD */
    [12] = ISTHMUS_FAULT_BUS,         /* #SS: the stack pointer is not canonical */
    [13] = ISTHMUS_FAULT_INSTRUCTION, /* #GP: privileged, or an address that is not canonical */
    [16] = ISTHMUS_FAULT_FLOAT,       /* #MF */
    [17] = ISTHMUS_FAULT_ALIGNMENT,   /* #AC */
    [19] = ISTHMUS_FAULT_FLOAT,       /* #XM */
};

static uint64_t cause_of_page_fault(uint64_t code)
{
    if (code & PF_FETCH)
        return ISTHMUS_FAULT_EXECUTE;
    return code & PF_WRITE ? ISTHMUS_FAULT_WRITE : ISTHMUS_FAULT_READ;
}

static _Noreturn void user_fault(const struct registers *r)
{
    uint64_t code = r->vector << 32 | r->error;
    if (r->vector == PF)
        trap_fault(cause_of_page_fault(r->error), cr2_read(), code);
    uint64_t cause = cause_of[r->vector];
    trap_fault(cause ? cause : ISTHMUS_FAULT_OTHER, 0, code);
}

/* Some processors take the jump to an address that is not canonical and stop behind it.  iretq must never see such a
 * pc: the thread goes on where nothing is mapped. */
_Noreturn void trap_user(struct registers *r)
{
    uint64_t pc = r->pc;
    if (pc >= USER_ADDRESS_END)
        r->pc = USER_ADDRESS_BAD;
    if (r->vector >= EXCEPTIONS) {
        core_block()->vector = (uint32_t)r->vector;
        trap_interrupt();
    }
    if (pc >= USER_ADDRESS_END)
        trap_fault(ISTHMUS_FAULT_EXECUTE, pc, r->vector << 32 | r->error);
    if (r->vector != NM && !(r->vector == UD && fpu_guard && !core_block()->fpu_on))
        user_fault(r);
    /* With the guard an undefined instruction may be XSAVE: it is tried again with the FPU, and the second time it is what it is. */
    fpu_claim();
    arch_exit_full((struct thread_frame *)r); /* its first member */
}

static _Noreturn void kernel_died(const struct registers *r)
{
    log_line("rip %lx rsp %lx rflags %lx cs %lx", r->pc, r->sp, r->rflags, r->cs);
    log_line("rax %lx rbx %lx rcx %lx rdx %lx", r->operation, r->rbx, r->rcx, r->word[0]);
    log_line("rsi %lx rdi %lx rbp %lx r8  %lx", r->tag, r->slot, r->rbp, r->word[1]);
    log_line("r9  %lx r10 %lx r11 %lx r12 %lx", r->word[2], r->word[3], r->r11, r->word[4]);
    log_line("r13 %lx r14 %lx r15 %lx cr2 %lx", r->word[5], r->word[6], r->word[7], cr2_read());
    panic("exception %lu, error %lx, in the kernel", r->vector, r->error);
}

_Noreturn void trap_kernel(const struct registers *r)
{
    bool idling = r->pc >= (uint64_t)idle_wait && r->pc <= (uint64_t)idle_end;
    if (r->vector < EXCEPTIONS || !idling)
        kernel_died(r);
    core_block()->vector = (uint32_t)r->vector;
    trap_interrupt();
}
