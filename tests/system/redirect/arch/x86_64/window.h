/* What is particular to x86_64 in a redirection: `syscall` has destroyed rcx and r11, and they say where to go back. */
#pragma once
#include <isthmus/abi.h>

enum {
    REGISTERS = 20, SP = ISTHMUS_X86_64_RSP, OPERATION = ISTHMUS_X86_64_RAX, SLOT = ISTHMUS_X86_64_RDI, HAS_FRAME = 0,
    BREAK_BYTES = 1, CALL_BYTES = 2,
};

/* Carry, zero, sign, direction and overflow. */
static inline uint64_t given(unsigned n) { return n == ISTHMUS_X86_64_RFLAGS ? 0xcc1 | 0x202 : 0x100000000 + n * 0x1010101; }

static inline uint64_t entered(unsigned n, uint64_t was, uint64_t back, uint64_t frame)
{
    if (n == ISTHMUS_X86_64_RCX)
        return back;
    return n == ISTHMUS_X86_64_R11 ? given(ISTHMUS_X86_64_RFLAGS) : was;
}

static inline uint64_t resumed(unsigned n, uint64_t was, uint64_t back) { return entered(n, was, back, 0); }
