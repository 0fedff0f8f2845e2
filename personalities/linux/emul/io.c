#include "personalities/linux/emul/io.h"

#include "personalities/linux/abi/file.h"
#include "personalities/linux/emul/iovec.h"
#include "personalities/linux/emul/unix.h"

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* What the whole answers when one piece answered `result`. */
static int64_t so_far(uint64_t done, int64_t result)
{
	return done ? (int64_t)done : result;
}

static uint64_t position_after(uint64_t position, uint64_t bytes)
{
	return position == POSITION_OWN ? position : position + bytes;
}

/* Bytes for which the program's buffer has no room go back into the file; a pipe or a terminal has lost them. */
static int64_t give_back(int64_t fd, uint64_t position, uint64_t count, uint64_t missing)
{
	if (position == POSITION_OWN)
		UNIX_CALL(UNIX_SEEK, (uint64_t)fd, -missing, LINUX_SEEK_CUR);
	return so_far(count - missing, -EFAULT);
}

/* One bulk buffer.  *more: the next one would neither block nor find the end.  The usual bad pointer is found before
 * anything is read; then only the descriptor is looked at. */
static int64_t read_piece(int64_t fd, uint64_t to, uint64_t size, uint64_t position, bool *more)
{
	bool writable = !size || user_probe((void *)to);
	uint64_t words[8] = { (uint64_t)fd, EXCHANGE_BULK, writable ? least(size, EXCHANGE_BULK_SIZE) : 0, position };
	int64_t count = unix_call(UNIX_READ, words);
	uint64_t missing;

	*more = words[1] & UNIX_READ_MORE;
	if (count < 0 || !writable)
		return count < 0 ? count : -EFAULT;
	missing = user_copy((void *)to, bulk(EXCHANGE_BULK), (size_t)count);
	return missing ? give_back(fd, position, (uint64_t)count, missing) : count;
}

int64_t io_read(int64_t fd, uint64_t to, uint64_t size, uint64_t position)
{
	uint64_t done = 0;
	bool more;

	if (!user_range(to, size))
		return -EFAULT;
	size = least(size, RW_MAX);
	do {
		uint64_t part = least(size - done, EXCHANGE_BULK_SIZE);
		int64_t count = read_piece(fd, to + done, part, position_after(position, done), &more);

		if (count <= 0)
			return so_far(done, count);
		done += (uint64_t)count;
		if ((uint64_t)count < part)
			break;
	} while (more && done < size);
	return (int64_t)done;
}

int64_t io_write(int64_t fd, uint64_t from, uint64_t size, uint64_t position)
{
	uint64_t done = 0;

	if (!user_range(from, size))
		return -EFAULT;
	size = least(size, RW_MAX);
	do {
		uint64_t part = least(size - done, EXCHANGE_BULK_SIZE);
		size_t missing = user_copy(bulk(EXCHANGE_BULK), (const void *)(from + done), part);
		int64_t count;

		if (missing == part && part)
			return so_far(done, -EFAULT);
		count = UNIX_CALL(UNIX_WRITE, (uint64_t)fd, EXCHANGE_BULK, part - missing, position_after(position, done));
		if (count <= 0)
			return so_far(done, count);
		done += (uint64_t)count;
		if ((uint64_t)count < part)
			break;
	} while (done < size);
	return (int64_t)done;
}

int64_t call_read(const uint64_t a[static 6], const struct emul_call *call)
{
	return io_read(as_int(a[0]), a[1], a[2], POSITION_OWN);
}

int64_t call_write(const uint64_t a[static 6], const struct emul_call *call)
{
	return io_write(as_int(a[0]), a[1], a[2], POSITION_OWN);
}

int64_t call_pread64(const uint64_t a[static 6], const struct emul_call *call)
{
	return (int64_t)a[3] < 0 ? -EINVAL : io_read(as_int(a[0]), a[1], a[2], a[3]);
}

int64_t call_pwrite64(const uint64_t a[static 6], const struct emul_call *call)
{
	return (int64_t)a[3] < 0 ? -EINVAL : io_write(as_int(a[0]), a[1], a[2], a[3]);
}
