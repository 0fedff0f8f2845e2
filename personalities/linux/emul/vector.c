/* readv(2), writev(2) and their relatives. */
#include "personalities/linux/emul/io.h"
#include "personalities/linux/emul/iovec.h"
#include "personalities/linux/emul/unix.h"

typedef int64_t io_function(int64_t fd, uint64_t buffer, uint64_t size, uint64_t position);

/* A short vector of writes is one request: a line that a program writes in pieces shall not be torn. */
static int64_t gather(int64_t fd, const struct linux_iovec *vector, unsigned count, uint64_t position)
{
	uint64_t size = 0;

	for (unsigned i = 0; i < count; i++) {
		if (user_get((char *)bulk(EXCHANGE_BULK) + size, vector[i].base, vector[i].size))
			return -EFAULT;
		size += vector[i].size;
	}
	return UNIX_CALL(UNIX_WRITE, (uint64_t)fd, EXCHANGE_BULK, size, position);
}

static int64_t each(io_function *io, int64_t fd, const struct linux_iovec *vector, unsigned count, uint64_t position)
{
	uint64_t done = 0;

	for (unsigned i = 0; i < count; i++) {
		uint64_t at = position == POSITION_OWN ? position : position + done;
		int64_t moved = vector[i].size ? io(fd, vector[i].base, vector[i].size, at) : 0;

		if (moved < 0)
			return done ? (int64_t)done : moved;
		done += (uint64_t)moved;
		if ((uint64_t)moved < vector[i].size)
			break;
	}
	return (int64_t)done;
}

static int64_t io_vector(io_function *io, const uint64_t a[static 6], uint64_t position)
{
	struct linux_iovec vector[IOV_MAX];
	unsigned count = (unsigned)a[2];
	int64_t total;

	if (a[2] > IOV_MAX)
		return -EINVAL;
	if (user_get(vector, a[1], count * sizeof *vector))
		return -EFAULT;
	total = iovec_clip(vector, count);
	if (total < 0)
		return total;
	if (io == io_write && total <= EXCHANGE_BULK_SIZE)
		return gather(as_int(a[0]), vector, count, position);
	if (total == 0)
		return io(as_int(a[0]), 0, 0, position);
	return each(io, as_int(a[0]), vector, count, position);
}

int64_t call_readv(const uint64_t a[static 6], const struct emul_call *call)
{
	return io_vector(io_read, a, POSITION_OWN);
}

int64_t call_writev(const uint64_t a[static 6], const struct emul_call *call)
{
	return io_vector(io_write, a, POSITION_OWN);
}

/* All ones is the file's own position for the server, but an error of the program. */
static int64_t io_vector_at(io_function *io, const uint64_t a[static 6])
{
	return (int64_t)a[3] < 0 ? -EINVAL : io_vector(io, a, a[3]);
}

int64_t call_preadv(const uint64_t a[static 6], const struct emul_call *call)
{
	return io_vector_at(io_read, a);
}

int64_t call_pwritev(const uint64_t a[static 6], const struct emul_call *call)
{
	return io_vector_at(io_write, a);
}

/* -1 is the file's own position here, on Linux too. */
static int64_t io_vector_flags(io_function *io, const uint64_t a[static 6])
{
	if (as_int(a[5]))
		return -EOPNOTSUPP;
	return a[3] == POSITION_OWN ? io_vector(io, a, POSITION_OWN) : io_vector_at(io, a);
}

int64_t call_preadv2(const uint64_t a[static 6], const struct emul_call *call)
{
	return io_vector_flags(io_read, a);
}

int64_t call_pwritev2(const uint64_t a[static 6], const struct emul_call *call)
{
	return io_vector_flags(io_write, a);
}
