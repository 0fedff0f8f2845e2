/* mremap(2): in place by the server, else by a copy. */
#include "personalities/linux/abi/process.h"
#include "personalities/linux/emul/unix.h"

#define PAGE 4096ull
#define ANY_FD UINT64_MAX

static uint64_t round_up(uint64_t size)
{
	return (size + PAGE - 1) & ~(PAGE - 1);
}

/* The pages at the new place are fresh, so a fault while copying is one of the old. */
static int64_t mapping_move(uint64_t from, uint64_t old_size, uint64_t new_size, uint64_t flags, uint64_t wish)
{
	uint64_t how = LINUX_MAP_PRIVATE | LINUX_MAP_ANONYMOUS | (flags & LINUX_MREMAP_FIXED ? LINUX_MAP_FIXED : 0);
	uint64_t size = old_size < new_size ? old_size : new_size;
	int64_t to = UNIX_CALL(UNIX_MMAP, wish, new_size, LINUX_PROT_READ | LINUX_PROT_WRITE, how, ANY_FD, 0);

	if (to < 0)
		return to;
	if (user_copy((void *)to, (const void *)from, size)) {
		UNIX_CALL(UNIX_MUNMAP, (uint64_t)to, new_size);
		return -EFAULT;
	}
	UNIX_CALL(UNIX_MUNMAP, from, old_size);
	return to;
}

static bool ranges_meet(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a < b + b_size && b < a + a_size;
}

int64_t call_mremap(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t from = a[0], old_size = round_up(a[1]), new_size = round_up(a[2]), flags = a[3];
	bool fixed = flags & LINUX_MREMAP_FIXED, may_move = flags & LINUX_MREMAP_MAYMOVE;
	int64_t result;

	if (flags & ~(uint64_t)(LINUX_MREMAP_FIXED | LINUX_MREMAP_MAYMOVE) || (fixed && !may_move) || from % PAGE || !new_size)
		return -EINVAL;
	if (!user_range(from, old_size))
		return -EFAULT;
	if (!user_range(a[4], new_size) && fixed)
		return -EINVAL;
	if (fixed) {
		if (!old_size || a[4] % PAGE || ranges_meet(from, old_size, a[4], new_size))
			return -EINVAL;
		return mapping_move(from, old_size, new_size, flags, a[4]);
	}
	result = UNIX_CALL(UNIX_MREMAP, from, old_size, new_size);
	if (result != -ENOMEM || !may_move || !old_size)
		return result;
	return mapping_move(from, old_size, new_size, flags, 0);
}
