/* Several channels on the one serial line.
 *
 * DLE (0x10) and a letter: what follows belongs to that channel; DLE DLE: the byte 0x10 itself.  The line begins on
 * channel 'k', the log; 'r' has the results of tests.  DLE 'p' goes back to the channel before the last switch: who logs ends
 * with it in the same system call, so that the console, in whose output it may have come, goes on where it was. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define LOG_DLE     0x10
#define LOG_KERNEL  'k'
#define LOG_RESULTS 'r'
#define LOG_BACK    'p'

/* Fills chunk with as many of the bytes as fit, encoded for that channel, and moves *bytes and *count past them.  Returns
 * the size of the chunk, at most 56 bytes; 0 if *count is 0. */
size_t log_encode(char channel, const char **bytes, size_t *count, uint8_t chunk[static 56]);
