// sources: kernel/boot/fdt.c kernel/boot/fdt_walk.c kernel/boot/fdt_node.c kernel/boot/fdt_riscv.c kernel/boot/ranges.c
/* The device tree parser: QEMU's tree, trees built here with one thing wrong, and mutated ones. */
#include "kernel/boot/fdt.h"
#include "tests/unit/boot_check.h"

/* --- A writer of trees. Version 17, one empty reservation block unless `reserve` adds to it. --- */

struct tree {
    uint8_t structs[8192], strings[4096], reservations[2048];
    uint32_t structs_size, strings_size, reservations_size;
};

static struct tree tree;
static struct fdt_facts facts;
static const char *why;

enum { BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOP = 4, END = 9 };
enum { HEADER = 40 };

static void word(uint32_t value)
{
    put_be(tree.structs + tree.structs_size, value, 4);
    tree.structs_size += 4;
}

static void padded(const void *bytes, size_t size)
{
    memset(tree.structs + tree.structs_size, 0, size + 4);
    memcpy(tree.structs + tree.structs_size, bytes, size);
    tree.structs_size += (uint32_t)(size + 3) & ~3u;
}

static void begin(const char *name)
{
    word(BEGIN_NODE);
    padded(name, strlen(name) + 1);
}

static void end(void)
{
    word(END_NODE);
}

static void property(const char *name, const void *bytes, size_t size)
{
    word(PROPERTY);
    word((uint32_t)size);
    word(tree.strings_size);
    padded(bytes, size);
    strcpy((char *)tree.strings + tree.strings_size, name);
    tree.strings_size += (uint32_t)strlen(name) + 1;
}

static void text(const char *name, const char *value)
{
    property(name, value, strlen(value) + 1);
}

static void cells(const char *name, int count, const uint32_t *values)
{
    uint8_t bytes[256];
    for (int i = 0; i < count; i++)
        put_be(bytes + 4 * i, values[i], 4);
    property(name, bytes, 4 * (size_t)count);
}

#define CELLS(name, ...) cells(name, sizeof(uint32_t[]){ __VA_ARGS__ } / 4, (uint32_t[]){ __VA_ARGS__ })

static void reserve(uint64_t base, uint64_t size)
{
    put_be(tree.reservations + tree.reservations_size, base, 8);
    put_be(tree.reservations + tree.reservations_size + 8, size, 8);
    tree.reservations_size += 16;
}

/* Start a tree whose root node is open and has the given cell counts. */
static void start(uint32_t address_cells, uint32_t size_cells)
{
    memset(&tree, 0, sizeof tree);
    begin("");
    CELLS("#address-cells", address_cells);
    CELLS("#size-cells", size_cells);
}

/* The blob, its blocks in the order header, reservations, structure, strings. */
static uint8_t *blob(uint32_t *size)
{
    reserve(0, 0);
    uint32_t structs = HEADER + tree.reservations_size, strings = structs + tree.structs_size;
    *size = strings + tree.strings_size;
    uint8_t *b = malloc(*size);
    const uint32_t header[10] = { 0xd00dfeed, *size, structs, strings, HEADER, 17, 16, 3, tree.strings_size, tree.structs_size };
    for (int i = 0; i < 10; i++)
        put_be(b + 4 * i, header[i], 4);
    memcpy(b + HEADER, tree.reservations, tree.reservations_size);
    memcpy(b + structs, tree.structs, tree.structs_size);
    memcpy(b + strings, tree.strings, tree.strings_size);
    return b;
}

/* Close the root node, parse, forget the blob. */
static bool parse(void)
{
    uint32_t size;
    word(END_NODE);
    word(END);
    uint8_t *b = blob(&size);
    bool ok = fdt_parse(b, size, &facts, &why);
    free(b);
    return ok;
}

static bool parse_unclosed(void)
{
    uint32_t size;
    uint8_t *b = blob(&size);
    bool ok = fdt_parse(b, size, &facts, &why);
    free(b);
    return ok;
}

