/* Alarms in a binary heap, the next due on top; each client has at most one.  Pure, so that a host can test it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define ALARM_NEVER (~(uint64_t)0)

enum { ALARM_CLIENTS = 1024 };

struct alarm_heap {
	uint32_t count;
	uint32_t client[ALARM_CLIENTS];   /* the heap: clients, ordered by deadline */
	uint32_t place[ALARM_CLIENTS];    /* of a client in the heap, plus one; 0: it has no alarm */
	uint64_t deadline[ALARM_CLIENTS]; /* of a client */
};

/* Sets the client's alarm, or removes it.  client < ALARM_CLIENTS. */
void alarm_set(struct alarm_heap *heap, uint32_t client, uint64_t deadline);

/* When the next alarm is due; ALARM_NEVER: there is none. */
uint64_t alarm_next(const struct alarm_heap *heap);

/* Removes the next alarm if it is due, and tells whose it was. */
bool alarm_take(struct alarm_heap *heap, uint64_t now, uint32_t *out_client);
