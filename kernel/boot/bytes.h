/* Reading numbers and strings out of firmware's bytes: byte-wise, since nothing there has to be aligned. Every function
 * trusts its length argument; whoever calls has checked it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

static inline uint16_t le16(const uint8_t *b)
{
    return (uint16_t)(b[0] | b[1] << 8);
}

static inline uint32_t le32(const uint8_t *b)
{
    return (uint32_t)le16(b) | (uint32_t)le16(b + 2) << 16;
}

static inline uint64_t le64(const uint8_t *b)
{
    return (uint64_t)le32(b) | (uint64_t)le32(b + 4) << 32;
}

static inline uint32_t be32(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static inline uint64_t be64(const uint8_t *b)
{
    return (uint64_t)be32(b) << 32 | be32(b + 4);
}

/* The index of the first `byte` among `length` bytes, or `length` when there is none. */
static inline uint64_t bytes_find(const uint8_t *b, uint64_t length, uint8_t byte)
{
    uint64_t i = 0;
    while (i < length && b[i] != byte)
        i++;
    return i;
}

/* Are these `length` bytes exactly the characters of the C string `text`, without its NUL? */
static inline bool bytes_are(const uint8_t *b, uint64_t length, const char *text)
{
    uint64_t i = 0;
    while (i < length && text[i] != '\0' && b[i] == (uint8_t)text[i])
        i++;
    return i == length && text[i] == '\0';
}
