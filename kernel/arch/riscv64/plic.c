/* A claimed line is closed until it is completed: its gateway forwards nothing meanwhile (PLIC specification, introduction).
 * So the claim is the mask that an interrupt needs, and the completion waits for arch_irq_unmask, when the driver has made a
 * level-triggered device quiet.  To complete at once and clear the enable bit instead would latch the still raised line a
 * second time.
 *
 * A completion is ignored while the line is disabled for the context (section 9): unmask enables first. */
#include "kernel/arch/riscv64/plic.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/riscv64/mmio.h"
#include "kernel/arch/riscv64/mmu.h"

enum { /* section 3: offsets */
    PRIORITY = 0,          /* 4 bytes a line */
    ENABLE = 0x2000,       /* a bit a line, 0x80 bytes a context */
    ENABLE_STRIDE = 0x80,
    CONTEXT = 0x200000,    /* 0x1000 bytes a context */
    CONTEXT_STRIDE = 0x1000,
    THRESHOLD = 0,         /* of a context */
    CLAIM = 4,
};

static uint32_t lines;         /* 1 to lines - 1 exist; 0: no controller */
static uint32_t enable_offset; /* of core 0's enable bits in their page */

#define PRIORITIES (KERNEL_DEVICES + DEVICE_PLIC_PRIORITY * (uint64_t)PAGE_SIZE)
#define ENABLES (KERNEL_DEVICES + DEVICE_PLIC_CORE * (uint64_t)PAGE_SIZE)
#define CONTEXT_PAGE (KERNEL_DEVICES + (DEVICE_PLIC_CORE + 1) * (uint64_t)PAGE_SIZE)
_Static_assert(MAX_IRQ * 4 == PAGE_SIZE, "one page of priorities");

static uint64_t enable_word(uint32_t line) { return ENABLES + enable_offset + line / 32 * 4; }

void plic_init(const struct fdt_plic *plic, uint32_t context)
{
    uint64_t enable = ENABLE + (uint64_t)context * ENABLE_STRIDE;
    uint64_t claim = CONTEXT + (uint64_t)context * CONTEXT_STRIDE;
    if (plic->size < PAGE_SIZE || plic->base % PAGE_SIZE != 0 || claim + CONTEXT_STRIDE > plic->size)
        panic("device tree: the PLIC is too small for its contexts");
    mmu_map_device(DEVICE_PLIC_PRIORITY, plic->base + PRIORITY);
    mmu_map_device(DEVICE_PLIC_CORE, plic->base + enable);
    mmu_map_device(DEVICE_PLIC_CORE + 1, plic->base + claim);
    enable_offset = enable % PAGE_SIZE;
    lines = plic->sources < MAX_IRQ ? plic->sources + 1 : MAX_IRQ;
    for (uint32_t i = 0; i < lines; i += 32)
        mmio_write32(enable_word(i), 0);
    for (uint32_t i = 1; i < lines; i++)
        mmio_write32(PRIORITIES + i * 4, 1);
    mmio_write32(CONTEXT_PAGE + THRESHOLD, 0);
    csr_set(sie, SIE_EXTERNAL);
}

uint32_t plic_claim(void)
{
    uint32_t line = mmio_read32(CONTEXT_PAGE + CLAIM);
    return line < lines ? line : 0;
}

uint32_t arch_irq_lines(void) { return lines; }

void arch_irq_mask(uint32_t line)
{
    uint64_t at = enable_word(line);
    mmio_write32(at, mmio_read32(at) & ~(1u << line % 32));
}

void arch_irq_unmask(uint32_t line)
{
    uint64_t at = enable_word(line);
    mmio_write32(at, mmio_read32(at) | 1u << line % 32);
    mmio_write32(CONTEXT_PAGE + CLAIM, line);
}
