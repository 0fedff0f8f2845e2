// sources: kernel/firmware/acpi.c kernel/firmware/acpi_tables.c
/* The ACPI parser: QEMU's tables, tables built here with one thing wrong, and mutated ones. */
#include "kernel/firmware/acpi.h"
#include "tests/unit/boot_check.h"

static struct fake_memory memory;
static const struct boot_memory mem = { fake_at, &memory };
static struct acpi_facts facts;
static const char *why;

enum { RSDP = 0xf0000, XSDT = 0x1000, RSDT = 0x1800, MADT = 0x2000, FADT = 0x5000, OTHER = 0x6000 };

static bool parse(void)
{
    bool ok = acpi_parse(RSDP, &mem, &facts, &why);
    fake_release(&memory);
    return ok;
}

static void fix_sum(uint8_t *b, size_t size, size_t sum_at)
{
    uint8_t sum = 0;
    b[sum_at] = 0;
    for (size_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + b[i]);
    b[sum_at] = (uint8_t)-sum;
}

/* A table with `size` bytes, of which those behind the header are given. Its header's length can be made to lie. */
static uint8_t *table(uint64_t phys, const char *signature, const void *body, size_t size)
{
    uint8_t b[2048] = { 0 };
    memcpy(b, signature, 4);
    put_le(b + 4, size, 4);
    memcpy(b + 36, body, size - 36);
    fix_sum(b, size, 9);
    return fake_add(&memory, phys, b, size);
}

static void rsdp(uint64_t phys, int revision)
{
    uint8_t b[36] = "RSD PTR ";
    b[15] = (uint8_t)revision;
    put_le(b + 16, RSDT, 4);
    put_le(b + 20, 36, 4);
    put_le(b + 24, XSDT, 8);
    fix_sum(b, 20, 8);
    fix_sum(b, 36, 32);
    fake_add(&memory, phys, b, revision < 2 ? 20 : 36);
}

static const uint8_t madt_body[] = {
    0,  0,  0xe0, 0xfe, 1, 0, 0, 0,                                     /* local APIC, PC-AT compatible */
    0,  8,  1,    0,    1, 0, 0, 0,                                     /* processor 1, APIC 0 */
    0,  8,  2,    4,    0, 0, 0, 0,                                     /* not enabled */
    0,  8,  3,    0xff, 1, 0, 0, 0,                                     /* no APIC */
    9,  16, 0,    0,    0, 1, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0,             /* x2APIC 0x100, processor 7 */
    9,  16, 0,    0,    0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,             /* APIC 0 again */
    1,  12, 9,    0,    0, 0, 0xc0, 0xfe, 24, 0, 0, 0,                  /* I/O APIC 9, inputs from 24 */
    2,  10, 0,    9,    20, 0, 0, 0, 0xf, 0,                            /* 9 -> 20, low, level */
    2,  10, 0,    0,    2, 0, 0, 0, 0, 0,                               /* 0 -> 2 as ISA has it */
    4,  6,  0xff, 0,    0, 1,                                           /* NMI */
    5,  12, 0,    0,    0, 0, 0xe1, 0xfe, 1, 0, 0, 0,                   /* local APICs at 0x1fee10000 */
    13, 2,
};

static void set_gas(uint8_t *fadt, int offset, int space, int bits, uint64_t address)
{
    fadt[offset] = (uint8_t)space;
    fadt[offset + 1] = (uint8_t)bits;
    put_le(fadt + offset + 4, address, 8);
}

/* `fadt` counts from the start of the table, as the specification does. */
static void fadt_body(uint8_t fadt[276])
{
    memset(fadt, 0, 276);
    put_le(fadt + 64, 0x604, 4);
    put_le(fadt + 76, 0x608, 4);
    fadt[89] = 2;
    fadt[91] = 4;
    put_le(fadt + 112, 1 << 8 | 1 << 10, 4);
    set_gas(fadt, 116, 1, 8, 0xcf9);
    fadt[128] = 0xf;
}

/* A root table of both kinds that names all of the tables, behind an RSDP of the revision. */
static void roots(int revision)
{
    static const uint64_t all[] = { FADT, 0, OTHER, MADT, MADT };
    uint8_t wide[40], narrow[20];
    for (int i = 0; i < 5; i++) {
        put_le(wide + 8 * i, all[i], 8);
        put_le(narrow + 4 * i, all[i], 4);
    }
    rsdp(RSDP, revision);
    table(XSDT, "XSDT", wide, 36 + sizeof wide);
    table(RSDT, "RSDT", narrow, 36 + sizeof narrow);
}

