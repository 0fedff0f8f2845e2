/* What trap.S leaves to C: faults, interrupts, and traps of the kernel itself. */
#include "kernel/arch/riscv64/fpu.h"
#include "kernel/arch/riscv64/plic.h"
#include "kernel/arch/riscv64/timer.h"
#include "kernel/state.h"

#define CHECK_OFFSET(name, word, member) _Static_assert(offsetof(struct registers, member) == 8 * (word), "layout.h");
REGISTER_LAYOUT(CHECK_OFFSET)
_Static_assert(sizeof(struct registers) == 8 * 34, "arch_idle");
_Static_assert(offsetof(struct thread_frame, regs) == 0, "sscratch is both");

/* Called by trap.S only. */
_Noreturn void trap_exception(uint64_t scause, uint64_t stval, struct thread_frame *thread);
_Noreturn void trap_kernel(uint64_t scause, uint64_t stval, const struct registers *r);

/* Where a trap of the kernel is stored while its core runs no thread: see trap.S. */
struct registers idle_registers[PORT_CORES];
_Static_assert(PORT_CORES == 1, "idle_registers[c].core must become c");

/* ---- faults (privileged specification, table 4.2) ---- */

enum {
    CAUSE_FETCH_ALIGNMENT, CAUSE_FETCH_BUS, CAUSE_ILLEGAL, CAUSE_BREAKPOINT, CAUSE_LOAD_ALIGNMENT, CAUSE_LOAD_BUS,
    CAUSE_STORE_ALIGNMENT, CAUSE_STORE_BUS, CAUSE_FETCH_PAGE = 12, CAUSE_LOAD_PAGE = 13, CAUSE_STORE_PAGE = 15,
    CAUSES,
};

static const uint8_t fault_of[CAUSES] = {
    [CAUSE_FETCH_ALIGNMENT] = ISTHMUS_FAULT_ALIGNMENT,
    [CAUSE_FETCH_BUS] = ISTHMUS_FAULT_BUS,
    [CAUSE_ILLEGAL] = ISTHMUS_FAULT_INSTRUCTION,
    [CAUSE_BREAKPOINT] = ISTHMUS_FAULT_BREAKPOINT,
    [CAUSE_LOAD_ALIGNMENT] = ISTHMUS_FAULT_ALIGNMENT,
    [CAUSE_LOAD_BUS] = ISTHMUS_FAULT_BUS,
    [CAUSE_STORE_ALIGNMENT] = ISTHMUS_FAULT_ALIGNMENT,
    [CAUSE_STORE_BUS] = ISTHMUS_FAULT_BUS,
    [CAUSE_FETCH_PAGE] = ISTHMUS_FAULT_EXECUTE,
    [CAUSE_LOAD_PAGE] = ISTHMUS_FAULT_READ,
    [CAUSE_STORE_PAGE] = ISTHMUS_FAULT_WRITE,
};

/* An illegal instruction while the FPU is off may be one of the FPU's: the thread gets the FPU and tries again, and what is
 * illegal still comes back with the FPU on.  So no instruction has to be decoded, and stval need not hold its bits. */
_Noreturn void trap_exception(uint64_t scause, uint64_t stval, struct thread_frame *thread)
{
    if (scause == CAUSE_ILLEGAL && fpu_may_be_claimed()) {
        fpu_claim();
        arch_exit_full(thread);
    }
    if (scause == CAUSE_ILLEGAL)
        trap_fault(ISTHMUS_FAULT_INSTRUCTION, 0, stval);
    uint64_t fault = scause < CAUSES ? fault_of[scause] : 0;
    trap_fault(fault ? fault : ISTHMUS_FAULT_OTHER, stval, scause);
}

/* ---- interrupts ---- */

void arch_interrupts(void)
{
    uint64_t pending = csr_read(sip) & csr_read(sie);
    if (pending & SIE_TIMER) {
        timer_disarm();
        interrupt_timer();
    }
    if ((pending & SIE_EXTERNAL) == 0)
        return;
    for (unsigned i = 0; i < 16; i++) {
        uint32_t line = plic_claim();
        if (line == 0)
            return;
        interrupt_line(line);
    }
}

/* ---- the kernel's own ---- */

static void log_registers(const struct registers *r)
{
    static const char name[ARCH_REGISTERS][4] = {
        "pc", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
        "a6", "a7", "t3", "t4", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t5", "t6",
    };
    for (unsigned i = 0; i < ARCH_REGISTERS; i += 4)
        log_line("  %s %lx  %s %lx  %s %lx  %s %lx", name[i], r->at[i], name[i + 1], r->at[i + 1], name[i + 2], r->at[i + 2],
                 name[i + 3], r->at[i + 3]);
}

_Noreturn void trap_kernel(uint64_t scause, uint64_t stval, const struct registers *r)
{
    static bool failing; /* the report itself may fail */
    if (failing)
        arch_fail();
    failing = true;
    log_registers(r);
    panic("trap in the kernel: scause %lx, sepc %lx, stval %lx", scause, r->pc, stval);
}
