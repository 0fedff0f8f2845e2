/* From the boot loader to kernel_main: reads the firmware's tables, chooses the RAM, makes the kernel's address space, sets
 * up the core and its devices.  boot_main() runs on entry.S's page tables, boot_on_core() on the final ones.  Whatever
 * cannot be used ends in panic() with the parser's reason. */
#include "kernel/arch/x86_64/boot.h"
#include "kernel/arch/x86_64/apic.h"
#include "kernel/arch/x86_64/cpu_features.h"
#include "kernel/arch/x86_64/fpu.h"
#include "kernel/arch/x86_64/power.h"
#include "kernel/arch/x86_64/timer.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/arch/x86_64/uart.h"
#include "kernel/firmware/acpi.h"
#include "kernel/firmware/multiboot2.h"
#include "kernel/firmware/pvh.h"
#include "kernel/state.h"

#define BOOT_MAP_END (1ul << 32)                                        /* entry.S maps what is below */
#define RAM_END ((uint64_t)MAX_TABLE_FRAMES << ISTHMUS_PAGE_BITS)       /* of what frame indices reach */
#define LOW_RESERVED 0x10000ul /* frame 0; the BIOS's data; room for the start of other cores */
#define POOL_START 0x100000ul  /* boot_pages() leaves what is below alone */

static struct boot_info info;
static struct acpi_facts facts;
static struct range_set boot_ram; /* what boot_pages() takes from */

/* ---- firmware ---- */

static const void *boot_at(void *ctx, uint64_t physical, uint64_t length)
{
    if (length == 0 || length > BOOT_MAP_END || physical > BOOT_MAP_END - length)
        return NULL;
    return (const void *)(ARCH_DIRECT_MAP + physical);
}

static const struct boot_memory memory = { .at = boot_at };

/* Real-mode segment of the extended BIOS data area. */
static uint64_t ebda(void)
{
    return (uint64_t)*(const volatile uint16_t *)(ARCH_DIRECT_MAP + 0x40e) << 4;
}

/* The firmware's own root pointer if it is found, since that of a boot loader may be a copy in RAM. */
static uint64_t rsdp_find(uint64_t given)
{
    uint64_t found = acpi_find_rsdp(&memory, (struct range){ ebda(), 1024 });
    if (!found)
        found = acpi_find_rsdp(&memory, (struct range){ 0xe0000, 0x20000 });
    return found ? found : given;
}

static void read_firmware(uint32_t magic, uint32_t start)
{
    const char *why = "the boot loader is neither PVH nor multiboot2";
    uint64_t rsdp;
    bool fine = magic == 0 ? pvh_parse(start, &memory, &info, &rsdp, &why)
                           : magic == MULTIBOOT2_MAGIC && multiboot2_parse(start, &memory, &info, &rsdp, &why);
    if (!fine)
        panic("%s", why);
    info.acpi_rsdp = rsdp_find(rsdp);
    if (!info.acpi_rsdp)
        log_line("no ACPI: one core, and devices where PCs have them");
    else if (!acpi_parse(info.acpi_rsdp, &memory, &facts, &why))
        panic("%s", why);
}

/* ---- RAM ---- */

static void leave_out(struct range_set *set, uint64_t base, uint64_t size)
{
    if (!range_set_subtract(set, base, size))
        panic("memory map: too many pieces");
}

/* Leaves what the kernel can use.  The bundle is still in it; a root pointer in RAM is not. */
static void choose_ram(void)
{
    const struct range *last = &info.ram.r[info.ram.count - 1];
    if (info.ram.count && last->base + last->size > RAM_END)
        log_line("RAM from %lx on is ignored: the kernel's tables reach to there", RAM_END);
    leave_out(&info.ram, RAM_END, UINT64_MAX - RAM_END);
    leave_out(&info.ram, 0, LOW_RESERVED);
    leave_out(&info.ram, (uint64_t)image_start - KERNEL_IMAGE, (uint64_t)(image_end - image_start));
    leave_out(&info.ram, info.acpi_rsdp, PAGE_SIZE);
    range_set_align(&info.ram, PAGE_SIZE);
    if (info.bundle.size && !range_set_contains(&info.ram, info.bundle.base, info.bundle.size))
        panic("the bundle, at %lx, is not in usable memory", info.bundle.base);
    boot_ram = info.ram;
    leave_out(&boot_ram, info.bundle.base, info.bundle.size);
    leave_out(&boot_ram, 0, POOL_START);
    range_set_align(&boot_ram, PAGE_SIZE);
}

/* The lowest that there are, so that the large pieces above stay whole. */
uint64_t boot_pages(uint64_t count)
{
    uint64_t size = count * PAGE_SIZE;
    for (uint32_t i = 0; i < boot_ram.count; i++) {
        uint64_t base = boot_ram.r[i].base;
        if (boot_ram.r[i].size < size || base + size > BOOT_MAP_END)
            continue;
        leave_out(&boot_ram, base, size);
        leave_out(&info.ram, base, size);
        uint64_t *word = (uint64_t *)(ARCH_DIRECT_MAP + base);
        for (uint64_t w = 0; w < size / sizeof *word; w++)
            word[w] = 0;
        return base;
    }
    panic("no memory for the kernel's page tables");
}

uint64_t boot_page(void)
{
    return boot_pages(1);
}

/* ---- the two halves ---- */

static struct range_set mapped; /* info.ram before boot_pages() */

_Noreturn void boot_main(uint32_t magic, uint32_t start)
{
    uart_init();
    idt_load();
    cpu_check();
    cpu_init();
    read_firmware(magic, start);
    choose_ram();
    mapped = info.ram;
    uint64_t space = mmu_init(&mapped);
    boot_enter(space, CORES_BASE + CORE_AREA);
}

static void describe_uart(void)
{
    info.uart = (struct boot_uart){
        .base = UART_PORT,
        .irq = ioapic_isa_line(&facts, UART_ISA_IRQ),
        .reg_width = 1,
        .port_io = true,
        .present = uart_is_there(),
    };
}

_Noreturn void boot_on_core(void)
{
    core_block()->space = kernel_space;
    descriptors_init(arch_core_self());
    fpu_init();
    cpu_log();
    power_init(&facts.fixed);
    lapic_init();
    ioapic_init(&facts);
    timer_init(&facts.fixed);
    describe_uart();
    if (facts.cpu_count > 1)
        log_line("%u processors, of which one is used", facts.cpu_count);
    kernel_main(&info);
}
