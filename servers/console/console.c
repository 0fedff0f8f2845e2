/* The console: one serial line, several channels, one client (lib/proto/console.capnp).
 *
 * Output goes to the UART at once, as much as it takes; input is sorted into rings as it comes.  Nothing here waits: who gets
 * less than it wanted is signalled when there is more. */
#include "lib/log/codec.h"
#include "lib/log/log.h"
#include "lib/rt/fmt.h"
#include "lib/rt/main.h"
#include "lib/rt/mem.h"
#include "lib/service/service.h"
#include "lib/slots/slots.h"
#include "lib/space/space.h"
#include "servers/console/line.h"
#include "servers/console/uart.h"

#include <isthmus/proto/console.h>

enum { PAGE = CONSOLE_BUFFER_BYTES, SLICE = UART_FIFO }; /* SLICE: what the UART takes once its FIFO is empty */

struct client {
	isthmus_slot output_cap, input_cap, ready;
	uint8_t *output, *input; /* mapped pages; null: nobody is connected */
	bool wants_room;
};

static struct line_input in;
static struct client client;
static struct slots slots;
static struct space pages;

/* ---- output ---- */

/* One FIFO's fill of a channel: the channel is named again each time, since the kernel's log may have come between. */
static size_t encode_slice(uint8_t channel, const uint8_t *bytes, size_t count, uint8_t slice[SLICE], size_t *size)
{
	size_t done = 0, n = 0;

	slice[n++] = LOG_DLE;
	slice[n++] = channel;
	while (done < count && n + 1 + (bytes[done] == LOG_DLE) <= SLICE) {
		if (bytes[done] == LOG_DLE)
			slice[n++] = LOG_DLE;
		slice[n++] = bytes[done++];
	}
	*size = n;
	return done;
}

static size_t put(uint8_t channel, const uint8_t *bytes, size_t count)
{
	uint8_t slice[SLICE];
	size_t done = 0, size;

	while (done < count && uart_has_room()) {
		done += encode_slice(channel, bytes + done, count - done, slice, &size);
		(void)uart_write(slice, size);
	}
	return done;
}

/* For the few short lines that must go out whole; the host reads, so this ends. */
static void put_all(uint8_t channel, const char *line, size_t count)
{
	size_t done = 0;

	while ((done += put(channel, (const uint8_t *)line + done, count - done)) < count)
		isthmus_yield();
}

/* ---- input ---- */

static void take_input(void)
{
	static uint8_t bytes[UART_FIFO]; /* bytes[next .. count): those for which there was no room */
	static size_t next, count;

	do {
		while (next < count && line_input_byte(&in, bytes[next]))
			next++;
		if (next < count)
			return;
		next = 0;
	} while ((count = uart_read(bytes)));
}

/* Asks the host for standard input, as far as there is room for it; it answers once. */
static void want(uint64_t most)
{
	char line[24];

	if (in.wanted || in.stdin_bytes.count || in.stdin_ended)
		return;
	if (most > ring_room(&in.stdin_bytes))
		most = ring_room(&in.stdin_bytes);
	in.wanted = true;
	put_all('i', line, fmt_string(line, sizeof line, "%lu\n", most));
}

static void signal_client(void)
{
	if (client.ready)
		(void)!isthmus_signal(client.ready);
}

static void serve_interrupt(void)
{
	uint32_t typed = in.typed.count;
	bool wanted = in.wanted, ended = in.stdin_ended;
	uint16_t columns = in.columns, rows = in.rows;
	bool news;

	take_input();
	/* Of standard input only the whole answer is news: the client need not run for each FIFO's worth of it. */
	news = in.typed.count != typed || in.wanted != wanted || in.stdin_ended != ended || in.columns != columns || in.rows != rows;
	if (client.wants_room && uart_has_room()) {
		client.wants_room = false;
		uart_want_room(false);
		news = true;
	}
	if (news)
		signal_client();
	uart_ack();
}

/* ---- requests ---- */

static void forget_client(void)
{
	if (client.output)
		space_unmap(&pages, client.output, 1);
	if (client.input)
		space_unmap(&pages, client.input, 1);
	for (const isthmus_slot *s = &client.output_cap; s <= &client.ready; s++)
		if (*s)
			slots_drop(&slots, *s);
	client = (struct client){ 0 };
}

/* Names new slots for the capabilities of the next message. */
static enum isthmus_error receive_slots(void)
{
	isthmus_slot slot[ISTHMUS_MESSAGE_CAPS];