static void machine(int revision)
{
    uint8_t fadt[276];
    fake_clear(&memory);
    roots(revision);
    fadt_body(fadt);
    table(MADT, "APIC", madt_body, 36 + sizeof madt_body);
    table(FADT, "FACP", fadt + 36, 276);
    table(OTHER, "SSDT", "", 36);
}

/* Put the piece at `phys` out of sight. */
static void hide(uint64_t phys)
{
    for (uint32_t i = 0; i < memory.count; i++)
        if (memory.piece[i].phys == phys)
            memory.piece[i].phys = UINT64_MAX;
}

/* A machine whose table at `phys` is replaced by one with this body. */
static bool parse_with(uint64_t phys, const char *signature, const void *body, size_t body_size)
{
    machine(2);
    hide(phys);
    table(phys, signature, body, 36 + body_size);
    return parse();
}

static const char *qemu_tables(void)
{
    fake_clear(&memory);
    fake_load(&memory, "qemu-q35-pvh.mem");
    CHECK(acpi_parse(0xf59e0, &mem, &facts, &why));
    fake_release(&memory);
    CHECK(facts.has_madt && facts.local_apic == 0xfee00000 && facts.has_pics && facts.cpu_count == 2);
    CHECK(facts.cpu[0].apic_id == 0 && facts.cpu[1].apic_id == 1 && facts.cpus_left_out == 0);
    CHECK(facts.ioapic_count == 1 && facts.ioapic[0].base == 0xfec00000 && facts.ioapic[0].gsi_base == 0);
    CHECK(facts.override_count == 5 && facts.override[0].source == 0 && facts.override[0].gsi == 2);
    CHECK(facts.override[1].source == 5 && facts.override[1].level && !facts.override[1].active_low);
    CHECK(facts.fixed.present && facts.fixed.pm_timer.address == 0x608);
    CHECK(facts.fixed.pm_timer.space == ACPI_PORT && facts.fixed.pm1a_control.address == 0x604);
    CHECK(facts.fixed.reset.address == 0xcf9 && facts.fixed.reset_value == 0xf);
    return NULL;
}

static const char *built_tables(void)
{
    for (int revision = 0; revision <= 2; revision += 2) {
        machine(revision);
        CHECK(parse());
        CHECK(facts.cpu_count == 2 && facts.cpu[1].apic_id == 0x100 && facts.cpu[1].uid == 7);
        CHECK(facts.local_apic == 0x1fee10000 && facts.ioapic[0].id == 9 && facts.ioapic[0].gsi_base == 24);
        CHECK(facts.override_count == 2 && facts.override[0].active_low && facts.override[0].level);
        CHECK(!facts.override[1].active_low && !facts.override[1].level && facts.fixed.pm_timer_is_32_bit);
    }
    return NULL;
}

/* Of two tables of one kind the first counts, and a revision 2 pointer without an XSDT means its RSDT. */
static const char *choices(void)
{
    static const uint8_t none[] = { 0, 0, 0, 0, 0, 0, 0, 0 };
    machine(2);
    table(OTHER + 0x100, "APIC", none, 44);
    put_le(fake_piece(&memory, RSDT) + 52, OTHER + 0x100, 4);
    fix_sum(fake_piece(&memory, RSDT), 56, 9);
    put_le(fake_piece(&memory, RSDP) + 24, 0, 8);
    fix_sum(fake_piece(&memory, RSDP), 36, 32);
    CHECK(parse() && facts.cpu_count == 2);
    return NULL;
}

static const char *nothing_optional(void)
{
    CHECK(parse_with(MADT, "APIC", "\0\0\0\0\0\0\0", 8) && facts.has_madt && facts.cpu_count == 0); /* no entries */
    fake_clear(&memory);
    rsdp(RSDP, 2);
    table(XSDT, "XSDT", "", 36);
    CHECK(parse() && !facts.has_madt && !facts.fixed.present);
    return NULL;
}

