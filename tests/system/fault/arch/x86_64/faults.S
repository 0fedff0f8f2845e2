/* See faults.h; rdi is the thread's argument, every other register is zero. */
    .text
    .globl fault_load, fault_store, fault_jump, fault_undefined, fault_privileged, fault_port, fault_break, fault_wait
    .globl fault_step, fault_step_at, fault_x87, fault_x87_at
    .globl fault_divide, fault_int, fault_segment, fault_cr, fault_msr, fault_cli
fault_load:         mov     (%rdi), %rsi
                    jmp     fault_wait
fault_store:        mov     %rdi, (%rdi)
                    jmp     fault_wait
fault_jump:         jmp     *%rdi
fault_undefined:    ud2
fault_privileged:   hlt
fault_cli:          cli
fault_port:         in      $0x60, %al
fault_break:        int3
fault_divide:       div     %ecx
fault_int:          int     $0x80
fault_segment:      mov     %edi, %ss
fault_cr:           mov     %cr3, %rax
fault_msr:          rdmsr
fault_step:         pushfq
                    orl     $0x100, (%rsp) /* trap flag */
                    popfq
                    nop
fault_step_at:      jmp     fault_wait
fault_x87:          push    $0x37b /* division by zero not masked */
                    fldcw   (%rsp)
                    pop     %rax
                    fld1
                    fldz
                    fdivrp
fault_x87_at:       fwait
fault_wait:         mov     $9, %eax /* yield */
                    syscall
                    jmp     fault_wait
    .section .note.GNU-stack, "", @progbits
