/* void regs_syscall(uint64_t regs[20]): loads every register but rip, rsp and rflags from regs[], traps, stores them there. */
    .text
    .globl regs_syscall, regs_after
regs_syscall:
    push    %rbx
    push    %rbp
    push    %r12
    push    %r13
    push    %r14
    push    %r15
    rdfsbase %rax
    push    %rax
    rdgsbase %rax
    push    %rax
    sub     $16, %rsp
    mov     %rdi, (%rsp)
    mov     8*18(%rdi), %rax
    wrfsbase %rax
    mov     8*19(%rdi), %rax
    wrgsbase %rax
    mov     8*2(%rdi), %rax
    mov     8*3(%rdi), %rbx
    mov     8*4(%rdi), %rcx
    mov     8*5(%rdi), %rdx
    mov     8*6(%rdi), %rsi
    mov     8*8(%rdi), %rbp
    mov     8*9(%rdi), %r8
    mov     8*10(%rdi), %r9
    mov     8*11(%rdi), %r10
    mov     8*12(%rdi), %r11
    mov     8*13(%rdi), %r12
    mov     8*14(%rdi), %r13
    mov     8*15(%rdi), %r14
    mov     8*16(%rdi), %r15
    mov     8*7(%rdi), %rdi
    syscall
regs_after:
    mov     %rdi, 8(%rsp)
    mov     (%rsp), %rdi
    mov     %rax, 8*2(%rdi)
    mov     %rbx, 8*3(%rdi)
    mov     %rcx, 8*4(%rdi)
    mov     %rdx, 8*5(%rdi)
    mov     %rsi, 8*6(%rdi)
    mov     %rbp, 8*8(%rdi)
    mov     %r8, 8*9(%rdi)
    mov     %r9, 8*10(%rdi)
    mov     %r10, 8*11(%rdi)
    mov     %r11, 8*12(%rdi)
    mov     %r12, 8*13(%rdi)
    mov     %r13, 8*14(%rdi)
    mov     %r14, 8*15(%rdi)
    mov     %r15, 8*16(%rdi)
    mov     8(%rsp), %rax
    mov     %rax, 8*7(%rdi)
    rdfsbase %rax
    mov     %rax, 8*18(%rdi)
    rdgsbase %rax
    mov     %rax, 8*19(%rdi)
    add     $16, %rsp
    pop     %rax
    wrgsbase %rax
    pop     %rax
    wrfsbase %rax
    pop     %r15
    pop     %r14
    pop     %r13
    pop     %r12
    pop     %rbp
    pop     %rbx
    ret
    .section .note.GNU-stack, "", @progbits
