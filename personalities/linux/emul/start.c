/* A fresh program's first steps. */
#include "personalities/linux/emul/stack.h"
#include "personalities/linux/emul/unix.h"

#include <arch/program.h>

/* The end of a page of the file that belongs to the program's zeroes already. */
static void zero_tails(const struct exec_facts *facts)
{
	for (unsigned i = 0; i < sizeof facts->zero / sizeof *facts->zero; i++)
		for (uint64_t at = facts->zero[i].start; at < facts->zero[i].end; at++)
			*(volatile uint8_t *)(uintptr_t)at = 0;
}

/* Called by entry.S; all of emul_data is zero. */
void emul_exec(void)
{
	static const struct thread_bases none;
	struct stack_facts facts = {
		.exec = &exchange.exec, .platform = PLATFORM, .hwcap = hwcap_read(),
		.uid = exchange.uid, .euid = exchange.euid, .gid = exchange.gid, .egid = exchange.egid,
	};

	zero_tails(&exchange.exec);
	fpu_probe(&emul_data.fpu_facts);
	fpu_reset(&emul_data.fpu_facts, emul_data.fpu);
	bases_load(&none);
	facts.minimal_signal_stack = minimal_signal_stack();
	regs_start(&emul_data.regs, exchange.exec.entry, stack_build(&facts));
}
