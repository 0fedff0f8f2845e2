/* The faults that x86_64 can make, and its registers. */
#pragma once
#include <isthmus/abi.h>

/* Each is one instruction, at the function's first byte, or at the label of the table below. */
void fault_load(void), fault_store(void), fault_jump(void), fault_undefined(void), fault_privileged(void), fault_port(void);
void fault_break(void), fault_wait(void), fault_divide(void), fault_int(void), fault_segment(void), fault_cr(void), fault_msr(void);
void fault_cli(void), fault_step(void), fault_x87(void);
extern const char fault_step_at[], fault_x87_at[];

enum { FAULT_REGISTERS = 20, FAULT_BREAK_BYTES = 1 /* from the breakpoint to the pc told */ };

/* The pc told after a jump to an address of the kernel: such a pc is never restored, w0 has it. */
#define FAULT_KERNEL_PC(address) 0x7ffffffff000

/* Faults of this ISA only.  Address: what w0 says. */
static const struct fault_own { const char *name; void (*code)(void); uint64_t argument, cause, address; const char *at; } fault_own[] = {
    { "halt", fault_privileged, 0, ISTHMUS_FAULT_INSTRUCTION, 0, 0 },
    { "disable interrupts", fault_cli, 0, ISTHMUS_FAULT_INSTRUCTION, 0, 0 },
    { "I/O port", fault_port, 0, ISTHMUS_FAULT_INSTRUCTION, 0, 0 },
    { "division by zero", fault_divide, 0, ISTHMUS_FAULT_ARITHMETIC, 0, 0 },
    { "software interrupt", fault_int, 0, ISTHMUS_FAULT_INSTRUCTION, 0, 0 },
    { "load of a segment", fault_segment, 8, ISTHMUS_FAULT_INSTRUCTION, 0, 0 },
    { "read of a control register", fault_cr, 0, ISTHMUS_FAULT_INSTRUCTION, 0, 0 },
    { "read of a model-specific register", fault_msr, 0, ISTHMUS_FAULT_INSTRUCTION, 0, 0 },
    { "address that is not canonical", fault_load, 0x800000000000, ISTHMUS_FAULT_INSTRUCTION, 0, 0 },
    { "single step", fault_step, 0, ISTHMUS_FAULT_STEP, 0, fault_step_at },
    { "x87 division by zero", fault_x87, 0, ISTHMUS_FAULT_FLOAT, 0, fault_x87_at },
};

/* What a register holds after `value` was written, if it may be.  Addresses are to be canonical; of the flags only user
 * level's own are taken, and interrupts stay on. */
static inline bool fault_writable(unsigned n, uint64_t value, uint64_t *held)
{
    const uint64_t flags = 0x240dd5;
    bool canonical = (uint64_t)((int64_t)(value << 16) >> 16) == value;

    *held = n == ISTHMUS_X86_64_RFLAGS ? (value & flags) | 0x202 : value;
    if (n == ISTHMUS_X86_64_RIP)
        return value < 0x800000000000;
    return canonical || (n != ISTHMUS_X86_64_FS_BASE && n != ISTHMUS_X86_64_GS_BASE);
}
