#include "personalities/linux/emul/altstack.h"

#include "personalities/linux/emul/unix.h"

#define SS_ONSTACK 1
#define SS_DISABLE 2
#define SS_AUTODISARM 0x80000000u
#define MINSIGSTKSZ 2048

static bool altstack_is_used(uint64_t sp)
{
	/* With SS_AUTODISARM it is never in use: it is forgotten while a handler runs on it. */
	if (!emul_data.altstack_set || emul_data.altstack_flags & SS_AUTODISARM)
		return false;
	return sp > emul_data.altstack_sp && sp - emul_data.altstack_sp <= emul_data.altstack_size;
}

struct linux_stack altstack_get(uint64_t sp)
{
	if (!emul_data.altstack_set)
		return (struct linux_stack){ .flags = SS_DISABLE };
	return (struct linux_stack){ .sp = emul_data.altstack_sp, .size = emul_data.altstack_size,
		.flags = (int32_t)(emul_data.altstack_flags | (altstack_is_used(sp) ? SS_ONSTACK : 0)) };
}

int64_t altstack_set(const struct linux_stack *stack, uint64_t sp)
{
	uint32_t mode = (uint32_t)stack->flags & ~SS_AUTODISARM;

	if (altstack_is_used(sp))
		return -EPERM;
	if (mode != 0 && mode != SS_ONSTACK && mode != SS_DISABLE)
		return -EINVAL;
	if (mode != SS_DISABLE && stack->size < MINSIGSTKSZ)
		return -ENOMEM;
	emul_data.altstack_set = mode != SS_DISABLE;
	emul_data.altstack_flags = (uint32_t)stack->flags & SS_AUTODISARM;
	emul_data.altstack_sp = stack->sp;
	emul_data.altstack_size = stack->size;
	return 0;
}

bool altstack_switch(uint64_t *sp)
{
	if (!emul_data.altstack_set || altstack_is_used(*sp))
		return false;
	*sp = emul_data.altstack_sp + emul_data.altstack_size;
	return true;
}

void altstack_entered(void)
{
	if (emul_data.altstack_flags & SS_AUTODISARM)
		emul_data.altstack_set = false;
}

int64_t call_sigaltstack(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t sp = regs_sp(&emul_data.regs);
	struct linux_stack old = altstack_get(sp), new;
	int64_t error = 0;

	if (a[0]) {
		if (user_get(&new, a[0], sizeof new))
			return -EFAULT;
		error = altstack_set(&new, sp);
	}
	return error ? error : user_put_if(a[1], &old, sizeof old);
}
