/* Time is the TSC.  Its frequency is what CPUID tells, or is compared with the ACPI power-management timer (ACPI 6.5 section
 * 4.8.3.3), or with channel 2 of the PIT (Intel 82C54 datasheet).  The interrupt is the local APIC's: in TSC-deadline mode,
 * or counting down. */
#include "kernel/arch/x86_64/timer.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/apic.h"
#include "kernel/arch/x86_64/cpu_features.h"

enum { TSC_LEAF = 0x15 };
enum { MODE_DEADLINE = 2 << 17, DIVIDE_BY_16 = 3, COUNT_MAX = 0x7fffffff };
enum { PM_TIMER_HZ = 3579545, PIT_HZ = 1193182 };
enum { PIT_CHANNEL_2 = 0x42, PIT_COMMAND = 0x43, PIT_GATE = 0x61 };
enum { PIT_COUNT_DOWN_2 = 0xb0, PIT_LATCH_2 = 0x80, PIT_GATE_2 = 1, PIT_SPEAKER = 2 };
enum { TRIES = 5, COMPARE_HZ = 100, PATIENCE = 50000000 }; /* compare for 10 ms */

static uint64_t tsc_hz;
static bool deadline_mode;
static uint64_t count_factor; /* counts a tick, 32 bits after the point */
static uint64_t delta_max;    /* ticks that COUNT_MAX counts take */

uint64_t arch_ticks_per_second(void)
{
    return tsc_hz;
}

/* ---- setting it ---- */

static void count_set(uint64_t deadline)
{
    uint64_t now = tsc_read(), delta = deadline > now ? deadline - now : 0;
    if (delta > delta_max)
        delta = delta_max; /* timer_interrupt() goes on */
    lapic_write(LAPIC_COUNT_INITIAL, (uint32_t)((unsigned __int128)delta * count_factor >> 32) + 1);
}

void arch_timer_set(uint64_t deadline)
{
    core_block()->deadline = deadline;
    if (deadline_mode)
        msr_write(MSR_TSC_DEADLINE, deadline == UINT64_MAX ? 0 : deadline ? deadline : 1);
    else if (deadline == UINT64_MAX)
        lapic_write(LAPIC_COUNT_INITIAL, 0);
    else
        count_set(deadline);
}

void timer_interrupt(void)
{
    uint64_t deadline = core_block()->deadline;
    if (tsc_read() < deadline)
        return arch_timer_set(deadline);
    core_block()->deadline = UINT64_MAX;
    interrupt_timer();
}

/* ---- boot: frequencies ---- */

/* A clock to compare with; counts up. */
struct reference {
    uint32_t (*read)(void);
    uint64_t hz;
    uint32_t mask;
};

static uint16_t pm_timer_port;

static uint32_t pm_timer_read(void)
{
    return in32(pm_timer_port);
}

static uint32_t pit_read(void)
{
    out8(PIT_COMMAND, PIT_LATCH_2);
    uint32_t low = in8(PIT_CHANNEL_2);
    return ~(low | (uint32_t)in8(PIT_CHANNEL_2) << 8);
}

static void pit_start(void)
{
    out8(PIT_GATE, (in8(PIT_GATE) & ~PIT_SPEAKER) | PIT_GATE_2);
    out8(PIT_COMMAND, PIT_COUNT_DOWN_2);
    out8(PIT_CHANNEL_2, 0xff);
    out8(PIT_CHANNEL_2, 0xff);
}

static struct reference reference_choose(const struct acpi_fixed *f)
{
    if (f->present && !f->hardware_reduced && f->pm_timer.address && f->pm_timer.space == ACPI_PORT) {
        pm_timer_port = (uint16_t)f->pm_timer.address;
        return (struct reference){ pm_timer_read, PM_TIMER_HZ, f->pm_timer_is_32_bit ? UINT32_MAX : 0xffffff };
    }
    pit_start();
    return (struct reference){ pit_read, PIT_HZ, 0xffff };
}

struct sample {
    uint64_t tsc;
    uint32_t reference, count;
};

/* All clocks at one moment: of several tries the quickest, since a hypervisor may stop us between two readings. */
static struct sample sample_take(const struct reference *r)
{
    struct sample best = { 0 };
    uint64_t shortest = UINT64_MAX;
    for (int i = 0; i < TRIES; i++) {
        uint64_t before = tsc_read();
        struct sample s = { .reference = r->read(), .count = lapic_read(LAPIC_COUNT) };
        uint64_t took = tsc_read() - before;
        s.tsc = before + took / 2;
        if (took < shortest) {
            shortest = took;
            best = s;
        }
    }
    return best;
}

static uint32_t elapsed(const struct reference *r, const struct sample *since)
{
    return (r->read() - since->reference) & r->mask;
}

static void frequencies_measure(const struct reference *r, uint64_t *tsc, uint64_t *count)
{
    struct sample start = sample_take(r);
    uint32_t wait = PATIENCE;
    while (elapsed(r, &start) < r->hz / COMPARE_HZ)
        if (--wait == 0)
            panic("the clock to measure the processor's with stands still");
    struct sample end = sample_take(r);
    uint64_t ticks = (end.reference - start.reference) & r->mask;
    *tsc = (end.tsc - start.tsc) * r->hz / ticks;
    *count = (uint64_t)(start.count - end.count) * r->hz / ticks;
}

/* 0 if the processor does not tell. */
static uint64_t tsc_hz_by_cpuid(void)
{
    if (cpuid(0, 0).eax < TSC_LEAF)
        return 0;
    struct cpuid c = cpuid(TSC_LEAF, 0);
    return c.eax ? (uint64_t)c.ecx * c.ebx / c.eax : 0;
}

void timer_init(const struct acpi_fixed *fixed)
{
    uint64_t count_hz;
    lapic_write(LAPIC_DIVIDE, DIVIDE_BY_16);
    lapic_write(LAPIC_COUNT_INITIAL, UINT32_MAX);
    deadline_mode = cpu_has_tsc_deadline();
    tsc_hz = tsc_hz_by_cpuid();
    if (!tsc_hz || !deadline_mode) {
        struct reference r = reference_choose(fixed);
        uint64_t measured;
        frequencies_measure(&r, &measured, &count_hz);
        if (!tsc_hz)
            tsc_hz = measured;
        count_factor = (count_hz << 32) / tsc_hz;
        if (!count_factor && !deadline_mode)
            panic("the local APIC's timer stands still");
        delta_max = count_factor ? ((uint64_t)COUNT_MAX << 32) / count_factor : 0;
    }
    lapic_write(LAPIC_COUNT_INITIAL, 0);
    lapic_write(LAPIC_LVT_TIMER, VECTOR_TIMER | (deadline_mode ? MODE_DEADLINE : 0));
    __asm__ volatile("mfence" : : : "memory"); /* before the first write of the deadline, SDM 3A section 11.5.4.1 */
    log_line("TSC %lu kHz, timer %s", tsc_hz / 1000, deadline_mode ? "by deadline" : "counts");
}
