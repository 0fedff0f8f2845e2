/* Entry of a user program: sp is the end of its stack, a0 a word from whoever started it.  The memory is as the program's
 * file says, so nothing is set up but the stack's alignment.  Returning from isthmus_main faults, so that the handler of
 * the task's faults learns that it has ended, or the thread is suspended. */
	.section .text.start, "ax"
	.globl _start
_start:
	andi	sp, sp, -16
	li	s0, 0
	call	isthmus_main
1:	unimp
	j	1b
