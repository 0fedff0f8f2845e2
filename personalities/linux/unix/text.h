/* Text that grows as it is written. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct text {
	char *data;
	size_t size, room;      /* room: as heap_free wants it */
	bool failed;            /* there was no memory: what is there is not all */
};

void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_bytes(struct text *text, const char *from, size_t bytes);
