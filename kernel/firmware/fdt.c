/*
 * The walk keeps one node open at a time. Properties precede subnodes (section 5.4.2), so a node is complete when its
 * first subnode or its end comes: then `take_node` reads it, and what its subnodes need of it goes on the stack.
 */
#include "kernel/firmware/fdt.h"
#include "kernel/boot/bytes.h"
#include "kernel/firmware/fdt_node.h"
#include "kernel/firmware/fdt_riscv.h"
#include "kernel/firmware/fdt_walk.h"

enum { DEPTH = 32 }; /* nodes above one another; real trees need fewer than 10 */

enum place { OTHER, ROOT, CPUS, CPU, RESERVED_MEMORY };

/* What the subnodes of an entered node need to know of it. */
struct level {
    struct fdt_cells cells;
    enum place place;
    bool identity; /* addresses here are CPU addresses */
    struct fdt_cpu *cpu; /* of a CPU that is kept */
};

struct parse {
    struct fdt_walk walk;
    struct fdt_facts *out;
    const char **why;
    struct fdt_node node;   /* the last one begun */
    bool node_is_open;      /* its properties are still coming */
    uint32_t depth;         /* levels entered and not left */
    struct level level[DEPTH];
    struct fdt_value plic_targets; /* interrupts-extended of the PLIC taken */
};

static bool bad(struct parse *p, const char *message)
{
    *p->why = message;
    return false;
}

static bool reserve(struct parse *p, struct range r)
{
    if (range_set_add(&p->out->reserved, r.base, r.size))
        return true;
    return bad(p, "device tree: a reserved range wraps, or there are too many");
}

static bool take_reservations(struct parse *p)
{
    for (;;) { /* the blob's size bounds it */
        struct range r;
        bool last;
        if (!fdt_next_reservation(&p->walk, &r, &last, p->why))
            return false;
        if (last)
            return true;
        if (!reserve(p, r))
            return false;
    }
}

/* Section 3.5; a node without `reg` asks for memory that the system would choose: nothing is taken for it. */
static bool take_reserved(struct parse *p, const struct level *up)
{
    if (!fdt_has(&p->node, PROP_REG) || !fdt_node_is_enabled(&p->node))
        return true;
    uint32_t n = fdt_reg_count(&p->node, up->cells);
    if (n == 0)
        return bad(p, "device tree: /reserved-memory reg does not fit its cell counts");
    for (uint32_t i = 0; i < n; i++)
        if (!reserve(p, fdt_reg(&p->node, up->cells, i)))
            return false;
    return true;
}

/* Section 3.4. */
static bool take_memory(struct parse *p, const struct level *up)
{
    if (!fdt_node_is_enabled(&p->node))
        return true;
    uint32_t n = up->cells.size == 0 ? 0 : fdt_reg_count(&p->node, up->cells);
    if (n == 0)
        return bad(p, "device tree: memory reg does not fit its cell counts");
    for (uint32_t i = 0; i < n; i++) {
        struct range r = fdt_reg(&p->node, up->cells, i);
        if (!range_set_add(&p->out->memory, r.base, r.size))
            return bad(p, "device tree: a memory range wraps, or there are too many");
    }
    return true;
}

/* Section 3.6. */
static bool take_chosen(struct parse *p)
{
    const struct fdt_value *args = &p->node.property[PROP_BOOTARGS];
    if (args->length > BOOT_COMMAND_LINE)
        return bad(p, "device tree: bootargs longer than 255 bytes");
    for (uint32_t i = 0; i < args->length; i++)
        p->out->command_line[i] = (char)args->bytes[i];
    if (fdt_has(&p->node, PROP_INITRD_START) != fdt_has(&p->node, PROP_INITRD_END))
        return bad(p, "device tree: linux,initrd-start without linux,initrd-end, or the reverse");
    uint64_t start = fdt_number(&p->node, PROP_INITRD_START, 0), end = fdt_number(&p->node, PROP_INITRD_END, 0);
    if (end < start)
        return bad(p, "device tree: linux,initrd-end below linux,initrd-start");
    p->out->initrd = (struct range){ start, end - start };
    return true;
}

