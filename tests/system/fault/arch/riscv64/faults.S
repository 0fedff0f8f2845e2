/* See faults.h; a0 is the thread's argument. */
    .text
    .globl fault_load, fault_store, fault_jump, fault_undefined, fault_zeroes, fault_privileged, fault_break
    .globl fault_misaligned, fault_wait
    .balign 4
    .option norvc
    .option arch, +zicsr
fault_load:         ld      a1, 0(a0)
                    j       fault_wait
fault_store:        sd      a0, 0(a0)
                    j       fault_wait
fault_jump:         jr      a0
fault_undefined:    .word   0xffffffff
fault_zeroes:       .half   0, 0
fault_privileged:   csrr    a0, sstatus
fault_break:        ebreak
fault_misaligned:   amoadd.d a1, a0, (a0)
fault_wait:         li      t0, 9 /* yield */
                    ecall
                    j       fault_wait
