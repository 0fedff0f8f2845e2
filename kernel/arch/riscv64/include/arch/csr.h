/* Control and status registers of supervisor mode (RISC-V privileged specification 1.12, chapter 4), and the few
 * instructions that C has no words for.  A CSR's name is part of the instruction: hence macros. */
#pragma once

#define SATP_SV39 (8ul << 60)
#define SATP_ASID_SHIFT 44
#define SATP_ASID_MASK 0xffff

#define SSTATUS_SPIE (1 << 5)  /* sret turns interrupts on; at user level they are on in any case */
#define SSTATUS_SPP (1 << 8)   /* the trap came from supervisor mode */
#define SSTATUS_VS (3 << 9)     /* vectors: always off, since nobody saves them */
#define SSTATUS_FS_INITIAL (1 << 13)
#define SSTATUS_FS (3 << 13)   /* 0: floating point is off */
#define SSTATUS_SUM (1 << 18)   /* the kernel may reach user level's pages: never */
#define SSTATUS_MXR (1 << 19)   /* what is executable is readable: never */

#define SIE_TIMER (1 << 5)
#define SIE_EXTERNAL (1 << 9)

#define SCAUSE_INTERRUPT (1ul << 63)
#define SCAUSE_USER_ECALL 8

#define SCOUNTEREN_ALL 7 /* cycle, time and instret for user level */

#define CSR_STIMECMP 0x14d /* Sstc; older assemblers have no name for it */

#ifndef __ASSEMBLER__
#include <stdint.h>

#define csr_name(name) #name
#define csr_read(name) ({ uint64_t csr_value; __asm__ volatile("csrr %0, " csr_name(name) : "=r"(csr_value)); csr_value; })
#define csr_write(name, value) __asm__ volatile("csrw " csr_name(name) ", %0" : : "r"((uint64_t)(value)) : "memory")
#define csr_set(name, bits) __asm__ volatile("csrs " csr_name(name) ", %0" : : "r"((uint64_t)(bits)) : "memory")
#define csr_clear(name, bits) __asm__ volatile("csrc " csr_name(name) ", %0" : : "r"((uint64_t)(bits)) : "memory")

/* The fences order earlier stores to page tables before later walks (section 4.2.1), so they are compiler barriers too. */
static inline void fence_translations(void) { __asm__ volatile("sfence.vma" : : : "memory"); }
static inline void fence_space(uint64_t asid) { __asm__ volatile("sfence.vma zero, %0" : : "r"(asid) : "memory"); }
static inline void fence_page(uint64_t address, uint64_t asid)
{
    __asm__ volatile("sfence.vma %0, %1" : : "r"(address), "r"(asid) : "memory");
}
#endif
