/* Copies to and from user memory.  A fault inside is the user's: the unix server lets the thread go on at the function's
 * fault label (the table is in entry.S). */
	.text

/* size_t user_copy(void *to, const void *from, size_t size): bytes not copied.  By words only where both sides are
 * aligned: a misaligned access may trap to firmware. */
	.globl user_copy
user_copy:
	add a3, a1, a2          /* end of the source */
	or t0, a0, a1
	andi t0, t0, 7
	andi t1, a2, -8
	add t1, a1, t1          /* end of its words */
	beqz t0, 2f
	j 4f
	.globl copy_words, copy_words_end, copy_fault
copy_words:
1:	ld t2, 0(a1)
	sd t2, 0(a0)
copy_words_end:
	addi a1, a1, 8
	addi a0, a0, 8
2:	bltu a1, t1, 1b
	j 4f
	.globl copy_bytes, copy_bytes_end
copy_bytes:
3:	lb t2, 0(a1)
	sb t2, 0(a0)
copy_bytes_end:
	addi a1, a1, 1
	addi a0, a0, 1
4:	bltu a1, a3, 3b
copy_fault:
	sub a0, a3, a1
	ret

/* int64_t user_copy_string(char *to, const char *from, size_t size): bytes copied, NUL included; size if there was no NUL
 * in as many; -1 after a fault. */
	.globl user_copy_string
user_copy_string:
	li t0, 0
1:	beq t0, a2, 2f
	add t1, a1, t0
	.globl copy_char, copy_char_end, copy_char_fault
copy_char:
	lbu t2, 0(t1)
copy_char_end:
	add t1, a0, t0
	sb t2, 0(t1)
	addi t0, t0, 1
	bnez t2, 1b
2:	mv a0, t0
	ret
copy_char_fault:
	li a0, -1
	ret

/* bool user_probe(void *to): whether the byte can be written, which its word is, with the value that it has. */
	.globl user_probe
user_probe:
	andi a0, a0, -4
	.globl probe, probe_end, probe_fault
probe:
	amoor.w zero, zero, (a0)
probe_end:
	li a0, 1
	ret
probe_fault:
	li a0, 0
	ret

	.section .note.GNU-stack, "", @progbits
