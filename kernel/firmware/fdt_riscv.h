/* What the RISC-V bindings say in cpu and PLIC nodes: riscv/cpus.yaml, riscv/extensions.yaml and
 * interrupt-controller/sifive,plic-1.0.0.yaml. */
#pragma once
#include "kernel/firmware/fdt.h"
#include "kernel/firmware/fdt_node.h"

/* Facts of a cpu node. */
enum fdt_mmu riscv_mmu(const struct fdt_node *cpu);
bool riscv_has_sstc(const struct fdt_node *cpu);

/* Read a PLIC node, below a parent with these cell counts. */
bool riscv_plic(const struct fdt_node *node, struct fdt_cells cells, struct fdt_plic *out, const char **why) BOOT_MUST_CHECK;

/* Once all cpus are known: give each its S-mode context. `targets`: interrupts-extended of the PLIC that riscv_plic read,
 * or absent. */
bool riscv_plic_contexts(const struct fdt_value *targets, struct fdt_facts *facts, const char **why) BOOT_MUST_CHECK;
