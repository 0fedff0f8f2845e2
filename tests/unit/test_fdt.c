// sources: kernel/firmware/fdt.c kernel/firmware/fdt_walk.c kernel/firmware/fdt_node.c kernel/firmware/fdt_riscv.c kernel/boot/ranges.c
/* The device tree parser: QEMU's tree, trees built here, and mutations of both. test_fdt_bad.c has what is refused. */
#include "kernel/firmware/fdt.h"
#include "tests/unit/fdt_writer.h"

static const char *qemu_tree(void)
{
    size_t size;
    uint8_t *b = read_data("qemu-virt-riscv64.dtb", &size);
    struct boot_info info;
    CHECK(fdt_parse(b, size, &facts, &why));
    CHECK(facts.total_size == size && facts.boot_cpu == 0 && facts.timebase_hz == 10000000);
    CHECK(facts.cpu_count == 2 && facts.cpu[0].hart == 0 && facts.cpu[1].hart == 1 && facts.cpus_left_out == 0);
    CHECK(facts.cpu[0].plic_context == 1 && facts.cpu[1].plic_context == 3);
    CHECK(facts.cpu[1].sstc && facts.cpu[1].enabled && facts.cpu[1].mmu == FDT_MMU_SV48);
    CHECK(facts.plic.base == 0xc000000 && facts.plic.size == 0x600000 && facts.plic.sources == 96 && facts.plic.contexts == 4);
    CHECK(facts.uart.present && facts.uart.base == 0x10000000 && facts.uart.irq == 10 && facts.uart.reg_shift == 0);
    CHECK(facts.uart.reg_width == 1 && !facts.uart.port_io);
    CHECK(fdt_boot_info(&facts, 0x8fe00000, &info, &why));
    CHECK(info.ram.count == 1 && info.ram.r[0].base == 0x80080000 && info.ram.r[0].size == 0xff80000);
    CHECK(info.bundle.base == 0x88200000 && info.bundle.size == 0x2000);
    CHECK(info.firmware.base == 0x8fe00000 && info.firmware.size == size);
    CHECK(strcmp(info.command_line, "console=ttyS0 test=1") == 0);
    free(b);
    return NULL;
}

static const char *built_tree(void)
{
    struct boot_info info;
    machine();
    CHECK(parse());
    CHECK(facts.boot_cpu == 3 && facts.cpu_count == 2 && facts.cpu[0].hart == 4 && facts.cpu[0].intc == 7);
    CHECK(facts.cpu[0].plic_context == 1 && facts.cpu[1].plic_context == 3 && facts.cpu[0].mmu == FDT_MMU_SV39);
    CHECK(facts.cpu[0].sstc && !facts.cpu[1].sstc && facts.uart.reg_shift == 2 && facts.uart.reg_width == 4);
    CHECK(facts.memory.count == 1 && facts.reserved.count == 2 && facts.reserved.r[0].size == 0x1000);
    CHECK(facts.reserved.r[1].base == 0x80010000 && facts.reserved.r[1].size == 0x1001);
    CHECK(facts.initrd.base == 0x84000000 && facts.initrd.size == 0x1000 && strcmp(facts.command_line, "hello") == 0);
    CHECK(fdt_boot_info(&facts, 0x82000000, &info, &why) && info.ram.count == 2 && info.ram.r[1].base == 0x80011001);
    range_set_align(&info.ram, BOOT_PAGE);
    CHECK(info.ram.r[0].base == 0x80001000 && info.ram.r[0].size == 0xf000 && info.ram.r[1].base == 0x80012000);
    return NULL;
}

/* What a tree may leave out or have besides. */
static const char *tolerated(void)
{
    start(2, 2);
    word(NOP);
    begin("chosen");
    end();
    begin("pci");
    CELLS("#address-cells", 3);
    CELLS("#size-cells", 2);
    property("ranges", "", 0);
    begin("dev");
    CELLS("reg", 1, 2, 3, 4, 5);
    end();
    end();
    begin("bus"); /* not identity-mapped: its devices are not seen */
    CELLS("ranges", 1, 2, 3);
    begin("serial");
    text("compatible", "ns16550a");
    end();
    end();
    begin("serial");
    text("status", "disabled");
    text("compatible", "ns16550a");
    end();
    begin("memory@1");
    text("device_type", "memory");
    text("status", "disabled");
    end();
    begin("reserved-memory");
    begin("dynamic");
    CELLS("size", 1);
    end();
    begin("off");
    text("status", "disabled");
    CELLS("reg", 1);
    end();
    end();
    CHECK(parse());
    CHECK(!facts.uart.present && facts.memory.count == 0 && facts.reserved.count == 0 && facts.plic.size == 0);
    CHECK(facts.cpu_count == 0 && facts.timebase_hz == 0 && facts.initrd.size == 0 && facts.command_line[0] == 0);
    struct boot_info info;
    CHECK_REFUSED(fdt_boot_info(&facts, 0, &info, &why), why, "device tree: no usable memory");
    return NULL;
}

static const char *first_device_counts(void)
{
    start(1, 1);
    for (uint32_t i = 1; i <= 2; i++) {
        begin("serial");
        CELLS("reg", 0x1000 * i, 128);
        CELLS("reg-shift", 4);
        text("compatible", "ns16550");
        end();
        begin("plic");
        CELLS("reg", 0x1000000 * i, 0x201000);
        CELLS("riscv,ndev", i);
        CELLS("interrupts-extended", 0, 9);
        text("compatible", "sifive,plic-1.0.0");
        end();
    }
    CHECK(parse() && facts.uart.base == 0x1000 && facts.uart.irq == 0 && facts.plic.base == 0x1000000 && facts.plic.sources == 1);
    return NULL;
}

