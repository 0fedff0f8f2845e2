/* Console, time and random numbers, from the services that have them. */
#include "personalities/linux/unix/host_internal.h"

#include <isthmus/proto/console.h>
#include <isthmus/proto/memory.h>
#include <isthmus/proto/time.h>

#include "lib/rt/mem.h"
#include "personalities/linux/unix/heap.h"
#include "personalities/linux/unix/port.h"
#include "personalities/linux/unix/random.h"

#define NS_PER_SECOND 1000000000ull

static isthmus_slot console, time_service;
static uint8_t *console_output, *console_input;
static uint64_t boot_ticks, realtime_offset;
static uint64_t alarm_set = TIME_NEVER;

/* ---- time ---- */

static uint64_t ticks_per_second(void)
{
	return service_start()->boot.ticks_per_second;
}

/* value * to / from, without overflow while to * from fits into 64 bits. */
static uint64_t scale(uint64_t value, uint64_t from, uint64_t to)
{
	return value / from * to + value % from * to / from;
}

uint64_t host_now(void)
{
	return scale(port_ticks() - boot_ticks, ticks_per_second(), NS_PER_SECOND);
}

uint64_t host_boot_ticks(void)
{
	return boot_ticks;
}

uint64_t host_realtime(void)
{
	return realtime_offset + host_now();
}

void host_realtime_set(uint64_t ns)
{
	realtime_offset = ns - host_now();
}

void host_alarm(uint64_t deadline)
{
	uint64_t ticks = TIME_NEVER;

	if (deadline == alarm_set)
		return;
	/* One tick more, so that the deadline has passed when the alarm comes. */
	if (deadline < UINT64_MAX / 2)
		ticks = boot_ticks + 1 + scale(deadline, NS_PER_SECOND, ticks_per_second());
	alarm_set = deadline;
	if (time_alarm(time_service, ticks) != ISTHMUS_OK)
		host_log("unix: no alarm");
}

void host_alarm_rang(void)
{
	alarm_set = TIME_NEVER;
}

/* ---- console ---- */

size_t host_console_write(char channel, const void *data, size_t bytes)
{
	uint64_t written = 0;
	size_t total = 0, piece;

	do {
		piece = bytes - total < CONSOLE_BUFFER_BYTES ? bytes - total : CONSOLE_BUFFER_BYTES;
		memcpy(console_output, (const uint8_t *)data + total, piece);
		if (console_write(console, (uint8_t)channel, piece, &written) != ISTHMUS_OK || written > piece)
			return total;
		total += written;
	} while (written == piece && total < bytes);
	return total;
}

size_t host_console_read(char channel, void *data, size_t most, bool *end)
{
	uint64_t count = 0;

	if (most > CONSOLE_BUFFER_BYTES)
		most = CONSOLE_BUFFER_BYTES;
	if (console_read(console, (uint8_t)channel, most, &count, end) != ISTHMUS_OK || count > most)
		return 0;
	memcpy(data, console_input, count);
	return count;
}

void host_end(bool killed, int number)
{
	if (console_finish(console, killed, (uint32_t)number) != ISTHMUS_OK)
		host_log("unix: the end is not told");
}

void host_console_size(unsigned *rows, unsigned *columns)
{
	uint16_t r = 0, c = 0;

	if (console_size(console, &r, &c) != ISTHMUS_OK)
		r = c = 0;
	*rows = r;
	*columns = c;
}

/* A page of this server's that the console is to share. */
static isthmus_slot lend_page(const uint8_t *page)
{
	isthmus_slot slot, got = 0;
	enum isthmus_error error = slots_take(&host_slots, &slot);

	if (error == ISTHMUS_OK)
		error = isthmus_thread_slots(SERVICE_THREAD, 0, 0, slot);
	if (error == ISTHMUS_OK)
		error = memory_space_frame(host_memory_service, host_own_space, (uint64_t)page, true, &got);
	if (error != ISTHMUS_OK || got != slot || isthmus_thread_slots(SERVICE_THREAD, 0, 0, 0) != ISTHMUS_OK)
		host_panic("no page for the console", error);
	return slot;
}

static void console_start(void)
{
	enum isthmus_error error;

	console = service_cap("console");
	console_output = heap_alloc(HEAP_PAGE);
	console_input = heap_alloc(HEAP_PAGE);
	if (!console_output || !console_input)
		host_panic("no memory for the console", ISTHMUS_E_MEMORY);
	error = console_connect(console, lend_page(console_output), lend_page(console_input), host_notification(HOST_SIGNAL_CONSOLE));
	if (error != ISTHMUS_OK)
		host_panic("no console", error);
}

void host_random(void *data, size_t bytes)
{
	random_stir(port_ticks());
	random_bytes(data, bytes);
}

void host_io_init(void)
{
	enum isthmus_error error;

	boot_ticks = port_ticks();
	time_service = service_cap("time");
	error = time_connect(time_service, host_notification(HOST_SIGNAL_ALARM));
	if (error != ISTHMUS_OK)
		host_panic("no alarms", error);
	console_start();
}