static const char *searching(void)
{
    uint8_t window[256] = { 0 };
    fake_clear(&memory);
    rsdp(0, 0);
    memcpy(window + 0x44, fake_piece(&memory, 0), 20); /* not aligned */
    memcpy(window + 0x60, fake_piece(&memory, 0), 20);
    window[0x6e]++; /* wrong sum */
    memcpy(window + 0xc0, fake_piece(&memory, 0), 20);
    fake_clear(&memory);
    fake_add(&memory, 0xe0000, window, sizeof window);
    CHECK(acpi_find_rsdp(&mem, (struct range){ 0xe0000, 0x20000 }) == 0xe00c0);
    CHECK(acpi_find_rsdp(&mem, (struct range){ 0xe0000, 0xd4 }) == 0xe00c0);
    CHECK(acpi_find_rsdp(&mem, (struct range){ 0xe0000, 0xd3 }) == 0);
    CHECK(acpi_find_rsdp(&mem, (struct range){ 0xe00c0, 20 }) == 0xe00c0);
    CHECK(acpi_find_rsdp(&mem, (struct range){ 0xe00d0, 0x20000 }) == 0 && acpi_find_rsdp(&mem, (struct range){ 0xe0000, 19 }) == 0);
    CHECK(acpi_find_rsdp(&mem, (struct range){ 0xe0000, UINT64_MAX }) == 0 && acpi_find_rsdp(&mem, (struct range){ 0, 0 }) == 0);
    fake_release(&memory);
    return NULL;
}

/* Drop the piece at `phys` down to its first `size` bytes. */
static void shorten(uint64_t phys, uint64_t size)
{
    for (uint32_t i = 0; i < memory.count; i++)
        if (memory.piece[i].phys == phys)
            memory.piece[i].size = size;
}

static const char *bad_rsdp(void)
{
    const char *beyond = "ACPI RSDP: beyond readable memory";
    fake_clear(&memory);
    CHECK_REFUSED(parse(), why, beyond);
    machine(2);
    shorten(RSDP, 35);
    CHECK_REFUSED(parse(), why, beyond);
    machine(2);
    fake_piece(&memory, RSDP)[8]++;
    CHECK_REFUSED(parse(), why, "ACPI RSDP: signature or checksum");
    machine(2);
    memcpy(fake_piece(&memory, RSDP), "RSD PTS", 7);
    fix_sum(fake_piece(&memory, RSDP), 20, 8);
    CHECK_REFUSED(parse(), why, "ACPI RSDP: signature or checksum");
    machine(2);
    fake_piece(&memory, RSDP)[33]++;
    CHECK_REFUSED(parse(), why, "ACPI RSDP: extended checksum");
    for (uint32_t length = 35; length != 0; length = length == 35 ? 4097 : 0) {
        machine(2);
        put_le(fake_piece(&memory, RSDP) + 20, length, 4);
        CHECK_REFUSED(parse(), why, "ACPI RSDP: length");
    }
    machine(2);
    put_le(fake_piece(&memory, RSDP) + 20, 40, 4);
    CHECK_REFUSED(parse(), why, beyond);
    return NULL;
}

/* Whatever lies about a table's bounds, for each table of which the content is read. */
static const char *bad_bounds(uint64_t phys, const char *name, int revision)
{
    char length[64], beyond[64], sum[64];
    snprintf(length, sizeof length, "ACPI %s: length", name);
    snprintf(beyond, sizeof beyond, "ACPI %s: beyond readable memory", name);
    snprintf(sum, sizeof sum, "ACPI %s: checksum", name);
    machine(revision);
    fake_piece(&memory, phys)[20]++;
    CHECK_REFUSED(parse(), why, sum);
    static const uint32_t lengths[] = { 0, 35, (1 << 20) + 1, 0xffffffff };
    for (int i = 0; i < 4; i++) {
        machine(revision);
        put_le(fake_piece(&memory, phys) + 4, lengths[i], 4);
        CHECK_REFUSED(parse(), why, length);
    }
    machine(revision);
    put_le(fake_piece(&memory, phys) + 4, 1 << 20, 4);
    CHECK_REFUSED(parse(), why, beyond);
    machine(revision);
    uint8_t *b = fake_piece(&memory, phys); /* a sound table that is shorter than its fixed part, or not of whole entries */
    put_le(b + 4, 38, 4);
    fix_sum(b, 38, 9);
    CHECK_REFUSED(parse(), why, length);
    return NULL;
}

static const char *bad_tables(void)
{
    const char *failed;
    if ((failed = bad_bounds(XSDT, "XSDT", 2)) || (failed = bad_bounds(RSDT, "RSDT", 0)) ||
        (failed = bad_bounds(MADT, "MADT", 2)) || (failed = bad_bounds(FADT, "FADT", 2)))
        return failed;
    machine(2);
    fake_piece(&memory, XSDT)[0] = 'R';
    CHECK_REFUSED(parse(), why, "ACPI root table: signature");
    machine(2);
    shorten(XSDT, 35);
    CHECK_REFUSED(parse(), why, "ACPI XSDT: beyond readable memory");
    machine(2);
    shorten(OTHER, 35);
    CHECK_REFUSED(parse(), why, "ACPI root table: an entry points beyond readable memory");
    return NULL;
}

