/* A system below the unix server for unit tests: memory from malloc, a clock that the test moves, a console that is two
 * buffers, and threads of which only is known what was asked of them. */
#pragma once

#include "personalities/linux/unix/heap.h"
#include "personalities/linux/unix/process.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

#define CHECK(name, condition)                                                                                       \
	do {                                                                                                         \
		if (!(condition)) {                                                                                  \
			printf("not ok %s: line %d: %s\n", name, __LINE__, #condition);                              \
			failures++;                                                                                  \
			return;                                                                                      \
		}                                                                                                    \
	} while (0)
#define PASSED(name) printf("ok %s\n", name)

/* What the fake was told; tests look at it. */
static struct {
	uint64_t now, alarm;
	char output[1 << 16];
	size_t output_size, output_room;        /* room: what the console takes before it is full */
	const char *input;
	size_t input_size;
	bool input_end;
	int ended;                              /* host_end: -1, else status, or 256 + signal */
	uint64_t heap_left;                     /* bytes that heap_alloc still gives */
	unsigned interrupts, suspends, resumes, replies, starts;
} fake = { .ended = -1, .output_room = SIZE_MAX, .heap_left = UINT64_MAX };

#ifndef FAKE_OWN_HEAP
void *heap_alloc(size_t bytes)
{
	if (fake.heap_left < bytes)
		return NULL;
	fake.heap_left -= bytes;
	return calloc(1, bytes ? bytes : 1);
}
void heap_free(void *object, size_t bytes)
{
	if (object)
		fake.heap_left += bytes;
	free(object);
}
uint64_t heap_pages_used(void) { return 0; }
#endif

int host_object_create(struct host_object *object, uint64_t pages)
{
	object->bytes = calloc(pages, HEAP_PAGE);
	object->handle = (uint64_t)(uintptr_t)object->bytes;
	object->pages = pages;
	return object->bytes ? 0 : -12;
}
int host_object_grow(struct host_object *object, uint64_t pages)
{
	object->bytes = realloc(object->bytes, pages * HEAP_PAGE);
	memset(object->bytes + object->pages * HEAP_PAGE, 0, (pages - object->pages) * HEAP_PAGE);
	object->pages = pages;
	return 0;
}
void host_object_destroy(struct host_object *object)
{
	free(object->bytes);
	*object = (struct host_object){ 0 };
}

int host_process_create(struct process *process, struct process *parent)
{
	process->exchange = calloc(1, EXCHANGE_SIZE);
	return process->exchange ? 0 : -12;
}
void host_process_destroy(struct process *process)
{
	free(process->exchange);
	process->exchange = NULL;
}
int host_process_clear(struct process *process) { return 0; }
uint64_t host_process_pages(const struct process *process) { return 1; }
int host_thread_start(struct process *process, enum host_start where) { fake.starts++; return 0; }
void host_thread_interrupt(struct process *process) { fake.interrupts++; }
void host_thread_prefer(struct process *process, bool preferred) {}
void host_thread_suspend(struct process *process) { fake.suspends++; }
void host_thread_resume(struct process *process) { fake.resumes++; }
int host_map(struct process *process, const struct host_mapping *mapping) { return 0; }
int host_unmap(struct process *process, uint64_t address, uint64_t length) { return 0; }
int host_protect(struct process *process, uint64_t address, uint64_t length, uint32_t prot) { return 0; }
void host_reply_save(struct process *process) {}
void host_reply(struct process *process) { fake.replies++; }
uint64_t host_now(void) { return fake.now; }
uint64_t host_realtime(void) { return 1000000000000000000ull + fake.now; }
void host_realtime_set(uint64_t ns) {}
void host_alarm(uint64_t deadline) { fake.alarm = deadline; }
void host_alarm_rang(void) {}

size_t host_console_write(char channel, const void *data, size_t bytes)
{
	size_t room = fake.output_room < sizeof fake.output - fake.output_size ? fake.output_room
									     : sizeof fake.output - fake.output_size;

	if (bytes > room)
		bytes = room;
	memcpy(fake.output + fake.output_size, data, bytes);
	fake.output_size += bytes;
	if (fake.output_room != SIZE_MAX)
		fake.output_room -= bytes;
	return bytes;
}
size_t host_console_read(char channel, void *data, size_t most, bool *end)
{
	size_t count = most < fake.input_size ? most : fake.input_size;

	memcpy(data, fake.input, count);
	fake.input += count;
	fake.input_size -= count;
	*end = fake.input_end && !fake.input_size;
	return count;
}
void host_console_size(unsigned *rows, unsigned *columns) { *rows = *columns = 0; }
void host_end(bool killed, int number) { fake.ended = (killed ? 256 : 0) + number; }
void host_random(void *data, size_t bytes) { memset(data, 0x5a, bytes); }
void host_memory_info(struct host_memory *out) { *out = (struct host_memory){ .total = 1 << 30, .free = 1 << 29 }; }
const char host_machine[] = "test";
const uint16_t host_elf_machine = 62;
void host_log(const char *format, ...) {}
