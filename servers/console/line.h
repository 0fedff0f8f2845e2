/* The bytes of the serial line: what comes in is sorted into channels.  Pure, so that a host can test it.
 *
 * DLE (0x10) and a letter switch the channel, DLE DLE is the byte 0x10; see lib/log/codec.h for the other direction. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes on their way to a reader: at[first .. first + count), modulo the size. */
struct ring {
	uint32_t first, count;
	uint8_t at[16384];
};

size_t ring_put(struct ring *ring, const uint8_t *bytes, size_t count); /* takes what fits, and tells how many */
size_t ring_take(struct ring *ring, uint8_t *bytes, size_t most);
static inline size_t ring_room(const struct ring *ring) { return sizeof ring->at - ring->count; }

struct line_input {
	struct ring stdin_bytes, typed;
	bool stdin_ended;
	uint16_t rows, columns;
	bool wanted; /* the host was asked for standard input and has not answered all of it yet */
	/* of the decoder */
	uint8_t channel;
	bool escaped;
	uint16_t number, row_number; /* of the line `ROWS COLS` that is coming in */
};

/* Takes a byte from the line.  False: there is no room for it, try again later; nothing has changed. */
bool line_input_byte(struct line_input *in, uint8_t byte);
