/* See trap.h.  rbx keeps the structure, rbp the counter: a system call keeps both. */
    .text
    .globl trap, trap_not, trap_undefined, trap_load

.macro begin
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rdi, %rbx
    mov 16(%rbx), %rsi
    mov 32(%rbx), %r8
    mov 40(%rbx), %r9
    mov 48(%rbx), %r10
    mov 56(%rbx), %r12
    mov 64(%rbx), %r13
    mov 72(%rbx), %r14
    mov 80(%rbx), %r15
    mov 8(%rbx), %rdi
.endm
.macro count                            /* the first: registers are loaded behind it, since it needs two of them */
    rdtsc
    shl $32, %rdx
    lea (%rax, %rdx), %rbp
    mov 24(%rbx), %rdx
    mov (%rbx), %rax
.endm
.macro end
    mov %rax, (%rbx)
    mov %rdx, 24(%rbx)
    rdtsc
    shl $32, %rdx
    or %rdx, %rax
    mov %rax, 96(%rbx)
    mov %rbp, 88(%rbx)
    mov %rdi, 8(%rbx)
    mov %rsi, 16(%rbx)
    mov %r8, 32(%rbx)
    mov %r9, 40(%rbx)
    mov %r10, 48(%rbx)
    mov %r12, 56(%rbx)
    mov %r13, 64(%rbx)
    mov %r14, 72(%rbx)
    mov %r15, 80(%rbx)
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    ret
.endm

trap:
    begin
    count
    syscall
    end
trap_not:
    begin
    count
    end
trap_undefined:
    begin
    count
    .byte 0x0f, 0x0b, 0x90, 0x90        /* ud2, and two bytes up to TRAP_FAULT_BYTES */
    end
trap_load:
    begin
    mov 24(%rbx), %rcx
    count
    mov (%rcx), %rcx
    nop
    end
