/* The first file of the bundle, a cpio archive in the newc format (cpio(5), "New ASCII Format"): the root task's program.
 * The rest of the archive is user level's to read, with an iterator of its own in lib/cpio. */
#pragma once
#include "kernel/boot/boot.h"

struct cpio_file {
    const char *name; /* NUL-terminated, inside of the archive */
    const void *data;
    uint64_t size; /* bytes of data */
};

/* False unless the archive of `size` bytes starts with a regular file that lies inside of it. */
bool cpio_first(const void *archive, uint64_t size, struct cpio_file *out, const char **why) BOOT_MUST_CHECK;