	for (int i = 0; i < ISTHMUS_MESSAGE_CAPS; i++) {
		enum isthmus_error error = slots_take(&slots, &slot[i]);

		if (error != ISTHMUS_OK)
			return error;
	}
	return isthmus_thread_slots(SERVICE_THREAD, slot[0], slot[1], slot[2]);
}

static enum isthmus_error connect(void *self, uint64_t badge, isthmus_slot output, isthmus_slot input, isthmus_slot ready)
{
	forget_client();
	client.output_cap = output;
	client.input_cap = input;
	client.ready = ready;
	enum isthmus_error error = receive_slots();

	if (error == ISTHMUS_OK)
		error = space_map(&pages, output, ISTHMUS_MAP_READ, (void **)&client.output);
	if (error == ISTHMUS_OK)
		error = space_map(&pages, input, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, (void **)&client.input);
	if (error != ISTHMUS_OK)
		forget_client();
	return error;
}

static bool is_output(uint8_t channel) { return channel == 'o' || channel == 'e' || channel == 't' || channel == 'k'; }

static enum isthmus_error write(void *self, uint64_t badge, uint8_t channel, uint64_t length, uint64_t *out_written)
{
	if (!client.output)
		return ISTHMUS_E_STATE;
	if (!is_output(channel) || length > PAGE)
		return ISTHMUS_E_ARGUMENT;
	*out_written = put(channel, client.output, length);
	if (*out_written < length) {
		client.wants_room = true;
		uart_want_room(true);
	}
	return ISTHMUS_OK;
}

static enum isthmus_error read(void *self, uint64_t badge, uint8_t channel, uint64_t most, uint64_t *out_count, bool *out_end)
{
	if (!client.input)
		return ISTHMUS_E_STATE;
	if ((channel != 'i' && channel != 't') || most > PAGE)
		return ISTHMUS_E_ARGUMENT;
	take_input();
	struct ring *ring = channel == 'i' ? &in.stdin_bytes : &in.typed;

	*out_count = channel == 'i' && in.wanted ? 0 : ring_take(ring, client.input, most);
	*out_end = channel == 'i' && in.stdin_ended && !ring->count;
	if (channel == 'i' && !*out_count && most)
		want(most);
	return ISTHMUS_OK;
}

static enum isthmus_error size(void *self, uint64_t badge, uint16_t *out_rows, uint16_t *out_columns)
{
	*out_rows = in.rows;
	*out_columns = in.columns;
	return ISTHMUS_OK;
}

static enum isthmus_error finish(void *self, uint64_t badge, bool killed, uint32_t number)
{
	char line[32];

	put_all('x', line, fmt_string(line, sizeof line, "%s %u\n", killed ? "signal" : "exit", number));
	return ISTHMUS_OK;
}

static void drop(void *self, isthmus_slot slot) { (void)!isthmus_task_delete(SERVICE_TASK, slot); }

static const struct console_ops ops = {
	.connect = connect, .write = write, .read = read, .size = size, .finish = finish, .drop = drop,
};

static enum isthmus_error start(void)
{
	enum isthmus_error error = uart_init();

	slots_init(&slots, SERVICE_TASK, SERVICE_POOL, SERVICE_FIRST_FREE + 1, 256);
	space_init(&pages, SERVICE_TASK, SERVICE_POOL, SPACE_WINDOW + ((uint64_t)SPACE_PAGES << ISTHMUS_PAGE_BITS));
	return error == ISTHMUS_OK ? receive_slots() : error;
}

/* Without its device it cannot do anything: it ends, and root says so. */
void isthmus_main(uint64_t argument)
{
	struct isthmus_message m = { 0 };
	uint64_t badge;
	bool answer = false;

	if (start() != ISTHMUS_OK)
		return;
	for (;;) {
		enum isthmus_error error = answer ? isthmus_reply_recv(SERVICE_ENDPOINT, &badge, &m) :
						    isthmus_recv(SERVICE_ENDPOINT, &badge, &m);

		answer = false;
		if (error != ISTHMUS_OK)
			continue;
		if (isthmus_tag_kind(m.tag) == ISTHMUS_MESSAGE_SIGNAL)
			serve_interrupt();
		else if (isthmus_tag_kind(m.tag) == ISTHMUS_MESSAGE_IPC)
			answer = console_dispatch(&ops, NULL, badge, &m);
	}
}
