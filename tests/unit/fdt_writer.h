/*
 * Building flattened device trees (version 17), right and wrong ones, for the tests of the parser: start, then nodes and properties in
 * their order, then parse. There is one tree at a time.
 */
#pragma once
#include "kernel/firmware/fdt.h"
#include "tests/unit/boot_check.h"

struct tree {
    uint8_t structs[8192], strings[4096], reservations[2048];
    uint32_t structs_size, strings_size, reservations_size;
};

static struct tree tree;
static struct fdt_facts facts;
static const char *why;

enum { BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOP = 4, END = 9 };
enum { HEADER = 40 };

static inline void word(uint32_t value)
{
    put_be(tree.structs + tree.structs_size, value, 4);
    tree.structs_size += 4;
}

static inline void padded(const void *bytes, size_t size)
{
    memset(tree.structs + tree.structs_size, 0, size + 4);
    memcpy(tree.structs + tree.structs_size, bytes, size);
    tree.structs_size += (uint32_t)(size + 3) & ~3u;
}

static inline void begin(const char *name)
{
    word(BEGIN_NODE);
    padded(name, strlen(name) + 1);
}

static inline void end(void)
{
    word(END_NODE);
}

static inline void property(const char *name, const void *bytes, size_t size)
{
    word(PROPERTY);
    word((uint32_t)size);
    word(tree.strings_size);
    padded(bytes, size);
    strcpy((char *)tree.strings + tree.strings_size, name);
    tree.strings_size += (uint32_t)strlen(name) + 1;
}

static inline void text(const char *name, const char *value)
{
    property(name, value, strlen(value) + 1);
}

static inline void cells(const char *name, int count, const uint32_t *values)
{
    uint8_t bytes[256];
    for (int i = 0; i < count; i++)
        put_be(bytes + 4 * i, values[i], 4);
    property(name, bytes, 4 * (size_t)count);
}

#define CELLS(name, ...) cells(name, sizeof(uint32_t[]){ __VA_ARGS__ } / 4, (uint32_t[]){ __VA_ARGS__ })

static inline void reserve(uint64_t base, uint64_t size)
{
    put_be(tree.reservations + tree.reservations_size, base, 8);
    put_be(tree.reservations + tree.reservations_size + 8, size, 8);
    tree.reservations_size += 16;
}

/* Start a tree whose root node is open and has the given cell counts. */
static inline void start(uint32_t address_cells, uint32_t size_cells)
{
    memset(&tree, 0, sizeof tree);
    begin("");
    CELLS("#address-cells", address_cells);
    CELLS("#size-cells", size_cells);
}

/* The blob, its blocks in the order header, reservations, structure, strings. */
static inline uint8_t *blob(uint32_t *size)
{
    reserve(0, 0);
    uint32_t structs = HEADER + tree.reservations_size, strings = structs + tree.structs_size;
    *size = strings + tree.strings_size;
    uint8_t *b = malloc(*size);
    const uint32_t header[10] = { 0xd00dfeed, *size, structs, strings, HEADER, 17, 17, 3, tree.strings_size, tree.structs_size };
    for (int i = 0; i < 10; i++)
        put_be(b + 4 * i, header[i], 4);
    memcpy(b + HEADER, tree.reservations, tree.reservations_size);
    memcpy(b + structs, tree.structs, tree.structs_size);
    memcpy(b + strings, tree.strings, tree.strings_size);
    return b;
}

/* Close the root node, parse, forget the blob. */
static inline bool parse(void)
{
    uint32_t size;
    word(END_NODE);
    word(END);
    uint8_t *b = blob(&size);
    bool ok = fdt_parse(b, size, &facts, &why);
    free(b);
    return ok;
}

static inline bool parse_unclosed(void)
{
    uint32_t size;
    uint8_t *b = blob(&size);
    bool ok = fdt_parse(b, size, &facts, &why);
    free(b);
    return ok;
}

static inline void memory(void)
{
    begin("memory@80000000");
    text("device_type", "memory");
    CELLS("reg", 0, 0x80000000, 0, 0x8000000);
    end();
}

static inline void cpu(uint32_t hart, uint32_t phandle, const char *isa)
{
    begin("cpu");
    text("device_type", "cpu");
    CELLS("reg", hart);
    text("riscv,isa", isa);
    text("mmu-type", "riscv,sv39");
    begin("interrupt-controller");
    CELLS("phandle", phandle);
    property("interrupt-controller", "", 0);
    end();
    end();
}

static inline void begin_cpus(void)
{
    begin("cpus");
    CELLS("#address-cells", 1);
    CELLS("#size-cells", 0);
    CELLS("timebase-frequency", 10000000);
}

static inline void begin_soc(void)
{
    begin("soc");
    CELLS("#address-cells", 2);
    CELLS("#size-cells", 2);
    property("ranges", "", 0);
}

/* A small machine with everything that is read. */
static inline void machine(void)
{
    start(2, 2);
    reserve(0x80000000, 0x1000);
    begin("chosen");
    text("bootargs", "hello");
    CELLS("linux,initrd-start", 0x84000000);
    CELLS("linux,initrd-end", 0, 0x84001000);
    end();
    memory();
    begin("reserved-memory");
    CELLS("#address-cells", 2);
    CELLS("#size-cells", 2);
    begin("fw@80010000");
    CELLS("reg", 0, 0x80010000, 0, 0x1001);
    end();
    end();
    begin_soc();
    begin("plic");
    CELLS("reg", 0, 0xc000000, 0, 0x600000);
    CELLS("riscv,ndev", 95);
    CELLS("interrupts-extended", 7, 0xffffffff, 7, 9, 8, 0xffffffff, 8, 9);
    text("compatible", "riscv,plic0");
    end();
    begin("serial");
    CELLS("reg", 0, 0x10000000, 0, 0x100);
    CELLS("interrupts", 10);
    CELLS("reg-shift", 2);
    CELLS("reg-io-width", 4);
    property("compatible", "acme,uart\0ns16550a", 19);
    end();
    end();
    begin_cpus();
    cpu(4, 7, "rv64imac_zicsr_sstc");
    cpu(5, 8, "rv64imac_sstcx_zicsr");
    end();
}
