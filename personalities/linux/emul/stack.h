/* The stack that a program finds at its start. */
#pragma once

#include "personalities/linux/exchange.h"

/* What goes into the auxiliary vector besides struct exec_facts. */
struct stack_facts {
	const struct exec_facts *exec;
	const char *platform;      /* "": none */
	uint64_t uid, euid, gid, egid, hwcap;
	uint64_t minimal_signal_stack; /* 0: not told */
};

/* Builds it below exec->stack_top, where the strings begin (see struct exec_facts), and returns the stack pointer.  It takes
 * 8 bytes a string, and less than 1 KiB more. */
uint64_t stack_build(const struct stack_facts *facts);
