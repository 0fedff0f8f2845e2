// sources: servers/console/line.c
/* The serial line's input is sorted into channels, whatever comes. */
#include "servers/console/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void check(const char *name, bool ok)
{
	printf(ok ? "ok %s\n" : "not ok %s: wrong bytes or state\n", name);
	failures += !ok;
}

static void feed(struct line_input *in, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!line_input_byte(in, (uint8_t)bytes[i]))
			abort();
}

static bool holds(struct ring *ring, const char *bytes, size_t count)
{
	uint8_t got[64];

	return ring_take(ring, got, sizeof got) == count && !memcmp(got, bytes, count);
}

static void channels(void)
{
	static struct line_input in;

	in.wanted = true;
	feed(&in, "noise\020iab\020\020c\020tx\020id", 18);
	check("an answer has an end", in.wanted);
	feed(&in, "\020i", 2);
	check("which is a switch to itself", !in.wanted && !in.stdin_ended);
	feed(&in, "\020z", 2);
	check("standard input", holds(&in.stdin_bytes, "ab\020cd", 5));
	check("typed", holds(&in.typed, "x", 1));
	check("end", in.stdin_ended);
	feed(&in, "\020w24 80\n50 132\n", 15);
	check("window", in.rows == 50 && in.columns == 132);
}

static void full_ring(void)
{
	static struct line_input in;
	bool taken = true;
	size_t count = 0;
	uint8_t byte;

	feed(&in, "\020t", 2);
	while (taken && count < 100000)
		count += taken = line_input_byte(&in, 'a');
	check("a full ring takes no more", count == sizeof in.typed.at);
	feed(&in, "\020", 1);
	check("nor an escaped byte, twice", !line_input_byte(&in, 0x10) && !line_input_byte(&in, 0x10));
	ring_take(&in.typed, &byte, 1);
	check("which comes when there is room", line_input_byte(&in, 0x10) && in.typed.count == sizeof in.typed.at);
}

static void any_bytes(void)
{
	static struct line_input in;
	uint8_t sink[512];

	srand(1);
	for (int i = 0; i < 2000000; i++) {
		while (!line_input_byte(&in, rand() % 3 ? (uint8_t)"\020itzw 9\n"[rand() % 8] : (uint8_t)rand()))
			ring_take(rand() % 2 ? &in.typed : &in.stdin_bytes, sink, sizeof sink);
	}
	check("any bytes", in.typed.count <= sizeof in.typed.at && in.stdin_bytes.count <= sizeof in.stdin_bytes.at);
}

int main(void)
{
	channels();
	full_ring();
	any_bytes();
	return failures != 0;
}
