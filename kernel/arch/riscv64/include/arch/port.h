/* The port contract for riscv64: Sv39, one PLIC, SBI firmware.  kernel/arch/arch.h says what each hook must do; comments
 * here say only how and why. */
#pragma once
#include "kernel/types.h"
#include "kernel/arch/arch.h" /* struct isthmus_redirect; it includes this file */
#include <arch/csr.h>
#include <arch/layout.h>

#define ARCH_DIRECT_MAP 0xffffffc000000000
#define ARCH_RAM_BASE 0x80000000ul
#define ARCH_TABLE_LEVELS 3
#define ARCH_REGISTERS 32
#define ARCH_REGISTER_PC 0 /* number of the pc in the ABI's `state` list */
#define ARCH_SYSCALL_BYTES 4 /* ecall */
#define ARCH_ELF_MACHINE 243
#define ARCH_HAS_PORTS false
#define ARCH_REDIRECT_FRAME true

enum { DIRECT_MAP_GIB = 32 }; /* RAM that frame[] and cell[] have room for at their fixed addresses */

struct thread_frame;

struct registers {
    union {
        struct {
            uint64_t pc, ra, sp, gp, tp;
            uint64_t operation; /* t0 */
            uint64_t t1, t2, s0, s1;
            uint64_t slot, tag; /* a0, a1 */
            uint64_t word[ISTHMUS_MESSAGE_WORDS]; /* a2 to a7, t3, t4 */
            uint64_t s2[10];    /* s2 to s11 */
            uint64_t t5, t6;
        };
        uint64_t at[ARCH_REGISTERS];
    };
    uint64_t core;
    uint64_t scratch; /* what the exit's store-conditional aims at; always zero */
};

/* tp is the core's index whenever the kernel runs: trap_entry loads it from the thread's registers. */
register uint64_t core_register __asm__("tp");
ALWAYS_INLINE core_ix arch_core_self(void) { return (core_ix){ (uint32_t)core_register }; }

ALWAYS_INLINE void arch_flush_code(void) { __asm__ volatile("fence.i" : : : "memory"); }

ALWAYS_INLINE uint64_t arch_time(void) { return csr_read(time); }

/* ---- page-table entries (privileged specification, section 4.4.1) ----
 *
 * Every mapping that user level asked for carries ENTRY_MAPPING, one of the two bits left to software.  So an entry is a
 * table exactly if it lacks that bit, and a mapping without any permission, which the hardware's encoding cannot
 * express, is an entry with the bit and without ENTRY_VALID. */
enum {
    ENTRY_VALID = 1 << 0,
    ENTRY_READ = 1 << 1,
    ENTRY_WRITE = 1 << 2,
    ENTRY_EXECUTE = 1 << 3,
    ENTRY_USER = 1 << 4,
    ENTRY_GLOBAL = 1 << 5,
    ENTRY_ACCESSED = 1 << 6,
    ENTRY_DIRTY = 1 << 7,
    ENTRY_MAPPING = 1 << 8, /* software */
    ENTRY_DEVICE = 1 << 9,  /* software: which memory is uncached is a property of its address here, not of the entry */
    ENTRY_PAGE_SHIFT = 10,
};
#define ENTRY_PAGE_MASK ((1ul << 44) - 1)

enum { FLAGS_ACCESS = ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE | ISTHMUS_MAP_EXECUTE };

/* The flags are shifted into place, not tested one by one. */
_Static_assert(ISTHMUS_MAP_READ << 1 == ENTRY_READ && ISTHMUS_MAP_WRITE << 1 == ENTRY_WRITE, "see arch_entry_page");
_Static_assert(ISTHMUS_MAP_EXECUTE << 1 == ENTRY_EXECUTE && ISTHMUS_MAP_DEVICE << 6 == ENTRY_DEVICE, "see arch_entry_page");
_Static_assert(ISTHMUS_MAP_WRITE == ENTRY_READ, "write without read is reserved: see arch_entry_page");

ALWAYS_INLINE uint32_t arch_table_index(uint64_t address, unsigned level)
{
    return address >> (ISTHMUS_PAGE_BITS + 9 * (level - 1)) & (TABLE_ENTRIES - 1);
}

/* Write without read is a reserved encoding, so write gives read. */
ALWAYS_INLINE uint64_t arch_entry_page(uint64_t page, unsigned flags, unsigned level)
{
    uint64_t access = (flags & FLAGS_ACCESS) << 1 | (flags & ISTHMUS_MAP_WRITE);
    uint64_t bits = ENTRY_USER | ENTRY_ACCESSED | ENTRY_DIRTY | ENTRY_MAPPING | (flags & ISTHMUS_MAP_DEVICE) << 6;
    (void)level; /* the level is where the entry is */
    return page << ENTRY_PAGE_SHIFT | bits | access | (access != 0);
}

ALWAYS_INLINE uint64_t arch_entry_table(uint64_t page) { return page << ENTRY_PAGE_SHIFT | ENTRY_VALID; }
ALWAYS_INLINE bool arch_entry_present(uint64_t entry) { return (entry & (ENTRY_VALID | ENTRY_MAPPING)) != 0; }

ALWAYS_INLINE bool arch_entry_is_table(uint64_t entry, unsigned level)
{
    (void)level;
    return (entry & ENTRY_MAPPING) == 0;
}

ALWAYS_INLINE uint64_t arch_entry_target(uint64_t entry) { return entry >> ENTRY_PAGE_SHIFT & ENTRY_PAGE_MASK; }

