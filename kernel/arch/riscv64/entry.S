/* Where the firmware jumps to: supervisor mode, translation off, a0 = this hart, a1 = physical address of the device
 * tree (SBI specification; any hart may be the boot hart, the others stay stopped).
 *
 * The image runs at its load address for these few instructions, which is why they are first in it and only reach
 * symbols relative to pc.  Then boot_root gives it its linked address, and boot_main makes the real page tables. */
#include <arch/csr.h>
#include <arch/layout.h>

    .section .boot, "ax"
    .globl _start
_start:
    csrw    sie, zero
    csrw    sip, zero
    la      t0, bss_start
    la      t1, kernel_end
1:  sd      zero, (t0)                  /* both ends are page-aligned: see kernel.ld */
    addi    t0, t0, 8
    bltu    t0, t1, 1b

    la      t0, boot_root
    srli    t0, t0, 12
    li      t1, SATP_SV39
    or      t0, t0, t1
    sfence.vma
    csrw    satp, t0
    sfence.vma

    la      t0, 2f
    li      t1, IMAGE_OFFSET
    add     t0, t0, t1
    jr      t0
2:                                      /* at the linked address from here on */
    la      sp, boot_stack + STACK_BYTES
    li      tp, 0
    la      t0, idle_registers
    csrw    sscratch, t0
    la      t0, trap_entry
    csrw    stvec, t0
    li      t0, SSTATUS_FS | SSTATUS_VS | SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR /* firmware may have left any of them on */
    csrc    sstatus, t0
    li      t0, SSTATUS_SPIE
    csrs    sstatus, t0
    j       boot_main

/* _Noreturn void boot_enter(uint64_t satp, uint64_t stack, void (*next)(void)): into the final address space, onto the
 * core's stack, which is mapped only there. */
    .text
    .globl boot_enter
boot_enter:
    csrw    satp, a0
    sfence.vma
    mv      sp, a1
    jr      a2

/* Root table until boot_main's is ready: 1 GiB entries, the image where it is and where it is linked, and the direct map
 * of all RAM that there can be.  0xcf: valid, read, write, execute, accessed, dirty; 0xc7: the same without execute. */
    .section .data.boot, "aw"
    .balign 4096
boot_root:
    .zero   8 * 2
    .quad   BOOT_RAM_BASE >> 2 | 0xcf
    .zero   8 * (256 - 3)
    .set    gib, 0
    .rept   32
    .quad   (BOOT_RAM_BASE + (gib << 30)) >> 2 | 0xc7
    .set    gib, gib + 1
    .endr
    .zero   8 * (510 - 288)
    .quad   BOOT_RAM_BASE >> 2 | 0xcf
    .quad   0

/* Core 0's stack: at its linked address until boot_enter, at KERNEL_STACKS from then on. */
    .section .stack, "aw", @nobits
    .globl  boot_stack
    .balign 4096
boot_stack:
    .zero   STACK_BYTES
