/* One node of a device tree: those of its properties that the kernel reads, each checked to have the shape that its
 * binding gives it, so that the code behind reads them without further checks. */
#pragma once
#include "kernel/boot/boot.h"
#include "kernel/firmware/fdt_walk.h"

enum fdt_property {
    PROP_ADDRESS_CELLS,
    PROP_SIZE_CELLS,
    PROP_PHANDLE,
    PROP_REG_SHIFT,
    PROP_REG_IO_WIDTH,
    PROP_PLIC_SOURCES,
    PROP_INITRD_START,
    PROP_INITRD_END,
    PROP_TIMEBASE,
    PROP_COMPATIBLE,
    PROP_DEVICE_TYPE,
    PROP_STATUS,
    PROP_BOOTARGS,
    PROP_ISA,
    PROP_ISA_EXTENSIONS,
    PROP_MMU_TYPE,
    PROP_REG,
    PROP_RANGES,
    PROP_INTERRUPTS,
    PROP_INTERRUPTS_EXTENDED,
    PROP_INTERRUPT_CONTROLLER,
    FDT_PROPERTIES,
};

/* `bytes` is NULL when the node does not have the property, and not NULL for an empty one. */
struct fdt_value {
    const uint8_t *bytes;
    uint32_t length;
    uint32_t unused;
};

struct fdt_node {
    const uint8_t *name;
    uint32_t name_length;
    uint32_t unused;
    struct fdt_value property[FDT_PROPERTIES];
};

/* How many 32-bit cells an address and a size take in the `reg` of a node (section 2.3.5). */
struct fdt_cells {
    uint32_t address, size;
};

/* Start a node without properties; then take each property token of it. */
void fdt_node_begin(struct fdt_node *node, const struct fdt_token *token);
bool fdt_node_take(struct fdt_node *node, const struct fdt_token *token, const char **why) BOOT_MUST_CHECK;

/* Is the node's name, up to its unit address, `name`? */
bool fdt_node_is(const struct fdt_node *node, const char *name);
bool fdt_node_is_enabled(const struct fdt_node *node);

bool fdt_has(const struct fdt_node *node, enum fdt_property property);
/* The number of a one- or two-cell property, or `otherwise` without it. */
uint64_t fdt_number(const struct fdt_node *node, enum fdt_property property, uint64_t otherwise);
/* Is the property's string exactly `text`? */
bool fdt_string_is(const struct fdt_node *node, enum fdt_property property, const char *text);
/* Does the property's list of strings have `text`? */
bool fdt_list_has(const struct fdt_node *node, enum fdt_property property, const char *text);

/* How many entries `reg` has; 0 without it, and when its length is no multiple or the cells are not 1 or 2 (size: 0 to 2). */
uint32_t fdt_reg_count(const struct fdt_node *node, struct fdt_cells cells);
/* Entry `index`, below fdt_reg_count. */
struct range fdt_reg(const struct fdt_node *node, struct fdt_cells cells, uint32_t index);
