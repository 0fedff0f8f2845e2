/* Moving bytes between the program's memory and a file, a bulk buffer at a time. */
#pragma once

#include <stdint.h>

#define POSITION_OWN UINT64_MAX /* the file's own position */

/* Linux's result: the bytes moved, even if an error came after the first of them. */
int64_t io_read(int64_t fd, uint64_t to, uint64_t size, uint64_t position);
int64_t io_write(int64_t fd, uint64_t from, uint64_t size, uint64_t position);
