#include "kernel/firmware/fdt_riscv.h"
#include "kernel/boot/bytes.h"

/* The PLIC's register map: 1,024 sources with source 0 unused, and one page a context from 2 MiB on (RISC-V Platform-Level
 * Interrupt Controller Specification 1.0, chapter 3). */
enum { SOURCES_MAX = 1023, CONTEXTS_MAX = 15872, CONTEXTS_OFFSET = 0x200000, CONTEXT_SIZE = 0x1000 };

enum { S_EXTERNAL = 9 }; /* Privileged Architecture, scause */

static bool bad(const char **why, const char *message)
{
    *why = message;
    return false;
}

enum fdt_mmu riscv_mmu(const struct fdt_node *cpu)
{
    static const char *const names[] = {
        [FDT_MMU_SV32] = "riscv,sv32",
        [FDT_MMU_SV39] = "riscv,sv39",
        [FDT_MMU_SV48] = "riscv,sv48",
        [FDT_MMU_SV57] = "riscv,sv57",
    };
    for (enum fdt_mmu m = FDT_MMU_SV32; m <= FDT_MMU_SV57; m++)
        if (fdt_string_is(cpu, PROP_MMU_TYPE, names[m]))
            return m;
    return FDT_MMU_NONE;
}

/* In an ISA string such as "rv64imafdc_zicsr_sstc1p0" a '_' precedes and a version may follow each long extension. */
static bool isa_has_sstc(const uint8_t *isa, uint64_t length)
{
    enum { NAME = 4 };
    uint64_t at = bytes_find(isa, length, '_');
    while (at < length) {
        const uint8_t *word = isa + at + 1;
        uint64_t size = bytes_find(word, length - at - 1, '_');
        bool ends = size == NAME || (size > NAME && word[NAME] >= '0' && word[NAME] <= '9');
        if (ends && bytes_are(word, NAME, "sstc"))
            return true;
        at += 1 + size;
    }
    return false;
}

bool riscv_has_sstc(const struct fdt_node *cpu)
{
    if (fdt_has(cpu, PROP_ISA_EXTENSIONS)) /* replaces riscv,isa where both are given */
        return fdt_list_has(cpu, PROP_ISA_EXTENSIONS, "sstc");
    const struct fdt_value *isa = &cpu->property[PROP_ISA];
    return isa->bytes && isa_has_sstc(isa->bytes, isa->length - 1);
}

bool riscv_plic(const struct fdt_node *node, struct fdt_cells cells, struct fdt_plic *out, const char **why)
{
    const struct fdt_value *targets = &node->property[PROP_INTERRUPTS_EXTENDED];
    if (fdt_reg_count(node, cells) == 0)
        return bad(why, "device tree: PLIC reg does not fit its cell counts");
    struct range reg = fdt_reg(node, cells, 0);
    if (reg.size > UINT64_MAX - reg.base)
        return bad(why, "device tree: PLIC reg wraps");
    uint64_t sources = fdt_number(node, PROP_PLIC_SOURCES, 0);
    if (sources == 0 || sources > SOURCES_MAX)
        return bad(why, "device tree: PLIC riscv,ndev missing or above 1023");
    uint32_t contexts = targets->length / 8;
    if (contexts == 0 || targets->length % 8 != 0 || contexts > CONTEXTS_MAX)
        return bad(why, "device tree: PLIC interrupts-extended length");
    if (reg.size < CONTEXTS_OFFSET + (uint64_t)CONTEXT_SIZE * contexts)
        return bad(why, "device tree: PLIC reg too small for its contexts");
    *out = (struct fdt_plic){ reg.base, reg.size, (uint32_t)sources, contexts };
    return true;
}

static bool give_context(struct fdt_facts *facts, uint32_t intc, uint32_t context)
{
    for (uint32_t i = 0; i < facts->cpu_count; i++) {
        struct fdt_cpu *cpu = &facts->cpu[i];
        if (cpu->intc != intc)
            continue;
        if (cpu->plic_context != FDT_NO_CONTEXT)
            return false;
        cpu->plic_context = context;
    }
    return true; /* also when the cpu is one that was left out */
}

/* Entry n of interrupts-extended is what context n raises: (a cpu's interrupt controller, an interrupt there). Firmware
 * that keeps M mode for itself overwrites the M-mode interrupts with 0xffffffff. */
bool riscv_plic_contexts(const struct fdt_value *targets, struct fdt_facts *facts, const char **why)
{
    for (uint32_t context = 0; context < targets->length / 8; context++) {
        const uint8_t *entry = targets->bytes + 8 * context;
        uint32_t intc = be32(entry);
        if (intc != 0 && be32(entry + 4) == S_EXTERNAL && !give_context(facts, intc, context))
            return bad(why, "device tree: PLIC interrupts-extended names one cpu twice");
    }
    return true;
}
