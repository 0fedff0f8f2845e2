/* The turn of every thread of this test (turn.h), on x86_64.  rbx is the thread's name; every other register that is not in
 * struct turn is zero at each trap, but rsp. */
	.section .text.turn, "ax"
	.globl turn_entry, turn_after, turn_fault

turn_entry:                             /* thread_start: rdi is the name */
	movq	%rdi, %rbx
turn_trapped:
	movq	%rbx, turn+0
	movq	%rax, turn+8
	movq	%rdi, turn+16
	movq	%rsi, turn+24
	movq	%rdx, turn+32
	movq	%r8, turn+40
	movq	%r9, turn+48
	movq	%r10, turn+56
	movq	%r12, turn+64
	movq	%r13, turn+72
	movq	%r14, turn+80
	movq	%r15, turn+88
	movq	$turn_stack_end, %rsp
	xorl	%ebp, %ebp
	cld
	call	turn_take
	movq	turn+0, %rbx
	movq	turn+8, %rax
	movq	turn+16, %rdi
	movq	turn+24, %rsi
	movq	turn+32, %rdx
	movq	turn+40, %r8
	movq	turn+48, %r9
	movq	turn+56, %r10
	movq	turn+64, %r12
	movq	turn+72, %r13
	movq	turn+80, %r14
	movq	turn+88, %r15
	xorl	%ebp, %ebp
	xorl	%ecx, %ecx
	xorl	%r11d, %r11d
	cmpq	$0, turn+96
	jne	turn_fault
	syscall
turn_after:
	jmp	turn_trapped
turn_fault:
	cmpb	$0, 8
	jmp	turn_fault
	.section .note.GNU-stack, "", %progbits
