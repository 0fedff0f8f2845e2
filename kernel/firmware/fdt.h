/*
 * The facts that the kernel takes from a flattened device tree (Devicetree Specification v0.4; for RISC-V the bindings
 * riscv/cpus.yaml, riscv/extensions.yaml and interrupt-controller/sifive,plic-1.0.0.yaml).
 *
 * Device addresses are CPU addresses only where every bus above has an empty `ranges`; devices on other buses are not seen.
 */
#pragma once
#include "kernel/boot/boot.h"

enum { FDT_CPUS = 64 };

#define FDT_NO_CONTEXT UINT32_MAX

enum fdt_mmu { FDT_MMU_NONE, FDT_MMU_SV32, FDT_MMU_SV39, FDT_MMU_SV48, FDT_MMU_SV57 };

struct fdt_cpu {
    uint64_t hart;         /* `reg` of its node; the MPIDR on ARM */
    uint32_t intc;         /* phandle of its interrupt controller, 0 without one */
    uint32_t plic_context; /* the PLIC context that raises its S-mode external interrupt, or FDT_NO_CONTEXT */
    enum fdt_mmu mmu;      /* the largest scheme it has; each includes the smaller ones of its width */
    bool enabled;          /* `status`: a disabled one must not be started */
    bool sstc;             /* has the stimecmp register */
    uint8_t unused[2];
};

struct fdt_plic {
    uint64_t base, size; /* size 0: none found */
    uint32_t sources;    /* interrupts 1 .. sources */
    uint32_t contexts;
};

struct fdt_facts {
    uint32_t total_size; /* of the blob, bytes */
    uint32_t boot_cpu;   /* boot_cpuid_phys */
    struct range_set memory;
    struct range_set reserved; /* the reservation block and /reserved-memory */
    struct range initrd;       /* size 0: none */
    struct boot_uart uart;
    struct fdt_plic plic;      /* the first enabled one */
    uint64_t timebase_hz;      /* 0: not given */
    uint32_t cpu_count;
    uint32_t cpus_left_out; /* beyond FDT_CPUS */
    struct fdt_cpu cpu[FDT_CPUS];
    char command_line[BOOT_COMMAND_LINE];
};

/* Parse the blob of which `max_size` bytes are readable. A fact that the tree does not give stays zero. */
bool fdt_parse(const void *blob, uint64_t max_size, struct fdt_facts *out, const char **why) BOOT_MUST_CHECK;

/* The neutral facts, for a blob at physical `phys`: RAM is `memory` without `reserved`. False without any RAM. */
bool fdt_boot_info(const struct fdt_facts *facts, uint64_t phys, struct boot_info *out, const char **why) BOOT_MUST_CHECK;
