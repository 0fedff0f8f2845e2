// sources: kernel/firmware/fdt.c kernel/firmware/fdt_walk.c kernel/firmware/fdt_node.c kernel/firmware/fdt_riscv.c kernel/boot/ranges.c
/* The device tree parser: trees with one thing wrong, each refused with the message for that. */
#include "kernel/firmware/fdt.h"
#include "tests/unit/fdt_writer.h"

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

int main(void)
{
    static const struct group groups[] = {
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
    };
    return run_groups(groups, sizeof groups / sizeof groups[0]);
}
