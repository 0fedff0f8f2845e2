/* Index types and small helpers that every kernel file uses.
 *
 * Kernel objects are named by index, never by a stored pointer.  Each table has its own index type, so that a mix-up
 * does not compile.  Index 0 is NIL in every table. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <isthmus/abi.h>

typedef struct { uint32_t i; } cell_ix;
typedef struct { uint32_t i; } frame_ix;
typedef struct { uint32_t i; } core_ix;

/* A page-table entry: index of the table's frame * 512 + index of the entry. */
typedef struct { uint32_t i; } entry_ix;

#define NIL_CELL ((cell_ix){ 0 })
#define NIL_FRAME ((frame_ix){ 0 })
#define NIL_ENTRY ((entry_ix){ 0 })

enum {
    PAGE_SIZE = 1u << ISTHMUS_PAGE_BITS,
    LARGE_FRAMES = 1u << (ISTHMUS_LARGE_BITS - ISTHMUS_PAGE_BITS), /* frames in a large frame */
    TABLE_ENTRIES = 512,                                            /* entries in a page table, on every ISA */
    MAX_CORES = 64,
    MAX_IRQ = 1024,
    MAX_TABLE_FRAMES = 1u << 23, /* an entry_ix holds a frame index of 23 bits */
};

typedef enum isthmus_error error;

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define MUST_CHECK __attribute__((warn_unused_result))
