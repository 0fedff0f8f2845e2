#include "lib/cpio/cpio.h"

/* Six bytes of magic, then thirteen numbers of eight hexadecimal digits each. */
enum { DIGITS = 8, MAGIC = 6, HEADER = 110 };

enum field {
    INO,
    MODE,
    UID,
    GID,
    NLINK,
    MTIME,
    FILE_SIZE,
    DEV_MAJOR,
    DEV_MINOR,
    RDEV_MAJOR,
    RDEV_MINOR,
    NAME_SIZE,
    CHECK, /* 0 in this format */
    FIELDS,
};
_Static_assert(HEADER == MAGIC + FIELDS * DIGITS, "header layout");

static bool text_is(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b)
        a++, b++;
    return *a == *b;
}

static bool magic_is_newc(const char *header)
{
    static const char magic[MAGIC] = { '0', '7', '0', '7', '0', '1' };
    uint32_t i = 0;
    while (i < MAGIC && header[i] == magic[i])
        i++;
    return i == MAGIC;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool read_fields(const char *header, uint32_t field[FIELDS])
{
    for (uint32_t i = 0; i < FIELDS * DIGITS; i++) {
        int value = digit_value(header[MAGIC + i]);
        if (value < 0)
            return false;
        field[i / DIGITS] = (i % DIGITS == 0 ? 0 : field[i / DIGITS] << 4) | (uint32_t)value;
    }
    return true;
}

/* Is the first NUL of the name its last byte? */
static bool name_is_sound(const char *name, uint64_t size)
{
    uint64_t length = 0;
    while (length < size && name[length] != '\0')
        length++;
    return length + 1 == size;
}

/* The name without "./" or "/" in front. Of "./" and "/" themselves what is left is empty: the root directory, ".". */
static const char *bare_name(const char *name)
{
    if (name[0] == '.' && name[1] == '/')
        name++;
    while (*name == '/')
        name++;
    return *name == '\0' ? "." : name;
}

static uint64_t align4(uint64_t n)
{
    return (n + 3) & ~(uint64_t)3;
}

static void fill(struct cpio_entry *out, const uint32_t field[FIELDS], const char *name, const char *data)
{
    uint32_t length = 0;
    name = bare_name(name);
    while (name[length] != '\0')
        length++;
    *out = (struct cpio_entry){
        .name = name,
        .name_length = length,
        .mode = field[MODE],
        .ino = field[INO],
        .uid = field[UID],
        .gid = field[GID],
        .nlink = field[NLINK],
        .mtime = field[MTIME],
        .dev_major = field[DEV_MAJOR],
        .dev_minor = field[DEV_MINOR],
        .rdev_major = field[RDEV_MAJOR],
        .rdev_minor = field[RDEV_MINOR],
        .data = data,
        .size = field[FILE_SIZE],
    };
}

/* Offsets stay within `size`, and what a header adds to one is below 2^34: nothing wraps unless the archive's end is near 2^64,
 * which no address space holds. */
enum cpio_step cpio_next(const void *archive, uint64_t size, uint64_t *offset, struct cpio_entry *out)
{
    const char *bytes = archive;
    uint32_t field[FIELDS];
    uint64_t at = *offset;
    if (at > size || size - at < HEADER || !magic_is_newc(bytes + at) || !read_fields(bytes + at, field))
        return CPIO_BAD;
    uint64_t name = at + HEADER;
    if (field[NAME_SIZE] > size - name || !name_is_sound(bytes + name, field[NAME_SIZE]))
        return CPIO_BAD;
    if (text_is(bytes + name, "TRAILER!!!"))
        return CPIO_END;
    uint64_t data = align4(name + field[NAME_SIZE]);
    if (data > size || field[FILE_SIZE] > size - data)
        return CPIO_BAD;
    fill(out, field, bytes + name, bytes + data);
    *offset = align4(data + field[FILE_SIZE]);
    return CPIO_ENTRY;
}

bool cpio_find(const void *archive, uint64_t size, const char *name, struct cpio_entry *out)
{
    uint64_t offset = 0;
    name = bare_name(name);
    while (cpio_next(archive, size, &offset, out) == CPIO_ENTRY)
        if (text_is(out->name, name))
            return true;
    return false;
}
