/* What the ISA's signal frame is made from: pushed on the program's stack by frame_push(), taken from it by frame_pop(). */
#pragma once

#include "personalities/linux/emul/deliver.h"
#include "personalities/linux/emul/siginfo.h"
#include "personalities/linux/emul/state.h"

struct frame_facts {
	const struct signal_due *due;
	uint64_t sp;   /* to push below: the program's, or the end of its alternate stack */
	bool switched; /* sp is of the alternate stack, where no red zone is kept */
	uint64_t mask; /* to come back to */
	struct linux_stack stack;
	struct linux_siginfo info;
};

/* Pushes the frame and sets the registers for the handler.  -EFAULT: the stack cannot be written. */
int64_t frame_push(struct user_regs *regs, const struct frame_facts *facts);

/* Takes the frame that the handler came back to: registers, FPU, mask and alternate stack. */
int64_t frame_pop(struct user_regs *regs, uint64_t *mask, struct linux_stack *stack);
