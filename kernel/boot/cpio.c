#include "kernel/boot/cpio.h"
#include "kernel/boot/bytes.h"

/* Six bytes of magic, then thirteen numbers of eight hexadecimal digits each. */
enum { DIGITS = 8, MAGIC = 6, FIELDS = 13, HEADER = MAGIC + FIELDS * DIGITS };
enum { FIELD_MODE = 1, FIELD_FILE_SIZE = 6, FIELD_NAME_SIZE = 11 };
enum { MODE_TYPE = 0170000, MODE_REGULAR = 0100000 };

static bool bad(const char **why, const char *message)
{
    *why = message;
    return false;
}

static int digit_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool read_fields(const uint8_t *header, uint32_t field[FIELDS])
{
    for (uint32_t i = 0; i < FIELDS * DIGITS; i++) {
        int value = digit_value(header[MAGIC + i]);
        if (value < 0)
            return false;
        field[i / DIGITS] = (i % DIGITS == 0 ? 0 : field[i / DIGITS] << 4) | (uint32_t)value;
    }
    return true;
}

bool cpio_first(const void *archive, uint64_t size, struct cpio_file *out, const char **why)
{
    const uint8_t *b = archive;
    uint32_t field[FIELDS];
    *out = (struct cpio_file){ 0 };
    if (size < HEADER)
        return bad(why, "bundle: too small for a cpio header");
    if (!bytes_are(b, MAGIC, "070701"))
        return bad(why, "bundle: not a cpio archive in newc format");
    if (!read_fields(b, field))
        return bad(why, "bundle: first header has a digit that is not hexadecimal");
    uint64_t name_size = field[FIELD_NAME_SIZE];
    if (name_size > size - HEADER || bytes_find(b + HEADER, name_size, 0) + 1 != name_size)
        return bad(why, "bundle: first name beyond the archive or without its NUL");
    if ((field[FIELD_MODE] & MODE_TYPE) != MODE_REGULAR) /* the trailer of an empty archive has mode 0 */
        return bad(why, "bundle: first entry is not a regular file");
    uint64_t data = (HEADER + name_size + 3) & ~(uint64_t)3;
    if (data > size || field[FIELD_FILE_SIZE] > size - data)
        return bad(why, "bundle: first file beyond the archive");
    *out = (struct cpio_file){ (const char *)b + HEADER, b + data, field[FIELD_FILE_SIZE] };
    return true;
}
