#include "personalities/linux/emul/unix.h"

#include "personalities/linux/abi/file.h"

int64_t user_get(void *to, uint64_t from, size_t size)
{
	if (!user_range(from, size) || user_copy(to, (const void *)from, size))
		return -EFAULT;
	return 0;
}

int64_t user_put(uint64_t to, const void *from, size_t size)
{
	if (!user_range(to, size) || user_copy((void *)to, from, size))
		return -EFAULT;
	return 0;
}

int64_t path_in(uint64_t place, uint64_t path)
{
	uint64_t room = path < USER_END ? USER_END - path : 0;
	size_t size = room < LINUX_PATH_MAX ? room : LINUX_PATH_MAX;
	char *to = bulk(place);
	int64_t copied = user_copy_string(to, (const char *)path, size);

	if (copied <= 0)
		return -EFAULT;
	if (to[copied - 1])
		return size < LINUX_PATH_MAX ? -EFAULT : -ENAMETOOLONG;
	return 0;
}
