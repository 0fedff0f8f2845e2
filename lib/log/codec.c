/* Several channels on the one serial line; see lib/log/codec.h. */
#include "lib/log/codec.h"

#include <isthmus/abi.h>

_Static_assert(ISTHMUS_LOG_BYTES == 56, "the size of a chunk is that of one machine_log");

size_t log_encode(char channel, const char **bytes, size_t *count, uint8_t chunk[static 56])
{
	const size_t end = ISTHMUS_LOG_BYTES - 2;
	size_t at = 0;

	if (*count == 0)
		return 0;
	chunk[at++] = LOG_DLE;
	chunk[at++] = (uint8_t)channel;
	for (; *count; (*bytes)++, (*count)--) {
		uint8_t byte = (uint8_t)**bytes;
		size_t needed = byte == LOG_DLE ? 2 : 1;

		if (at + needed > end)
			break;
		if (byte == LOG_DLE)
			chunk[at++] = LOG_DLE;
		chunk[at++] = byte;
	}
	chunk[at++] = LOG_DLE;
	chunk[at++] = LOG_BACK;
	return at;
}
