/*
 * A flattened device tree as a sequence of tokens, each checked to lie inside of the blob (Devicetree Specification v0.4,
 * chapter 5). Nesting and meaning are the caller's: kernel/firmware/fdt.c.
 */
#pragma once
#include "kernel/boot/boot.h"

struct fdt_walk {
    const uint8_t *blob, *structs, *strings;
    uint32_t total_size; /* bytes, as the header says; within what the caller can read */
    uint32_t structs_size, strings_size;
    uint32_t reservations; /* offset of the next entry of the memory reservation block */
    uint32_t at;           /* offset of the next token in `structs` */
    uint32_t boot_cpu;
};

enum fdt_kind { FDT_NODE_BEGIN, FDT_NODE_END, FDT_PROPERTY, FDT_FINISHED };

struct fdt_token {
    enum fdt_kind kind;
    const uint8_t *name; /* of a node or property; NUL-terminated */
    uint32_t name_length;
    uint32_t length; /* of the property's value, bytes */
    const uint8_t *value;
};

/* Check the header and start before the first token. `max_size`: bytes readable at `blob`. */
bool fdt_open(const void *blob, uint64_t max_size, struct fdt_walk *walk, const char **why) BOOT_MUST_CHECK;

/* The next token; FDT_FINISHED is the last, and every later call gives it again. */
bool fdt_next(struct fdt_walk *walk, struct fdt_token *token, const char **why) BOOT_MUST_CHECK;

/* The next entry of the memory reservation block; `*last` instead of an entry at its end. */
bool fdt_next_reservation(struct fdt_walk *walk, struct range *out, bool *last, const char **why) BOOT_MUST_CHECK;
