/* Entry from user level and exit to it.
 *
 * Entry finds the current thread's save area without C, GS or swapgs: TSS.rsp[0] of this core is the end of its struct
 * registers.  Exceptions and interrupts push right there; `syscall` comes in by a stub of its own core, which knows the
 * address of that TSS.  Then everything is saved and C goes on upon the core's stack, found from registers.core.
 *
 * Interrupts are off throughout.  Flags that user level controls (alignment check, which would open SMAP; direction;
 * nested task) are off before C runs: SYSCALL masks them, the other entry reloads the flags.  NMI, double fault and machine
 * check have stacks of their own, so the moments with user level's stack pointer (first and last instruction of a system
 * call) are safe. */
#include "kernel/arch/x86_64/layout.h"
#include <isthmus/abi.h>

    .text

/* What a system call carries, but for the operation, to the struct registers at `base`. */
.macro save_message base
    mov %rdi, REGS_RDI(\base)
    mov %rsi, REGS_RSI(\base)
    mov %rdx, REGS_RDX(\base)
    mov %r8,  REGS_R8(\base)
    mov %r9,  REGS_R9(\base)
    mov %r10, REGS_R10(\base)
    mov %r12, REGS_R12(\base)
    mov %r13, REGS_R13(\base)
    mov %r14, REGS_R14(\base)
    mov %r15, REGS_R15(\base)
.endm

/* All general registers but rsp, to the struct registers at %rsp. */
.macro save_registers
    save_message %rsp
    mov %rax, REGS_RAX(%rsp)
    mov %rbx, REGS_RBX(%rsp)
    mov %rbp, REGS_RBP(%rsp)
    mov %rcx, REGS_RCX(%rsp)
    mov %r11, REGS_R11(%rsp)
.endm

/* pre: save_registers.  Leaves the struct registers' address in rdi and the core's empty stack in rsp. */
.macro save_bases_and_leave_frame
    rdfsbase %rax
    rdgsbase %rcx
    mov %rax, REGS_FS_BASE(%rsp)
    mov %rcx, REGS_GS_BASE(%rsp)
    mov %rsp, %rdi
    mov REGS_CORE(%rsp), %eax
    shl $CORE_AREA_SHIFT, %eax
    lea CORES_BASE + CORE_AREA(%rax), %rsp
.endm

/* frame: of the thread that runs next.  Makes its struct registers what the next entry saves to, loads the bases.  Uses rax,
 * rcx, and rsp, on which nothing is any more. */
.macro enter_frame frame
    and $-CORE_AREA, %rsp
    lea REGS_END(\frame), %rcx
    mov %rcx, CORE_BLOCK + BLOCK_RSP0(%rsp)
    mov REGS_FS_BASE(\frame), %rax
    mov REGS_GS_BASE(\frame), %rcx
    wrfsbase %rax
    wrgsbase %rcx
.endm

.macro load_message
    mov REGS_RAX(%rdi), %rax
    mov REGS_RSI(%rdi), %rsi
    mov REGS_RDX(%rdi), %rdx
    mov REGS_R8(%rdi),  %r8
    mov REGS_R9(%rdi),  %r9
    mov REGS_R10(%rdi), %r10
    mov REGS_R12(%rdi), %r12
    mov REGS_R13(%rdi), %r13
    mov REGS_R14(%rdi), %r14
    mov REGS_R15(%rdi), %r15
    mov REGS_RBX(%rdi), %rbx
    mov REGS_RBP(%rdi), %rbp
.endm

/* ---- system calls ---- */

/* LSTAR of core n.  Absolute addresses: no register is free. */
    .balign 32
    .globl syscall_stubs
syscall_stubs:
    .set n, 0
    .rept 64 /* MAX_CORES */
    .balign 32
    mov %rsp, CORES_BASE + n * CORE_AREA + CORE_BLOCK + BLOCK_USER_SP
    mov CORES_BASE + n * CORE_AREA + CORE_BLOCK + BLOCK_RSP0, %rsp
    pushq $USER_SS
    pushq CORES_BASE + n * CORE_AREA + CORE_BLOCK + BLOCK_USER_SP
    jmp syscall_entry
    .set n, n + 1
    .endr

/* First what the fast path needs: rbx = the thread's frame, the kept registers saved, rcx r11 rbp free; and a look whether
 * the call comes from the task's window. */
