#include <arch/frame.h>

#include "personalities/linux/emul/memory.h"
#include "personalities/linux/emul/sigframe.h"
#include "personalities/linux/emul/unix.h"

_Static_assert(FPU_AREA == FPU_SIZE, "what fpu_save() writes");

enum { X_RA = 0, X_A1 = 10, X_A2 = 11 };

/* Where a handler returns to: entry.S.  A system call here, in the window, would be one of Isthmus. */
extern const char emul_trampoline[];

int64_t frame_push(struct user_regs *regs, const struct frame_facts *facts)
{
	struct linux_sigframe frame = { .info = facts->info };
	uint64_t sp = (facts->sp - sizeof frame) & ~(uint64_t)15;

	frame.uc.stack = facts->stack;
	frame.uc.mask = facts->mask;
	memcpy(&frame.uc.mcontext, regs, offsetof(struct linux_sigcontext, fpu));
	fpu_save(&emul_data.fpu_facts, emul_data.fpu);
	memcpy(frame.uc.mcontext.fpu.area, emul_data.fpu, FPU_SIZE);
	if (user_put(sp, &frame, sizeof frame))
		return -EFAULT;
	regs->pc = facts->due->handler;
	regs->x[X_RA] = (uint64_t)emul_trampoline;
	regs->x[X_SP] = sp;
	regs->x[X_A0] = facts->due->signal;
	regs->x[X_A1] = sp + offsetof(struct linux_sigframe, info);
	regs->x[X_A2] = sp + offsetof(struct linux_sigframe, uc);
	return 0;
}

int64_t frame_pop(struct user_regs *regs, uint64_t *mask, struct linux_stack *stack)
{
	struct linux_sigframe frame;

	if (user_get(&frame, regs->x[X_SP], sizeof frame))
		return -EFAULT;
	memcpy(regs, &frame.uc.mcontext, offsetof(struct linux_sigcontext, fpu));
	memcpy(emul_data.fpu, frame.uc.mcontext.fpu.area, FPU_SIZE);
	fpu_load(&emul_data.fpu_facts, emul_data.fpu);
	*mask = frame.uc.mask;
	*stack = frame.uc.stack;
	return 0;
}
