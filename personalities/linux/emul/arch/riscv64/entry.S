/* The library's first bytes: the entry of redirected system calls, the header that the unix server reads, the entries of
 * programs, children and signals, and the one way out.
 *
 * A redirected call comes with t0 = address of the redirection frame, which holds pc and t0, and every other register
 * the user's.  The frame lies in the exchange (the kernel writes it through its own map, so it must never be copied on
 * write); the registers are kept in the library's data, of which a forked child has a copy. */
#include "personalities/linux/emul/arch/riscv64/registers.h"
#include "personalities/linux/emul/layout.h"

#define REDIRECT_RESUME 11

/* All but pc, sp, t0 (x5) and t1 (x6), which are moved with more care. */
.macro each what, base
	\what x1, REG_X(1)(\base)
	\what x3, REG_X(3)(\base)
	\what x4, REG_X(4)(\base)
	.irp n, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\what x\n, REG_X(\n)(\base)
	.endr
.endm
.macro own_stack
	la sp, emul_data + EMUL_STACK_TOP
.endm

/* In: t0 = redirection frame.  Saves everything and leaves t1 = emul_data, sp = the library's stack. */
.macro save_all
	sd t1, REDIRECT_SPARE(t0)
	la t1, emul_data
	each sd, t1
	sd sp, REG_X(2)(t1)
	ld t2, REDIRECT_PC(t0)
	sd t2, REG_PC(t1)
	ld t2, REDIRECT_T0(t0)
	sd t2, REG_X(5)(t1)
	ld t2, REDIRECT_SPARE(t0)
	sd t2, REG_X(6)(t1)
	own_stack
.endm

	.option norelax
	.section .entry, "ax"
	.globl emul_start
emul_start:
	j enter

	.org 64
	.word 0x4c554d45, 1
	.quad exec, child, signal
	.quad leave_start, leave_end, emul_leave
	.quad fixups, fixups_end

enter:
	save_all
	sd a7, REG_NUMBER(t1)
	sd a0, REG_ORIGINAL_A0(t1)
	call emul_syscall

/* Out.  Until the trap everything comes from memory, so that it can be begun again at any point: the server does so when a
 * signal arrives behind the look at `pending`. */
	.globl emul_leave
emul_leave:
	own_stack
leave_start:
	la t1, exchange
	ld t2, EXCHANGE_AT_BLOCKED(t1)
	ld t3, EXCHANGE_AT_PENDING(t1)
	not t2, t2
	and t2, t2, t3
	bnez t2, deliver
	la t0, emul_data
	la t1, exchange + EXCHANGE_AT_REDIRECT
	ld t2, REG_PC(t0)
	sd t2, REDIRECT_PC(t1)
	ld t2, REG_X(5)(t0)
	sd t2, REDIRECT_T0(t1)
	ld t1, REG_X(6)(t0)
	ld sp, REG_X(2)(t0)
	each ld, t0
	li t0, REDIRECT_RESUME
	ecall
leave_end:
	/* Only if the kernel has lost the redirection frame, and then there is no way back. */
	unimp

deliver:
	call emul_signals
	j emul_leave

/* A signal stopped the program outside of the library: the server wrote the redirection frame as the kernel does. */
signal:
	save_all
	j deliver

/* A handler returned: rt_sigreturn with the handler's stack pointer, which is all that it needs. */
	.globl emul_trampoline
emul_trampoline:
	la t1, emul_data
	sd sp, REG_X(2)(t1)
	own_stack
	call call_rt_sigreturn
	j emul_leave

child:
	own_stack
	call emul_child
	j emul_leave

exec:
	own_stack
	call emul_exec
	j emul_leave

	.section .rodata
	.balign 8
fixups:
	.quad copy_words, copy_words_end, copy_fault
	.quad copy_bytes, copy_bytes_end, copy_fault
	.quad copy_char, copy_char_end, copy_char_fault
	.quad probe, probe_end, probe_fault
fixups_end:

	.section .note.GNU-stack, "", @progbits
