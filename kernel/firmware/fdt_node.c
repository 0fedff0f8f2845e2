#include "kernel/firmware/fdt_node.h"
#include "kernel/boot/bytes.h"

enum shape { BYTES, CELL, CELL_OR_TWO, STRINGS };

/* Property names and value types: Devicetree Specification v0.4, chapters 2 and 3; `linux,initrd-*` may be 32 or 64 bits
 * wide. STRINGS is one or more strings, the last of them with its NUL. */
static const struct {
    const char *name;
    enum shape shape;
    const char *wrong;
} known[FDT_PROPERTIES] = {
    [PROP_ADDRESS_CELLS] = { "#address-cells", CELL, "device tree: #address-cells is not one cell" },
    [PROP_SIZE_CELLS] = { "#size-cells", CELL, "device tree: #size-cells is not one cell" },
    [PROP_PHANDLE] = { "phandle", CELL, "device tree: phandle is not one cell" },
    [PROP_REG_SHIFT] = { "reg-shift", CELL, "device tree: reg-shift is not one cell" },
    [PROP_REG_IO_WIDTH] = { "reg-io-width", CELL, "device tree: reg-io-width is not one cell" },
    [PROP_PLIC_SOURCES] = { "riscv,ndev", CELL, "device tree: riscv,ndev is not one cell" },
    [PROP_INITRD_START] = { "linux,initrd-start", CELL_OR_TWO, "device tree: linux,initrd-start is not 4 or 8 bytes" },
    [PROP_INITRD_END] = { "linux,initrd-end", CELL_OR_TWO, "device tree: linux,initrd-end is not 4 or 8 bytes" },
    [PROP_TIMEBASE] = { "timebase-frequency", CELL_OR_TWO, "device tree: timebase-frequency is not 4 or 8 bytes" },
    [PROP_COMPATIBLE] = { "compatible", STRINGS, "device tree: compatible without its NUL" },
    [PROP_DEVICE_TYPE] = { "device_type", STRINGS, "device tree: device_type without its NUL" },
    [PROP_STATUS] = { "status", STRINGS, "device tree: status without its NUL" },
    [PROP_BOOTARGS] = { "bootargs", STRINGS, "device tree: bootargs without its NUL" },
    [PROP_ISA] = { "riscv,isa", STRINGS, "device tree: riscv,isa without its NUL" },
    [PROP_ISA_EXTENSIONS] = { "riscv,isa-extensions", STRINGS, "device tree: riscv,isa-extensions without its NUL" },
    [PROP_MMU_TYPE] = { "mmu-type", STRINGS, "device tree: mmu-type without its NUL" },
    [PROP_REG] = { "reg", BYTES, 0 },
    [PROP_RANGES] = { "ranges", BYTES, 0 },
    [PROP_INTERRUPTS] = { "interrupts", BYTES, 0 },
    [PROP_INTERRUPTS_EXTENDED] = { "interrupts-extended", BYTES, 0 },
    [PROP_INTERRUPT_CONTROLLER] = { "interrupt-controller", BYTES, 0 },
};

static bool has_shape(enum shape shape, const uint8_t *bytes, uint32_t length)
{
    switch (shape) {
    case CELL:
        return length == 4;
    case CELL_OR_TWO:
        return length == 4 || length == 8;
    case STRINGS:
        return length > 0 && bytes[length - 1] == 0;
    default:
        return true;
    }
}

void fdt_node_begin(struct fdt_node *node, const struct fdt_token *token)
{
    *node = (struct fdt_node){ .name = token->name, .name_length = token->name_length };
}

bool fdt_node_take(struct fdt_node *node, const struct fdt_token *token, const char **why)
{
    uint32_t i = 0;
    while (i < FDT_PROPERTIES && !bytes_are(token->name, token->name_length, known[i].name))
        i++;
    if (i == FDT_PROPERTIES)
        return true; /* nothing of ours */
    if (node->property[i].bytes) {
        *why = "device tree: a property twice in one node";
        return false;
    }
    if (!has_shape(known[i].shape, token->value, token->length)) {
        *why = known[i].wrong;
        return false;
    }
    node->property[i] = (struct fdt_value){ token->value, token->length, 0 };
    return true;
}

bool fdt_node_is(const struct fdt_node *node, const char *name)
{
    return bytes_are(node->name, bytes_find(node->name, node->name_length, '@'), name);
}

bool fdt_node_is_enabled(const struct fdt_node *node)
{
    return !fdt_has(node, PROP_STATUS) || fdt_string_is(node, PROP_STATUS, "okay") ||
           fdt_string_is(node, PROP_STATUS, "ok"); /* old trees say ok */
}

bool fdt_has(const struct fdt_node *node, enum fdt_property property)
{
    return node->property[property].bytes != NULL;
}

uint64_t fdt_number(const struct fdt_node *node, enum fdt_property property, uint64_t otherwise)
{
    const struct fdt_value *v = &node->property[property];
    if (!v->bytes)
        return otherwise;
    return v->length == 8 ? be64(v->bytes) : be32(v->bytes);
}

bool fdt_string_is(const struct fdt_node *node, enum fdt_property property, const char *text)
{
    const struct fdt_value *v = &node->property[property];
    return v->bytes && bytes_are(v->bytes, v->length - 1, text);
}

bool fdt_list_has(const struct fdt_node *node, enum fdt_property property, const char *text)
{
    const struct fdt_value *v = &node->property[property];
    uint32_t at = 0;
    while (at < v->length) { /* each string has its NUL: the last one was checked */
        uint32_t length = (uint32_t)bytes_find(v->bytes + at, v->length - at, 0);
        if (bytes_are(v->bytes + at, length, text))
            return true;
        at += length + 1;
    }
    return false;
}

uint32_t fdt_reg_count(const struct fdt_node *node, struct fdt_cells cells)
{
    const struct fdt_value *reg = &node->property[PROP_REG];
    if (cells.address < 1 || cells.address > 2 || cells.size > 2)
        return 0;
    uint32_t entry = (cells.address + cells.size) * 4;
    return reg->length % entry == 0 ? reg->length / entry : 0;
}

static uint64_t cells_at(const uint8_t *b, uint32_t n)
{
    return n == 0 ? 0 : n == 1 ? be32(b) : be64(b);
}

struct range fdt_reg(const struct fdt_node *node, struct fdt_cells cells, uint32_t index)
{
    const uint8_t *entry = node->property[PROP_REG].bytes + (cells.address + cells.size) * 4 * index;
    return (struct range){ cells_at(entry, cells.address), cells_at(entry + cells.address * 4, cells.size) };
}
