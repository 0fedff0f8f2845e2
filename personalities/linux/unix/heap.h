/* The server's own memory: small objects of a few sizes, and runs of pages.
 *
 * Whoever frees says how much it was, so nothing is stored beside an object. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HEAP_PAGE 4096ul

/* Zeroed memory, or null if there is no more.  From half a page on, whole pages. */
void *heap_alloc(size_t bytes) __attribute__((warn_unused_result, malloc));
/* Takes it back; `bytes` as it was allocated.  Null is passed over. */
void heap_free(void *object, size_t bytes);

/* Pages handed out, and pages that the heap may have at most. */
uint64_t heap_pages_used(void);
uint64_t heap_pages_limit(void);
