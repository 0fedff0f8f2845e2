/* Requests about memory: what is mapped where is decided here, and done by the host. */
#include "personalities/linux/unix/call.h"

#include "personalities/linux/unix/memory_map.h"

#define PROT_ALL (LINUX_PROT_READ | LINUX_PROT_WRITE | LINUX_PROT_EXEC)

static uint64_t page_up(uint64_t bytes)
{
	return (bytes + STORE_PAGE - 1) & ~(STORE_PAGE - 1);
}

/* Whether [address, address + length) is a range of whole pages that user memory can have. */
static bool is_range(uint64_t address, uint64_t length)
{
	return address % STORE_PAGE == 0 && address >= USER_START && address < USER_END && length && length <= USER_END - address;
}

/* Where a mapping goes: an address, or -errno. */
static int64_t choose(struct process *process, uint64_t wish, uint64_t length, uint64_t flags)
{
	uint64_t place;

	if (flags & (LINUX_MAP_FIXED | LINUX_MAP_FIXED_NOREPLACE)) {
		if (wish % STORE_PAGE)
			return -EINVAL;
		if (!is_range(wish, length))
			return -ENOMEM;
		if (flags & LINUX_MAP_FIXED_NOREPLACE && !memory_map_is_free(&process->map, wish, wish + length))
			return -EEXIST;
		return (int64_t)wish;
	}
	wish = page_up(wish);
	if (wish && is_range(wish, length) && memory_map_is_free(&process->map, wish, wish + length))
		return (int64_t)wish;
	place = memory_map_place(&process->map, length);
	return place ? (int64_t)place : -ENOMEM;
}

/* The file to map and whether this mapping of it is allowed. */
static int mappable(struct process *process, const struct call *call, struct file **out)
{
	struct file *file = call_file(process, (uint32_t)call->w[4]);
	bool shared = (call->w[3] & LINUX_MAP_TYPE) != LINUX_MAP_PRIVATE;

	if (!file)
		return -EBADF;
	if (!file_can_read(file) || (shared && call->w[2] & LINUX_PROT_WRITE && !file_can_write(file)))
		return -EACCES;
	if (!file->inode || !file->inode->store)
		return -ENODEV;
	*out = file;
	return store_share(file->inode->store);
}

int64_t map_area(struct process *process, struct area area)
{
	struct host_mapping mapping = { .address = area.start, .length = area.end - area.start, .prot = area.prot,
					.shared = area.shared, .offset = area.offset };
	int error = memory_map_reserve(&process->map);

	if (area.inode)
		mapping.object = &area.inode->store->object;
	if (error == 0)
		error = host_map(process, &mapping);
	if (error < 0)
		return error;
	memory_map_add(&process->map, area);
	return (int64_t)area.start;
}

int64_t call_mmap(struct process *process, struct call *call)
{
	uint64_t length = page_up(call->w[1]), flags = call->w[3], type = flags & LINUX_MAP_TYPE;
	struct area area = { .prot = call->w[2] & PROT_ALL, .shared = type != LINUX_MAP_PRIVATE };
	struct file *file = NULL;
	int64_t address;
	int error;

	if (!call->w[1] || type < LINUX_MAP_SHARED || type > LINUX_MAP_SHARED_VALIDATE)
		return -EINVAL;
	if (!length || length > USER_END)
		return -ENOMEM;
	if (call->w[5] % STORE_PAGE)
		return -EINVAL;
	if (!(flags & LINUX_MAP_ANONYMOUS)) {
		if ((int64_t)call->w[5] < 0 || call->w[5] + length > STORE_MOST)
			return -EOVERFLOW;
		error = mappable(process, call, &file);
		if (error < 0)
			return error;
		area.inode = file->inode;
		area.offset = call->w[5];
	}
	address = choose(process, call->w[0], length, flags);
	if (address < 0)
		return address;
	area.start = (uint64_t)address;
	area.end = area.start + length;
	return map_area(process, area);
}

int64_t call_munmap(struct process *process, struct call *call)
{
	uint64_t length = page_up(call->w[1]);
	int error;

	if (!is_range(call->w[0], length))
		return -EINVAL;
	error = memory_map_reserve(&process->map);
	if (error == 0)
		error = host_unmap(process, call->w[0], length);
	if (error == 0)
		memory_map_remove(&process->map, call->w[0], call->w[0] + length);
	return error;
}

