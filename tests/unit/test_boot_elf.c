// sources: kernel/boot/elf.c
/* The ELF planner: images built here, whole, with one thing wrong, and mutated. */
#include "kernel/boot/elf.h"
#include "tests/unit/boot_check.h"

#define LIMIT (1ull << 38)

enum { EHDR = 64, PHDR = 56, PT_LOAD = 1, PT_DYNAMIC = 2, PT_INTERP = 3, PT_NOTE = 4, PT_STACK = 0x6474e551 };

static struct elf_plan plan;
static const char *why;
static uint8_t image[4096];
static uint32_t headers;

static void put(uint32_t offset, uint64_t value, int bytes)
{
    put_le(image + offset, value, bytes);
}

static void start(void)
{
    memset(image, 0, sizeof image);
    memcpy(image, "\177ELF\2\1\1", 7);
    put(16, 2, 2);
    put(18, ELF_MACHINE_RISCV, 2);
    put(20, 1, 4);
    put(24, 0x10010, 8);
    put(32, EHDR, 8);
    put(54, PHDR, 2);
    headers = 0;
}

static void header(uint32_t type, uint32_t flags, uint64_t offset, uint64_t vaddr, uint64_t file_size, uint64_t memory_size)
{
    uint32_t at = EHDR + PHDR * headers++;
    put(at, type, 4);
    put(at + 4, flags, 4);
    put(at + 8, offset, 8);
    put(at + 16, vaddr, 8);
    put(at + 32, file_size, 8);
    put(at + 40, memory_size, 8);
    put(56, headers, 2);
}

static bool parse_bytes(size_t size)
{
    uint8_t *copy = exact_copy(image, size);
    bool ok = elf_parse(copy, size, ELF_MACHINE_RISCV, LIMIT, &plan, &why);
    free(copy);
    return ok;
}

static bool parse(void)
{
    return parse_bytes(sizeof image);
}

static void text(void)
{
    header(PT_LOAD, ELF_R | ELF_X, 0x400, 0x10000, 0x100, 0x100);
}

static void machine(void)
{
    start();
    text();
    header(PT_NOTE, ELF_R, 0, 0, 0, 0);
    header(PT_LOAD, ELF_R, 0x500, 0x11500, 0x80, 0x80);
    header(PT_LOAD, ELF_R | ELF_W, 0x600, 0x12600, 0x10, 0x5000);
    header(PT_STACK, ELF_R | ELF_W, 0, 0, 0, 0);
}

static const char *whole(void)
{
    machine();
    CHECK(parse() && plan.entry == 0x10010 && plan.count == 3);
    CHECK(plan.segment[0].vaddr == 0x10000 && plan.segment[0].flags == (ELF_R | ELF_X) && plan.segment[0].offset == 0x400);
    CHECK(plan.segment[2].file_size == 0x10 && plan.segment[2].memory_size == 0x5000 && plan.segment[2].flags == (ELF_R | ELF_W));
    machine();
    header(PT_LOAD, ELF_R | ELF_W, 0, LIMIT - 0x1000, 0, 0x1000); /* to the last byte, nothing of it in the file */
    header(PT_LOAD, ELF_R, 0, 0, 0, 0);                           /* an empty one is no segment */
    header(PT_INTERP, ELF_R, 0, 0, 0, 0);
    put(56, headers - 1, 2); /* and what follows the last header is none */
    CHECK(parse() && plan.count == 4);
    return NULL;
}

/* What just fits: first and last addresses, the ends of the file and of the headers. */
static const char *just_fits(void)
{
    start();
    header(PT_LOAD, ELF_X, sizeof image - 16, BOOT_PAGE, 16, 16);
    header(PT_LOAD, ELF_R, sizeof image, 2 * BOOT_PAGE, 0, 1);
    put(24, BOOT_PAGE, 8);
    CHECK(parse() && plan.count == 2 && plan.entry == BOOT_PAGE && plan.segment[0].file_size == 16);
    put(24, BOOT_PAGE + 15, 8);
    CHECK(parse());
    start();
    CHECK_REFUSED(parse_bytes(EHDR), why, "root program: ELF entry outside of the executable segments");
    machine();
    CHECK_REFUSED(parse_bytes(EHDR + 5 * PHDR), why, "root program: ELF segment beyond the file");
    return NULL;
}

