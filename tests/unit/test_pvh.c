// sources: kernel/firmware/pvh.c kernel/firmware/memory_map.c kernel/boot/ranges.c
/* The PVH parser: what QEMU hands over, structures with one thing wrong, and mutated ones. */
#include "kernel/firmware/pvh.h"
#include "tests/unit/boot_check.h"

static struct fake_memory memory;
static const struct boot_memory mem = { fake_at, &memory };
static struct boot_info info;
static uint64_t rsdp;
static const char *why;

enum { INFO = 0x21e0, MODULES = 0x21c0, COMMAND_LINE = 0x11c0, MAP = 0x5a8, MAP_COUNT = 9 };

static bool parse(void)
{
    bool ok = pvh_parse(INFO, &mem, &info, &rsdp, &why);
    fake_release(&memory);
    return ok;
}

/* QEMU's structure, to be changed through `field`. */
static void machine(void)
{
    fake_clear(&memory);
    fake_load(&memory, "qemu-q35-pvh.mem");
}

static void field(uint64_t piece, int offset, uint64_t value, int bytes)
{
    put_le(fake_piece(&memory, piece) + offset, value, bytes);
}

static const char *qemu(void)
{
    machine();
    CHECK(parse() && rsdp == 0xf59e0 && strcmp(info.command_line, "console=ttyS0 test=1") == 0);
    CHECK(info.bundle.base == 0x7fd5000 && info.bundle.size == 0x2000 && info.firmware.size == 0);
    CHECK(info.ram.count == 2 && info.ram.r[0].base == 0 && info.ram.r[0].size == 0x9fc00);
    CHECK(info.ram.r[1].base == 0x100000 && info.ram.r[1].size == 0x7edf000);
    return NULL;
}

static const char *versions(void)
{
    machine();
    field(INFO, 4, 2, 4); /* later versions only append */
    CHECK(parse() && info.ram.count == 2);
    machine();
    field(INFO, 4, 0, 4);
    field(INFO, 12, 0, 4);
    field(INFO, 24, 0, 8);
    field(INFO, 32, 0, 8);
    for (uint32_t i = 0; i < memory.count; i++)
        if (memory.piece[i].phys == INFO)
            memory.piece[i].size = 40;
    CHECK(parse() && info.ram.count == 0 && info.bundle.size == 0 && info.command_line[0] == 0 && rsdp == 0);
    field(INFO, 4, 1, 4);
    CHECK_REFUSED(parse(), why, "PVH start info: beyond readable memory");
    return NULL;
}

static const char *bad_info(void)
{
    fake_clear(&memory);
    CHECK_REFUSED(parse(), why, "PVH start info: beyond readable memory");
    machine();
    field(INFO, 0, 0x336ec579, 4);
    CHECK_REFUSED(parse(), why, "PVH start info: magic");
    machine();
    field(INFO, 16, UINT64_MAX - 3, 8);
    CHECK_REFUSED(parse(), why, "PVH start info: module list beyond readable memory");
    machine();
    field(MODULES, 8, UINT64_MAX, 8);
    CHECK_REFUSED(parse(), why, "PVH start info: module wraps");
    return NULL;
}

static const char *bad_command_line(void)
{
    const char *beyond = "PVH start info: command line beyond readable memory";
    char text[257];
    machine();
    field(INFO, 24, UINT64_MAX, 8);
    CHECK_REFUSED(parse(), why, beyond);
    machine();
    fake_piece(&memory, COMMAND_LINE)[20] = 'x';
    CHECK_REFUSED(parse(), why, beyond);
    memset(text, 'x', sizeof text);
    fake_add(&memory, UINT64_MAX - 4, text, 4); /* to the end of the address space */
    field(INFO, 24, UINT64_MAX - 4, 8);
    CHECK_REFUSED(parse(), why, beyond);
    fake_add(&memory, 0x50000, text, sizeof text);
    field(INFO, 24, 0x50000, 8);
    CHECK_REFUSED(parse(), why, "PVH start info: command line longer than 255 bytes");
    fake_piece(&memory, 0x50000)[255] = 0;
    CHECK(parse() && strlen(info.command_line) == 255);
    return NULL;
}

static const char *bad_map(void)
{
    const char *count = "PVH start info: memmap_entries is 0 or above 4096";
    const char *beyond = "PVH start info: memory map beyond readable memory";
    const char *wraps = "PVH start info: a memory map entry wraps, or there are too many";
    machine();
    field(INFO, 48, 0, 4);
    CHECK_REFUSED(parse(), why, count);
    field(INFO, 48, 4097, 4);
    CHECK_REFUSED(parse(), why, count);
    field(INFO, 48, 4096, 4);
    CHECK_REFUSED(parse(), why, beyond);
    field(INFO, 48, MAP_COUNT + 1, 4);
    CHECK_REFUSED(parse(), why, beyond);
    field(INFO, 48, MAP_COUNT, 4);
    field(INFO, 40, UINT64_MAX - 20, 8);
    CHECK_REFUSED(parse(), why, beyond);
    machine();
    field(MAP, 8, UINT64_MAX, 8);
    field(MAP, 0, 1, 8);
    CHECK_REFUSED(parse(), why, wraps);
    machine();
    field(MAP, 24 + 8, UINT64_MAX, 8); /* a reserved one */
    CHECK_REFUSED(parse(), why, wraps);
    return NULL;
}

/* Only what the parser reads of QEMU's image, so that mutations hit it. */
static const char *mutated(void)
{
    static const uint64_t read[] = { INFO, MODULES, COMMAND_LINE, MAP };
    struct fake_memory original = { 0 };
    uint32_t accepted = 0;
    fake_load(&original, "qemu-q35-pvh.mem");
    for (int round = 0; round < 200000; round++) {
        fake_clear(&memory);
        for (uint32_t i = 0; i < original.count; i++)
            for (uint32_t j = 0; j < 4; j++)
                if (original.piece[i].phys == read[j])
                    fake_add(&memory, read[j], original.piece[i].bytes, original.piece[i].size);
        uint32_t victim = (uint32_t)random_below(memory.count);
        mutate(memory.piece[victim].bytes, memory.piece[victim].size);
        if (random_below(8) == 0)
            memory.piece[victim].size = random_below(memory.piece[victim].size + 1);
        bool ok = parse();
        accepted += ok;
        CHECK(!ok || (info.ram.count <= BOOT_RANGES && memchr(info.command_line, 0, BOOT_COMMAND_LINE)));
        CHECK(!ok || info.bundle.size <= UINT64_MAX - info.bundle.base);
    }
    fake_clear(&original);
    CHECK(accepted > 10000);
    return NULL;
}

int main(void)
{
    static const struct group groups[] = {
        { "pvh: QEMU's start info", qemu }, { "pvh: versions", versions }, { "pvh: bad start info", bad_info },
        { "pvh: bad command line", bad_command_line }, { "pvh: bad memory map", bad_map }, { "pvh: mutated", mutated },
    };
    int failed = run_groups(groups, sizeof groups / sizeof groups[0]);
    fake_clear(&memory);
    return failed;
}
