// sources: lib/cpio/cpio.c
/* The iterator over newc archives: archives built here, whole, with one thing wrong, and mutated. */
#include "lib/cpio/cpio.h"
#include "tests/unit/cpio_writer.h"

static struct cpio_entry entry;
static uint64_t offset;
static uint8_t *copy;
static uint32_t copy_size;

/* Iterate from the start over an exact-size copy of the first `size` bytes. */
static void use_bytes(uint32_t size)
{
    free(copy);
    copy = exact_copy(archive, size);
    copy_size = size;
    offset = 0;
}

static enum cpio_step next(void)
{
    return cpio_next(copy, copy_size, &offset, &entry);
}

static bool find(const char *name)
{
    return cpio_find(copy, copy_size, name, &entry);
}

static void machine(void)
{
    archive_start();
    archive_add(".", 040755, "", 0);
    archive_add("root", 0100755, "program", 7);
    archive_add("./etc", 040755, "", 0);
    archive_add("etc/motd", 0100644, "hello", 5);
    archive_add("/link", 0120777, "etc/motd", 8);
    archive_end();
    use_bytes(archive_size);
}

static const char *iterating(void)
{
    static const char *const names[] = { ".", "root", "etc", "etc/motd", "link" };
    static const uint64_t sizes[] = { 0, 7, 0, 5, 8 };
    machine();
    for (int i = 0; i < 5; i++) {
        CHECK(next() == CPIO_ENTRY && strcmp(entry.name, names[i]) == 0 && entry.size == sizes[i]);
        CHECK(entry.name_length == strlen(names[i]) && offset % 4 == 0);
    }
    uint64_t end = offset;
    CHECK(memcmp(entry.data, "etc/motd", 8) == 0 && entry.mode == 0120777);
    CHECK(next() == CPIO_END && next() == CPIO_END && offset == end);
    return NULL;
}

static const char *fields(void)
{
    machine();
    CHECK(next() == CPIO_ENTRY && entry.ino == 0xabcd0000 && entry.uid == 0xabcd0002 && entry.gid == 0xabcd0003);
    CHECK(entry.nlink == 0xabcd0004 && entry.mtime == 0xabcd0005 && entry.dev_major == 0xabcd0007);
    memcpy(archive + 6, "0189AFaf", 8); /* the first and last digit of each kind */
    use_bytes(archive_size);
    CHECK(next() == CPIO_ENTRY && entry.ino == 0x0189afaf);
    CHECK(entry.dev_minor == 0xabcd0008 && entry.rdev_major == 0xabcd0009 && entry.rdev_minor == 0xabcd000a);
    return NULL;
}

static const char *finding(void)
{
    machine();
    CHECK(find("etc/motd") && entry.size == 5 && memcmp(entry.data, "hello", 5) == 0);
    CHECK(find("./etc/motd") && find("/etc/motd") && find("/link") && find("link") && find("etc"));
    CHECK(find("/") && entry.mode == 040755 && find("./") && find("."));
    CHECK(!find("etc/") && !find("etc/mot") && !find("etc/motd2") && !find("TRAILER!!!") && !find("motd"));
    archive_start();
    archive_add("d/x", 0100644, "", 0);
    archive_add(".profile", 0100644, "", 0);
    use_bytes(archive_size);
    CHECK(find("d/x") && find(".profile") && !find("/x") && !find("profile"));
    archive_start();
    archive_add("a", 0100644, "1", 1);
    archive_add("a", 0100644, "22", 2);
    uint32_t broken = archive_add("b", 0100644, "", 0);
    archive_add("c", 0100644, "", 0);
    archive_field(broken, NAME_SIZE, 9);
    use_bytes(archive_size);
    CHECK(find("a") && entry.size == 1 && !find("b") && !find("c"));
    return NULL;
}

/* The last padding may be missing, the trailer may not. */
static const char *ends(void)
{
    archive_start();
    archive_add("abc", 0100644, "12345", 5);
    use_bytes(archive_size - 3);
    CHECK(next() == CPIO_ENTRY && entry.size == 5 && next() == CPIO_BAD);
    use_bytes(archive_size);
    CHECK(next() == CPIO_ENTRY && next() == CPIO_BAD);
    offset = UINT64_MAX;
    CHECK(next() == CPIO_BAD && offset == UINT64_MAX);
    archive_end();
    use_bytes(archive_size - 3);
    CHECK(next() == CPIO_ENTRY && next() == CPIO_END);
    archive_start();
    archive_add("abc", 0100644, "", 0);
    use_bytes(archive_size);
    CHECK(next() == CPIO_ENTRY && (const uint8_t *)entry.data == copy + copy_size && next() == CPIO_BAD);
    memset(archive + CPIO_HEADER, 'x', 6); /* a name that fills the archive and has no NUL */
    archive_field(0, NAME_SIZE, 6);
    use_bytes(CPIO_HEADER + 6);
    CHECK(next() == CPIO_BAD);
    return NULL;
}

static const char *refused(void)
{
    machine();
    for (uint32_t size = 0; size < archive_size - 1; size++) { /* the trailer's name ends one byte before its padding does */
        use_bytes(size);
        int steps = 0;
        enum cpio_step step;
        while ((step = next()) == CPIO_ENTRY)
            steps++;
        CHECK(steps <= 5 && (step == CPIO_BAD || (step == CPIO_END && size >= archive_size - 3)));
    }
    static const struct {
        int field;
        uint32_t value;
    } wrong[] = { { NAME_SIZE, 0 }, { NAME_SIZE, 1 }, { NAME_SIZE, 3 }, { NAME_SIZE, 0xffffffff }, { FILE_SIZE, 0xffffffff }, { FILE_SIZE, 4000 } };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        machine();
        archive_field(0, wrong[i].field, wrong[i].value);
        use_bytes(archive_size);
        CHECK(next() == CPIO_BAD && offset == 0);
    }
    static const char digits[] = { 'g', 'G', '/', ':', '@', '`', ' ', 0 };
    for (size_t i = 0; i < sizeof digits; i++) {
        machine();
        archive[6 + 13 * i] = (uint8_t)digits[i];
        use_bytes(archive_size);
        CHECK(next() == CPIO_BAD);
    }
    machine();
    archive[5] = '2'; /* the format with checksums */
    use_bytes(archive_size);
    CHECK(next() == CPIO_BAD);
    return NULL;
}

static const char *mutated(void)
{
    uint8_t original[sizeof archive];
    uint32_t entries = 0;
    machine();
    memcpy(original, archive, sizeof archive);
    for (int round = 0; round < 200000; round++) {
        memcpy(archive, original, archive_size);
        mutate(archive, archive_size);
        use_bytes(random_below(8) ? archive_size : (uint32_t)random_below(archive_size + 1));
        uint64_t before = 0;
        while (next() == CPIO_ENTRY) {
            const uint8_t *data = entry.data;
            CHECK(offset >= before + CPIO_HEADER && data >= copy && data + entry.size <= copy + copy_size);
            CHECK(strlen(entry.name) == entry.name_length && entry.name_length != 0);
            before = offset;
            entries++;
        }
    }
    CHECK(entries > 100000);
    return NULL;
}

int main(void)
{
    static const struct group groups[] = {
        { "cpio: iterating", iterating }, { "cpio: fields", fields },   { "cpio: finding", finding },
        { "cpio: ends", ends },           { "cpio: refused", refused }, { "cpio: mutated", mutated },
    };
    int failed = run_groups(groups, sizeof groups / sizeof groups[0]);
    free(copy);
    return failed;
}
