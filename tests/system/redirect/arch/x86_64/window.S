/* A window of one page, calls on all sides of it, and what the test lets run in it.  Nothing but these instructions is
 * ever executed; all registers come from outside. */
    .section .text.window, "ax"
    .globl  window, window_resume, inside, last_inside, first_outside, just_before, outside, begin
    .balign 4096
begin:          int3
outside:        syscall
                int3
    .zero   4096 - 2 - 4
just_before:    syscall
window:         int3
window_resume:  jmp     *%rcx
inside:         syscall
                int3
    .zero   4096 - 2 - 6
last_inside:    syscall
first_outside:  int3
                syscall
                int3
    .section .note.GNU-stack, "", @progbits
