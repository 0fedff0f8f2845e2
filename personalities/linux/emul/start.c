/* A fresh program's first steps. */
#include "personalities/linux/emul/stack.h"
#include "personalities/linux/emul/unix.h"

#include <arch/program.h>

/* Called by entry.S; all of emul_data is zero. */
void emul_exec(void)
{
	static const struct thread_bases none;
	struct stack_facts facts = {
		.exec = &exchange.exec, .platform = PLATFORM, .hwcap = hwcap_read(),
		.uid = exchange.uid, .euid = exchange.euid, .gid = exchange.gid, .egid = exchange.egid,
	};

	fpu_probe(&emul_data.fpu_facts);
	fpu_reset(&emul_data.fpu_facts, emul_data.fpu);
	bases_load(&none);
	facts.minimal_signal_stack = minimal_signal_stack();
	regs_start(&emul_data.regs, exchange.exec.entry, stack_build(&facts));
}
