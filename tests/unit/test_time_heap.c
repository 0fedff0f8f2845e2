// sources: servers/time/heap.c
/* The heap of alarms against a plain table. */
#include "servers/time/heap.h"

#include <stdio.h>
#include <stdlib.h>

enum { CLIENTS = 40, STEPS = 300000 };

static struct alarm_heap heap;
static uint64_t model[CLIENTS];

static uint64_t model_next(void)
{
	uint64_t next = ALARM_NEVER;

	for (int i = 0; i < CLIENTS; i++)
		if (model[i] < next)
			next = model[i];
	return next;
}

static int step(void)
{
	uint32_t client = (uint32_t)rand() % CLIENTS;
	uint64_t now = (uint64_t)rand() % 100;

	if (rand() % 3) {
		model[client] = rand() % 4 ? (uint64_t)rand() % 100 : ALARM_NEVER;
		alarm_set(&heap, client, model[client]);
	} else if (alarm_take(&heap, now, &client)) {
		if (model[client] > now || model[client] != model_next())
			return 0;
		model[client] = ALARM_NEVER;
	} else if (model_next() <= now) {
		return 0;
	}
	return alarm_next(&heap) == model_next();
}

int main(void)
{
	for (int i = 0; i < CLIENTS; i++)
		model[i] = ALARM_NEVER;
	for (int i = 0; i < STEPS; i++)
		if (!step())
			return printf("not ok alarms: wrong at step %d\n", i), 1;
	printf("ok alarms\n");
	return 0;
}
