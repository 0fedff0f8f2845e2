/* Building newc archives for the tests of both readers of them. */
#pragma once
#include "tests/unit/boot_check.h"

enum { CPIO_HEADER = 110 };
/* Numbers of a header, in their order. */
enum { INO, MODE, UID, GID, NLINK, MTIME, FILE_SIZE, DEV_MAJOR, DEV_MINOR, RDEV_MAJOR, RDEV_MINOR, NAME_SIZE, CHECKSUM };

static uint8_t archive[4096];
static uint32_t archive_size;

static inline void archive_start(void)
{
    memset(archive, 0, sizeof archive);
    archive_size = 0;
}

/* A number of the header at `header`, as eight digits. */
static inline void archive_field(uint32_t header, int field, uint32_t value)
{
    char digits[9];
    snprintf(digits, sizeof digits, "%08x", value);
    memcpy(archive + header + 6 + 8 * field, digits, 8);
}

/* Add an entry; answers where its header is. Each number that is not a size is made to differ. */
static inline uint32_t archive_add(const char *name, uint32_t mode, const void *data, uint32_t size)
{
    uint32_t header = archive_size, name_size = (uint32_t)strlen(name) + 1;
    memcpy(archive + header, "070701", 6);
    for (int field = INO; field <= CHECKSUM; field++)
        archive_field(header, field, 0xABCD0000 + (uint32_t)field);
    archive_field(header, MODE, mode);
    archive_field(header, FILE_SIZE, size);
    archive_field(header, NAME_SIZE, name_size);
    memcpy(archive + header + CPIO_HEADER, name, name_size);
    archive_size = (header + CPIO_HEADER + name_size + 3) & ~3u;
    if (size)
        memcpy(archive + archive_size, data, size);
    archive_size = (archive_size + size + 3) & ~3u;
    return header;
}

static inline void archive_end(void)
{
    archive_add("TRAILER!!!", 0, "", 0);
}
