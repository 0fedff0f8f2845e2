#include "servers/time/heap.h"

static uint64_t due(const struct alarm_heap *heap, uint32_t at) { return heap->deadline[heap->client[at]]; }

static void put(struct alarm_heap *heap, uint32_t at, uint32_t client)
{
	heap->client[at] = client;
	heap->place[client] = at + 1;
}

static void rise(struct alarm_heap *heap, uint32_t at)
{
	uint32_t client = heap->client[at];

	while (at && due(heap, (at - 1) / 2) > heap->deadline[client]) {
		put(heap, at, heap->client[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	put(heap, at, client);
}

static void sink(struct alarm_heap *heap, uint32_t at)
{
	uint32_t client = heap->client[at];

	for (uint32_t child; (child = 2 * at + 1) < heap->count; at = child) {
		if (child + 1 < heap->count && due(heap, child + 1) < due(heap, child))
			child++;
		if (due(heap, child) >= heap->deadline[client])
			break;
		put(heap, at, heap->client[child]);
	}
	put(heap, at, client);
}

static void remove_at(struct alarm_heap *heap, uint32_t at)
{
	uint32_t last = heap->client[--heap->count];

	heap->place[heap->client[at]] = 0;
	if (at == heap->count)
		return;
	put(heap, at, last);
	sink(heap, at);
	rise(heap, heap->place[last] - 1);
}

void alarm_set(struct alarm_heap *heap, uint32_t client, uint64_t deadline)
{
	if (heap->place[client])
		remove_at(heap, heap->place[client] - 1);
	if (deadline == ALARM_NEVER)
		return;
	heap->deadline[client] = deadline;
	put(heap, heap->count, client);
	rise(heap, heap->count++);
}

uint64_t alarm_next(const struct alarm_heap *heap) { return heap->count ? due(heap, 0) : ALARM_NEVER; }

bool alarm_take(struct alarm_heap *heap, uint64_t now, uint32_t *out_client)
{
	if (alarm_next(heap) > now || !heap->count)
		return false;
	*out_client = heap->client[0];
	remove_at(heap, 0);
	return true;
}
