/* Several channels on the one serial line.
 *
 * DLE (0x10) and a letter: what follows belongs to that channel; DLE DLE: the byte 0x10 itself.  The line begins on
 * channel 'k', the log; 'r' has the results of tests.  Whoever writes to another channel than 'k' goes back to it at the
 * end of the same system call, so that writers that do not know of each other never mix: the kernel writes 56 bytes at
 * a time without another's in between. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define LOG_DLE     0x10
#define LOG_KERNEL  'k'
#define LOG_RESULTS 'r'

/* Fills chunk with as many of the bytes as fit, encoded for that channel, and moves *bytes and *count past them.  Returns
 * the size of the chunk, at most 56 bytes; 0 if *count is 0. */
size_t log_encode(char channel, const char **bytes, size_t *count, uint8_t chunk[static 56]);
