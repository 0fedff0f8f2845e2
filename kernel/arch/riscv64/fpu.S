/* The floating-point registers to and from 264 bytes: f0 to f31, then fcsr.  Pre: FS is not off. */
#include <arch/csr.h>

    .option arch, +d
.macro all_f op, base
  .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    \op     f\n, 8 * \n(\base)
  .endr
.endm

    .text
    .globl  fpu_store, fpu_fetch, fpu_clear, fpu_probe
fpu_store:                              /* void fpu_store(uint8_t *to) */
    all_f   fsd, a0
    frcsr   t0
    sd      t0, 8 * 32(a0)
    ret

fpu_fetch:                              /* void fpu_fetch(const uint8_t *from) */
    all_f   fld, a0
    ld      t0, 8 * 32(a0)
    fscsr   t0
    ret

fpu_clear:                              /* void fpu_clear(void): the state of a thread that never had one */
  .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    fmv.d.x f\n, zero
  .endr
    fscsr   zero
    ret

/* bool fpu_probe(void): does an instruction of the D extension work?  The one trap of the kernel that is no bug; it goes to 1:
 * and nowhere else.  Boot only. */
fpu_probe:
    la      t0, 1f
    csrrw   t1, stvec, t0
    li      a0, 0
    fmv.d.x f0, zero
    li      a0, 1
    .balign 4
1:  csrw    stvec, t1
    li      t0, SSTATUS_SPP             /* a trap set it */
    csrc    sstatus, t0
    li      t0, SSTATUS_SPIE
    csrs    sstatus, t0
    ret
