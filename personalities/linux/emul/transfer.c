/* Bytes from one file to another: sendfile(2) and copy_file_range(2). */
#include "personalities/linux/emul/files.h"
#include "personalities/linux/emul/io.h"
#include "personalities/linux/emul/iovec.h"
#include "personalities/linux/emul/unix.h"

/* A position that the program keeps, if it does.  POSITION_OWN without one. */
static int64_t position_get(uint64_t *position, uint64_t at)
{
	*position = POSITION_OWN;
	if (!at)
		return 0;
	if (user_get(position, at, sizeof *position))
		return -EFAULT;
	return (int64_t)*position < 0 ? -EINVAL : 0;
}

static int64_t position_put(uint64_t at, uint64_t position)
{
	return user_put_if(at, &position, sizeof position);
}

int64_t call_sendfile(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t size = a[3] < RW_MAX ? a[3] : RW_MAX, done = 0, position, words[8];
	int64_t count = position_get(&position, a[2]);

	if (count)
		return count;
	do {
		uint64_t at = position == POSITION_OWN ? position : position + done;

		words[0] = (uint64_t)as_int(a[0]);
		words[1] = (uint64_t)as_int(a[1]);
		words[2] = at;
		words[3] = size - done;
		count = unix_call(UNIX_SENDFILE, words);
		if (count > 0)
			done += (uint64_t)count;
	} while (count > 0 && words[1] & UNIX_READ_MORE && done < size);
	if (!done)
		return count;
	return position_put(a[2], position + done) ? -EFAULT : (int64_t)done;
}

/* From bulk buffer to bulk buffer.  -EXDEV for what is not a regular file makes programs fall back on read and write. */
static int64_t copy_piece(const uint64_t a[static 6], uint64_t in, uint64_t out, uint64_t size)
{
	uint64_t part = size < EXCHANGE_BULK_SIZE ? size : EXCHANGE_BULK_SIZE;
	int64_t count = UNIX_CALL(UNIX_READ, (uint64_t)as_int(a[0]), EXCHANGE_BULK, part, in);

	if (count <= 0)
		return count;
	return UNIX_CALL(UNIX_WRITE, (uint64_t)as_int(a[2]), EXCHANGE_BULK, (uint64_t)count, out);
}

int64_t call_copy_file_range(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t size = a[4] < RW_MAX ? a[4] : RW_MAX, done = 0, in, out;
	int64_t count = as_uint(a[5]) ? -EINVAL : position_get(&in, a[1]);

	if (!count)
		count = position_get(&out, a[3]);
	if (!count)
		count = regular_files(as_int(a[0]), as_int(a[2]));
	if (count)
		return count;
	while (done < size) {
		count = copy_piece(a, in == POSITION_OWN ? in : in + done, out == POSITION_OWN ? out : out + done, size - done);
		if (count <= 0)
			break;
		done += (uint64_t)count;
	}
	if (!done)
		return count;
	if (position_put(a[1], in + done) || position_put(a[3], out + done))
		return -EFAULT;
	return (int64_t)done;
}
