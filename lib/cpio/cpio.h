/*
 * Iterating over a cpio archive in the newc format (cpio(5), "New ASCII Format"): the bundle that user level boots from.
 * Nothing is copied or allocated: an entry points into the archive. The archive is untrusted, and every number in it is checked.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct cpio_entry {
    const char *name;     /* NUL-terminated, without a leading "./" or "/"; "." is the root directory */
    uint32_t name_length; /* bytes before the NUL */
    uint32_t mode;        /* POSIX: type and permissions */
    uint32_t ino, uid, gid, nlink;
    uint32_t mtime; /* seconds since 1970 */
    uint32_t dev_major, dev_minor;   /* where the file was; with ino, which files are hard links of one another */
    uint32_t rdev_major, rdev_minor; /* of a device file */
    const void *data; /* a file's content or a symbolic link's target (no NUL). Of hard links only the last one has it */
    uint64_t size;    /* bytes of data */
};

enum cpio_step {
    CPIO_END,   /* the trailer: no entry */
    CPIO_ENTRY, /* `out` is the entry */
    CPIO_BAD,   /* malformed or cut off here: no entry */
};

/* The entry at `*offset`, 0 for the first, in an archive of `size` bytes. Only CPIO_ENTRY moves `*offset`, to the next entry. */
enum cpio_step cpio_next(const void *archive, uint64_t size, uint64_t *offset, struct cpio_entry *out)
    __attribute__((warn_unused_result));

/* The first entry of this name (a leading "./" or "/" does not count), or false. Stops at the first malformed entry. */
bool cpio_find(const void *archive, uint64_t size, const char *name, struct cpio_entry *out)
    __attribute__((warn_unused_result));
