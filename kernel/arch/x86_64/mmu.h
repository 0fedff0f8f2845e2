/* Page tables and address spaces: 4-level paging, Intel SDM 3A chapter 4.  The hooks of arch.h that concern them.
 *
 * A space is the value of CR3: the root's physical address and, where the processor has them, a PCID made of the task's
 * index.  Tasks may share a PCID: pcid_root tells, for each core, whose translations the TLB may hold under a PCID, by the
 * page of the root table; whoever enters with another root flushes.  A new space takes its PCID from whoever had it, since
 * its root's page may have been a root before. */
#pragma once
#include "kernel/types.h"
#include "kernel/arch/x86_64/core_block.h"
#include "kernel/arch/x86_64/cpu.h"

#define PTE_PRESENT (1ul << 0)
#define PTE_WRITE (1ul << 1)
#define PTE_USER (1ul << 2)
#define PTE_UNCACHED (3ul << 3) /* PWT and PCD: entry 3 of the PAT, which cpu_init() makes uncached */
#define PTE_USED (3ul << 5)     /* accessed and dirty: the processor never has to write to a table */
#define PTE_LARGE (1ul << 7)
#define PTE_GLOBAL (1ul << 8)
#define PTE_MAPPING (1ul << 9) /* software: not a table */
#define PTE_READ (1ul << 10)   /* software: the hardware has no mapping that is not readable */
#define PTE_NO_EXECUTE (1ul << 63)
#define PTE_PAGE 0x000ffffffffff000

enum { ROOT_DIRECT_MAP = 256, ROOT_KERNEL = 511 }; /* the kernel's entries in every root */

extern uint64_t kernel_root[TABLE_ENTRIES];
extern uint64_t kernel_space;
extern bool mmu_has_pcid, mmu_has_invpcid;
extern uint32_t mmu_cores; /* that have an area */

ALWAYS_INLINE uint32_t arch_table_index(uint64_t address, unsigned level)
{
    return address >> (ISTHMUS_PAGE_BITS + 9 * (level - 1)) & (TABLE_ENTRIES - 1);
}

/* A mapping without any permission is an entry that is there, with its target, but not present for the hardware. */
ALWAYS_INLINE uint64_t arch_entry_page(uint64_t page, unsigned flags, unsigned level)
{
    uint64_t e = page << ISTHMUS_PAGE_BITS | PTE_USER | PTE_USED | PTE_MAPPING;
    if (flags & (ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE | ISTHMUS_MAP_EXECUTE))
        e |= PTE_PRESENT;
    if (flags & ISTHMUS_MAP_READ)
        e |= PTE_READ;
    if (flags & ISTHMUS_MAP_WRITE)
        e |= PTE_WRITE;
    if (flags & ISTHMUS_MAP_DEVICE)
        e |= PTE_UNCACHED;
    if (!(flags & ISTHMUS_MAP_EXECUTE))
        e |= PTE_NO_EXECUTE;
    if (level > 1)
        e |= PTE_LARGE;
    return e;
}

ALWAYS_INLINE uint64_t arch_entry_table(uint64_t page)
{
    return page << ISTHMUS_PAGE_BITS | PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_USED;
}

ALWAYS_INLINE bool arch_entry_present(uint64_t entry) { return (entry & (PTE_PRESENT | PTE_MAPPING)) != 0; }
ALWAYS_INLINE bool arch_entry_is_table(uint64_t entry, unsigned level) { return !(entry & PTE_MAPPING); }
ALWAYS_INLINE uint64_t arch_entry_target(uint64_t entry) { return (entry & PTE_PAGE) >> ISTHMUS_PAGE_BITS; }

ALWAYS_INLINE unsigned arch_entry_flags(uint64_t entry)
{
    return (entry & PTE_READ ? ISTHMUS_MAP_READ : 0) | (entry & PTE_WRITE ? ISTHMUS_MAP_WRITE : 0) |
           (entry & PTE_NO_EXECUTE ? 0 : ISTHMUS_MAP_EXECUTE) | (entry & PTE_UNCACHED ? ISTHMUS_MAP_DEVICE : 0);
}

ALWAYS_INLINE void arch_root_init(uint64_t *root)
{
    root[ROOT_DIRECT_MAP] = kernel_root[ROOT_DIRECT_MAP];
    root[ROOT_KERNEL] = kernel_root[ROOT_KERNEL];
}

/* By core and PCID: page of the root table, or 0.  Only for the cores that are there, and only with PCIDs. */
extern uint32_t *pcid_root[MAX_CORES];
enum { PCIDS = 4096 };

ALWAYS_INLINE uint32_t *space_pcid_root(uint32_t core, uint64_t space) { return &pcid_root[core][space & (PCIDS - 1)]; }
ALWAYS_INLINE uint32_t space_root(uint64_t space) { return (uint32_t)(space >> ISTHMUS_PAGE_BITS); }

ALWAYS_INLINE uint64_t arch_space(frame_ix root, uint32_t task)
{
    uint64_t space = (uint64_t)root.i << ISTHMUS_PAGE_BITS;
    if (!mmu_has_pcid)
        return space;
    space |= task & (PCIDS - 1);
    for (uint32_t c = 0; c < mmu_cores; c++)
        *space_pcid_root(c, space) = 0;
    return space;
}

ALWAYS_INLINE void arch_space_enter(uint64_t space, uint32_t task)
{
    struct core_block *b = core_block();
    if (b->space == space)
        return;
    b->space = space;
    if (mmu_has_pcid) {
        uint32_t *root = space_pcid_root(core_number(), space);
        if (*root == space_root(space))
            space |= CR3_NO_FLUSH;
        *root = (uint32_t)space_root(space & ~CR3_NO_FLUSH);
    }
    cr3_write(space);
}

ALWAYS_INLINE void arch_space_leave(void) { arch_space_enter(kernel_space, 0); }

ALWAYS_INLINE void page_forget(uint64_t address) { __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory"); }

/* INVPCID type 0: one address of one PCID. */
ALWAYS_INLINE void pcid_forget(uint64_t pcid, uint64_t address)
{
    const uint64_t descriptor[2] = { pcid, address };
    __asm__ volatile("invpcid %0, %1" : : "m"(descriptor), "r"(0ul) : "memory");
}

/* pre: not this core's current space */
ALWAYS_INLINE bool space_is_cached(uint64_t space)
{
    return mmu_has_pcid && *space_pcid_root(core_number(), space) == space_root(space);
}

ALWAYS_INLINE void arch_flush_page(uint64_t space, uint64_t address)
{
    if (core_block()->space == space)
        page_forget(address);
    else if (space_is_cached(space) && mmu_has_invpcid)
        pcid_forget(space & (PCIDS - 1), address);
    else if (space_is_cached(space))
        *space_pcid_root(core_number(), space) = 0;
}

ALWAYS_INLINE void arch_flush_space(uint64_t space)
{
    if (core_block()->space == space)
        cr3_write(space);
    else if (space_is_cached(space))
        *space_pcid_root(core_number(), space) = 0;
}

/* ---- boot ---- */
struct range_set;

/* Builds the kernel's own page tables and answers their space: direct map of `ram` (page-aligned, without the image), the
 * image, and the area of core 0.  Takes pages from boot_page().  pre: the boot page tables are in use. */
uint64_t mmu_init(const struct range_set *ram);

/* Maps the page of device registers that holds `physical`, uncached, and answers its address. */
uint64_t mmu_map_device(uint64_t physical);
enum { DEVICE_PAGES = 64 };
