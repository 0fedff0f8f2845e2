/* fork(2) and its relatives, and the child's first steps. */
#include "personalities/linux/abi/process.h"
#include "personalities/linux/emul/unix.h"

#include <arch/program.h>

#define SIGCHLD 17
#define CLONE_SUPPORTED                                                                                              \
	(LINUX_CSIGNAL | LINUX_CLONE_VM | LINUX_CLONE_VFORK | LINUX_CLONE_SETTLS | LINUX_CLONE_PARENT_SETTID |       \
	 LINUX_CLONE_CHILD_CLEARTID | LINUX_CLONE_CHILD_SETTID)

struct clone_facts {
	uint64_t flags, sp, parent_tid, child_tid, tls;
};

/* The child gets a copy of this process's memory, registers in emul_data included. */
static int64_t clone_process(const struct clone_facts *c)
{
	int32_t pid;

	emul_data.child_flags = c->flags;
	emul_data.child_sp = c->sp;
	emul_data.child_tid = c->child_tid;
	emul_data.child_tls = c->tls;
	bases_save(&emul_data.bases);
	fpu_save(&emul_data.fpu_facts, emul_data.fpu);
	pid = (int32_t)UNIX_CALL(UNIX_FORK, c->flags & ~(uint64_t)(LINUX_CSIGNAL | LINUX_CLONE_VM), c->flags & LINUX_CSIGNAL);
	/* Linux does not mind if the id cannot be written. */
	if (pid > 0 && c->flags & LINUX_CLONE_PARENT_SETTID && user_put(c->parent_tid, &pid, sizeof pid))
		return pid;
	return pid;
}

/* Memory that parent and child share needs a second thread of one task; only for vfork's sake does a copy do. */
static bool clone_is_supported(uint64_t flags)
{
	if (flags & ~(uint64_t)CLONE_SUPPORTED)
		return false;
	return !(flags & LINUX_CLONE_VM) || flags & LINUX_CLONE_VFORK;
}

/* Called by entry.S as the child's first. */
void emul_child(void)
{
	struct user_regs *regs = &emul_data.regs;
	int32_t pid = exchange.pid;

	bases_load(&emul_data.bases);
	if (emul_data.child_flags & LINUX_CLONE_SETTLS)
		child_set_tls(regs, emul_data.child_tls);
	fpu_load(&emul_data.fpu_facts, emul_data.fpu);
	if (emul_data.child_sp)
		regs_set_sp(regs, emul_data.child_sp);
	regs_set_result(regs, 0);
	if (emul_data.child_flags & LINUX_CLONE_CHILD_SETTID && user_put(emul_data.child_tid, &pid, sizeof pid))
		return;
}

int64_t call_fork(const uint64_t a[static 6], const struct emul_call *call)
{
	return clone_process(&(struct clone_facts){ .flags = SIGCHLD });
}

int64_t call_vfork(const uint64_t a[static 6], const struct emul_call *call)
{
	return clone_process(&(struct clone_facts){ .flags = LINUX_CLONE_VM | LINUX_CLONE_VFORK | SIGCHLD });
}

int64_t call_clone(const uint64_t a[static 6], const struct emul_call *call)
{
	struct clone_facts c = { as_uint(a[0]), a[1], a[2], a[CLONE_CHILD_TID_ARGUMENT], a[CLONE_TLS_ARGUMENT] };

	return clone_is_supported(c.flags) ? clone_process(&c) : call_refused(a, call);
}

struct clone_args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

int64_t call_clone3(const uint64_t a[static 6], const struct emul_call *call)
{
	struct clone_args args;
	struct clone_facts c;

	if (a[1] < sizeof args)
		return -EINVAL;
	if (user_get(&args, a[0], sizeof args))
		return -EFAULT;
	if (args.flags & LINUX_CSIGNAL || args.exit_signal & ~(uint64_t)LINUX_CSIGNAL || !args.stack != !args.stack_size)
		return -EINVAL;
	c = (struct clone_facts){ args.flags | args.exit_signal, args.stack + args.stack_size, args.parent_tid, args.child_tid,
		args.tls };
	return clone_is_supported(c.flags) ? clone_process(&c) : call_refused(a, call);
}

int64_t call_exit(const uint64_t a[static 6], const struct emul_call *call)
{
	UNIX_CALL(UNIX_EXIT, a[0] & 0xff);
	/* Answered: there is no server any more.  Stop, rather than go on with a program that has ended. */
	__builtin_trap();
}
