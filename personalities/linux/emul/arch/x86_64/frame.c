#include <arch/frame.h>

#include "personalities/linux/abi/signal.h"
#include "personalities/linux/emul/memory.h"
#include "personalities/linux/emul/sigframe.h"
#include "personalities/linux/emul/unix.h"

#define FLAG_TF 0x100u
#define FLAG_DF 0x400u
#define FLAG_RF 0x10000u
#define FLAGS_USER 0x244dd5u /* CF PF AF ZF SF TF DF OF AC ID: what a program may set itself */
#define TRAP_PAGE 14

/* Below sp: the FPU area, 64-byte aligned, with its software bytes and, if extended, the final mark. */
static int64_t fpu_push(uint64_t *sp)
{
	const struct fpu_facts *f = &emul_data.fpu_facts;
	uint32_t whole = f->mask ? f->size + sizeof(uint32_t) : FPU_LEGACY_SIZE;
	struct fpu_software *software = (void *)(emul_data.fpu + FPU_SOFTWARE);

	fpu_save(f, emul_data.fpu);
	*software = (struct fpu_software){ 0 };
	if (f->mask) {
		*software = (struct fpu_software){ FPU_MAGIC1, whole, f->mask, f->size, { 0 } };
		*(uint32_t *)(void *)(emul_data.fpu + f->size) = FPU_MAGIC2;
	}
	*sp = (*sp - whole) & ~(uint64_t)63;
	return user_put(*sp, emul_data.fpu, whole);
}

static void sigcontext_make(struct linux_sigcontext *c, const struct user_regs *regs, const struct frame_facts *facts)
{
	memcpy(c, regs, offsetof(struct linux_sigcontext, cs));
	c->cs = USER_CS;
	c->ss = USER_SS;
	c->old_mask = facts->mask;
	if (facts->due->signal == LINUX_SIGSEGV && facts->info.code > 0) {
		c->trap = TRAP_PAGE;
		c->cr2 = facts->info.address;
	}
}

int64_t frame_push(struct user_regs *regs, const struct frame_facts *facts)
{
	struct linux_sigframe frame = { .restorer = facts->due->restorer, .info = facts->info };
	uint64_t sp = facts->switched ? facts->sp : facts->sp - RED_ZONE;
	int64_t error = fpu_push(&sp);

	if (error)
		return error;
	frame.uc.flags = UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS | (emul_data.fpu_facts.mask ? UC_FP_XSTATE : 0);
	frame.uc.stack = facts->stack;
	frame.uc.mask = facts->mask;
	sigcontext_make(&frame.uc.mcontext, regs, facts);
	frame.uc.mcontext.fpstate = sp;
	sp = ((sp - sizeof frame) & ~(uint64_t)15) - 8;
	error = user_put(sp, &frame, sizeof frame);
	if (error)
		return error;
	regs->rsp = sp;
	regs->rip = facts->due->handler;
	regs->rdi = facts->due->signal;
	regs->rsi = sp + offsetof(struct linux_sigframe, info);
	regs->rdx = sp + offsetof(struct linux_sigframe, uc);
	regs->rax = 0;
	regs->flags &= ~(uint64_t)(FLAG_TF | FLAG_DF | FLAG_RF);
	return 0;
}

/* The area's own size is what the program says, so it counts only if both marks are there. */
static int64_t fpu_pop(uint64_t area)
{
	const struct fpu_facts *f = &emul_data.fpu_facts;
	struct fpu_software software;
	uint32_t mark = 0;

	if (!area) {
		fpu_reset(f, emul_data.fpu);
		return 0;
	}
	if (user_get(&software, area + FPU_SOFTWARE, sizeof software))
		return -EFAULT;
	if (f->mask && software.magic == FPU_MAGIC1 && software.size == f->size)
		user_get(&mark, area + f->size, sizeof mark);
	memset(emul_data.fpu, 0, f->size);
	if (user_get(emul_data.fpu, area, mark == FPU_MAGIC2 ? f->size : FPU_LEGACY_SIZE))
		return -EFAULT;
	if (f->mask && mark != FPU_MAGIC2)
		*(uint64_t *)(void *)(emul_data.fpu + FPU_HEADER) = 3;
	fpu_load(f, emul_data.fpu);
	return 0;
}

int64_t frame_pop(struct user_regs *regs, uint64_t *mask, struct linux_stack *stack)
{
	struct linux_sigframe frame;
	uint64_t flags = regs->flags;

	/* The handler's return has taken the return address. */
	if (user_get(&frame, regs->rsp - sizeof frame.restorer, sizeof frame))
		return -EFAULT;
	memcpy(regs, &frame.uc.mcontext, offsetof(struct linux_sigcontext, cs));
	regs->flags = (flags & ~(uint64_t)FLAGS_USER) | (regs->flags & FLAGS_USER);
	*mask = frame.uc.mask;
	*stack = frame.uc.stack;
	return fpu_pop(frame.uc.mcontext.fpstate);
}
