/* What the tests of servers/memory share: a fake kernel, which aborts on a request that the real one would refuse, and a heap
 * of malloc, so that the address sanitizer sees every use of a freed record. */
#pragma once
#include "servers/memory/account.h"
#include "servers/memory/kernel.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char check_message[400];

/* A group is a function that returns NULL or why it failed. */
#define CHECK(condition)                                                                        \
    do {                                                                                        \
        if (!(condition)) {                                                                     \
            snprintf(check_message, sizeof check_message, "line %d: %s", __LINE__, #condition); \
            return check_message;                                                               \
        }                                                                                       \
    } while (0)

/* For what is never to happen, wherever it is seen. */
#define MUST(condition)                                                   \
    do {                                                                  \
        if (!(condition)) {                                               \
            printf("not ok fake: line %d: %s\n", __LINE__, #condition);   \
            fflush(stdout);                                               \
            abort();                                                      \
        }                                                                 \
    } while (0)

struct group {
    const char *name;
    const char *(*run)(void);
};

static inline int run_groups(const struct group *groups, size_t count)
{
    int failed = 0;
    for (size_t i = 0; i < count; i++) {
        const char *why = groups[i].run();
        failed |= why != NULL;
        if (why)
            printf("not ok %s: %s\n", groups[i].name, why);
        else
            printf("ok %s\n", groups[i].name);
        fflush(stdout);
    }
    return failed;
}

/* xorshift64*: the same sequence everywhere. */
static uint64_t random_state = 0x1571571571571571;

static inline uint64_t random_below(uint64_t n)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545f4914f6cdd1d % n;
}

/* ---- the fake kernel: page tables of small spaces, and RAM that can run out ---- */

enum { FAKE_PAGES = 4096, FAKE_SPACES = 16, FAKE_BASE_page = 16, FAKE_ENTRIES = 512 };

static struct {
    void *bytes[FAKE_PAGES];
    uint64_t made, limit; /* frames there are, and may be */
    uint64_t calls;       /* system calls so far */
    bool tables_fail;     /* no frame for a page table */
    struct {
        page_no page;
        unsigned flags;
    } entry[FAKE_SPACES][FAKE_ENTRIES]; /* by kernel_space.task and page number - FAKE_BASE_page */
} fake;

#ifndef REAL_HEAP
static uint64_t heap_blocks, heap_left = UINT64_MAX;

void *heap_take(size_t bytes)
{
    if (heap_left == 0)
        return NULL;
    heap_left -= heap_left != UINT64_MAX;
    heap_blocks++;
    return calloc(1, bytes ? bytes : 1);
}

void heap_put(void *block, size_t bytes)
{
    if (block) {
        memset(block, 0xdb, bytes); /* the size that it was taken with: the sanitizer sees if not */
        heap_blocks--;
        free(block);
    }
}
#endif

void *kernel_heap_grow(size_t bytes)
{
    return calloc(1, bytes);
}

enum isthmus_error kernel_page_create(page_no page)
{
    MUST(page > 0 && page < FAKE_PAGES && !fake.bytes[page]);
    if (fake.made == fake.limit)
        return ISTHMUS_E_MEMORY;
    fake.made++;
    fake.bytes[page] = calloc(1, PAGE_BYTES);
    return ISTHMUS_OK;
}

void kernel_page_destroy(page_no page)
{
    MUST(fake.bytes[page]);
    for (int s = 0; s < FAKE_SPACES; s++)
        for (int i = 0; i < FAKE_ENTRIES; i++)
            if (fake.entry[s][i].page == page)
                fake.entry[s][i].page = 0;
    free(fake.bytes[page]);
    fake.bytes[page] = NULL;
    fake.made--;
}

void *kernel_page_bytes(page_no page)
{
    MUST(page > 0 && page < FAKE_PAGES && fake.bytes[page]);
    return fake.bytes[page];
}

static inline uint64_t fake_index(uint64_t address, uint64_t pages)
{
    uint64_t index = (address >> PAGE_BITS) - FAKE_BASE_page;
    MUST(address % PAGE_BYTES == 0 && pages > 0 && index < FAKE_ENTRIES && pages <= FAKE_ENTRIES - index);
    return index;
}

static inline void fake_check_flags(unsigned flags)
{
    MUST(flags & 1 && flags < 8 && (flags & 6) != 6);
}

enum isthmus_error kernel_map(struct kernel_space *space, uint64_t address, page_no page, unsigned flags)
{
    uint64_t i = fake_index(address, 1);
    fake.calls++;
    fake_check_flags(flags);
    MUST(page > 0 && page < FAKE_PAGES && fake.bytes[page] && fake.entry[space->task][i].page == 0);
    if (fake.tables_fail)
        return ISTHMUS_E_MEMORY;
    fake.entry[space->task][i].page = page;
    fake.entry[space->task][i].flags = flags;
    return ISTHMUS_OK;
}

void kernel_unmap(struct kernel_space *space, uint64_t address, uint64_t pages)
{
    uint64_t i = fake_index(address, pages);
    fake.calls++;
    for (uint64_t n = 0; n < pages; n++)
        fake.entry[space->task][i + n].page = 0;
}

void kernel_protect(struct kernel_space *space, uint64_t address, uint64_t pages, unsigned flags)
{
    uint64_t i = fake_index(address, pages);
    fake.calls++;
    fake_check_flags(flags);
    for (uint64_t n = 0; n < pages; n++) {
        MUST(!fake.entry[space->task][i + n].page || !(flags & ~fake.entry[space->task][i + n].flags));
        fake.entry[space->task][i + n].flags = flags;
    }
}
