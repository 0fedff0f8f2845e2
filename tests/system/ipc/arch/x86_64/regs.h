/* What a system call does to which register; numbers are those of the ABI's state list. */
#pragma once
#include <isthmus/abi.h>

enum { REGS = 20, REGS_OPERATION = ISTHMUS_X86_64_RAX, REGS_SLOT = ISTHMUS_X86_64_RDI, REGS_TAG = ISTHMUS_X86_64_RSI };
static const unsigned char regs_word[] = {
    ISTHMUS_X86_64_RDX, ISTHMUS_X86_64_R8, ISTHMUS_X86_64_R9, ISTHMUS_X86_64_R10,
    ISTHMUS_X86_64_R12, ISTHMUS_X86_64_R13, ISTHMUS_X86_64_R14, ISTHMUS_X86_64_R15,
};
static const unsigned char regs_kept[] = { ISTHMUS_X86_64_RBX, ISTHMUS_X86_64_RBP, ISTHMUS_X86_64_FS_BASE, ISTHMUS_X86_64_GS_BASE };
static const unsigned char regs_destroyed[] = { ISTHMUS_X86_64_RCX, ISTHMUS_X86_64_R11 };

extern const char regs_after[]; /* behind the syscall instruction */

/* `sysret` needs the address in rcx and the flags in r11: interrupts on, nothing else. */
static inline uint64_t regs_expected(unsigned n) { return n == ISTHMUS_X86_64_RCX ? (uint64_t)regs_after : 0x202; }
