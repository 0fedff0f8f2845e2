// sources: kernel/boot/cpio.c lib/cpio/cpio.c
/* The kernel's reader of the bundle's first file, which has to agree with user level's reader of the whole archive. */
#include "kernel/boot/cpio.h"
#include "lib/cpio/cpio.h"
#include "tests/unit/cpio_writer.h"

static struct cpio_file file;
static const char *why;

/* Parse an exact-size copy; `file` points into it, so look at it with `data_is` only before the next call. */
static uint8_t *copy;

static bool parse_bytes(uint32_t size)
{
    free(copy);
    copy = exact_copy(archive, size);
    return cpio_first(copy, size, &file, &why);
}

static bool parse(void)
{
    return parse_bytes(archive_size);
}

static void machine(void)
{
    archive_start();
    archive_add("root", 0100755, "program", 7);
    archive_add("data", 0100644, "12345", 5);
    archive_end();
}

static const char *first(void)
{
    machine();
    CHECK(parse() && strcmp(file.name, "root") == 0 && file.size == 7 && memcmp(file.data, "program", 7) == 0);
    archive_start();
    archive_add("empty", 0100644, "", 0);
    CHECK(parse() && file.size == 0 && (const uint8_t *)file.data == copy + archive_size);
    return NULL;
}

static const char *refused(void)
{
    const char *name = "bundle: first name beyond the archive or without its NUL", *beyond = "bundle: first file beyond the archive";
    const char *digit = "bundle: first header has a digit that is not hexadecimal";
    machine();
    CHECK_REFUSED(parse_bytes(0), why, "bundle: too small for a cpio header");
    CHECK_REFUSED(parse_bytes(109), why, "bundle: too small for a cpio header");
    archive[5] = '2';
    CHECK_REFUSED(parse(), why, "bundle: not a cpio archive in newc format");
    static const char wrong[] = { 'g', 'G', '/', ':', '@', '`', ' ', 0 };
    for (size_t i = 0; i < sizeof wrong; i++) {
        machine();
        archive[6 + 13 * i] = (uint8_t)wrong[i];
        CHECK_REFUSED(parse(), why, digit);
    }
    static const uint32_t name_sizes[] = { 0, 4, 6, 0xffffffff };
    for (int i = 0; i < 4; i++) {
        machine();
        archive_field(0, NAME_SIZE, name_sizes[i]);
        CHECK_REFUSED(parse(), why, name);
    }
    machine();
    CHECK_REFUSED(parse_bytes(114), why, name);
    machine();
    CHECK_REFUSED(parse_bytes(115), why, beyond);
    CHECK_REFUSED(parse_bytes(122), why, beyond);
    archive_field(0, FILE_SIZE, 0xffffffff);
    CHECK_REFUSED(parse(), why, beyond);
    archive_start();
    archive_add(".", 040755, "", 0);
    CHECK_REFUSED(parse(), why, "bundle: first entry is not a regular file");
    archive_start();
    archive_end();
    CHECK_REFUSED(parse(), why, "bundle: first entry is not a regular file");
    return NULL;
}

/* On every input both readers see the same first file, or the kernel's sees none. */
static const char *agreed(void)
{
    struct cpio_entry entry;
    uint8_t original[sizeof archive];
    uint32_t accepted = 0;
    machine();
    memcpy(original, archive, sizeof archive);
    for (int round = 0; round < 200000; round++) {
        uint64_t offset = 0;
        memcpy(archive, original, archive_size);
        mutate(archive, random_below(2) ? 120 : archive_size);
        uint32_t size = random_below(8) ? archive_size : (uint32_t)random_below(archive_size + 1);
        if (!parse_bytes(size))
            continue;
        accepted++;
        CHECK((const uint8_t *)file.data >= copy && file.size <= (uint64_t)(copy + size - (const uint8_t *)file.data));
        enum cpio_step step = cpio_next(copy, size, &offset, &entry);
        CHECK(step == CPIO_ENTRY && entry.data == file.data && entry.size == file.size && (entry.mode & 0170000) == 0100000);
        CHECK(strlen(file.name) >= entry.name_length);
    }
    CHECK(accepted > 10000);
    return NULL;
}

int main(void)
{
    static const struct group groups[] = {
        { "bundle: first file", first },
        { "bundle: refused", refused },
        { "bundle: mutated, both readers agree", agreed },
    };
    int failed = run_groups(groups, sizeof groups / sizeof groups[0]);
    free(copy);
    return failed;
}
