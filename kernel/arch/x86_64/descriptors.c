/* GDT, TSS, IDT and the registers of `syscall` (Intel SDM 3A chapters 3, 6 and 8; section 5.8.8 for SYSCALL).
 * Every core has its own GDT and TSS in its core_block; the IDT is one for all, read-only after boot. */
#include "kernel/arch/x86_64/trap.h"

struct gate {
    uint16_t offset_low, selector;
    uint8_t ist, type;
    uint16_t offset_middle;
    uint32_t offset_high, zero;
};
_Static_assert(sizeof(struct gate) == 16, "Intel SDM 3A figure 6-8");

enum { GATE_KERNEL = 0x8e, GATE_USER = 0xee }; /* interrupt gates of privilege 0 and 3: interrupts go off */
enum { IST_NONE, IST_FAULT, IST_NMI };
enum { NMI = 2, BREAKPOINT = 3, DOUBLE_FAULT = 8, MACHINE_CHECK = 18, VECTORS = 256, STUB = 16, SYSCALL_STUB = 32 };

static struct gate idt[VECTORS] __attribute__((aligned(4096), section(".sealed")));

static void gate_set(unsigned vector, uint8_t ist, uint8_t type)
{
    uint64_t stub = (uint64_t)vector_stubs + vector * STUB;
    idt[vector] = (struct gate){
        .offset_low = (uint16_t)stub,
        .offset_middle = (uint16_t)(stub >> 16),
        .offset_high = (uint32_t)(stub >> 32),
        .selector = KERNEL_CS,
        .ist = ist,
        .type = type,
    };
}

struct table_register {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));
_Static_assert(sizeof(struct table_register) == 10, "Intel SDM 3A section 2.4");

static void idt_load_register(void)
{
    struct table_register idtr = { sizeof idt - 1, (uint64_t)idt };
    __asm__ volatile("lidt %0" : : "m"(idtr) : "memory");
}

void idt_load(void)
{
    for (unsigned v = 0; v < VECTORS; v++)
        gate_set(v, IST_NONE, GATE_KERNEL);
    gate_set(BREAKPOINT, IST_NONE, GATE_USER);
    gate_set(NMI, IST_NMI, GATE_KERNEL);
    gate_set(MACHINE_CHECK, IST_NMI, GATE_KERNEL);
    gate_set(DOUBLE_FAULT, IST_FAULT, GATE_KERNEL);
    idt_load_register();
}

static void gdt_fill(struct core_block *b)
{
    uint64_t base = (uint64_t)&b->tss;
    b->gdt[KERNEL_CS / 8] = 0x00af9b000000ffff;
    b->gdt[KERNEL_SS / 8] = 0x00cf93000000ffff;
    b->gdt[USER_32 / 8] = 0;
    b->gdt[USER_SS / 8] = 0x00cff3000000ffff;
    b->gdt[USER_CS / 8] = 0x00affb000000ffff;
    b->gdt[TSS_SELECTOR / 8] = (sizeof b->tss - 1) | (base & 0xffffff) << 16 | 0x89ul << 40 | (base >> 24 & 0xff) << 56;
    b->gdt[TSS_SELECTOR / 8 + 1] = base >> 32;
}

/* Loads GDT and every selector.  User level's data selectors are null until it sets them itself. */
static void gdt_load(const struct core_block *b)
{
    struct table_register gdtr = { sizeof b->gdt - 1, (uint64_t)b->gdt };
    __asm__ volatile("lgdt %0\n\t"
                     "pushq %1\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1:\n\t"
                     "movw %w2, %%ss\n\t"
                     "movw %w3, %%ds\n\t"
                     "movw %w3, %%es\n\t"
                     "movw %w3, %%fs\n\t"
                     "movw %w3, %%gs\n\t"
                     "ltr %w4"
                     :
                     : "m"(gdtr), "i"(KERNEL_CS), "r"(KERNEL_SS), "r"(0), "r"(TSS_SELECTOR)
                     : "rax", "memory");
}

/* SYSCALL clears every flag that matters to the kernel: user level controls trap, direction, nested task, alignment. */
static void syscall_init(core_ix core)
{
    msr_write(MSR_STAR, (uint64_t)(USER_32 | 3) << 48 | (uint64_t)KERNEL_CS << 32);
    msr_write(MSR_LSTAR, (uint64_t)syscall_stubs + core.i * SYSCALL_STUB);
    msr_write(MSR_FMASK, 0x257fd5);
    msr_write(MSR_EFER, msr_read(MSR_EFER) | EFER_SCE);
}
_Static_assert(MAX_CORES == 64, "number of stubs in trap.S");

void descriptors_init(core_ix core)
{
    struct core_block *b = core_block();
    uint64_t area = CORES_BASE + (uint64_t)core.i * CORE_AREA;
    b->tss = (struct tss){ .io_map = sizeof b->tss };
    b->tss.ist[IST_FAULT - 1] = area + CORE_FAULT_STACK_TOP;
    b->tss.ist[IST_NMI - 1] = area + CORE_NMI_STACK_TOP;
    gdt_fill(b);
    gdt_load(b);
    idt_load_register();
    syscall_init(core);
}