static const char *isa(const char *string, bool sstc)
{
    start(2, 2);
    begin_cpus();
    cpu(0, 1, string);
    end();
    CHECK(parse() && facts.cpu[0].sstc == sstc && facts.cpu[0].plic_context == FDT_NO_CONTEXT);
    return NULL;
}

static const char *extensions(void)
{
    const char *failed = NULL;
    const char *const with[] = { "rv64_sstc", "rv64i_sstc_x", "rv64i__sstc0p1", "rv64i_sstc9_x" };
    const char *const without[] = { "", "sstc", "rv64isstc", "rv64i_sst", "rv64i_sstcx", "rv64i_", "_", "rv64i_xsstc", "rv64i_ssta" };
    for (size_t i = 0; i < 4 && !failed; i++)
        failed = isa(with[i], true);
    for (size_t i = 0; i < 9 && !failed; i++)
        failed = isa(without[i], false);
    if (failed)
        return failed;
    start(2, 2);
    begin("cpus");
    CELLS("#address-cells", 2);
    CELLS("#size-cells", 0);
    begin("cpu@0");
    text("device_type", "cpu");
    text("status", "disabled");
    CELLS("reg", 1, 2);
    CELLS("timebase-frequency", 0, 1000);
    text("riscv,isa", "rv64i");
    property("riscv,isa-extensions", "i\0sstc\0zicsr", 13);
    text("mmu-type", "riscv,sv57");
    end();
    begin("cpu-map");
    end();
    end();
    CHECK(parse() && facts.cpu_count == 1 && facts.cpu[0].sstc && !facts.cpu[0].enabled && facts.cpu[0].hart == 0x100000002);
    CHECK(facts.timebase_hz == 1000 && facts.cpu[0].mmu == FDT_MMU_SV57);
    return NULL;
}

static const char *many_cpus(void)
{
    start(2, 2);
    begin("plic"); /* of which context 0 is for the first cpu that is left out */
    CELLS("reg", 0, 0xc000000, 0, 0x202000);
    CELLS("riscv,ndev", 1023);
    CELLS("interrupts-extended", FDT_CPUS + 1, 9, FDT_CPUS, 9);
    text("compatible", "riscv,plic0");
    end();
    begin_cpus();
    for (uint32_t i = 0; i < FDT_CPUS + 3; i++) {
        begin("cpu");
        text("device_type", "cpu");
        CELLS("reg", i);
        begin("interrupt-controller");
        CELLS("phandle", i + 1);
        property("interrupt-controller", "", 0);
        end();
        end();
    }
    end();
    CHECK(parse() && facts.cpu_count == FDT_CPUS && facts.cpus_left_out == 3 && facts.cpu[FDT_CPUS - 1].intc == FDT_CPUS);
    CHECK(facts.cpu[FDT_CPUS - 1].plic_context == 1 && facts.cpu[0].plic_context == FDT_NO_CONTEXT);
    CHECK(facts.plic.sources == 1023 && facts.cpu[0].mmu == FDT_MMU_NONE);
    return NULL;
}

/* Mutations: whatever they do, no access is wild and what is accepted keeps its promises. */

static const char *accepted_is_sound(void)
{
    CHECK(facts.cpu_count <= FDT_CPUS && facts.memory.count <= BOOT_RANGES && facts.reserved.count <= BOOT_RANGES);
    CHECK(memchr(facts.command_line, 0, BOOT_COMMAND_LINE) != NULL);
    CHECK(facts.initrd.size <= UINT64_MAX - facts.initrd.base && facts.uart.reg_shift <= 4);
    for (uint32_t i = 0; i < facts.cpu_count; i++)
        CHECK(facts.cpu[i].plic_context == FDT_NO_CONTEXT || facts.cpu[i].plic_context < facts.plic.contexts);
    return NULL;
}

static const char *mutate_blob(const uint8_t *b, uint32_t size, uint32_t rounds)
{
    for (uint32_t i = 0; i < rounds; i++) {
        uint32_t cut = random_below(8) ? size : (uint32_t)random_below(size + 1);
        uint8_t *c = exact_copy(b, cut);
        if (cut != size && cut >= HEADER)
            put_be(c + 4, cut, 4);
        if (cut > HEADER) /* most of the time leave the header, which stops nearly everything */
            mutate(c + (random_below(8) ? HEADER : 0), cut - HEADER);
        const char *failed = fdt_parse(c, cut, &facts, &why) ? accepted_is_sound() : NULL;
        free(c);
        if (failed)
            return failed;
    }
    return NULL;
}

static const char *mutated(void)
{
    uint32_t size;
    machine();
    word(END_NODE);
    word(END);
    uint8_t *b = blob(&size);
    const char *failed = mutate_blob(b, size, 200000);
    free(b);
    return failed;
}

static const char *mutated_qemu(void)
{
    size_t size;
    uint8_t *b = read_data("qemu-virt-riscv64.dtb", &size);
    const char *failed = mutate_blob(b, (uint32_t)size, 3000);
    free(b);
    return failed;
}

int main(void)
{
    static const struct group groups[] = {
        { "fdt: QEMU's tree", qemu_tree },
        { "fdt: a tree built here", built_tree },
        { "fdt: absent and foreign facts", tolerated },
        { "fdt: first device counts", first_device_counts },
        { "fdt: extensions", extensions },
        { "fdt: many cpus", many_cpus },
        { "fdt: mutated", mutated },
        { "fdt: QEMU's tree mutated", mutated_qemu },
    };
    return run_groups(groups, sizeof groups / sizeof groups[0]);
}
