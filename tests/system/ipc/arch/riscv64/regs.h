/* What a system call does to which register; numbers are those of the ABI's state list. */
#pragma once
#include <isthmus/abi.h>

enum { REGS = 32, REGS_OPERATION = 5, REGS_SLOT = 10, REGS_TAG = 11 };
static const unsigned char regs_word[] = { 12, 13, 14, 15, 16, 17, 28, 29 };
static const unsigned char regs_kept[] = { 3, 4, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27 };
static const unsigned char regs_destroyed[] = { 1, 6, 7, 30, 31 };

/* What those come back as. */
static inline uint64_t regs_expected(unsigned n) { return 0; }