static void memory(void)
{
    begin("memory@80000000");
    text("device_type", "memory");
    CELLS("reg", 0, 0x80000000, 0, 0x8000000);
    end();
}

static void cpu(uint32_t hart, uint32_t phandle, const char *isa)
{
    begin("cpu");
    text("device_type", "cpu");
    CELLS("reg", hart);
    text("riscv,isa", isa);
    text("mmu-type", "riscv,sv39");
    begin("interrupt-controller");
    CELLS("phandle", phandle);
    property("interrupt-controller", "", 0);
    end();
    end();
}

static void begin_cpus(void)
{
    begin("cpus");
    CELLS("#address-cells", 1);
    CELLS("#size-cells", 0);
    CELLS("timebase-frequency", 10000000);
}

static void begin_soc(void)
{
    begin("soc");
    CELLS("#address-cells", 2);
    CELLS("#size-cells", 2);
    property("ranges", "", 0);
}

/* A small machine with everything that is read. */
static void machine(void)
{
    start(2, 2);
    reserve(0x80000000, 0x1000);
    begin("chosen");
    text("bootargs", "hello");
    CELLS("linux,initrd-start", 0x84000000);
    CELLS("linux,initrd-end", 0, 0x84001000);
    end();
    memory();
    begin("reserved-memory");
    CELLS("#address-cells", 2);
    CELLS("#size-cells", 2);
    begin("fw@80010000");
    CELLS("reg", 0, 0x80010000, 0, 0x1001);
    end();
    end();
    begin_soc();
    begin("plic");
    CELLS("reg", 0, 0xc000000, 0, 0x600000);
    CELLS("riscv,ndev", 95);
    CELLS("interrupts-extended", 7, 0xffffffff, 7, 9, 8, 0xffffffff, 8, 9);
    text("compatible", "riscv,plic0");
    end();
    begin("serial");
    CELLS("reg", 0, 0x10000000, 0, 0x100);
    CELLS("interrupts", 10);
    CELLS("reg-shift", 2);
    CELLS("reg-io-width", 4);
    property("compatible", "acme,uart\0ns16550a", 19);
    end();
    end();
    begin_cpus();
    cpu(4, 7, "rv64imac_zicsr_sstc");
    cpu(5, 8, "rv64imac_sstcx_zicsr");
    end();
}

/* --- What is read --- */

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
        CELLS("reg", 0x1000 * i, 8);
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
    const char *const with[] = { "rv64_sstc", "rv64i_sstc_x", "rv64i__sstc1p0", "rv64i_sstc2_x" };
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
    text("mmu-type", "riscv,none");
    end();
    begin("cpu-map");
    end();
    end();
    CHECK(parse() && facts.cpu_count == 1 && facts.cpu[0].sstc && !facts.cpu[0].enabled && facts.cpu[0].hart == 0x100000002);
    CHECK(facts.timebase_hz == 1000 && facts.cpu[0].mmu == FDT_MMU_NONE);
    return NULL;
}

static const char *many_cpus(void)
{
    start(2, 2);
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
    return NULL;
}

/* --- What is refused --- */

/* One field of the header of an otherwise good blob. */
static const char *header_field(int offset, uint32_t value, const char *message)
{
    uint32_t size;
    machine();
    word(END_NODE);
    word(END);
    uint8_t *b = blob(&size);
    put_be(b + offset, value, 4);
    CHECK_REFUSED(fdt_parse(b, size, &facts, &why), why, message);
    free(b);
    return NULL;
}