static bool take_timebase(struct parse *p)
{
    if (!fdt_has(&p->node, PROP_TIMEBASE))
        return true;
    uint64_t hz = fdt_number(&p->node, PROP_TIMEBASE, 0);
    if (hz == 0)
        return bad(p, "device tree: timebase-frequency is zero");
    if (p->out->timebase_hz == 0)
        p->out->timebase_hz = hz;
    return true;
}

/* Section 3.8. */
static bool take_cpu(struct parse *p, const struct level *up, struct level *here)
{
    if (up->cells.size != 0 || fdt_reg_count(&p->node, up->cells) != 1)
        return bad(p, "device tree: reg of a cpu does not fit its cell counts");
    if (!take_timebase(p))
        return false;
    here->place = CPU;
    if (p->out->cpu_count == FDT_CPUS) {
        p->out->cpus_left_out++;
        return true;
    }
    here->cpu = &p->out->cpu[p->out->cpu_count++];
    *here->cpu = (struct fdt_cpu){
        .hart = fdt_reg(&p->node, up->cells, 0).base,
        .plic_context = FDT_NO_CONTEXT,
        .mmu = riscv_mmu(&p->node),
        .enabled = fdt_node_is_enabled(&p->node),
        .sstc = riscv_has_sstc(&p->node),
    };
    return true;
}

static void take_cpu_controller(struct parse *p, const struct level *up)
{
    if (up->cpu && fdt_has(&p->node, PROP_INTERRUPT_CONTROLLER))
        up->cpu->intc = (uint32_t)fdt_number(&p->node, PROP_PHANDLE, 0);
}

static bool take_plic(struct parse *p, const struct level *up)
{
    if (p->out->plic.size != 0)
        return true;
    p->plic_targets = p->node.property[PROP_INTERRUPTS_EXTENDED];
    return riscv_plic(&p->node, up->cells, &p->out->plic, p->why);
}

enum { UART_REGISTERS = 8 };

static bool take_uart(struct parse *p, const struct level *up)
{
    const struct fdt_value *irq = &p->node.property[PROP_INTERRUPTS];
    uint64_t shift = fdt_number(&p->node, PROP_REG_SHIFT, 0), width = fdt_number(&p->node, PROP_REG_IO_WIDTH, 1);
    if (p->out->uart.present)
        return true;
    if (fdt_reg_count(&p->node, up->cells) == 0)
        return bad(p, "device tree: UART reg does not fit its cell counts");
    if (shift > 4 || (width != 1 && width != 2 && width != 4))
        return bad(p, "device tree: UART reg-shift above 4, or reg-io-width not 1, 2 or 4");
    struct range reg = fdt_reg(&p->node, up->cells, 0);
    if (reg.size >> shift < UART_REGISTERS || reg.size > UINT64_MAX - reg.base)
        return bad(p, "device tree: UART reg wraps or is too small for its registers");
    if (irq->bytes && (irq->length == 0 || irq->length % 4 != 0))
        return bad(p, "device tree: UART interrupts is not made of cells");
    p->out->uart = (struct boot_uart){
        .base = reg.base,
        .irq = irq->bytes ? be32(irq->bytes) : 0,
        .reg_shift = (uint8_t)shift,
        .reg_width = (uint8_t)width,
        .present = true,
    };
    return true;
}

static bool take_device(struct parse *p, const struct level *up)
{
    const struct fdt_node *n = &p->node;
    if (!up->identity || !fdt_node_is_enabled(n))
        return true;
    if (fdt_list_has(n, PROP_COMPATIBLE, "riscv,plic0") || fdt_list_has(n, PROP_COMPATIBLE, "sifive,plic-1.0.0"))
        return take_plic(p, up);
    if (fdt_list_has(n, PROP_COMPATIBLE, "ns16550a") || fdt_list_has(n, PROP_COMPATIBLE, "ns16550"))
        return take_uart(p, up);
    return true;
}

static bool take_child_of_root(struct parse *p, const struct level *up, struct level *here)
{
    if (fdt_string_is(&p->node, PROP_DEVICE_TYPE, "memory"))
        return take_memory(p, up);
    if (fdt_node_is(&p->node, "chosen"))
        return take_chosen(p);
    if (fdt_node_is(&p->node, "cpus")) {
        here->place = CPUS;
        return take_timebase(p);
    }
    if (fdt_node_is(&p->node, "reserved-memory"))
        here->place = RESERVED_MEMORY;
    return take_device(p, up);
}

