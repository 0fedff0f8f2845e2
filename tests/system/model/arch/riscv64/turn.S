/* The turn of every thread of this test (turn.h), on riscv64.  s1 is the thread's name; every other register that is not in
 * struct turn is zero at each trap, but sp. */
	.section .text.turn, "ax"
	.globl turn_entry, turn_after, turn_fault

turn_entry:                             /* thread_start: a0 is the name */
	mv	s1, a0
turn_trapped:
	la	t1, turn
	sd	s1, 0(t1)
	sd	t0, 8(t1)
	sd	a0, 16(t1)
	sd	a1, 24(t1)
	sd	a2, 32(t1)
	sd	a3, 40(t1)
	sd	a4, 48(t1)
	sd	a5, 56(t1)
	sd	a6, 64(t1)
	sd	a7, 72(t1)
	sd	t3, 80(t1)
	sd	t4, 88(t1)
	la	sp, turn_stack_end
	call	turn_take
	la	t1, turn
	ld	s1, 0(t1)
	ld	t0, 8(t1)
	ld	a0, 16(t1)
	ld	a1, 24(t1)
	ld	a2, 32(t1)
	ld	a3, 40(t1)
	ld	a4, 48(t1)
	ld	a5, 56(t1)
	ld	a6, 64(t1)
	ld	a7, 72(t1)
	ld	t3, 80(t1)
	ld	t4, 88(t1)
	ld	t1, 96(t1)
	mv	ra, zero
	mv	gp, zero
	mv	tp, zero
	mv	t2, zero
	mv	s0, zero
	mv	s2, zero
	mv	s3, zero
	mv	s4, zero
	mv	s5, zero
	mv	s6, zero
	mv	s7, zero
	mv	s8, zero
	mv	s9, zero
	mv	s10, zero
	mv	s11, zero
	mv	t5, zero
	mv	t6, zero
	bnez	t1, 1f
	ecall
turn_after:
	j	turn_trapped
1:	mv	t1, zero
turn_fault:
	ld	zero, 8(zero)
	j	turn_fault
