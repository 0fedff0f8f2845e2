/* Time: the kernel's one deadline a core, shared out as alarms (lib/proto/time.capnp). */
#include "lib/rt/main.h"
#include "lib/service/badge.h"
#include "lib/service/service.h"
#include "lib/slots/slots.h"
#include "servers/time/heap.h"

#include <isthmus/proto/time.h>

static struct alarm_heap alarms;
static struct slots slots;
static isthmus_slot ready[ALARM_CLIENTS]; /* the clients' notifications */
static uint64_t owner[ALARM_CLIENTS];     /* the number of the client that has an entry */
static isthmus_slot machine, deadline;    /* deadline: the notification that the kernel signals */

/* The entry of a client, or ALARM_CLIENTS. */
static uint32_t entry_of(uint64_t badge)
{
	uint32_t i = 0;

	while (i < ALARM_CLIENTS && owner[i] != badge_client(badge))
		i++;
	return i;
}

static uint64_t arm(void)
{
	uint64_t now = 0;

	(void)!isthmus_machine_timer(machine, deadline, alarm_next(&alarms), &now);
	return now;
}

/* Until nothing is due that was due before the deadline was set. */
static void serve_due(void)
{
	uint32_t client;

	for (uint64_t now = arm(); alarm_next(&alarms) <= now && alarms.count; now = arm())
		while (alarm_take(&alarms, now, &client))
			(void)!isthmus_signal(ready[client]);
}

static enum isthmus_error receive_slot(void)
{
	isthmus_slot slot;
	enum isthmus_error error = slots_take(&slots, &slot);

	/* A message's one capability goes to the last of the three. */
	return error == ISTHMUS_OK ? isthmus_thread_slots(SERVICE_THREAD, 0, 0, slot) : error;
}

static enum isthmus_error connect(void *self, uint64_t badge, isthmus_slot notification)
{
	uint32_t i = entry_of(badge);

	if (i == ALARM_CLIENTS)
		for (i = 0; i < ALARM_CLIENTS && owner[i]; i++)
			;
	if (i == ALARM_CLIENTS || !badge_client(badge))
		return ISTHMUS_E_MEMORY;
	enum isthmus_error error = receive_slot();

	if (error != ISTHMUS_OK)
		return error;
	if (ready[i])
		slots_drop(&slots, ready[i]);
	alarm_set(&alarms, i, ALARM_NEVER);
	owner[i] = badge_client(badge);
	ready[i] = notification;
	return ISTHMUS_OK;
}

static enum isthmus_error set_alarm(void *self, uint64_t badge, uint64_t at)
{
	uint32_t i = entry_of(badge);

	if (i == ALARM_CLIENTS)
		return ISTHMUS_E_STATE;
	alarm_set(&alarms, i, at);
	serve_due();
	return ISTHMUS_OK;
}

static void drop(void *self, isthmus_slot slot) { (void)!isthmus_task_delete(SERVICE_TASK, slot); }

static const struct time_ops ops = { .connect = connect, .alarm = set_alarm, .drop = drop };

static enum isthmus_error start(void)
{
	slots_init(&slots, SERVICE_TASK, SERVICE_POOL, SERVICE_FIRST_FREE, 2048);
	machine = service_cap("clock");
	enum isthmus_error error = slots_take(&slots, &deadline);

	if (error == ISTHMUS_OK)
		error = isthmus_pool_create_notification(SERVICE_POOL, deadline);
	if (error == ISTHMUS_OK)
		error = isthmus_thread_notification(SERVICE_THREAD, deadline);
	return error == ISTHMUS_OK ? receive_slot() : error;
}

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
			serve_due();
		else if (isthmus_tag_kind(m.tag) == ISTHMUS_MESSAGE_IPC)
			answer = time_dispatch(&ops, NULL, badge, &m);
	}
}
