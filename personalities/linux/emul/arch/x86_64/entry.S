/* The library's first bytes: the entry of redirected system calls, the header that the unix server reads, the entries of
 * programs, children and signals, and the one way out.
 *
 * A redirected call comes with rcx = return address, r11 = flags and every other register the user's.  All data is
 * addressed relative to rip (emul.ld places it), so no register is needed to find it, and the user's stack, red zone and
 * segment bases stay as they are. */
#include "personalities/linux/emul/arch/x86_64/registers.h"
#include "personalities/linux/emul/layout.h"

.macro save reg, offset
	mov %\reg, emul_data + \offset(%rip)
.endm
.macro load reg, offset
	mov emul_data + \offset(%rip), %\reg
.endm
.macro each what
	\what r8, REG_R8
	\what r9, REG_R9
	\what r10, REG_R10
	\what r12, REG_R12
	\what r13, REG_R13
	\what r14, REG_R14
	\what r15, REG_R15
	\what rdi, REG_RDI
	\what rsi, REG_RSI
	\what rbp, REG_RBP
	\what rbx, REG_RBX
	\what rdx, REG_RDX
	\what rax, REG_RAX
.endm
.macro own_stack
	lea emul_data + EMUL_STACK_TOP(%rip), %rsp
.endm

	.section .entry, "ax"
	.globl emul_start
emul_start:
	save rsp, REG_RSP
	jmp enter

	.org 64
	.long 0x4c554d45, 1
	.quad exec, child, signal
	.quad leave_start, leave_end, emul_leave
	.quad fixups, fixups_end

enter:
	own_stack
	cld
	save rcx, REG_RIP
	save r11, REG_FLAGS
	save rcx, REG_RCX
	save r11, REG_R11
	save rax, REG_NUMBER
	each save
	call emul_syscall

/* Out.  Until the last jump everything comes from memory, so that it can be begun again at any point: the server does so
 * when a signal arrives behind the look at `pending`. */
	.globl emul_leave
emul_leave:
	own_stack
leave_start:
	mov exchange + EXCHANGE_AT_BLOCKED(%rip), %rax
	not %rax
	test %rax, exchange + EXCHANGE_AT_PENDING(%rip)
	jnz deliver
	each load
	load rcx, REG_RCX
	load r11, REG_R11
	push emul_data + REG_FLAGS(%rip)
	popf
	load rsp, REG_RSP
	jmp *emul_data + REG_RIP(%rip)
leave_end:

deliver:
	call emul_signals
	jmp emul_leave

/* A signal stopped the program outside of the library: every register is the user's but rip, which the exchange has. */
signal:
	save rsp, REG_RSP
	own_stack
	pushf
	pop emul_data + REG_FLAGS(%rip)
	cld
	each save
	save rcx, REG_RCX
	save r11, REG_R11
	mov exchange + EXCHANGE_AT_SIGNAL_PC(%rip), %rax
	save rax, REG_RIP
	jmp deliver

child:
	own_stack
	call emul_child
	jmp emul_leave

exec:
	own_stack
	call emul_exec
	jmp emul_leave

	.section .rodata
	.balign 8
fixups:
	.quad copy_words, copy_words_end, copy_words_fault
	.quad copy_bytes, copy_bytes_end, copy_bytes_fault
	.quad copy_char, copy_char_end, copy_char_fault
	.quad probe, probe_end, probe_fault
fixups_end:

	.section .note.GNU-stack, "", @progbits
