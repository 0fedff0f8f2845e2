/* The FPU's registers: the C of this library is compiled without them.  a0 is unused, a1 = area: f0 to f31, fcsr. */
	.option arch, +d, +zicsr
	.text

	.globl fpu_save
fpu_save:
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	fsd f\n, 8 * \n(a1)
	.endr
	frcsr t0
	sw t0, 256(a1)
	ret

	.globl fpu_load
fpu_load:
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	fld f\n, 8 * \n(a1)
	.endr
	lw t0, 256(a1)
	fscsr t0
	ret

	.globl fpu_reset
fpu_reset:
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	fmv.d.x f\n, zero
	.endr
	fscsr zero
	ret

	.section .note.GNU-stack, "", @progbits
