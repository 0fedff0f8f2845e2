/* See trap.h.  s0 keeps the structure, s1 the counter: a system call keeps both. */
    .text
    .globl trap, trap_not, trap_undefined, trap_load

.macro begin
    addi sp, sp, -32
    sd ra, 24(sp)
    sd s0, 16(sp)
    sd s1, 8(sp)
    mv s0, a0
    ld t0, 0(s0)
    ld a0, 8(s0)
    ld a1, 16(s0)
    ld a2, 24(s0)
    ld a3, 32(s0)
    ld a4, 40(s0)
    ld a5, 48(s0)
    ld a6, 56(s0)
    ld a7, 64(s0)
    ld t3, 72(s0)
    ld t4, 80(s0)
    rdcycle s1
.endm
.macro end
    rdcycle t1
    sd s1, 88(s0)
    sd t1, 96(s0)
    sd t0, 0(s0)
    sd a0, 8(s0)
    sd a1, 16(s0)
    sd a2, 24(s0)
    sd a3, 32(s0)
    sd a4, 40(s0)
    sd a5, 48(s0)
    sd a6, 56(s0)
    sd a7, 64(s0)
    sd t3, 72(s0)
    sd t4, 80(s0)
    ld ra, 24(sp)
    ld s0, 16(sp)
    ld s1, 8(sp)
    addi sp, sp, 32
    ret
.endm

trap:
    begin
    ecall
    end
trap_not:
    begin
    end
trap_undefined:
    begin
    .word 0                             /* TRAP_FAULT_BYTES */
    end
trap_load:
    begin
    .option push
    .option norvc
    ld a2, 0(a2)
    .option pop
    end
