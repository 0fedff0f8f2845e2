/* Signals: asking the server for the next one, pushing its frame, and what becomes of the call that it interrupted. */
#include "personalities/linux/emul/deliver.h"

#include "personalities/linux/abi/signal.h"
#include "personalities/linux/emul/altstack.h"
#include "personalities/linux/emul/sigframe.h"
#include "personalities/linux/emul/unix.h"

void mask_set(uint64_t mask)
{
	mask &= ~(linux_sigbit(LINUX_SIGKILL) | linux_sigbit(LINUX_SIGSTOP));
	/* Seen by the server before this library looks at `pending` on its way out; pairs with the server's store to
	 * `pending` before its load of `blocked`. */
	__atomic_store_n(&exchange.blocked, mask, __ATOMIC_SEQ_CST);
}

void mask_for_call(uint64_t mask)
{
	emul_data.saved_mask = exchange.blocked;
	emul_data.restore_mask = true;
	mask_set(mask);
}

void siginfo_make(void *siginfo, const struct unix_siginfo *from)
{
	struct linux_siginfo *to = siginfo;

	*to = (struct linux_siginfo){ .signal = from->signal, .error = from->error, .code = from->code };
	switch (from->signal) {
	case LINUX_SIGILL:
	case LINUX_SIGTRAP:
	case LINUX_SIGBUS:
	case LINUX_SIGFPE:
	case LINUX_SIGSEGV:
		if (from->code > 0 && from->code != LINUX_SI_KERNEL) {
			to->address = from->address;
			return;
		}
		break;
	case LINUX_SIGCHLD:
		if (from->code > 0) {
			to->child.status = from->status;
			to->child.utime = from->utime;
			to->child.stime = from->stime;
		}
		break;
	}
	to->pid = from->pid;
	to->uid = from->uid;
	if (from->code == LINUX_SI_QUEUE || from->code == LINUX_SI_TIMER)
		to->value = from->value;
}

static bool signal_next(struct signal_due *due)
{
	uint64_t words[8] = { 0 };
	int64_t signal;

	if (!(exchange.pending & ~exchange.blocked))
		return false;
	signal = unix_call(UNIX_SIGNAL_NEXT, words);
	if (signal <= 0 || signal > LINUX_NSIG)
		return false;
	*due = (struct signal_due){ (unsigned)signal, words[1], words[2], words[3], words[4] };
	return true;
}

/* Linux blocks the signal and its handler's mask for as long as the handler runs. */
static void signal_deliver(const struct signal_due *due)
{
	struct user_regs *regs = &emul_data.regs;
	struct frame_facts facts = { .due = due, .sp = regs_sp(regs) };
	uint64_t during = due->mask;

	emul_data.kept = false;
	facts.mask = emul_data.restore_mask ? emul_data.saved_mask : exchange.blocked;
	emul_data.restore_mask = false;
	facts.stack = altstack_get(regs_sp(regs));
	if (due->flags & LINUX_SA_ONSTACK)
		facts.switched = altstack_switch(&facts.sp);
	siginfo_make(&facts.info, &exchange.siginfo);
	if (frame_push(regs, &facts)) {
		mask_set(facts.mask);
		UNIX_CALL(UNIX_FAULT, LINUX_SIGSEGV, LINUX_SI_KERNEL, 0);
		return;
	}
	altstack_entered();
	if (!(due->flags & LINUX_SA_NODEFER))
		during |= linux_sigbit(due->signal);
	mask_set(exchange.blocked | during);
}

/* Called by entry.S on its way out as long as a signal is due. */
void emul_signals(void)
{
	struct signal_due due;

	if (signal_next(&due))
		signal_deliver(&due);
}

static bool call_again(int64_t result, bool handled, uint64_t flags)
{
	if (!handled || result == UNIX_RESTART_ALWAYS)
		return true;
	return result == UNIX_RESTART_SYS && flags & LINUX_SA_RESTART;
}

void signals_after_call(int64_t result)
{
	struct user_regs *regs = &emul_data.regs;
	struct signal_due due = { 0 };
	bool handled = signal_next(&due);

	if (result_is_restart(result)) {
		regs_set_result(regs, -EINTR);
		if (call_again(result, handled, due.flags))
			regs_rewind(regs);
	}
	if (handled)
		signal_deliver(&due);
	else if (emul_data.restore_mask)
		mask_set(emul_data.saved_mask);
	emul_data.restore_mask = false;
}

/* rt_sigreturn; on riscv64 also the trampoline's. */
int64_t call_rt_sigreturn(const uint64_t a[static 6], const struct emul_call *call)
{
	struct linux_stack stack;
	uint64_t mask;

	if (frame_pop(&emul_data.regs, &mask, &stack)) {
		UNIX_CALL(UNIX_FAULT, LINUX_SIGSEGV, LINUX_SI_KERNEL, 0);
		return RESULT_IN_REGISTERS;
	}
	mask_set(mask);
	altstack_set(&stack, regs_sp(&emul_data.regs));
	return RESULT_IN_REGISTERS;
}