ALWAYS_INLINE unsigned arch_entry_flags(uint64_t entry)
{
    return (entry >> 1 & FLAGS_ACCESS) | (entry >> 6 & ISTHMUS_MAP_DEVICE);
}

/* ---- address spaces ---- */

/* An ASID is the low bits of the task's index, as many as the hardware has and at most ASID_BITS.  Tasks may so share
 * one: asid_owner says whose translations a core may hold under an ASID; 0 is nobody's. */
enum { ASID_BITS = 12, ASIDS = 1 << ASID_BITS };
extern uint32_t asid_mask;
extern uint32_t asid_owner[PORT_CORES][ASIDS];
extern uint64_t kernel_space; /* satp of the kernel's own address space */

void arch_root_init(uint64_t *root);

/* A new space takes its ASID from whoever had it: a former task of this index may have left translations. */
ALWAYS_INLINE uint64_t arch_space(frame_ix root, uint32_t task)
{
    uint32_t asid = task & asid_mask & (ASIDS - 1);
    for (uint32_t c = 0; c < PORT_CORES; c++)
        asid_owner[c][asid] = 0;
    return SATP_SV39 | (uint64_t)asid << SATP_ASID_SHIFT | ((ARCH_RAM_BASE >> ISTHMUS_PAGE_BITS) + root.i);
}

ALWAYS_INLINE uint64_t space_asid(uint64_t space) { return space >> SATP_ASID_SHIFT & (ASIDS - 1); }

/* satp first, then the fence: the other way round a walk of the old table could refill what was just forgotten. */
ALWAYS_INLINE void arch_space_enter(uint64_t space, uint32_t task)
{
    uint32_t *owner = &asid_owner[core_register][space_asid(space)];
    if (csr_read(satp) != space)
        csr_write(satp, space);
    if (*owner != task) {
        *owner = task;
        fence_space(space_asid(space));
    }
}

ALWAYS_INLINE void arch_space_leave(void) { csr_write(satp, kernel_space); }
ALWAYS_INLINE void arch_flush_page(uint64_t space, uint64_t address) { fence_page(address, space_asid(space)); }
ALWAYS_INLINE void arch_flush_space(uint64_t space) { fence_space(space_asid(space)); }

/* ---- registers ---- */

ALWAYS_INLINE void arch_registers_start(struct registers *r, uint64_t pc, uint64_t sp, uint64_t argument)
{
    for (unsigned i = 0; i < ARCH_REGISTERS; i++)
        r->at[i] = 0;
    r->pc = pc & ~1ul;
    r->sp = sp;
    r->slot = argument;
}

/* Where number n of the ABI's `state` list (pc, x1 to x31) is in registers.at. */
ALWAYS_INLINE unsigned register_place(unsigned n)
{
    if (n < 18 || n >= 30)
        return n;
    return n < 28 ? n + 2 : n - 10; /* s2 to s11; t3, t4 */
}

ALWAYS_INLINE uint64_t arch_register_read(const struct registers *r, unsigned n) { return r->at[register_place(n)]; }

/* Every value is allowed: a pc outside of user level's addresses faults at the fetch, in user mode.  sepc has no bit 0, so
 * the saved pc has none either. */
ALWAYS_INLINE bool arch_register_write(struct registers *r, unsigned n, uint64_t value)
{
    r->at[register_place(n)] = n == 0 ? value & ~1ul : value;
    return true;
}

ALWAYS_INLINE void arch_registers_to_full(struct registers *r)
{
    r->ra = r->t1 = r->t2 = r->t5 = r->t6 = 0;
}

ALWAYS_INLINE void arch_redirect(struct registers *r, uint64_t entry, struct isthmus_redirect *frame, uint64_t frame_address)
{
    frame->pc = r->pc;
    frame->t0 = r->operation;
    r->pc = entry & ~1ul;
    r->operation = frame_address;
}

ALWAYS_INLINE void arch_redirect_resume(struct registers *r, const struct isthmus_redirect *frame)
{
    r->pc = frame->pc & ~1ul;
    r->operation = frame->t0;
}

/* ---- FPU: f0 to f31 and fcsr; the hardware's note of what is dirty is not used ---- */

ALWAYS_INLINE void arch_fpu_on(void) { csr_set(sstatus, SSTATUS_FS_INITIAL); }
ALWAYS_INLINE void arch_fpu_off(void) { csr_clear(sstatus, SSTATUS_FS); }
void arch_fpu_save(struct thread_frame *thread);
void arch_fpu_load(struct thread_frame *thread);

/* ---- timer, interrupts, log, end ---- */

void arch_timer_set(uint64_t deadline);
void arch_irq_mask(uint32_t line);
void arch_irq_unmask(uint32_t line);
uint32_t arch_irq_lines(void);
void arch_log_byte(uint8_t byte);
_Noreturn void arch_halt(bool restart);
_Noreturn void arch_fail(void); /* as arch_halt(false), telling the firmware that it is a failure */

/* Never called: ARCH_HAS_PORTS is false. */
ALWAYS_INLINE uint64_t arch_port_in(uint16_t port, unsigned width) { (void)port; (void)width; return 0; }
ALWAYS_INLINE void arch_port_out(uint16_t port, unsigned width, uint64_t value) { (void)port; (void)width; (void)value; }

_Noreturn void arch_exit_syscall(struct thread_frame *thread);
_Noreturn void arch_exit_full(struct thread_frame *thread);
_Noreturn void arch_idle(void);
