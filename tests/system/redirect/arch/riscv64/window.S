/* A window of one page, calls on all sides of it, and what the test lets run in it.  Nothing but these instructions is
 * ever executed; all registers come from outside. */
    .section .text.window, "ax"
    .option norvc
    .globl  window, window_resume, inside, last_inside, first_outside, just_before, outside, begin
    .balign 4096
begin:          ebreak
outside:        ecall
                ebreak
    .zero   4096 - 4 - 12
just_before:    ecall
window:         ebreak
window_resume:  li      t0, 11 /* redirect_resume */
                ecall
inside:         ecall
                ebreak
    .zero   4096 - 4 - 20
last_inside:    ecall
first_outside:  ebreak
                ecall
                ebreak
