/*
 * The plan for loading a static ELF64 program, checked before anything is mapped (System V gABI 4.1, chapters 4 and 5).
 * Segments are page-disjoint and in ascending order, so that each page has one segment and one set of rights.
 */
#pragma once
#include "kernel/boot/boot.h"

enum { ELF_SEGMENTS = 8 };
enum { ELF_MACHINE_X86_64 = 62, ELF_MACHINE_AARCH64 = 183, ELF_MACHINE_RISCV = 243 };
enum { ELF_X = 1, ELF_W = 2, ELF_R = 4 };

/* `file_size` bytes at `offset` of the image go to `vaddr`; the rest of the `memory_size` bytes (at least one) is zero. */
struct elf_segment {
    uint64_t vaddr;
    uint64_t offset, file_size;
    uint64_t memory_size;
    uint32_t flags; /* of ELF_R, ELF_W, ELF_X */
    uint32_t unused;
};

struct elf_plan {
    uint64_t entry; /* in a segment with ELF_X */
    uint32_t count;
    uint32_t unused;
    struct elf_segment segment[ELF_SEGMENTS];
};

/* Plan the image of `size` bytes for `machine` (e_machine). All of it has to lie in [BOOT_PAGE, limit), `limit` being the end
 * of the ISA's user addresses, a multiple of BOOT_PAGE. */
bool elf_parse(const void *image, uint64_t size, uint16_t machine, uint64_t limit, struct elf_plan *out, const char **why)
    BOOT_MUST_CHECK;
