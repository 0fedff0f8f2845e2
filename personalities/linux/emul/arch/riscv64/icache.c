/* riscv_flush_icache(2) */
#include "personalities/linux/emul/unix.h"

#define FLAGS_LOCAL 1

/* One processor: its own fence is enough. */
int64_t call_riscv_flush_icache(const uint64_t a[static 6], const struct emul_call *call)
{
	if (a[2] & ~(uint64_t)FLAGS_LOCAL)
		return -EINVAL;
	__asm__ volatile(".option push; .option arch, +zifencei; fence.i; .option pop" : : : "memory");
	return 0;
}
