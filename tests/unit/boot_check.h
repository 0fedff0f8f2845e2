/* What the tests of kernel/boot and kernel/firmware share: groups of checks, a deterministic random source, exact-size buffers
 * (so that the address sanitizer sees the first byte read beyond one), and a physical memory made of such buffers. */
#pragma once
#include "kernel/boot/boot.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char check_message[400];

/* A group is a function that returns NULL or why it failed. */
#define CHECK(condition)                                                                             \
    do {                                                                                             \
        if (!(condition)) {                                                                          \
            snprintf(check_message, sizeof check_message, "line %d: %s", __LINE__, #condition);      \
            return check_message;                                                                    \
        }                                                                                            \
    } while (0)

/* The call must answer false and set `why` to exactly this message. */
#define CHECK_REFUSED(call, why, message)                                                                     \
    do {                                                                                                      \
        (why) = "(nothing)";                                                                                  \
        bool accepted = (call);                                                                               \
        if (accepted || strcmp((why), (message)) != 0) {                                                      \
            snprintf(check_message, sizeof check_message, "line %d: wanted \"%s\", got %s \"%s\"", __LINE__,  \
                     (message), accepted ? "true" : "false", (why));                                          \
            return check_message;                                                                             \
        }                                                                                                     \
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
    }
    return failed;
}

/* xorshift64*: the same sequence everywhere. */
static uint64_t random_state = 0x1571571571571571;

static inline uint64_t random_u64(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545f4914f6cdd1d;
}

static inline uint64_t random_below(uint64_t n)
{
    return random_u64() % n;
}

static inline void *exact_copy(const void *bytes, size_t size)
{
    void *copy = malloc(size ? size : 1);
    if (size)
        memcpy(copy, bytes, size);
    return copy;
}

/* Change a few bytes, in the ways that upset parsers: random, extreme, off by a little, or a 32-bit word at once. */
static inline void mutate(uint8_t *b, size_t size)
{
    static const uint8_t extremes[] = { 0, 1, 0x7f, 0x80, 0xff };
    for (uint64_t n = 1 + random_below(4); size != 0 && n > 0; n--) {
        uint8_t *at = b + random_below(size);
        switch (random_below(4)) {
        case 0:
            *at = (uint8_t)random_u64();
            break;
        case 1:
            *at = extremes[random_below(sizeof extremes)];
            break;
        case 2:
            *at = (uint8_t)(*at + random_below(9) - 4);
            break;
        default:
            if ((size_t)(b + size - at) >= 4)
                memset(at, random_below(2) ? 0xff : 0, 4);
        }
    }
}

/* The file `name` of tests/unit/data, beside this file; stops the test when it cannot be read. */
static inline uint8_t *read_data(const char *name, size_t *size)
{
    char path[512];
    snprintf(path, sizeof path, "%.*sdata/%s", (int)(strrchr(__FILE__, '/') + 1 - __FILE__), __FILE__, name);
    FILE *f = fopen(path, "rb");
    static uint8_t buffer[1 << 16];
    if (!f || (*size = fread(buffer, 1, sizeof buffer, f)) == 0) {
        printf("not ok %s: cannot read it\n", path);
        exit(1);
    }
    fclose(f);
    return exact_copy(buffer, *size);
}

/* Physical memory: pieces of it are readable, the rest is not. `at` hands out a copy of exactly what was asked for, so that
 * reading past that is caught even where more would be readable. */
enum { PIECES = 32, COPIES = 4096 };

struct fake_memory {
    uint32_t count, copies;
    struct {
        uint64_t phys, size;
        uint8_t *bytes;
    } piece[PIECES];
    void *copy[COPIES];
};

static inline const void *fake_at(void *ctx, uint64_t phys, uint64_t len)
{
    struct fake_memory *m = ctx;
    for (uint32_t i = 0; i < m->count && len != 0; i++) {
        uint64_t offset = phys - m->piece[i].phys;
        if (phys < m->piece[i].phys || offset > m->piece[i].size || len > m->piece[i].size - offset)
            continue;
        if (m->copies == COPIES)
            abort();
        return m->copy[m->copies++] = exact_copy(m->piece[i].bytes + offset, len);
    }
    return NULL;
}

/* Give back the copies; call it after every parse. */
static inline void fake_release(struct fake_memory *m)
{
    while (m->copies > 0)
        free(m->copy[--m->copies]);
}

static inline uint8_t *fake_add(struct fake_memory *m, uint64_t phys, const void *bytes, size_t size)
{
    m->piece[m->count].phys = phys;
    m->piece[m->count].size = size;
    m->piece[m->count].bytes = exact_copy(bytes, size);
    return m->piece[m->count++].bytes;
}

static inline void fake_clear(struct fake_memory *m)
{
    fake_release(m);
    while (m->count > 0)
        free(m->piece[--m->count].bytes);
}

/* The bytes of the piece that starts at `phys`. */
static inline uint8_t *fake_piece(struct fake_memory *m, uint64_t phys)
{
    for (uint32_t i = 0; i < m->count; i++)
        if (m->piece[i].phys == phys)
            return m->piece[i].bytes;
    printf("not ok fake memory: no piece at %#llx\n", (unsigned long long)phys);
    exit(1);
}

static inline void put_le(uint8_t *b, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        b[i] = (uint8_t)(value >> 8 * i);
}

static inline void put_be(uint8_t *b, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        b[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
}

/* Load a memory image: records of 64-bit address, 64-bit length and the bytes. */
static inline void fake_load(struct fake_memory *m, const char *name)
{
    size_t size, at = 0;
    uint8_t *file = read_data(name, &size);
    while (at + 16 <= size) {
        uint64_t head[2];
        memcpy(head, file + at, sizeof head);
        fake_add(m, head[0], file + at + 16, head[1]);
        at += 16 + head[1];
    }
    free(file);
}
