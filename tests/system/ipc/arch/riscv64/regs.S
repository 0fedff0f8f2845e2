/* void regs_syscall(uint64_t regs[32]): loads every register but pc and sp from regs[], traps, and stores them there. */
.macro others op
    \op ra, 8(a0)
    \op gp, 24(a0)
    \op tp, 32(a0)
    \op t0, 40(a0)
    \op t1, 48(a0)
    \op t2, 56(a0)
    \op s0, 64(a0)
    \op s1, 72(a0)
    \op a1, 88(a0)
    \op a2, 96(a0)
    \op a3, 104(a0)
    \op a4, 112(a0)
    \op a5, 120(a0)
    \op a6, 128(a0)
    \op a7, 136(a0)
    \op s2, 144(a0)
    \op s3, 152(a0)
    \op s4, 160(a0)
    \op s5, 168(a0)
    \op s6, 176(a0)
    \op s7, 184(a0)
    \op s8, 192(a0)
    \op s9, 200(a0)
    \op s10, 208(a0)
    \op s11, 216(a0)
    \op t3, 224(a0)
    \op t4, 232(a0)
    \op t5, 240(a0)
    \op t6, 248(a0)
.endm
.macro kept op
    \op ra, 0(sp)
    \op gp, 8(sp)
    \op tp, 16(sp)
    \op s0, 24(sp)
    \op s1, 32(sp)
    \op s2, 40(sp)
    \op s3, 48(sp)
    \op s4, 56(sp)
    \op s5, 64(sp)
    \op s6, 72(sp)
    \op s7, 80(sp)
    \op s8, 88(sp)
    \op s9, 96(sp)
    \op s10, 104(sp)
    \op s11, 112(sp)
.endm
    .text
    .globl regs_syscall
regs_syscall:
    addi    sp, sp, -144
    kept    sd
    sd      a0, 120(sp)
    others  ld
    ld      a0, 80(a0)
    ecall
    sd      a0, 128(sp)
    ld      a0, 120(sp)
    others  sd
    mv      t0, a0
    ld      t1, 128(sp)
    sd      t1, 80(t0)
    kept    ld
    addi    sp, sp, 144
    ret
