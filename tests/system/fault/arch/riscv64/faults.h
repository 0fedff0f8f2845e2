/* The faults that riscv64 can make, and its registers. */
#pragma once
#include <isthmus/abi.h>

/* Each is one instruction, at the function's first byte. */
void fault_load(void), fault_store(void), fault_jump(void), fault_undefined(void), fault_zeroes(void), fault_privileged(void);
void fault_break(void), fault_misaligned(void), fault_wait(void);

enum { FAULT_REGISTERS = 32, FAULT_BREAK_BYTES = 0 /* from the breakpoint to the pc told */ };

/* The pc told after a jump to an address of the kernel. */
#define FAULT_KERNEL_PC(address) (address)

/* Faults of this ISA only.  Address: what w0 says. */
static const struct fault_own { const char *name; void (*code)(void); uint64_t argument, cause, address; const char *at; } fault_own[] = {
    { "all zeroes", fault_zeroes, 0, ISTHMUS_FAULT_INSTRUCTION, 0, 0 },
    { "read of a privileged register", fault_privileged, 0, ISTHMUS_FAULT_INSTRUCTION, 0, 0 },
    { "misaligned atomic", fault_misaligned, 0x200000 - 63, ISTHMUS_FAULT_ALIGNMENT, 0x200000 - 63, 0 },
};

/* What a register holds after `value` was written, if it may be; of the pc, bit 0 is not there. */
static inline bool fault_writable(unsigned n, uint64_t value, uint64_t *held)
{
    *held = n == 0 ? value & ~(uint64_t)1 : value;
    return true;
}
