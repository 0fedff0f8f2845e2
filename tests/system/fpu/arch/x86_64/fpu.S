/* void fpu_load(const uint64_t in[68]), void fpu_store(uint64_t out[68])
 * uint64_t fpu_peek(void): what XSAVE, as the first thing that touches the FPU, shows of xmm0 to xmm15, OR-ed together */
.macro load_x87 n
    mov     8*\n(%rdi), %rax
    mov     %rax, -16(%rsp)
    movw    $0x4001, -8(%rsp)
    fldt    -16(%rsp)
.endm
    .text
    .globl  fpu_load, fpu_store, fpu_has_avx
fpu_load:
    fninit
    fldcw   8*65(%rdi)
    load_x87 66
    load_x87 67
    ldmxcsr 8*64(%rdi)
    cmpq    $0, fpu_has_avx
    je      1f
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
    vmovdqu 32*\n(%rdi), %ymm\n
    .endr
    ret
1:
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
    movdqu  32*\n(%rdi), %xmm\n
    .endr
    ret
fpu_store:
    lea     -640(%rsp), %rsi
    and     $-16, %rsi
    fxsave64 (%rsi)
    mov     32(%rsi), %rax
    mov     %rax, 8*67(%rdi)
    mov     48(%rsi), %rax
    mov     %rax, 8*66(%rdi)
    movq    $0, 8*65(%rdi)
    fnstcw  8*65(%rdi)
    movq    $0, 8*64(%rdi)
    stmxcsr 8*64(%rdi)
    cmpq    $0, fpu_has_avx
    je      1f
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
    vmovdqu %ymm\n, 32*\n(%rdi)
    .endr
    ret
1:
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
    movdqu  %xmm\n, 32*\n(%rdi)
    movq    $0, 32*\n+16(%rdi)
    movq    $0, 32*\n+24(%rdi)
    .endr
    ret
    .globl  fpu_peek
fpu_peek:
    lea     -4096(%rsp), %rdi
    and     $-64, %rdi
    mov     %rdi, %rsi
    mov     $4032 / 8, %ecx
    xor     %eax, %eax
    rep stosq
    mov     $-1, %eax
    mov     $-1, %edx
    xsave64 (%rsi)
    xor     %eax, %eax
    mov     $32, %ecx
2:  or      152(%rsi, %rcx, 8), %rax    /* 160: xmm0 */
    dec     %ecx
    jnz     2b
    ret
    .bss
    .balign 8
fpu_has_avx:
    .zero 8
    .section .note.GNU-stack, "", @progbits
