/* Reading and writing a thread's saved registers: only what user level could set itself, so that no exit can fault.
 * `syscall`'s and `iret`'s return address must be canonical, and so must the bases for wrfsbase and wrgsbase. */
#include "kernel/arch/arch.h"

#define NUMBER(reg) [ISTHMUS_X86_64_##reg] = REGS_##reg
static const uint8_t offset[ARCH_REGISTERS] = {
    NUMBER(RIP), NUMBER(RSP), NUMBER(RAX), NUMBER(RBX), NUMBER(RCX), NUMBER(RDX), NUMBER(RSI),
    NUMBER(RDI), NUMBER(RBP), NUMBER(R8), NUMBER(R9), NUMBER(R10), NUMBER(R11), NUMBER(R12),
    NUMBER(R13), NUMBER(R14), NUMBER(R15), NUMBER(RFLAGS), NUMBER(FS_BASE), NUMBER(GS_BASE),
};

#define AT(member, value) (offsetof(struct registers, member) == (value))
_Static_assert(AT(core, REGS_CORE) && AT(fs_base, REGS_FS_BASE) && AT(gs_base, REGS_GS_BASE), "layout.h");
_Static_assert(AT(operation, REGS_RAX) && AT(slot, REGS_RDI) && AT(tag, REGS_RSI), "layout.h");
_Static_assert(AT(word[0], REGS_RDX) && AT(word[1], REGS_R8) && AT(word[2], REGS_R9) && AT(word[3], REGS_R10), "layout.h");
_Static_assert(AT(word[4], REGS_R12) && AT(word[5], REGS_R13) && AT(word[6], REGS_R14) && AT(word[7], REGS_R15), "layout.h");
_Static_assert(AT(rbx, REGS_RBX) && AT(rbp, REGS_RBP) && AT(rcx, REGS_RCX) && AT(r11, REGS_R11), "layout.h");
_Static_assert(AT(vector, REGS_VECTOR) && AT(error, REGS_ERROR) && AT(pc, REGS_RIP) && AT(cs, REGS_CS), "layout.h");
_Static_assert(AT(rflags, REGS_RFLAGS) && AT(sp, REGS_RSP) && AT(ss, REGS_SS), "layout.h");

/* Carry, parity, adjust, zero, sign, trap, direction, overflow, alignment check, identification. */
static const uint64_t flags_of_user = 0x240dd5;

static bool is_user_address(uint64_t a) { return a < USER_ADDRESS_END; }
static bool is_canonical(uint64_t a) { return (uint64_t)((int64_t)(a << 16) >> 16) == a; }

void arch_registers_start(struct registers *r, uint64_t pc, uint64_t sp, uint64_t argument)
{
    uint64_t core = r->core;
    *r = (struct registers){ 0 };
    r->core = core;
    r->pc = is_user_address(pc) ? pc : USER_ADDRESS_BAD;
    r->sp = sp;
    r->slot = argument;
    r->cs = USER_CS;
    r->ss = USER_SS;
    r->rflags = USER_RFLAGS;
}

uint64_t arch_register_read(const struct registers *r, unsigned n)
{
    return *(const uint64_t *)((const char *)r + offset[n]);
}

bool arch_register_write(struct registers *r, unsigned n, uint64_t value)
{
    if (n == ISTHMUS_X86_64_RIP && !is_user_address(value))
        return false;
    if ((n == ISTHMUS_X86_64_FS_BASE || n == ISTHMUS_X86_64_GS_BASE) && !is_canonical(value))
        return false;
    if (n == ISTHMUS_X86_64_RFLAGS)
        value = (value & flags_of_user) | USER_RFLAGS;
    *(uint64_t *)((char *)r + offset[n]) = value;
    return true;
}

/* As arch_exit_syscall would load them. */
void arch_registers_to_full(struct registers *r)
{
    r->rcx = r->pc;
    r->r11 = USER_RFLAGS;
    r->rflags = USER_RFLAGS;
    r->cs = USER_CS;
    r->ss = USER_SS;
}
