// sources: kernel/firmware/multiboot2.c kernel/firmware/memory_map.c kernel/boot/ranges.c
/* The multiboot2 parser: structures built here, whole, with one thing wrong, and mutated. */
#include "kernel/firmware/multiboot2.h"
#include "tests/unit/boot_check.h"

static struct fake_memory memory;
static const struct boot_memory mem = { fake_at, &memory };
static struct boot_info info;
static uint64_t rsdp;
static const char *why;

enum { PHYS = 0x9000, TAG_END = 0, COMMAND_LINE = 1, MODULE = 3, MAP = 6, RSDP_OLD = 14, RSDP_NEW = 15 };

static uint8_t built[4096];
static uint32_t built_size;

static void start(void)
{
    memset(built, 0, sizeof built);
    built_size = 8;
}

static uint8_t *tag(uint32_t type, const void *body, uint32_t size)
{
    uint8_t *t = built + built_size;
    put_le(t, type, 4);
    put_le(t + 4, 8 + size, 4);
    if (size)
        memcpy(t + 8, body, size);
    built_size += (8 + size + 7) & ~7u;
    return t;
}

static void module(uint32_t from, uint32_t to)
{
    uint8_t body[12] = { 0 };
    put_le(body, from, 4);
    put_le(body + 4, to, 4);
    memcpy(body + 8, "b.c", 4);
    tag(MODULE, body, sizeof body);
}

static const uint64_t good_map[][3] = {
    { 0, 0x9fc00, 1 }, { 0x9f000, 0x61000, 2 }, { 0x100000, 0x7f00000, 1 }, { 0x7f00000, 0x100000, 3 }, { 0xfffc0000, 0x40000, 2 },
};

static uint8_t *map(const uint64_t entries[][3], uint32_t count, uint32_t stride)
{
    uint8_t body[2048] = { 0 };
    put_le(body, stride, 4);
    for (uint32_t i = 0; i < count; i++)
        for (int j = 0; j < 3; j++)
            put_le(body + 8 + stride * i + 8 * j, entries[i][j], j == 2 ? 4 : 8);
    return tag(MAP, body, 8 + stride * count);
}

/* With the end tag if `end`. */
static bool parse_built(bool end)
{
    if (end)
        tag(TAG_END, "", 0);
    put_le(built, built_size, 4);
    fake_clear(&memory);
    fake_add(&memory, PHYS, built, built_size);
    bool ok = multiboot2_parse(PHYS, &mem, &info, &rsdp, &why);
    fake_release(&memory);
    return ok;
}

static bool parse(void)
{
    return parse_built(true);
}

static void machine(void)
{
    uint8_t zeros[36] = { 0 };
    start();
    tag(COMMAND_LINE, "hello world", 12);
    tag(2, "GRUB", 5);
    map(good_map, 5, 24);
    module(0x1000000, 0x1002345);
    module(0x2000000, 0x2000001);
    tag(RSDP_OLD, zeros, 20);
    tag(RSDP_NEW, zeros, 36);
}

static const char *whole(void)
{
    machine();
    CHECK(parse() && strcmp(info.command_line, "hello world") == 0);
    CHECK(info.bundle.base == 0x1000000 && info.bundle.size == 0x2345 && info.firmware.size == 0 && !info.uart.present);
    CHECK(info.ram.count == 2 && info.ram.r[0].base == 0 && info.ram.r[0].size == 0x9f000);
    CHECK(info.ram.r[1].base == 0x100000 && info.ram.r[1].size == 0x7e00000);
    CHECK(rsdp == PHYS + built_size - 8 - 48 + 8); /* in the new tag, 44 bytes padded to 48, before the end tag */
    return NULL;
}

static const char *less(void)
{
    uint8_t zeros[20] = { 0 };
    start();
    map(good_map, 1, 40);
    CHECK(parse() && rsdp == 0 && info.bundle.size == 0 && info.command_line[0] == 0 && info.ram.r[0].size == 0x9fc00);
    start();
    tag(RSDP_OLD, zeros, 20);
    map(good_map, 0, 24);
    tag(MODULE, zeros, 8); /* empty and without a name */
    module(5, 6);
    CHECK(parse() && rsdp == PHYS + 16 && info.ram.count == 0 && info.bundle.size == 0);
    return NULL;
}

static const char *bad_structure(void)
{
    start();
    fake_clear(&memory);
    CHECK_REFUSED(multiboot2_parse(PHYS, &mem, &info, &rsdp, &why), why, "multiboot2: information structure beyond readable memory");
    static const uint32_t totals[] = { 0, 15, (1 << 20) + 1, 0xffffffff };
    fake_add(&memory, PHYS, built, 16);
    for (int i = 0; i < 4; i++) {
        put_le(fake_piece(&memory, PHYS), totals[i], 4);
        CHECK_REFUSED(multiboot2_parse(PHYS, &mem, &info, &rsdp, &why), why, "multiboot2: total_size");
        fake_release(&memory);
    }
    for (uint32_t total = 17; total != 0; total = total == 17 ? 1 << 20 : 0) {
        put_le(fake_piece(&memory, PHYS), total, 4);
        CHECK_REFUSED(multiboot2_parse(PHYS, &mem, &info, &rsdp, &why), why, "multiboot2: total_size beyond readable memory");
        fake_release(&memory);
    }
    machine();
    CHECK_REFUSED(parse_built(false), why, "multiboot2: no end tag");
    start();
    CHECK_REFUSED(parse(), why, "multiboot2: no memory map");
    static const uint32_t sizes[] = { 0, 7, 17, 0xffffffff };
    for (int i = 0; i < 4; i++) {
        start();
        put_le(tag(99, "", 0) + 4, sizes[i], 4);
        CHECK_REFUSED(parse(), why, "multiboot2: tag size");
    }
    start();
    tag(99, "12345", 5); /* ends the structure without padding */
    built_size -= 3;
    CHECK_REFUSED(parse_built(false), why, "multiboot2: no end tag");
    return NULL;
}

