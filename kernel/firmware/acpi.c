#include "kernel/firmware/acpi.h"
#include "kernel/firmware/acpi_tables.h"
#include "kernel/boot/bytes.h"

/* Root System Description Pointer, section 5.2.5.3. */
enum { RSDP_REVISION = 15, RSDP_RSDT = 16, RSDP_LENGTH = 20, RSDP_XSDT = 24, RSDP1_SIZE = 20, RSDP2_SIZE = 36 };
enum { RSDP_ALIGN = 16, RSDP_WINDOW = 1 << 20, RSDP_SIZE_MAX = 4096 };

/* Every table: signature, 32-bit length (section 5.2.6). The tables read here are all far smaller than the limit, which
 * bounds the checksum's loop. */
enum { TABLE_LENGTH = 4, TABLE_SIZE_MAX = 1 << 20 };

typedef bool table_reader(const uint8_t *table, uint32_t length, struct acpi_facts *out, const char **why);

struct table_kind {
    const char *signature;
    table_reader *take;
    const char *bad_length, *beyond, *bad_sum;
};

/* clang-format off */
#define TABLE(signature, name, take) \
    { signature, take, "ACPI " name ": length", "ACPI " name ": beyond readable memory", "ACPI " name ": checksum" }
/* clang-format on */

static const struct table_kind rsdt_kind = TABLE("RSDT", "RSDT", 0);
static const struct table_kind xsdt_kind = TABLE("XSDT", "XSDT", 0);

enum { TABLE_KINDS = 2 };
static const struct table_kind kinds[TABLE_KINDS] = {
    TABLE("APIC", "MADT", acpi_take_madt),
    TABLE("FACP", "FADT", acpi_take_fadt),
};

static bool bad(const char **why, const char *message)
{
    *why = message;
    return false;
}

static const uint8_t *at(const struct boot_memory *mem, uint64_t phys, uint64_t length)
{
    return mem->at(mem->ctx, phys, length);
}

static bool sums_to_zero(const uint8_t *b, uint32_t length)
{
    uint8_t sum = 0;
    for (uint32_t i = 0; i < length; i++)
        sum = (uint8_t)(sum + b[i]);
    return sum == 0;
}

/* The whole table of a known kind, of which the header has been read. NULL and `*why` when it lies. */
static const uint8_t *whole_table(const struct table_kind *kind, uint64_t phys, const uint8_t *header,
                                  const struct boot_memory *mem, const char **why)
{
    uint32_t length = le32(header + TABLE_LENGTH);
    const uint8_t *table = NULL;
    if (length < ACPI_HEADER || length > TABLE_SIZE_MAX)
        *why = kind->bad_length;
    else if (!(table = at(mem, phys, length)))
        *why = kind->beyond;
    else if (!sums_to_zero(table, length))
        *why = kind->bad_sum;
    else
        return table;
    return NULL;
}

/* Is this the root pointer, as far as ACPI 1.0 defined it? */
static bool is_rsdp(const uint8_t *b)
{
    return bytes_are(b, 8, "RSD PTR ") && sums_to_zero(b, RSDP1_SIZE);
}

uint64_t acpi_find_rsdp(const struct boot_memory *mem, struct range window)
{
    if (window.size > UINT64_MAX - window.base)
        return 0;
    for (uint64_t i = 0; i < RSDP_WINDOW && window.size >= RSDP1_SIZE && i <= window.size - RSDP1_SIZE; i += RSDP_ALIGN) {
        const uint8_t *b = at(mem, window.base + i, RSDP1_SIZE);
        if (!b)
            return 0;
        if (is_rsdp(b))
            return window.base + i;
    }
    return 0;
}

/* The root table: which kind, and where. */
struct root {
    const struct table_kind *kind;
    uint64_t phys;
    uint32_t entry; /* bytes of a pointer in it */
};

static bool read_rsdp2(uint64_t rsdp, const struct boot_memory *mem, struct root *out, const char **why)
{
    const uint8_t *b = at(mem, rsdp, RSDP2_SIZE);
    if (!b)
        return bad(why, "ACPI RSDP: beyond readable memory");
    uint32_t length = le32(b + RSDP_LENGTH);
    if (length < RSDP2_SIZE || length > RSDP_SIZE_MAX)
        return bad(why, "ACPI RSDP: length");
    b = at(mem, rsdp, length);
    if (!b)
        return bad(why, "ACPI RSDP: beyond readable memory");
    if (!sums_to_zero(b, length))
        return bad(why, "ACPI RSDP: extended checksum");
    if (le64(b + RSDP_XSDT) != 0) /* preferred, section 5.2.8; else the RSDT stays */
        *out = (struct root){ &xsdt_kind, le64(b + RSDP_XSDT), 8 };
    return true;
}

static bool read_rsdp(uint64_t rsdp, const struct boot_memory *mem, struct root *out, const char **why)
{
    const uint8_t *b = at(mem, rsdp, RSDP1_SIZE);
    if (!b)
        return bad(why, "ACPI RSDP: beyond readable memory");
    if (!is_rsdp(b))
        return bad(why, "ACPI RSDP: signature or checksum");
    *out = (struct root){ &rsdt_kind, le32(b + RSDP_RSDT), 4 };
    return b[RSDP_REVISION] < 2 || read_rsdp2(rsdp, mem, out, why);
}

/* Read the table at `phys` if its kind is known. Of several of one kind the first counts: `seen` has a bit a kind. */
static bool take_table(uint64_t phys, const struct boot_memory *mem, uint32_t *seen, struct acpi_facts *out, const char **why)
{
    const uint8_t *header = at(mem, phys, ACPI_HEADER);
    if (!header)
        return bad(why, "ACPI root table: an entry points beyond readable memory");
    for (uint32_t k = 0; k < TABLE_KINDS; k++) {
        if (!bytes_are(header, 4, kinds[k].signature) || (*seen & 1u << k))
            continue;
        const uint8_t *table = whole_table(&kinds[k], phys, header, mem, why);
        *seen |= 1u << k;
        return table && kinds[k].take(table, le32(table + TABLE_LENGTH), out, why);
    }
    return true;
}

bool acpi_parse(uint64_t rsdp, const struct boot_memory *mem, struct acpi_facts *out, const char **why)
{
    struct root root;
    *out = (struct acpi_facts){ 0 };
    if (!read_rsdp(rsdp, mem, &root, why))
        return false;
    const uint8_t *header = at(mem, root.phys, ACPI_HEADER);
    if (!header)
        return bad(why, root.kind->beyond);
    if (!bytes_are(header, 4, root.kind->signature))
        return bad(why, "ACPI root table: signature");
    const uint8_t *table = whole_table(root.kind, root.phys, header, mem, why);
    if (!table)
        return false;
    uint32_t length = le32(table + TABLE_LENGTH), seen = 0;
    if ((length - ACPI_HEADER) % root.entry != 0)
        return bad(why, root.kind->bad_length);
    for (uint32_t i = ACPI_HEADER; i < length; i += root.entry) {
        uint64_t phys = root.entry == 8 ? le64(table + i) : le32(table + i);
        if (phys != 0 && !take_table(phys, mem, &seen, out, why)) /* some firmware leaves empty entries */
            return false;
    }
    return true;
}
