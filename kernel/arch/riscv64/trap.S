/* From user level into the kernel and back.
 *
 * Straight-line code that touches no memory but the registers of one thread, and leaves by a tail jump into C:
 *
 *     trap_entry -> fast_call, fast_reply_recv -> exit_fast              IPC
 *                -> slow_syscall -> trap_syscall()                       any other system call
 *                -> trap_other  -> trap_interrupt()                      interrupt
 *                               -> trap_exception(scause, stval, frame)  everything else, the kernel's own bugs too
 *
 * Invariants at every instruction of the kernel outside of the first few of trap_entry and the last few of the exits:
 *   sscratch = a struct registers that may be overwritten: the thread's that trapped last on this core, or, while the
 *              core boots or idles, idle_registers[core].  So a trap of the kernel itself, a bug, can store there like any
 *              other; SPP tells it apart where that costs a system call nothing.
 *   tp       = the core's index.
 * Nothing but idle's wfi waits for interrupts, and even there they stay masked (SIE = 0): no trap is ever expected from
 * supervisor mode. */
#include <arch/csr.h>
#include <arch/layout.h>
#include <isthmus/abi.h>

#define SET(register, word, member) .set SAVE_##register, 8 * word;
    REGISTER_LAYOUT(SET)

.macro each op, base, registers:vararg
  .irp r, \registers
    \op     \r, SAVE_\r(\base)
  .endr
.endm
.macro zero registers:vararg
  .irp r, \registers
    li      \r, 0
  .endr
.endm
/* sp = top of this core's stack */
.macro core_stack temporary
    addi    \temporary, tp, 1
    slli    \temporary, \temporary, STACK_STRIDE_BITS
    li      sp, KERNEL_STACKS
    add     sp, sp, \temporary
.endm

    .text
    .globl  trap_entry, slow_syscall, exit_fast, arch_exit_syscall, arch_exit_full, arch_idle

    .balign 4                           /* stvec's low bits are its mode: 0, direct */
trap_entry:
    csrrw   sp, sscratch, sp
    each    sd, sp, gp, tp, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
    csrr    s0, scause
    csrr    s1, sepc
    csrrw   s2, sscratch, sp            /* the thread's sp, and the invariant restored */
    sd      s2, SAVE_sp(sp)
    ld      tp, SAVE_core(sp)
    li      s3, SCAUSE_USER_ECALL       /* comes from user mode only: no look at SPP here */
    bne     s0, s3, trap_other
    addi    s1, s1, 4
    sd      s1, SAVE_pc(sp)

    /* The current thread and its task, and is the call made inside of the task's window?  Only kept registers are used:
     * a call from elsewhere is redirected with every register as it was. */
    slli    s4, tp, CORE_BITS
    la      s3, core
    add     s3, s3, s4                  /* struct core */
    lwu     s4, OFFSET_CURRENT(s3)      /* its current thread */
    li      s6, CELLS_ADDRESS
    slli    s5, s4, CELL_BITS
    add     s5, s5, s6                  /* its struct cell */
    lwu     s7, OFFSET_TASK(s5)
    slli    s7, s7, CELL_BITS
    add     s7, s7, s6                  /* its task's */
    ld      s8, OFFSET_WINDOW_BASE(s7)
    ld      s9, OFFSET_WINDOW_SIZE(s7)
    addi    s8, s8, 4                   /* pc is behind the ecall */
    sub     s8, s1, s8
    bgeu    s8, s9, slow_syscall
    li      s6, ISTHMUS_OP_REPLY_RECV
    beqz    t0, fast_call               /* ISTHMUS_OP_CALL; C without a stack, see <arch/fast.h> */
    beq     t0, s6, fast_reply_recv

slow_syscall:                           /* message registers as user level left them */
    each    sd, sp, ra, t0, t1, t2, a0, a1, a2, a3, a4, a5, a6, a7, t3, t4, t5, t6
    core_stack t0
    j       trap_syscall

trap_other:
    sd      s1, SAVE_pc(sp)
    each    sd, sp, ra, t0, t1, t2, a0, a1, a2, a3, a4, a5, a6, a7, t3, t4, t5, t6
    mv      a0, s0
    csrr    a1, stval
    mv      a2, sp
    core_stack t0
    bgez    s0, 1f                      /* bit 63: interrupt */
    j       trap_interrupt
1:  csrr    t0, sstatus
    andi    t0, t0, SSTATUS_SPP
    bnez    t0, 2f
    j       trap_exception
2:  j       trap_kernel

/* s1 = thread's frame, a0 = badge, the message in its registers.  As arch_exit_syscall, but nothing is loaded that is
 * there already. */
exit_fast:
    csrw    sscratch, s1
    ld      t0, SAVE_pc(s1)
    csrw    sepc, t0
    each    ld, s1, sp, gp, tp, s0, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s1
    zero    ra, t0, t1, t2, t5, t6      /* t0: ISTHMUS_OK */
    sret

/* a0 = thread's frame.  What a system call destroys comes back zero: nothing of the kernel leaks. */
arch_exit_syscall:
    csrw    sscratch, a0
    ld      t0, SAVE_pc(a0)
    csrw    sepc, t0
    each    ld, a0, sp, gp, tp, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t0, a1, a2, a3, a4, a5, a6, a7, t3, t4
    ld      a0, SAVE_a0(a0)
    zero    ra, t1, t2, t5, t6
    sret

/* a0 = thread's frame.  The thread may have been interrupted between lr and sc, and another thread of this hart may have
 * stored there since, which need not break a reservation (unprivileged specification, section 8.2): the failing sc ends it. */
arch_exit_full:
    csrw    sscratch, a0
    ld      t0, SAVE_pc(a0)
    csrw    sepc, t0
    addi    t0, a0, SAVE_scratch
    sc.d    t0, zero, (t0)
    each    ld, a0, ra, sp, gp, tp, t0, t1, t2, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
    each    ld, a0, a1, a2, a3, a4, a5, a6, a7, t3, t4, t5, t6
    ld      a0, SAVE_a0(a0)
    sret

/* wfi ends when an enabled interrupt is pending, whatever SIE says (privileged specification, section 3.3.3), or for no
 * reason: then trap_interrupt finds nothing and comes back. */
arch_idle:
    la      t0, idle_registers
    li      t1, SAVE_scratch + 8         /* sizeof(struct registers) */
    mul     t1, t1, tp
    add     t0, t0, t1
    csrw    sscratch, t0
    core_stack t0
    wfi
    j       trap_interrupt