static const char *bad_header(void)
{
    static const struct {
        int offset;
        uint32_t value;
        const char *message;
    } cases[] = {
        { 0, 0xd00dfeee, "device tree: magic" },
        { 4, 39, "device tree: totalsize below the header or beyond readable memory" },
        { 4, 0x7fffffff, "device tree: totalsize below the header or beyond readable memory" },
        { 8, 41, "device tree: structure block misaligned or beyond the blob" },
        { 8, 36, "device tree: structure block misaligned or beyond the blob" },
        { 8, 0xfffffffc, "device tree: structure block misaligned or beyond the blob" },
        { 36, 0xffffffff, "device tree: structure block misaligned or beyond the blob" },
        { 12, 0, "device tree: strings block beyond the blob" },
        { 12, 0xffffffff, "device tree: strings block beyond the blob" },
        { 32, 0xfffffff0, "device tree: strings block beyond the blob" },
        { 16, 44, "device tree: memory reservation block misaligned or beyond the blob" },
        { 16, 0xfffffff8, "device tree: memory reservation block misaligned or beyond the blob" },
        { 20, 16, "device tree: version is not compatible with 17" },
        { 24, 18, "device tree: version is not compatible with 17" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *failed = header_field(cases[i].offset, cases[i].value, cases[i].message);
        if (failed)
            return failed;
    }
    uint8_t *none = exact_copy("", 0);
    CHECK_REFUSED(fdt_parse(none, 0, &facts, &why), why, "device tree: header beyond readable memory");
    free(none);
    return NULL;
}

/* Every shorter blob is refused, with the header's totalsize as it was and adapted. */
static const char *truncated(void)
{
    uint32_t size;
    machine();
    word(END_NODE);
    word(END);
    uint8_t *b = blob(&size);
    for (uint32_t cut = 0; cut < size; cut++) {
        uint8_t *c = exact_copy(b, cut);
        CHECK(!fdt_parse(c, cut, &facts, &why));
        if (cut >= HEADER) {
            put_be(c + 4, cut, 4);
            CHECK(!fdt_parse(c, cut, &facts, &why));
        }
        free(c);
    }
    free(b);
    return NULL;
}

static const char *bad_structure(void)
{
    start(2, 2);
    CHECK_REFUSED(parse_unclosed(), why, "device tree: structure block has no end");
    start(2, 2);
    word(END);
    CHECK_REFUSED(parse_unclosed(), why, "device tree: structure block ends inside of a node or without one");
    memset(&tree, 0, sizeof tree);
    word(END);
    CHECK_REFUSED(parse_unclosed(), why, "device tree: structure block ends inside of a node or without one");
    memset(&tree, 0, sizeof tree);
    CHECK_REFUSED(parse(), why, "device tree: end of a node that was not begun");
    memset(&tree, 0, sizeof tree);
    CELLS("reg", 1);
    CHECK_REFUSED(parse(), why, "device tree: property outside of a node or after a subnode");
    start(2, 2);
    begin("a");
    end();
    CELLS("reg", 1);
    CHECK_REFUSED(parse(), why, "device tree: property outside of a node or after a subnode");
    start(2, 2);
    end();
    begin("b");
    CHECK_REFUSED(parse(), why, "device tree: a second root node");
    start(2, 2);
    word(5);
    CHECK_REFUSED(parse(), why, "device tree: unknown token in the structure block");
    start(2, 2);
    for (int i = 0; i < 32; i++)
        begin("n");
    end();
    CHECK_REFUSED(parse(), why, "device tree: nodes nested more than 32 deep");
    return NULL;
}

static const char *bad_tokens(void)
{
    start(2, 2);
    word(BEGIN_NODE);
    word(0x61616161);
    CHECK_REFUSED(parse_unclosed(), why, "device tree: node name without its NUL");
    start(2, 2);
    word(BEGIN_NODE);
    word(0x61006161);
    tree.structs_size -= 2;
    CHECK_REFUSED(parse_unclosed(), why, "device tree: node name padding beyond the structure block");
    start(2, 2);
    word(PROPERTY);
    word(0);
    CHECK_REFUSED(parse_unclosed(), why, "device tree: property header beyond the structure block");
    for (uint32_t length = 1; length != 0; length = length == 1 ? 0xffffffff : 0) {
        start(2, 2);
        word(PROPERTY);
        word(length);
        word(0);
        CHECK_REFUSED(parse_unclosed(), why, "device tree: property length beyond the structure block");
    }
    start(2, 2);
    word(PROPERTY);
    word(0);
    word(tree.strings_size);
    CHECK_REFUSED(parse(), why, "device tree: property name beyond the strings block");
    start(2, 2);
    CELLS("reg", 1);
    tree.strings_size--;
    CHECK_REFUSED(parse(), why, "device tree: property name without its NUL");
    start(2, 2);
    CELLS("#size-cells", 1);
    CHECK_REFUSED(parse(), why, "device tree: a property twice in one node");
    return NULL;
}

static const char *bad_shapes(void)
{
    static const struct {
        const char *name, *wrong;
        size_t size;
    } cases[] = {
        { "#address-cells", "is not one cell", 8 },     { "#size-cells", "is not one cell", 0 },
        { "phandle", "is not one cell", 3 },            { "reg-shift", "is not one cell", 5 },
        { "reg-io-width", "is not one cell", 2 },       { "riscv,ndev", "is not one cell", 8 },
        { "linux,initrd-start", "is not 4 or 8 bytes", 5 }, { "linux,initrd-end", "is not 4 or 8 bytes", 12 },
        { "timebase-frequency", "is not 4 or 8 bytes", 0 }, { "compatible", "without its NUL", 2 },
        { "device_type", "without its NUL", 0 },        { "status", "without its NUL", 4 },
        { "bootargs", "without its NUL", 1 },           { "riscv,isa", "without its NUL", 8 },
        { "riscv,isa-extensions", "without its NUL", 7 }, { "mmu-type", "without its NUL", 3 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char message[80];
        snprintf(message, sizeof message, "device tree: %s %s", cases[i].name, cases[i].wrong);
        start(2, 2);
        begin("n");
        property(cases[i].name, "abcdefghijkl", cases[i].size);
        end();
        CHECK_REFUSED(parse(), why, message);
    }
    return NULL;
}

static const char *bad_memory(void)
{
    const char *fit = "device tree: memory reg does not fit its cell counts";
    const uint32_t counts[][2] = { { 3, 1 }, { 0, 1 }, { 1, 0 }, { 1, 3 }, { 0xffffffff, 1 }, { 2, 1 } };
    for (size_t i = 0; i < 6; i++) {
        start(counts[i][0], counts[i][1]);
        memory();
        CHECK_REFUSED(parse(), why, fit);
    }
    start(2, 2);
    begin("memory");
    text("device_type", "memory");
    end();
    CHECK_REFUSED(parse(), why, fit);
    start(2, 2);
    begin("memory");
    text("device_type", "memory");
    CELLS("reg", 0xffffffff, 0xfffff000, 0, 0x1000);
    end();
    CHECK_REFUSED(parse(), why, "device tree: a memory range wraps, or there are too many");
    start(2, 2);
    reserve(0xfffffffffffff000, 0x1000);
    CHECK_REFUSED(parse(), why, "device tree: a reserved range wraps, or there are too many");
    start(2, 2);
    begin("reserved-memory");
    begin("r");
    CELLS("reg", 1, 2);
    end();
    end();
    CHECK_REFUSED(parse(), why, "device tree: /reserved-memory reg does not fit its cell counts");
    start(2, 2);
    begin("reserved-memory"); /* with the default cell counts, 2 and 1 */
    begin("r");
    CELLS("reg", 0xffffffff, 0xffffffff, 2);
    end();
    end();
    CHECK_REFUSED(parse(), why, "device tree: a reserved range wraps, or there are too many");
    return NULL;
}

static const char *bad_reservation_block(void)
{
    uint32_t size;
    start(2, 2);
    word(END_NODE);
    word(END);
    uint8_t *b = blob(&size);
    uint32_t tail = size - (HEADER + 16);
    uint8_t *c = malloc(HEADER + tail + 16 + 8); /* blocks moved to before an entry that is not the last, then nothing */
    memcpy(c, b, HEADER);
    memcpy(c + HEADER, b + HEADER + 16, tail);
    uint32_t at = (HEADER + tail + 7) & ~7u;
    memset(c + at, 1, 16);
    put_be(c + 4, at + 16, 4);
    put_be(c + 8, HEADER, 4);
    put_be(c + 12, HEADER + tree.structs_size, 4);
    put_be(c + 16, at, 4);
    CHECK_REFUSED(fdt_parse(c, at + 16, &facts, &why), why, "device tree: memory reservation block has no end");
    free(b);
    free(c);
    return NULL;
}

static const char *too_many_pieces(void)
{
    struct boot_info info;
    start(2, 2);
    memory();
    for (uint32_t i = 0; i < BOOT_RANGES; i++)
        reserve(0x80001000 + 0x2000 * (uint64_t)i, 0x1000);
    CHECK(parse());
    CHECK_REFUSED(fdt_boot_info(&facts, 0, &info, &why), why, "device tree: memory is in too many pieces");
    start(2, 2);
    for (uint32_t i = 0; i <= BOOT_RANGES; i++)
        reserve(0x80001000 + 0x2000 * (uint64_t)i, 0x1000);
    CHECK_REFUSED(parse(), why, "device tree: a reserved range wraps, or there are too many");
    return NULL;
}

static const char *bad_chosen(void)
{
    char longest[300];
    memset(longest, 'x', sizeof longest);
    for (int size = 256; size <= 257; size++) {
        longest[size - 1] = 0;
        start(2, 2);
        begin("chosen");
        text("bootargs", longest);
        end();
        if (size == 256)
            CHECK(parse() && strlen(facts.command_line) == 255);
        else
            CHECK_REFUSED(parse(), why, "device tree: bootargs longer than 255 bytes");
        longest[size - 1] = 'x';
    }
    start(2, 2);
    begin("chosen");
    CELLS("linux,initrd-start", 5);
    end();
    CHECK_REFUSED(parse(), why, "device tree: linux,initrd-start without linux,initrd-end, or the reverse");
    start(2, 2);
    begin("chosen");
    CELLS("linux,initrd-start", 5);
    CELLS("linux,initrd-end", 4);
    end();
    CHECK_REFUSED(parse(), why, "device tree: linux,initrd-end below linux,initrd-start");
    return NULL;
}

static const char *bad_cpus(void)
{
    start(2, 2);
    begin("cpus");
    CELLS("timebase-frequency", 0);
    end();
    CHECK_REFUSED(parse(), why, "device tree: timebase-frequency is zero");
    start(2, 2);
    begin_cpus();
    begin("cpu@0");
    text("device_type", "cpu");
    CELLS("reg", 0);
    CELLS("timebase-frequency", 0);
    end();
    end();
    CHECK_REFUSED(parse(), why, "device tree: timebase-frequency is zero");
    for (int variant = 0; variant < 3; variant++) {
        start(2, 2);
        begin("cpus");
        CELLS("#address-cells", 1);
        CELLS("#size-cells", variant == 0);
        begin("cpu@0");
        text("device_type", "cpu");
        if (variant == 0)
            CELLS("reg", 0, 0);
        if (variant == 1)
            CELLS("reg", 0, 1); /* two numbers */
        end();
        end();
        CHECK_REFUSED(parse(), why, "device tree: reg of a cpu does not fit its cell counts");
    }
    return NULL;
}

static const char *plic(uint32_t high, uint32_t size, uint32_t sources, uint32_t targets_size, const char *message)
{
    static const uint8_t zeros[15873 * 8];
    start(2, 2);
    begin("plic");
    CELLS("reg", high, 0xffffffff, 0, size);
    if (sources)
        CELLS("riscv,ndev", sources);
    property("interrupts-extended", zeros, targets_size);
    text("compatible", "riscv,plic0");
    end();
    CHECK_REFUSED(parse(), why, message);
    return NULL;
}

static const char *bad_plic(void)
{
    const char *length = "device tree: PLIC interrupts-extended length", *failed;
    if ((failed = plic(0xffffffff, 0x400000, 5, 8, "device tree: PLIC reg wraps")) ||
        (failed = plic(0, 0x400000, 0, 8, "device tree: PLIC riscv,ndev missing or above 1023")) ||
        (failed = plic(0, 0x400000, 1024, 8, "device tree: PLIC riscv,ndev missing or above 1023")) ||
        (failed = plic(0, 0x400000, 5, 0, length)) || (failed = plic(0, 0x400000, 5, 12, length)) ||
        (failed = plic(0, 0x201fff, 5, 16, "device tree: PLIC reg too small for its contexts")))
        return failed;
    start(2, 2);
    begin("plic");
    text("compatible", "riscv,plic0");
    end();
    CHECK_REFUSED(parse(), why, "device tree: PLIC reg does not fit its cell counts");
    start(1, 1);
    begin("plic");
    CELLS("reg", 0, 0x400000);
    CELLS("riscv,ndev", 5);
    CELLS("interrupts-extended", 1, 9, 1, 9);
    text("compatible", "riscv,plic0");
    end();
    begin_cpus();
    cpu(0, 1, "rv64i");
    end();
    CHECK_REFUSED(parse(), why, "device tree: PLIC interrupts-extended names one cpu twice");
    return NULL;
}

static const char *uart(uint32_t base, uint32_t size, uint32_t shift, uint32_t width, const char *message)
{
    start(2, 2);
    begin("uart");
    CELLS("reg", base, 0xfffffff0, 0, size);
    CELLS("reg-shift", shift);
    CELLS("reg-io-width", width);
    text("compatible", "ns16550");
    end();
    CHECK_REFUSED(parse(), why, message);
    return NULL;
}

static const char *bad_uart(void)
{
    const char *shape = "device tree: UART reg-shift above 4, or reg-io-width not 1, 2 or 4";
    const char *place = "device tree: UART reg wraps or is too small for its registers", *failed;
    if ((failed = uart(0, 256, 5, 1, shape)) || (failed = uart(0, 256, 0, 3, shape)) || (failed = uart(0, 31, 2, 4, place)) ||
        (failed = uart(0xffffffff, 256, 0, 1, place)))
        return failed;
    start(2, 2);
    begin("uart");
    text("compatible", "ns16550");
    end();
    CHECK_REFUSED(parse(), why, "device tree: UART reg does not fit its cell counts");
    start(1, 1);
    begin("uart");
    CELLS("reg", 0, 8);
    property("interrupts", "", 0);
    text("compatible", "ns16550");
    end();
    CHECK_REFUSED(parse(), why, "device tree: UART interrupts is not made of cells");
    return NULL;
}

/* --- Mutations. Whatever they do, no access is wild and what is accepted keeps its promises. --- */

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
        { "fdt: bad header", bad_header },
        { "fdt: truncated", truncated },
        { "fdt: bad structure", bad_structure },
        { "fdt: bad tokens", bad_tokens },
        { "fdt: bad property shapes", bad_shapes },
        { "fdt: bad memory", bad_memory },
        { "fdt: reservation block without end", bad_reservation_block },
        { "fdt: too many pieces", too_many_pieces },
        { "fdt: bad chosen", bad_chosen },
        { "fdt: bad cpus", bad_cpus },
        { "fdt: bad PLIC", bad_plic },
        { "fdt: bad UART", bad_uart },
        { "fdt: mutated", mutated },
        { "fdt: QEMU's tree mutated", mutated_qemu },
    };
    return run_groups(groups, sizeof groups / sizeof groups[0]);
}