/* Whether all of a range is mapped. */
static bool is_mapped(const struct memory_map *map, uint64_t start, uint64_t end)
{
	while (start < end) {
		const struct area *area = memory_map_find(map, start);

		if (!area)
			return false;
		start = area->end;
	}
	return true;
}

int64_t call_mprotect(struct process *process, struct call *call)
{
	uint64_t start = call->w[0], length = page_up(call->w[1]);
	int error;

	if (start % STORE_PAGE || call->w[2] & ~(uint64_t)(PROT_ALL | 8))
		return -EINVAL;
	if (!call->w[1])
		return 0;
	if (!is_range(start, length) || !is_mapped(&process->map, start, start + length))
		return -ENOMEM;
	error = memory_map_reserve(&process->map);
	if (error == 0)
		error = host_protect(process, start, length, call->w[2] & PROT_ALL);
	if (error == 0)
		memory_map_protect(&process->map, start, start + length, call->w[2] & PROT_ALL);
	return error;
}

int64_t call_brk(struct process *process, struct call *call)
{
	struct memory_map *m = &process->map;
	uint64_t wish = call->w[0], old = page_up(m->brk), new = page_up(wish);

	if (wish < m->brk_start || wish > MMAP_END || wish - m->brk_start > process->limit[LINUX_RLIMIT_DATA].current)
		return (int64_t)m->brk;
	if (new > old) {
		struct area area = { .start = old, .end = new, .prot = LINUX_PROT_READ | LINUX_PROT_WRITE, .name = "[heap]" };

		if (!memory_map_is_free(m, old, new) || map_area(process, area) < 0)
			return (int64_t)m->brk;
	} else if (new < old) {
		if (memory_map_reserve(m) < 0 || host_unmap(process, new, old - new) < 0)
			return (int64_t)m->brk;
		memory_map_remove(m, new, old);
	}
	m->brk = wish;
	return (int64_t)wish;
}

int64_t call_mremap(struct process *process, struct call *call)
{
	uint64_t start = call->w[0], old = page_up(call->w[1]), new = page_up(call->w[2]);
	const struct area *area;
	struct area more;
	int64_t result;

	if (!is_range(start, old) || !new || new > USER_END)
		return -EINVAL;
	area = memory_map_find(&process->map, start);
	if (!area || area->end < start + old)
		return -EFAULT;
	if (new <= old) {
		struct call unmap = { .w = { start + new, old - new } };

		result = new == old ? 0 : call_munmap(process, &unmap);
		return result < 0 ? result : (int64_t)start;
	}
	if (!is_range(start, new) || area->end != start + old || !memory_map_is_free(&process->map, start + old, start + new))
		return -ENOMEM;
	more = *area;
	more.offset += start + old - more.start;
	more.start = start + old;
	more.end = start + new;
	result = map_area(process, more);
	return result < 0 ? result : (int64_t)start;
}

/* Makes private pages as they were when they were mapped. */
static int64_t discard(struct process *process, uint64_t start, uint64_t end)
{
	while (start < end) {
		struct area area = *memory_map_find(&process->map, start);
		int64_t result;

		area.offset += start - area.start;
		area.start = start;
		area.end = area.end < end ? area.end : end;
		result = area.shared ? 0 : map_area(process, area);
		if (result < 0)
			return result;
		start = area.end;
	}
	return 0;
}

int64_t call_madvise(struct process *process, struct call *call)
{
	uint64_t start = call->w[0], length = page_up(call->w[1]);

	if (start % STORE_PAGE || call->w[2] > 25)
		return -EINVAL;
	if (!length)
		return 0;
	if (!is_range(start, length) || !is_mapped(&process->map, start, start + length))
		return -ENOMEM;
	/* The others are hints that may be ignored. */
	return call->w[2] == LINUX_MADV_DONTNEED ? discard(process, start, start + length) : 0;
}

int64_t call_msync(struct process *process, struct call *call)
{
	uint64_t start = call->w[0], length = page_up(call->w[1]);

	if (start % STORE_PAGE || call->w[2] & ~7ull)
		return -EINVAL;
	return !length || (is_range(start, length) && is_mapped(&process->map, start, start + length)) ? 0 : -ENOMEM;
}
