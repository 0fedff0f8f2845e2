/* What assembly and C share: the layout of struct registers and the kernel's fixed addresses.
 *
 * REGISTER_LAYOUT(X) lists X(register, word, member of struct registers): assembly makes SAVE_<register> of it, C checks
 * every offset (trap.c).  The message words are consecutive, so the order is not that of the numbers x1 to x31. */
#pragma once

#define REGISTER_LAYOUT(X) \
    X(pc, 0, pc) X(ra, 1, ra) X(sp, 2, sp) X(gp, 3, gp) X(tp, 4, tp) X(t0, 5, operation) X(t1, 6, t1) X(t2, 7, t2) \
    X(s0, 8, s0) X(s1, 9, s1) X(a0, 10, slot) X(a1, 11, tag) X(a2, 12, word[0]) X(a3, 13, word[1]) X(a4, 14, word[2]) \
    X(a5, 15, word[3]) X(a6, 16, word[4]) X(a7, 17, word[5]) X(t3, 18, word[6]) X(t4, 19, word[7]) X(s2, 20, s2[0]) \
    X(s3, 21, s2[1]) X(s4, 22, s2[2]) X(s5, 23, s2[3]) X(s6, 24, s2[4]) X(s7, 25, s2[5]) X(s8, 26, s2[6]) \
    X(s9, 27, s2[7]) X(s10, 28, s2[8]) X(s11, 29, s2[9]) X(t5, 30, t5) X(t6, 31, t6) X(core, 32, core) \
    X(scratch, 33, scratch)

/* Cores that this port runs.  Stacks and ASID owners are per core; the other harts stay parked in the firmware. */
#define PORT_CORES 1

/* Core c's stack is the upper half of KERNEL_STACKS + [c, c + 1) * 2^STACK_STRIDE_BITS; the lower half is never mapped, so
 * that running over its end traps.  One page table covers 64 cores. */
#define KERNEL_STACKS 0xffffffff90000000
#define STACK_STRIDE_BITS 15
#define STACK_BYTES 16384

/* What trap_entry reads of the current thread, to tell whether its call is one of the kernel's: offsets and sizes of
 * kernel/state.h and addresses of kernel/arch/arch.h, checked in <arch/fast.h>. */
#define CORE_BITS 7 /* log2 of sizes */
#define CELL_BITS 6
#define OFFSET_CURRENT 0
#define OFFSET_TASK 36
#define OFFSET_WINDOW_BASE 48
#define OFFSET_WINDOW_SIZE 56
#define CELLS_ADDRESS 0xffffffffa0000000

/* The image is linked this far above where it is loaded. */
#define IMAGE_OFFSET 0xffffffff00000000
#define BOOT_RAM_BASE 0x80000000
