/* Copies to and from user memory.  A fault inside is the user's: the unix server lets the thread go on at the function's
 * fault label (the table is in entry.S). */
	.text

/* size_t user_copy(void *to, const void *from, size_t size): bytes not copied. */
	.globl user_copy
user_copy:
	mov %rdx, %rcx
	shr $3, %rcx
	and $7, %edx
	.globl copy_words, copy_words_end, copy_words_fault
copy_words:
	rep movsq
copy_words_end:
	mov %edx, %ecx
	.globl copy_bytes, copy_bytes_end, copy_bytes_fault
copy_bytes:
	rep movsb
copy_bytes_end:
	xor %eax, %eax
	ret
/* The word may go across the end of what is there: its first bytes still count. */
copy_words_fault:
	lea (%rdx, %rcx, 8), %rcx
	jmp copy_bytes
copy_bytes_fault:
	mov %rcx, %rax
	ret

/* int64_t user_copy_string(char *to, const char *from, size_t size): bytes copied, NUL included; size if there was no NUL
 * in as many; -1 after a fault. */
	.globl user_copy_string
user_copy_string:
	xor %eax, %eax
1:	cmp %rdx, %rax
	je 2f
	.globl copy_char, copy_char_end, copy_char_fault
copy_char:
	movb (%rsi, %rax), %cl
copy_char_end:
	movb %cl, (%rdi, %rax)
	inc %rax
	test %cl, %cl
	jnz 1b
2:	ret
copy_char_fault:
	mov $-1, %rax
	ret

/* bool user_probe(void *to): whether the byte can be written, which it is, with the value that it has. */
	.globl user_probe
user_probe:
	.globl probe, probe_end, probe_fault
probe:
	lock orb $0, (%rdi)
probe_end:
	mov $1, %eax
	ret
probe_fault:
	xor %eax, %eax
	ret

	.section .note.GNU-stack, "", @progbits
