/* Switching off and restarting, by what the ACPI FADT names (ACPI 6.5 sections 4.8.3.2 and 4.8.3.6), then by what PCs
 * have had since long. */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/power.h"

enum { PM1_SLEEP_ENABLE = 1 << 13, PM1_SLEEP_TYPE_SHIFT = 10, PM1_SCI_ENABLE = 1 };

/* The type that means "off" is in AML, which is not read here: 0 is QEMU's, others are user level's business. */
enum { SLEEP_TYPE_OFF = 0 };
enum { RESET_PORT = 0xcf9, RESET_HARD = 0x06, KEYBOARD_COMMAND = 0x64, KEYBOARD_RESET = 0xfe };
enum { TEST_DEVICE = 0xf4, TEST_FAILED = 0x10 }; /* QEMU's isa-debug-exit: status = value * 2 + 1 */
enum { PATIENCE_SECONDS = 1 };                   /* a machine goes off some time after it is told to */

static struct acpi_fixed fixed;

void power_init(const struct acpi_fixed *f)
{
    fixed = *f;
}

static void power_off(void)
{
    const struct acpi_register *r = &fixed.pm1a_control;
    if (fixed.present && r->address && r->space == ACPI_PORT)
        out16((uint16_t)r->address, PM1_SLEEP_ENABLE | SLEEP_TYPE_OFF << PM1_SLEEP_TYPE_SHIFT | PM1_SCI_ENABLE);
}

static void restart_now(void)
{
    if (fixed.present && fixed.reset.address && fixed.reset.space == ACPI_PORT)
        out8((uint16_t)fixed.reset.address, fixed.reset_value);
    out8(RESET_PORT, RESET_HARD);
    out8(KEYBOARD_COMMAND, KEYBOARD_RESET);
}

static void wait(void)
{
    uint64_t end = arch_time() + PATIENCE_SECONDS * arch_ticks_per_second();
    while (arch_time() < end)
        __asm__ volatile("pause");
}

_Noreturn void arch_fail(void)
{
    out32(TEST_DEVICE, TEST_FAILED);
    for (;;)
        __asm__ volatile("cli; hlt");
}

_Noreturn void arch_halt(bool restart)
{
    if (restart)
        restart_now();
    else
        power_off();
    wait();
    arch_fail(); /* still here */
}