static bool parse_madt(const uint8_t *entries, size_t size)
{
    uint8_t body[1600] = { 0 };
    memcpy(body + 8, entries, size);
    return parse_with(MADT, "APIC", body, 8 + size);
}

#define MADT_ENTRY(...) parse_madt((const uint8_t[]){ __VA_ARGS__ }, sizeof(const uint8_t[]){ __VA_ARGS__ })

static const char *bad_madt(void)
{
    const char *length = "ACPI MADT: entry length", *flags = "ACPI MADT: interrupt source override flags";
    CHECK_REFUSED(MADT_ENTRY(13, 0), why, length);
    CHECK_REFUSED(MADT_ENTRY(13, 1), why, length);
    CHECK_REFUSED(MADT_ENTRY(13), why, length);
    CHECK_REFUSED(MADT_ENTRY(13, 4, 0), why, length);
    CHECK_REFUSED(MADT_ENTRY(0, 7, 0, 0, 0, 0, 0), why, length);
    CHECK_REFUSED(MADT_ENTRY(1, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0), why, length);
    CHECK_REFUSED(MADT_ENTRY(2, 9, 0, 0, 0, 0, 0, 0, 0), why, length);
    CHECK_REFUSED(MADT_ENTRY(5, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0), why, length);
    CHECK_REFUSED(MADT_ENTRY(9, 15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), why, length);
    CHECK_REFUSED(MADT_ENTRY(2, 10, 1, 0, 0, 0, 0, 0, 0, 0), why,
                  "ACPI MADT: interrupt source override of a bus that is not ISA");
    CHECK_REFUSED(MADT_ENTRY(2, 10, 0, 0, 0, 0, 0, 0, 2, 0), why, flags);
    CHECK_REFUSED(MADT_ENTRY(2, 10, 0, 0, 0, 0, 0, 0, 8, 0), why, flags);
    uint8_t many[33 * 12] = { 0 };
    for (int i = 0; i < 33; i++)
        many[12 * i] = 1, many[12 * i + 1] = 12;
    CHECK(parse_madt(many, 32 * 12) && facts.ioapic_count == 32);
    CHECK_REFUSED(parse_madt(many, 33 * 12), why, "ACPI MADT: more than 32 I/O APICs");
    for (int i = 0; i < 33; i++)
        many[12 * i] = 2;
    CHECK(parse_madt(many, 32 * 12) && facts.override_count == 32);
    CHECK_REFUSED(parse_madt(many, 33 * 12), why, "ACPI MADT: more than 32 interrupt source overrides");
    return NULL;
}

static const char *many_cpus(void)
{
    enum { EXTRA = 5, ENTRY = 16, SIZE = 44 + (ACPI_CPUS + EXTRA) * ENTRY };
    static uint8_t big[SIZE];
    memcpy(big, "APIC", 4);
    put_le(big + 4, SIZE, 4);
    for (uint32_t i = 0; i < ACPI_CPUS + EXTRA; i++) {
        uint8_t *e = big + 44 + i * ENTRY;
        e[0] = 9, e[1] = ENTRY, e[8] = 1;
        put_le(e + 4, i, 4);
    }
    fix_sum(big, SIZE, 9);
    machine(2);
    hide(MADT);
    fake_add(&memory, MADT, big, SIZE);
    CHECK(parse() && facts.cpu_count == ACPI_CPUS && facts.cpus_left_out == EXTRA && facts.cpu[255].apic_id == 255);
    return NULL;
}

static const char *bad_fadt(void)
{
    const char *control = "ACPI FADT: PM1a_CNT_BLK length or address space", *timer = "ACPI FADT: PM_TMR_BLK length or address space";
    const char *reset = "ACPI FADT: RESET_REG address space or width";
    uint8_t f[276];
    fadt_body(f);
    f[89] = 1;
    CHECK_REFUSED(parse_with(FADT, "FACP", f + 36, 240), why, control);
    fadt_body(f);
    f[91] = 0;
    CHECK_REFUSED(parse_with(FADT, "FACP", f + 36, 240), why, timer);
    fadt_body(f);
    set_gas(f, 172, 127, 16, 5);
    CHECK_REFUSED(parse_with(FADT, "FACP", f + 36, 240), why, control);
    fadt_body(f);
    set_gas(f, 208, 2, 32, 5);
    CHECK_REFUSED(parse_with(FADT, "FACP", f + 36, 240), why, timer);
    fadt_body(f);
    f[116] = 3;
    CHECK_REFUSED(parse_with(FADT, "FACP", f + 36, 240), why, reset);
    f[116] = 1, f[117] = 16;
    CHECK_REFUSED(parse_with(FADT, "FACP", f + 36, 240), why, reset);
    CHECK_REFUSED(parse_with(FADT, "FACP", f + 36, 79), why, "ACPI FADT: length");
    return NULL;
}

