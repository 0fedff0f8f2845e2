/* From the firmware to kernel_main: reads the device tree, makes the kernel's address space, sets up the core's devices.
 *
 * boot_main runs on entry.S's root table, boot_rest on the final one.  Whatever cannot be used ends in panic(). */
#include "kernel/arch/riscv64/fpu.h"
#include "kernel/arch/riscv64/mmu.h"
#include "kernel/arch/riscv64/plic.h"
#include "kernel/arch/riscv64/sbi.h"
#include "kernel/arch/riscv64/timer.h"
#include "kernel/arch/riscv64/uart.h"
#include "kernel/boot/boot.h"
#include "kernel/firmware/fdt.h"
#include "kernel/state.h"

enum { BLOB_MAX = 1 << 20 }; /* bytes; OpenSBI and QEMU give at most this */

#define DIRECT_MAP_BYTES ((uint64_t)DIRECT_MAP_GIB << 30)

extern uint8_t kernel_start[], kernel_end[];

_Noreturn void boot_main(uint64_t hart, uint64_t blob);
_Noreturn void boot_enter(uint64_t satp, uint64_t stack, void (*next)(void));

static struct fdt_facts facts;
static struct boot_info info;
static const struct fdt_cpu *this_cpu;

static void read_device_tree(uint64_t blob)
{
    const char *why;
    if (blob < ARCH_RAM_BASE || blob - ARCH_RAM_BASE > DIRECT_MAP_BYTES - BLOB_MAX || blob % 8 != 0)
        panic("device tree at %lx: outside of the direct map, or not aligned", blob);
    if (!fdt_parse((const void *)(ARCH_DIRECT_MAP + (blob - ARCH_RAM_BASE)), BLOB_MAX, &facts, &why) ||
        !fdt_boot_info(&facts, blob, &info, &why))
        panic("%s", why);
}

static const struct fdt_cpu *find_cpu(uint64_t hart)
{
    for (uint32_t i = 0; i < facts.cpu_count; i++)
        if (facts.cpu[i].hart == hart)
            return &facts.cpu[i];
    panic("device tree: no cpu for the boot hart %lx", hart);
}

/* ---- RAM ---- */

static void leave_out(uint64_t base, uint64_t size)
{
    if (!range_set_subtract(&info.ram, base, size))
        panic("device tree: memory is in too many pieces");
}

static uint64_t ram_end(void)
{
    const struct range *last = &info.ram.r[info.ram.count - 1];
    return last->base + last->size;
}

/* Leaves what the kernel can use: within reach of the direct map, whole pages, without the image and without frame 0,
 * which is nil.  The bundle and the device tree are still in it. */
static void choose_ram(void)
{
    const uint64_t end = ARCH_RAM_BASE + DIRECT_MAP_BYTES;
    if (ram_end() > end)
        log_line("RAM from %lx on is ignored: the kernel's tables reach to there", end);
    leave_out(end, UINT64_MAX - end);
    leave_out(0, ARCH_RAM_BASE + PAGE_SIZE);
    leave_out((uint64_t)kernel_start - IMAGE_OFFSET, (uint64_t)(kernel_end - kernel_start));
    range_set_align(&info.ram, PAGE_SIZE);
    if (info.ram.count == 0)
        panic("device tree: no usable memory");
}

/* The root task gets the pages of both as frames, so they must be RAM that is the kernel's to give. */
static void check_bundle(void)
{
    if (info.bundle.size != 0 && !range_set_contains(&info.ram, info.bundle.base, info.bundle.size))
        panic("the bundle, at %lx, is not in usable memory", info.bundle.base);
    if (range_set_contains(&info.ram, info.firmware.base, info.firmware.size))
        return;
    log_line("the device tree is in reserved memory: the root task does not get it");
    info.firmware = (struct range){ 0 };
}

/* ---- the two halves ---- */

/* On the core's own stack, in the kernel's address space. */
static void boot_rest(void)
{
    uart_init(&info.uart);
    mmu_probe_asid();
    fpu_init();
    timer_init(this_cpu->sstc, facts.timebase_hz);
    if (facts.plic.size == 0 || this_cpu->plic_context == FDT_NO_CONTEXT)
        log_line("device tree: no PLIC for the boot hart: no device interrupts");
    else
        plic_init(&facts.plic, this_cpu->plic_context);
    kernel_main(&info);
}

_Noreturn void boot_main(uint64_t hart, uint64_t blob)
{
    read_device_tree(blob);
    this_cpu = find_cpu(hart);
    if (this_cpu->mmu < FDT_MMU_SV39)
        panic("device tree: the boot hart has no Sv39");
    if (facts.timebase_hz == 0)
        panic("device tree: no timebase-frequency");
    choose_ram();
    mmu_init(&info.ram);
    check_bundle();
    boot_enter(kernel_space, KERNEL_STACKS + (1ul << STACK_STRIDE_BITS), boot_rest);
}

/* Without the firmware's help the core just stops.  A failure's reason reaches the firmware, but QEMU ends with status 0 all the
 * same, since OpenSBI gives its test device no code: scripts look for "panic" in the log. */
static _Noreturn void end(enum sbi_reset type, enum sbi_reason reason)
{
    uart_flush();
    sbi_reset(type, reason);
    for (;;)
        __asm__ volatile("wfi");
}

_Noreturn void arch_halt(bool restart) { end(restart ? SBI_COLD_REBOOT : SBI_SHUTDOWN, SBI_NO_REASON); }
_Noreturn void arch_fail(void) { end(SBI_SHUTDOWN, SBI_SYSTEM_FAILURE); }
