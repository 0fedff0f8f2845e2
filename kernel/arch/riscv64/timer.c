/* One interrupt a deadline: it stays pending at the hardware until the next one is set, so it is masked in sie. */
#include "kernel/arch/riscv64/timer.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/riscv64/sbi.h"

static uint64_t frequency; /* hertz */
static bool has_stimecmp;

void timer_init(bool sstc, uint64_t ticks_per_second)
{
    has_stimecmp = sstc;
    frequency = ticks_per_second;
    timer_disarm();
    csr_write(scounteren, SCOUNTEREN_ALL); /* rdtime, and rdcycle and rdinstret for measurements */
}

uint64_t arch_ticks_per_second(void) { return frequency; }

void timer_disarm(void) { csr_clear(sie, SIE_TIMER); }

void arch_timer_set(uint64_t deadline)
{
    if (deadline == UINT64_MAX) {
        timer_disarm();
        return;
    }
    if (has_stimecmp)
        csr_write(CSR_STIMECMP, deadline);
    else
        sbi_set_timer(deadline);
    csr_set(sie, SIE_TIMER);
}
