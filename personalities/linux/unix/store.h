/* The bytes of a regular file: pages, each there only once written.
 *
 * A file that came with the bundle borrows its bytes from there until it is written.  A file that a process maps or
 * executes is moved into a memory object, which processes and the server then share. */
#pragma once

#include "personalities/linux/unix/host.h"

#define STORE_PAGE 4096ul
#define STORE_MOST (64ull << 30)        /* bytes of one file, at most */

struct store {
	uint64_t size;
	uint8_t ***chunks;              /* [chunk][page]: null where there is a hole */
	uint64_t chunk_count;
	uint64_t pages;                 /* that are there */
	const uint8_t *borrowed;
	uint64_t borrowed_size;         /* bytes that are read from there where there is no page */
	struct host_object object;      /* with a handle: has all bytes */
};

/* Reads up to `length` bytes at `position`; what is not there is zero.  Returns how many: less at the end. */
size_t store_read(const struct store *store, uint64_t position, void *to, size_t length);
/* Writes, and makes the file longer if need be.  Returns how many bytes, or -EFBIG or -ENOSPC if none. */
int64_t store_write(struct store *store, uint64_t position, const void *from, size_t length);
/* Cuts it or adds a hole.  0, -EFBIG or -ENOSPC. */
int store_resize(struct store *store, uint64_t size);
/* Makes holes of whole pages and zeroes of the rest. */
int store_punch(struct store *store, uint64_t position, uint64_t length);
/* Moves the bytes into a memory object of at least as many pages. */
int store_share(struct store *store);
/* All files together may have so many pages at most: else they could take what processes need to remove them. */
void store_limit(uint64_t pages);
/* Bytes of memory it takes. */
uint64_t store_bytes(const struct store *store);
void store_free(struct store *store);
