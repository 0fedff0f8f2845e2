/* Numbers that C, assembly and the hardware share: the per-core area, selectors, and offsets in the save area.
 *
 * The per-core area of core n begins at CORES_BASE + n * CORE_AREA.  All areas lie in one naturally aligned 2 MiB, so
 * the stack pointer alone tells the core, without GS and without a memory access:
 *
 *     0x0000  guard               not mapped
 *     0x1000  struct core_block   what hardware and entry need of a core
 *     0x2000  stack of the double fault
 *     0x3000  stack of NMI and machine check
 *     0x4000  guard
 *     0x5000  the core's one stack, up to 0x8000
 *
 * C checks each offset with a static assertion (descriptors.c). */
#pragma once

#define KERNEL_LINK_OFFSET 0xffffffff80000000 /* virtual - physical address of the image: KERNEL_IMAGE */

#define CORES_BASE 0xffffffff90000000
#define CORE_AREA 0x8000
#define CORE_AREA_SHIFT 15
#define CORE_BLOCK 0x1000
#define CORE_FAULT_STACK_TOP 0x3000
#define CORE_NMI_STACK_TOP 0x4000
#define CORE_GUARD_2 0x4000

#define BLOCK_RSP0 8 /* tss.rsp[0]: end of the current thread's struct registers */
#define BLOCK_USER_SP 112

/* Selectors, in the order that SYSCALL and SYSRET want. */
#define KERNEL_CS 0x08
#define KERNEL_SS 0x10
#define USER_32 0x18 /* an empty descriptor: there is no 32-bit user level */
#define USER_SS 0x23
#define USER_CS 0x2b
#define TSS_SELECTOR 0x30

/* struct registers */
#define REGS_CORE 8
#define REGS_FS_BASE 16
#define REGS_GS_BASE 24
#define REGS_RAX 32
#define REGS_RDI 40
#define REGS_RSI 48
#define REGS_RDX 56
#define REGS_R8 64
#define REGS_R9 72
#define REGS_R10 80
#define REGS_R12 88
#define REGS_R13 96
#define REGS_R14 104
#define REGS_R15 112
#define REGS_RBX 120
#define REGS_RBP 128
#define REGS_RCX 136
#define REGS_R11 144
#define REGS_VECTOR 152
#define REGS_ERROR 160
#define REGS_RIP 168
#define REGS_CS 176
#define REGS_RFLAGS 184
#define REGS_RSP 192
#define REGS_SS 200
#define REGS_END 208

#define USER_RFLAGS 0x202 /* interrupts on: what a system call comes back with */

/* Instruction addresses that user level may resume at: canonical and in the lower half.  The last page is never mapped
 * (ISTHMUS_USER_LIMIT), so an address that may not be resumed at becomes one there. */
#define USER_ADDRESS_END 0x800000000000
#define USER_ADDRESS_BAD 0x7ffffffff000

/* Vectors: 0-31 exceptions, then the masked PICs, the lines of the I/O APICs, and the local APIC's own. */
#define VECTOR_EXCEPTIONS 32
#define VECTOR_PIC 0x20
#define VECTOR_LINES 0x30
#define VECTOR_LINES_END 0xf0
#define VECTOR_TIMER 0xfd
#define VECTOR_SPURIOUS 0xff
