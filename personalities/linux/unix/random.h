/* Random bytes: ChaCha20 (RFC 8439, 2.3) with a key that is replaced by its own output after each use, so that what was
 * given out cannot be computed from what is kept; and a way to stir in what an outsider does not know. */
#pragma once

#include <stddef.h>
#include <stdint.h>

void random_stir(uint64_t value);
void random_bytes(void *out, size_t bytes);