static const char *bad_header(void)
{
    static const struct {
        uint32_t offset, value;
        int bytes;
        const char *message;
    } cases[] = {
        { 0, 'x', 1, "root program: not an ELF file" },
        { 4, 1, 1, "root program: ELF class, byte order or version" },
        { 5, 2, 1, "root program: ELF class, byte order or version" },
        { 6, 0, 1, "root program: ELF class, byte order or version" },
        { 20, 2, 4, "root program: ELF class, byte order or version" },
        { 16, 3, 2, "root program: ELF type is not ET_EXEC" },
        { 18, ELF_MACHINE_X86_64, 2, "root program: built for another machine" },
        { 54, 32, 2, "root program: ELF program header entry size" },
        { 32, sizeof image + 1, 4, "root program: ELF program headers beyond the file" },
        { 36, 0xffffffff, 4, "root program: ELF program headers beyond the file" },
        { 56, 0xffff, 2, "root program: ELF program headers beyond the file" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        machine();
        put(cases[i].offset, cases[i].value, cases[i].bytes);
        CHECK_REFUSED(parse(), why, cases[i].message);
    }
    for (uint32_t size = 0; size < EHDR; size++) {
        machine();
        CHECK_REFUSED(parse_bytes(size), why, "root program: not an ELF file");
    }
    CHECK_REFUSED(parse_bytes(EHDR + 5 * PHDR - 1), why, "root program: ELF program headers beyond the file");
    return NULL;
}

static const char *bad_segments(void)
{
    const char *outside = "root program: ELF segment outside of user addresses", *file = "root program: ELF segment beyond the file";
    const char *order = "root program: ELF segments share a page or are not in ascending order";
    static const struct {
        uint32_t flags;
        uint64_t offset, vaddr, file_size, memory_size;
        int message;
    } cases[] = {
        { ELF_R, 0, 0x20000, 0x11, 0x10, 0 },
        { ELF_R, 0, 0x20000, 1, 0, 0 },
        { ELF_R, sizeof image + 1, 0x20000, 0, 1, 1 },
        { ELF_R, sizeof image - 1, 0x20000, 2, 2, 1 },
        { ELF_R, UINT64_MAX, 0x20000, 2, 2, 1 },
        { ELF_R, 0, 0x20000, UINT64_MAX, UINT64_MAX, 1 },
        { ELF_R, 0, LIMIT, 1, 1, 2 },
        { ELF_R, 0, LIMIT - 1, 1, 2, 2 },
        { ELF_R, 0, 0x20000, 1, UINT64_MAX, 2 },
        { ELF_R, 0, UINT64_MAX, 1, 1, 2 },
        { ELF_R, 0, 0x10fff, 1, 1, 3 },
        { ELF_R, 0, 0xf000, 1, 1, 3 },
        { ELF_R | ELF_W | ELF_X, 0, 0x20000, 1, 1, 4 },
        { ELF_W | ELF_X, 0, 0x20000, 1, 1, 4 },
        { ELF_W, 0, 0x20000, 1, 1, 5 },
    };
    const char *const messages[] = { "root program: ELF segment larger in the file than in memory", file, outside, order,
                                     "root program: ELF segment both writable and executable",
                                     "root program: ELF segment writable but not readable" };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start();
        text();
        header(PT_LOAD, cases[i].flags, cases[i].offset, cases[i].vaddr, cases[i].file_size, cases[i].memory_size);
        CHECK_REFUSED(parse(), why, messages[cases[i].message]);
    }
    start();
    header(PT_LOAD, ELF_R | ELF_X, 0, 0xfff, 1, 1); /* page 0 */
    CHECK_REFUSED(parse(), why, outside);
    return NULL;
}

static const char *bad_programs(void)
{
    const char *entry = "root program: ELF entry outside of the executable segments";
    for (uint32_t type = PT_DYNAMIC; type <= PT_INTERP; type++) {
        machine();
        header(type, ELF_R, 0, 0, 0, 0);
        CHECK_REFUSED(parse(), why, "root program: not statically linked");
    }
    start();
    text();
    for (uint64_t i = 1; i < ELF_SEGMENTS; i++)
        header(PT_LOAD, ELF_R, 0, 0x20000 + 0x1000 * i, 1, 1);
    CHECK(parse() && plan.count == ELF_SEGMENTS);
    put(24, 0x9000, 8);
    CHECK_REFUSED(parse(), why, entry);
    header(PT_LOAD, ELF_R, 0, 0x40000, 1, 1);
    CHECK_REFUSED(parse(), why, "root program: more than 8 ELF segments");
    static const uint64_t entries[] = { 0, 0xffff, 0x10100, 0x11500, UINT64_MAX };
    for (int i = 0; i < 5; i++) {
        machine();
        put(24, entries[i], 8);
        CHECK_REFUSED(parse(), why, entry);
    }
    start();
    CHECK_REFUSED(parse(), why, entry);
    return NULL;
}

/* What a loader relies on, for whatever is accepted. */
static const char *plan_is_sound(size_t size)
{
    uint64_t end = BOOT_PAGE;
    bool entry = false;
    CHECK(plan.count <= ELF_SEGMENTS);
    for (uint32_t i = 0; i < plan.count; i++) {
        const struct elf_segment *s = &plan.segment[i];
        CHECK(s->vaddr / BOOT_PAGE * BOOT_PAGE >= end && s->memory_size != 0 && s->file_size <= s->memory_size);
        CHECK(s->offset <= size && s->file_size <= size - s->offset);
        CHECK(s->vaddr < LIMIT && s->memory_size <= LIMIT - s->vaddr);
        CHECK((s->flags & (ELF_W | ELF_X)) != (ELF_W | ELF_X));
        entry |= (s->flags & ELF_X) && plan.entry >= s->vaddr && plan.entry < s->vaddr + s->memory_size;
        end = (s->vaddr + s->memory_size + BOOT_PAGE - 1) / BOOT_PAGE * BOOT_PAGE;
    }
    CHECK(entry);
    return NULL;
}

static const char *mutated(void)
{
    uint8_t original[0x640];
    uint32_t accepted = 0;
    machine();
    memcpy(original, image, sizeof original);
    for (int round = 0; round < 200000; round++) {
        size_t size = random_below(8) ? sizeof original : random_below(sizeof original + 1);
        memcpy(image, original, sizeof original);
        mutate(image + (random_below(2) ? EHDR : 0), EHDR + 3 * PHDR);
        if (!parse_bytes(size))
            continue;
        accepted++;
        const char *failed = plan_is_sound(size);
        if (failed)
            return failed;
    }
    CHECK(accepted > 10000);
    return NULL;
}

int main(void)
{
    static const struct group groups[] = {
        { "elf: a whole program", whole },       { "elf: just fits", just_fits },
        { "elf: bad header", bad_header }, { "elf: bad segments", bad_segments },
        { "elf: bad programs", bad_programs }, { "elf: mutated", mutated },
    };
    return run_groups(groups, sizeof groups / sizeof groups[0]);
}