/* Old, short tables, 64-bit block addresses, and machines without the fixed registers. */
static const char *fadt_versions(void)
{
    uint8_t f[276];
    fadt_body(f);
    CHECK(parse_with(FADT, "FACP", f + 36, 116 - 36) && facts.fixed.reset.address == 0 && facts.fixed.pm_timer.bits == 32);
    CHECK(facts.fixed.pm1a_control.address == 0x604 && facts.fixed.pm1a_control.bits == 16);
    set_gas(f, 172, 0, 16, 0x100000604);
    set_gas(f, 208, 1, 32, 0x1608);
    CHECK(parse_with(FADT, "FACP", f + 36, 240) && facts.fixed.pm1a_control.address == 0x100000604);
    CHECK(facts.fixed.pm1a_control.space == ACPI_MEMORY && facts.fixed.pm_timer.address == 0x1608);
    CHECK(parse_with(FADT, "FACP", f + 36, 220 - 36) && facts.fixed.pm_timer.address == 0x1608);
    CHECK(parse_with(FADT, "FACP", f + 36, 219 - 36) && facts.fixed.pm_timer.address == 0x608);
    f[114] |= 1 << 4;
    CHECK(parse_with(FADT, "FACP", f + 36, 240) && facts.fixed.hardware_reduced && facts.fixed.pm_timer.address == 0);
    CHECK(facts.fixed.reset.address == 0xcf9);
    fadt_body(f);
    f[91] = 0;
    put_le(f + 76, 0, 4);
    CHECK(parse_with(FADT, "FACP", f + 36, 240) && facts.fixed.pm_timer.address == 0);
    return NULL;
}

/* Mutate one table, then mostly make the sums right again, so that what is behind the checks is reached too. */
static void mutate_one(uint64_t start)
{
    uint32_t i = (uint32_t)random_below(memory.count);
    uint8_t *b = memory.piece[i].bytes;
    uint64_t size = memory.piece[i].size;
    mutate(b, size);
    if (random_below(8) == 0)
        return;
    if (memory.piece[i].phys == start) {
        fix_sum(b, 20, 8);
        if (size >= 36)
            fix_sum(b, 36, 32);
    } else if (size >= 36) {
        uint32_t length = b[4] | b[5] << 8;
        fix_sum(b, length > 9 && length <= size ? length : size, 9);
    }
}

static const char *mutated(void)
{
    uint32_t accepted = 0;
    uint8_t saved[PIECES][512];
    for (int revision = 0; revision <= 2; revision += 2) {
        machine(revision);
        for (uint32_t i = 0; i < memory.count; i++)
            memcpy(saved[i], memory.piece[i].bytes, memory.piece[i].size);
        for (int round = 0; round < 100000; round++) {
            uint32_t whole = (uint32_t)random_below(memory.count);
            uint64_t size = memory.piece[whole].size;
            mutate_one(RSDP);
            if (random_below(8) == 0)
                memory.piece[whole].size = random_below(size + 1);
            bool ok = parse();
            accepted += ok;
            CHECK(!ok || (facts.cpu_count <= ACPI_CPUS && facts.ioapic_count <= ACPI_IOAPICS));
            memory.piece[whole].size = size;
            for (uint32_t i = 0; i < memory.count && random_below(4) == 0; i++)
                memcpy(memory.piece[i].bytes, saved[i], memory.piece[i].size);
            if (!ok)
                for (uint32_t i = 0; i < memory.count; i++)
                    memcpy(memory.piece[i].bytes, saved[i], memory.piece[i].size);
        }
    }
    CHECK(accepted > 10000); /* else the mutations stop at the checksums, and the test tests little */
    return NULL;
}

int main(void)
{
    static const struct group groups[] = {
        { "acpi: QEMU's tables", qemu_tables },
        { "acpi: tables built here", built_tables },
        { "acpi: which table counts", choices },
        { "acpi: nothing optional", nothing_optional },
        { "acpi: searching the root pointer", searching },
        { "acpi: bad root pointer", bad_rsdp },
        { "acpi: bad table bounds", bad_tables },
        { "acpi: bad MADT", bad_madt },
        { "acpi: many cpus", many_cpus },
        { "acpi: bad FADT", bad_fadt },
        { "acpi: FADT versions", fadt_versions },
        { "acpi: mutated", mutated },
    };
    int failed = run_groups(groups, sizeof groups / sizeof groups[0]);
    fake_clear(&memory);
    return failed;
}
