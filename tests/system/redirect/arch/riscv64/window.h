/* What is particular to riscv64 in a redirection: a frame, which the kernel writes, and a call to resume. */
#pragma once
#include <isthmus/abi.h>

enum { REGISTERS = 32, SP = 2, OPERATION = 5, SLOT = 10, HAS_FRAME = 1, BREAK_BYTES = 0, CALL_BYTES = 4 };

/* A value for register n; what it is when the window is entered, and after the window has resumed. */
static inline uint64_t given(unsigned n) { return 0x100000000 + n * 0x1010101; }
static inline uint64_t entered(unsigned n, uint64_t was, uint64_t back, uint64_t frame) { return n == OPERATION ? frame : was; }
static inline uint64_t resumed(unsigned n, uint64_t was, uint64_t back) { return was; }