syscall_entry:
    push %r11
    pushq $USER_CS
    push %rcx
    sub $REGS_RIP, %rsp
    mov %rbx, REGS_RBX(%rsp)
    mov %rbp, REGS_RBP(%rsp)
    mov %rax, REGS_RAX(%rsp)
    mov %rsp, %rbx
    rdfsbase %rbp
    rdgsbase %r11
    mov %rbp, REGS_FS_BASE(%rbx)
    mov %r11, REGS_GS_BASE(%rbx)
    mov REGS_CORE(%rbx), %ebp
    mov %ebp, %r11d
    shl $CORE_AREA_SHIFT, %r11d
    lea CORES_BASE + CORE_AREA(%r11), %rsp
    shl $7, %ebp
    mov core(%rbp), %ebp                /* core[].current */
    shl $6, %rbp
    mov cell + 36(%rbp), %ebp           /* its task */
    shl $6, %rbp
    sub cell + 48(%rbp), %rcx           /* window_base */
    sub $2, %rcx                        /* the syscall instruction itself */
    cmp cell + 56(%rbp), %rcx           /* window_size */
    jae redirect
    test %rax, %rax                     /* ISTHMUS_OP_CALL */
    jz 1f
    cmp $ISTHMUS_OP_REPLY_RECV, %rax
    jne slow_syscall
    call fast_reply_recv
    ud2
1:  call fast_call
    ud2

/* rbp: the task, and what else syscall_entry left.  The thread resumes at the window's base with every register as it
 * was but pc; nothing else changed, so nothing else is to be done.  trap_syscall() and arch_redirect() would do the same. */
redirect:
    mov cell + 48(%rbp), %rax
    mov REGS_RIP(%rbx), %rcx
    mov REGS_RFLAGS(%rbx), %r11
    mov %rax, REGS_RIP(%rbx)
    mov REGS_RAX(%rbx), %rax
    mov REGS_RBP(%rbx), %rbp
    lea REGS_RIP(%rbx), %rsp
    mov REGS_RBX(%rbx), %rbx
    iretq

/* rbx: the thread's frame, and what syscall_entry left. */
    .globl slow_syscall
slow_syscall:
    save_message %rbx
    mov REGS_RIP(%rbx), %rcx
    mov REGS_RFLAGS(%rbx), %r11
    mov %rcx, REGS_RCX(%rbx)
    mov %r11, REGS_R11(%rbx)
    mov %rbx, %rdi
    sub $8, %rsp                        /* to the top of the core's stack, where it may be already */
    or $CORE_AREA - 1, %rsp
    inc %rsp
    call trap_syscall
    ud2

/* rbx: frame of the thread that runs next, rdi: badge, the message in its registers. */
    .globl exit_fast
exit_fast:
    enter_frame %rbx
    mov REGS_RIP(%rbx), %rcx
    mov $USER_RFLAGS, %r11d
    xor %eax, %eax                      /* ISTHMUS_OK */
    mov REGS_RBP(%rbx), %rbp
    mov REGS_RSP(%rbx), %rsp
    mov REGS_RBX(%rbx), %rbx
    sysretq

/* rdi: thread_frame.  What a system call neither keeps nor answers is zero, but for rcx and r11. */
    .globl arch_exit_syscall
arch_exit_syscall:
    enter_frame %rdi
    load_message
    mov REGS_RIP(%rdi), %rcx
    mov $USER_RFLAGS, %r11d
    mov REGS_RSP(%rdi), %rsp
    mov REGS_RDI(%rdi), %rdi
    sysretq

/* ---- everything else ---- */

/* rdi: thread_frame.  pc is a canonical address (registers.c, trap.c), so that iretq cannot fault. */
    .globl arch_exit_full
arch_exit_full:
    enter_frame %rdi
    load_message
    mov REGS_RCX(%rdi), %rcx
    mov REGS_R11(%rdi), %r11
    lea REGS_RIP(%rdi), %rsp
    mov REGS_RDI(%rdi), %rdi
    iretq

/* Where the IDT points: the vector and an error code, real or 0, onto the stack. */
    .balign 16
    .globl vector_stubs
vector_stubs:
    .set n, 0
    .rept 256
    .balign 16
    .if !(n == 8 || (n >= 10 && n <= 14) || n == 17 || n == 21 || n == 29 || n == 30)
    pushq $0
    .endif
    pushq $n
    .if n == 2 || n == 8 || n == 18
    jmp trap_of_kernel
    .else
    jmp trap_entry
    .endif
    .set n, n + 1
    .endr

trap_entry:
    testb $3, REGS_CS - REGS_VECTOR(%rsp)
    jz trap_of_kernel
    sub $REGS_VECTOR, %rsp
    save_registers
    save_bases_and_leave_frame
    pushq $2
    popfq
    call trap_user
    ud2

/* From kernel level, or on a stack of its own: the end of idling, or a bug.  Nothing is resumed. */
trap_of_kernel:
    sub $REGS_VECTOR, %rsp
    save_registers
    mov %rsp, %rdi
    pushq $2
    popfq
    and $-16, %rsp
    call trap_kernel
    ud2

    .globl arch_idle, idle_wait, idle_end
arch_idle:
    or $CORE_AREA - 1, %rsp
    inc %rsp
    and $-16, %rsp
idle_wait:
    sti
    hlt
idle_end:
    cli
    jmp idle_wait
    .section .note.GNU-stack, "", @progbits
