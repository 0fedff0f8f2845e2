#include "personalities/linux/unix/text.h"

#include "lib/rt/fmt.h"
#include "lib/rt/mem.h"
#include "personalities/linux/unix/heap.h"

#define LINE_MOST 512

void text_add_bytes(struct text *text, const char *from, size_t bytes)
{
	size_t room = text->room ? text->room : 1024;
	char *data;

	while (room < text->size + bytes)
		room *= 2;
	if (room != text->room) {
		data = heap_alloc(room);
		if (!data) {
			text->failed = true;
			return;
		}
		if (text->size)
			memcpy(data, text->data, text->size);
		heap_free(text->data, text->room);
		text->data = data;
		text->room = room;
	}
	memcpy(text->data + text->size, from, bytes);
	text->size += bytes;
}

void text_add(struct text *text, const char *format, ...)
{
	char line[LINE_MOST];
	size_t length;
	va_list args;

	va_start(args, format);
	length = fmt_args(line, sizeof line, format, args);
	va_end(args);
	text_add_bytes(text, line, length < sizeof line ? length : sizeof line - 1);
}
