/* Offsets that entry.S shares with C; state.c asserts that the structures have them. */
#pragma once

#define EMUL_STACK_TOP 0x10000 /* end of the library's data; its stack ends there, struct emul_data is at the start */

#define EXCHANGE_AT_PENDING 8
#define EXCHANGE_AT_BLOCKED 16
#define EXCHANGE_AT_SIGNAL_PC 88
#define EXCHANGE_AT_REDIRECT 0x7000

/* The redirection frame, where the ISA has one. */
#define REDIRECT_PC 0
#define REDIRECT_T0 8
#define REDIRECT_SPARE 16 /* of no meaning to the kernel: the library's, while it has no other register */
