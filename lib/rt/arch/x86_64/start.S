/* Entry of a user program: rsp is the end of its stack, rdi a word from whoever started it.  The memory is as the
 * program's file says, so nothing is set up but the stack's alignment.  Returning from isthmus_main faults, so that the
 * handler of the task's faults learns that it has ended, or the thread is suspended. */
	.section .text.start, "ax"
	.globl _start
_start:
	andq	$-16, %rsp
	xorl	%ebp, %ebp
	call	isthmus_main
1:	ud2
	jmp	1b
	.section .note.GNU-stack, "", %progbits
