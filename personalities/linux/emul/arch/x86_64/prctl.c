/* arch_prctl(2): segment bases, which the processor lets user level set. */
#include "personalities/linux/emul/unix.h"

enum { ARCH_SET_GS = 0x1001, ARCH_SET_FS, ARCH_GET_FS, ARCH_GET_GS };

#define TASK_SIZE 0x7ffffffff000 /* as on Linux; a base that is not canonical would fault */

static int64_t base_set(uint64_t *base, uint64_t address)
{
	if (address >= TASK_SIZE)
		return -EPERM;
	*base = address;
	return 0;
}

int64_t call_arch_prctl(const uint64_t a[static 6], const struct emul_call *call)
{
	struct thread_bases bases;
	int64_t error;

	bases_save(&bases);
	switch (as_int(a[0])) {
	case ARCH_GET_FS:
		return user_put(a[1], &bases.fs, sizeof bases.fs);
	case ARCH_GET_GS:
		return user_put(a[1], &bases.gs, sizeof bases.gs);
	case ARCH_SET_FS:
		error = base_set(&bases.fs, a[1]);
		break;
	case ARCH_SET_GS:
		error = base_set(&bases.gs, a[1]);
		break;
	default:
		return -EINVAL;
	}
	bases_load(&bases);
	return error;
}
