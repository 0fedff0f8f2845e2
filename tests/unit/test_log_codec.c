// sources: lib/log/codec.c
/* The channels of the serial line: every chunk is whole in itself and nothing is lost. */
#include "lib/log/codec.h"
#include "tests/unit/lib_check.h"

#include <string.h>

/* What a reader of the line gets on that channel out of all chunks; -1 if a chunk is too long or does not go back to the
 * channel before it. */
static int read_back(char channel, const char *text, size_t count, char *out)
{
	uint8_t chunk[56];
	size_t size;
	int length = 0;

	while ((size = log_encode(channel, &text, &count, chunk))) {
		char now = 'o', before = 'o';

		if (size > sizeof(chunk))
			return -1;
		for (size_t i = 0; i < size; i++) {
			if (chunk[i] != LOG_DLE || chunk[++i] == LOG_DLE) {
				if (now == channel)
					out[length++] = (char)chunk[i];
			} else if (chunk[i] == LOG_BACK) {
				now = before;
			} else {
				before = now;
				now = (char)chunk[i];
			}
		}
		if (now != 'o')
			return -1;
	}
	return length;
}

static bool survives(char channel, char byte)
{
	char text[200], out[400];

	for (size_t count = 0; count < sizeof(text); count++) {
		for (size_t i = 0; i < count; i++)
			text[i] = i % 3 ? byte : (char)i;
		if (read_back(channel, text, count, out) != (int)count || memcmp(text, out, count))
			return false;
	}
	return true;
}

int main(void)
{
	CHECK("log lines of every length", survives('k', 'x'));
	CHECK("results of every length", survives('r', 'x'));
	CHECK("DLE in what is said", survives('k', LOG_DLE) && survives('r', LOG_DLE));
	return 0;
}