/* Read the complete node and make the level of its subnodes. */
static bool take_node(struct parse *p, struct level *here)
{
    const struct fdt_value *ranges = &p->node.property[PROP_RANGES];
    *here = (struct level){ /* the defaults are those of section 2.3.5 */
        .cells = { (uint32_t)fdt_number(&p->node, PROP_ADDRESS_CELLS, 2), (uint32_t)fdt_number(&p->node, PROP_SIZE_CELLS, 1) },
    };
    if (p->depth == 0) {
        here->place = ROOT;
        here->identity = true;
        return true;
    }
    const struct level *up = &p->level[p->depth - 1];
    here->identity = up->identity && ranges->bytes && ranges->length == 0;
    switch (up->place) {
    case ROOT:
        return take_child_of_root(p, up, here);
    case CPUS: /* cpu-map and caches are no cpus */
        return fdt_string_is(&p->node, PROP_DEVICE_TYPE, "cpu") ? take_cpu(p, up, here) : true;
    case CPU:
        take_cpu_controller(p, up);
        return true;
    case RESERVED_MEMORY:
        return take_reserved(p, up);
    default:
        return take_device(p, up);
    }
}

/* The open node's properties are all there: enter it. */
static bool close_properties(struct parse *p)
{
    if (!p->node_is_open)
        return true;
    if (p->depth == DEPTH)
        return bad(p, "device tree: nodes nested more than 32 deep");
    p->node_is_open = false;
    if (!take_node(p, &p->level[p->depth]))
        return false;
    p->depth++;
    return true;
}

static bool begin_node(struct parse *p, const struct fdt_token *t)
{
    bool first = p->node.name == NULL;
    if (!close_properties(p))
        return false;
    if (p->depth == 0 && !first)
        return bad(p, "device tree: a second root node");
    fdt_node_begin(&p->node, t);
    p->node_is_open = true;
    return true;
}

static bool end_node(struct parse *p)
{
    if (!close_properties(p))
        return false;
    if (p->depth == 0)
        return bad(p, "device tree: end of a node that was not begun");
    p->depth--;
    return true;
}

static bool walk_structure(struct parse *p)
{
    for (;;) { /* each round consumes a token, so the blob's size bounds it */
        struct fdt_token t;
        if (!fdt_next(&p->walk, &t, p->why))
            return false;
        switch (t.kind) {
        case FDT_NODE_BEGIN:
            if (!begin_node(p, &t))
                return false;
            break;
        case FDT_NODE_END:
            if (!end_node(p))
                return false;
            break;
        case FDT_PROPERTY:
            if (!p->node_is_open)
                return bad(p, "device tree: property outside of a node or after a subnode");
            if (!fdt_node_take(&p->node, &t, p->why))
                return false;
            break;
        case FDT_FINISHED:
            if (p->node.name == NULL || p->node_is_open || p->depth != 0)
                return bad(p, "device tree: structure block ends inside of a node or without one");
            return true;
        }
    }
}

bool fdt_parse(const void *blob, uint64_t max_size, struct fdt_facts *out, const char **why)
{
    struct parse p = { .out = out, .why = why };
    *out = (struct fdt_facts){ 0 };
    if (!fdt_open(blob, max_size, &p.walk, why))
        return false;
    out->total_size = p.walk.total_size;
    out->boot_cpu = p.walk.boot_cpu;
    return take_reservations(&p) && walk_structure(&p) && riscv_plic_contexts(&p.plic_targets, out, why);
}

bool fdt_boot_info(const struct fdt_facts *facts, uint64_t phys, struct boot_info *out, const char **why)
{
    *out = (struct boot_info){
        .memory = facts->memory,
        .ram = facts->memory,
        .bundle = facts->initrd,
        .firmware = { phys, facts->total_size },
        .uart = facts->uart,
    };
    for (uint32_t i = 0; i < BOOT_COMMAND_LINE; i++)
        out->command_line[i] = facts->command_line[i];
    for (uint32_t i = 0; i < facts->reserved.count; i++) {
        if (!range_set_subtract(&out->ram, facts->reserved.r[i].base, facts->reserved.r[i].size)) {
            *why = "device tree: memory is in too many pieces";
            return false;
        }
    }
    if (out->ram.count != 0)
        return true;
    *why = "device tree: no usable memory";
    return false;
}
