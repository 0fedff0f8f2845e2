#include "kernel/firmware/fdt_walk.h"
#include "kernel/boot/bytes.h"

/* The header: big-endian 32-bit fields (section 5.2). */
enum {
    MAGIC = 0,
    TOTAL_SIZE = 4,
    OFF_STRUCT = 8,
    OFF_STRINGS = 12,
    OFF_RESERVATIONS = 16,
    VERSION = 20,
    LAST_COMPATIBLE = 24,
    BOOT_CPU = 28,
    SIZE_STRINGS = 32,
    SIZE_STRUCT = 36,
    HEADER_SIZE = 40,
};

/* Tokens of the structure block (section 5.4.1). */
enum { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9 };

static const uint32_t magic = 0xd00dfeed;
enum { READABLE_VERSION = 17 }; /* the first with size_dt_struct, and the current one */

static bool bad(const char **why, const char *message)
{
    *why = message;
    return false;
}

/* Is [offset, offset + size) behind the header and inside of the blob? */
static bool block_is_inside(const struct fdt_walk *w, uint32_t offset, uint32_t size)
{
    return offset >= HEADER_SIZE && offset <= w->total_size && size <= w->total_size - offset;
}

static bool open_blocks(const uint8_t *blob, struct fdt_walk *w, const char **why)
{
    uint32_t structs = be32(blob + OFF_STRUCT), strings = be32(blob + OFF_STRINGS);
    w->structs_size = be32(blob + SIZE_STRUCT);
    w->strings_size = be32(blob + SIZE_STRINGS);
    w->reservations = be32(blob + OFF_RESERVATIONS);
    if (structs % 4 != 0 || !block_is_inside(w, structs, w->structs_size))
        return bad(why, "device tree: structure block misaligned or beyond the blob");
    if (!block_is_inside(w, strings, w->strings_size))
        return bad(why, "device tree: strings block beyond the blob");
    if (w->reservations % 8 != 0 || !block_is_inside(w, w->reservations, 16))
        return bad(why, "device tree: memory reservation block misaligned or beyond the blob");
    w->blob = blob;
    w->structs = blob + structs;
    w->strings = blob + strings;
    return true;
}

bool fdt_open(const void *blob, uint64_t max_size, struct fdt_walk *walk, const char **why)
{
    const uint8_t *b = blob;
    *walk = (struct fdt_walk){ 0 };
    if (max_size < HEADER_SIZE)
        return bad(why, "device tree: header beyond readable memory");
    if (be32(b + MAGIC) != magic)
        return bad(why, "device tree: magic");
    if (be32(b + VERSION) < READABLE_VERSION || be32(b + LAST_COMPATIBLE) > READABLE_VERSION)
        return bad(why, "device tree: version is not compatible with 17");
    walk->total_size = be32(b + TOTAL_SIZE);
    if (walk->total_size < HEADER_SIZE || walk->total_size > max_size)
        return bad(why, "device tree: totalsize below the header or beyond readable memory");
    walk->boot_cpu = be32(b + BOOT_CPU);
    return open_blocks(b, walk, why);
}

bool fdt_next_reservation(struct fdt_walk *w, struct range *out, bool *last, const char **why)
{
    if (!block_is_inside(w, w->reservations, 16))
        return bad(why, "device tree: memory reservation block has no end");
    const uint8_t *entry = w->blob + w->reservations;
    *out = (struct range){ be64(entry), be64(entry + 8) };
    *last = out->base == 0 && out->size == 0; /* section 5.3.2 */
    w->reservations += 16; /* cannot wrap: the entry was inside of the blob */
    return true;
}

/* Step over `size` bytes and the padding to the next token. All lengths are below 2^32, so 64 bits cannot wrap. */
static bool step(struct fdt_walk *w, uint64_t size)
{
    uint64_t next = w->at + ((size + 3) & ~(uint64_t)3);
    if (next > w->structs_size)
        return false;
    w->at = (uint32_t)next;
    return true;
}

static bool read_node_name(struct fdt_walk *w, struct fdt_token *token, const char **why)
{
    uint32_t left = w->structs_size - w->at;
    token->name = w->structs + w->at;
    token->name_length = (uint32_t)bytes_find(token->name, left, 0);
    if (token->name_length == left)
        return bad(why, "device tree: node name without its NUL");
    if (!step(w, (uint64_t)token->name_length + 1))
        return bad(why, "device tree: node name padding beyond the structure block");
    return true;
}

static bool read_property(struct fdt_walk *w, struct fdt_token *token, const char **why)
{
    const uint8_t *head = w->structs + w->at;
    if (!step(w, 8))
        return bad(why, "device tree: property header beyond the structure block");
    uint32_t name = be32(head + 4);
    token->length = be32(head);
    token->value = head + 8;
    if (!step(w, token->length))
        return bad(why, "device tree: property length beyond the structure block");
    if (name >= w->strings_size)
        return bad(why, "device tree: property name beyond the strings block");
    token->name = w->strings + name;
    token->name_length = (uint32_t)bytes_find(token->name, w->strings_size - name, 0);
    if (token->name_length == w->strings_size - name)
        return bad(why, "device tree: property name without its NUL");
    return true;
}

bool fdt_next(struct fdt_walk *w, struct fdt_token *token, const char **why)
{
    uint32_t word;
    do { /* each round consumes a token, so the block's size bounds it */
        if (w->structs_size - w->at < 4)
            return bad(why, "device tree: structure block has no end");
        word = be32(w->structs + w->at);
        if (word != END)
            w->at += 4;
    } while (word == NOP);
    *token = (struct fdt_token){ 0 };
    switch (word) {
    case BEGIN_NODE:
        token->kind = FDT_NODE_BEGIN;
        return read_node_name(w, token, why);
    case END_NODE:
        token->kind = FDT_NODE_END;
        return true;
    case PROP:
        token->kind = FDT_PROPERTY;
        return read_property(w, token, why);
    case END:
        token->kind = FDT_FINISHED;
        return true;
    default:
        return bad(why, "device tree: unknown token in the structure block");
    }
}
