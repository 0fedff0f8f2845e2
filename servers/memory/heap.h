/* Memory for the server's own records: blocks of a power of two bytes, taken from pages that are never given back.
 *
 * A freed block is kept for the next of its size, so the heap is as large as the records ever were at once. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HEAP_LARGEST ((size_t)1 << 24) /* bytes of the largest block */

/* A zeroed block of at least that many bytes, or null if there is no memory or it is larger than HEAP_LARGEST. */
__attribute__((warn_unused_result)) void *heap_take(size_t bytes);

/* Takes a block back; `bytes` as it was taken with.  Null is passed over. */
void heap_put(void *block, size_t bytes);
