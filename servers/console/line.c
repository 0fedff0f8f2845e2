#include "servers/console/line.h"

enum { DLE = 0x10 };

size_t ring_put(struct ring *ring, const uint8_t *bytes, size_t count)
{
	if (count > ring_room(ring))
		count = ring_room(ring);
	for (size_t i = 0; i < count; i++)
		ring->at[(ring->first + ring->count++) % sizeof ring->at] = bytes[i];
	return count;
}

size_t ring_take(struct ring *ring, uint8_t *bytes, size_t most)
{
	if (most > ring->count)
		most = ring->count;
	for (size_t i = 0; i < most; i++)
		bytes[i] = ring->at[(ring->first + i) % sizeof ring->at];
	ring->first = (ring->first + most) % sizeof ring->at;
	ring->count -= most;
	return most;
}

/* A byte of the line `ROWS COLS`. */
static void window_byte(struct line_input *in, uint8_t byte)
{
	if (byte >= '0' && byte <= '9') {
		in->number = (uint16_t)(in->number * 10 + (byte - '0'));
		return;
	}
	if (byte == '\n') {
		in->rows = in->row_number;
		in->columns = in->number;
	}
	in->row_number = byte == ' ' ? in->number : 0;
	in->number = 0;
}

static bool data_byte(struct line_input *in, uint8_t byte)
{
	switch (in->channel) {
	case 'i':
		return ring_put(&in->stdin_bytes, &byte, 1);
	case 't':
		return ring_put(&in->typed, &byte, 1);
	case 'w':
		window_byte(in, byte);
		return true;
	default:
		return true; /* noise before the host's first switch */
	}
}

bool line_input_byte(struct line_input *in, uint8_t byte)
{
	if (!in->escaped && byte == DLE) {
		in->escaped = true;
		return true;
	}
	if (in->escaped && byte != DLE) {
		in->escaped = false;
		if (byte == 'z' || (byte == 'i' && in->channel == 'i'))
			in->wanted = false;
		in->stdin_ended |= byte == 'z';
		in->channel = byte;
		return true;
	}
	if (!data_byte(in, byte))
		return false;
	in->escaped = false;
	return true;
}
