/* Lines of text over machine_log; see lib/log/log.h. */
#include "lib/log/log.h"

#include "lib/rt/fmt.h"
#include "lib/rt/mem.h"
#include "lib/sys/sys.h"

static isthmus_slot log_machine = ISTHMUS_BOOT_SLOT_MACHINE;

void log_init(isthmus_slot machine)
{
	log_machine = machine;
}

void log_write(char channel, const char *bytes, size_t count)
{
	while (count) {
		uint64_t words[ISTHMUS_LOG_BYTES / 8] = { 0 };
		uint8_t chunk[ISTHMUS_LOG_BYTES];
		size_t size = log_encode(channel, &bytes, &count, chunk);

		memcpy(words, chunk, size);
		if (isthmus_machine_log(log_machine, size, words) != ISTHMUS_OK)
			return;
	}
}

void log_channel_args(char channel, const char *format, va_list args)
{
	char line[LOG_LINE_BYTES];
	size_t length = fmt_args(line, sizeof(line), format, args);

	if (length > sizeof(line) - 1)
		length = sizeof(line) - 1;
	line[length] = '\n';
	log_write(channel, line, length + 1);
}

void log_channel(char channel, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_channel_args(channel, format, args);
	va_end(args);
}

void log_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_channel_args(LOG_KERNEL, format, args);
	va_end(args);
}