static const char *bad_tags(void)
{
    char text[300];
    memset(text, 'x', sizeof text);
    start();
    tag(COMMAND_LINE, "abc", 3);
    CHECK_REFUSED(parse(), why, "multiboot2: command line without its NUL");
    start();
    tag(COMMAND_LINE, "", 0);
    CHECK_REFUSED(parse(), why, "multiboot2: command line without its NUL");
    start();
    text[256] = 0;
    tag(COMMAND_LINE, text, 257);
    CHECK_REFUSED(parse(), why, "multiboot2: command line longer than 255 bytes");
    start();
    text[255] = 0;
    tag(COMMAND_LINE, text, 256);
    map(good_map, 1, 24);
    CHECK(parse() && strlen(info.command_line) == 255);
    start();
    tag(MODULE, text, 7);
    CHECK_REFUSED(parse(), why, "multiboot2: module tag size");
    start();
    module(5, 4);
    CHECK_REFUSED(parse(), why, "multiboot2: module ends before it starts");
    start();
    tag(RSDP_OLD, text, 19);
    CHECK_REFUSED(parse(), why, "multiboot2: ACPI old RSDP tag size");
    start();
    tag(RSDP_NEW, text, 35);
    CHECK_REFUSED(parse(), why, "multiboot2: ACPI new RSDP tag size");
    return NULL;
}

static const char *bad_map(void)
{
    static const uint64_t wraps[][3] = { { UINT64_MAX - 5, 10, 1 } }, wraps_reserved[][3] = { { UINT64_MAX - 5, 10, 2 } };
    static const uint32_t strides[] = { 0, 16, 23, 25, 32, 0xfffffff8 };
    start();
    tag(MAP, "1234", 4);
    CHECK_REFUSED(parse(), why, "multiboot2: memory map tag size");
    for (int i = 0; i < 6; i++) {
        start();
        put_le(map(good_map, 5, 24) + 8, strides[i], 4);
        CHECK_REFUSED(parse(), why, "multiboot2: memory map entry_size");
    }
    start();
    map(good_map, 1, 24);
    map(good_map, 1, 24);
    CHECK_REFUSED(parse(), why, "multiboot2: two memory maps");
    start();
    map(wraps, 1, 24);
    CHECK_REFUSED(parse(), why, "multiboot2: a memory map entry wraps, or there are too many");
    start();
    map(wraps_reserved, 1, 24);
    CHECK_REFUSED(parse(), why, "multiboot2: a memory map entry wraps, or there are too many");
    uint64_t many[BOOT_RANGES + 1][3];
    for (uint64_t i = 0; i <= BOOT_RANGES; i++)
        many[i][0] = 0x10000 * i, many[i][1] = 0x1000, many[i][2] = 1;
    start();
    map((const uint64_t(*)[3])many, BOOT_RANGES, 24);
    CHECK(parse() && info.ram.count == BOOT_RANGES);
    start();
    map((const uint64_t(*)[3])many, BOOT_RANGES + 1, 24);
    CHECK_REFUSED(parse(), why, "multiboot2: a memory map entry wraps, or there are too many");
    return NULL;
}

static const char *mutated(void)
{
    uint32_t accepted = 0;
    machine();
    CHECK(parse());
    for (int round = 0; round < 200000; round++) {
        uint32_t size = random_below(8) ? built_size : (uint32_t)random_below(built_size + 1);
        fake_clear(&memory);
        uint8_t *b = fake_add(&memory, PHYS, built, size);
        mutate(b + (size > 8 && random_below(8) ? 8 : 0), size > 8 ? size - 8 : 0);
        if (size != built_size && size >= 4)
            put_le(b, size, 4);
        bool ok = multiboot2_parse(PHYS, &mem, &info, &rsdp, &why);
        accepted += ok;
        CHECK(!ok || rsdp == 0 || (rsdp > PHYS && rsdp + 20 <= PHYS + size));
        CHECK(!ok || (info.ram.count <= BOOT_RANGES && memchr(info.command_line, 0, BOOT_COMMAND_LINE)));
    }
    CHECK(accepted > 10000);
    return NULL;
}

int main(void)
{
    static const struct group groups[] = {
        { "multiboot2: a whole structure", whole }, { "multiboot2: less", less },
        { "multiboot2: bad structure", bad_structure }, { "multiboot2: bad tags", bad_tags },
        { "multiboot2: bad memory map", bad_map }, { "multiboot2: mutated", mutated },
    };
    int failed = run_groups(groups, sizeof groups / sizeof groups[0]);
    fake_clear(&memory);
    return failed;
}
