/* void fpu_load(const uint64_t in[33]), void fpu_store(uint64_t out[33]) */
    .option arch, +d
    .text
    .globl  fpu_load, fpu_store
fpu_load:
  .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    fld     f\n, 8 * \n(a0)
  .endr
    ld      t0, 8 * 32(a0)
    fscsr   t0
    ret
fpu_store:
  .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    fsd     f\n, 8 * \n(a0)
  .endr
    frcsr   t0
    sd      t0, 8 * 32(a0)
    ret

/* uint64_t fpu_peek(void): what a store, as the first thing that touches the FPU, shows of f5 */
    .text
    .globl  fpu_peek
fpu_peek:
    addi    sp, sp, -16
    fsd     f5, 0(sp)
    ld      a0, 0(sp)
    addi    sp, sp, 16
    ret
