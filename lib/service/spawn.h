/* Making a service: what lib/service/service.h promises it.  For root, and for tests that stand in for it.
 *
 * service_create, then service_grant and service_tell as often as needed, then service_run. */
#pragma once

#include "lib/service/service.h"
#include "lib/task/task.h"

struct service {
	struct task task;
	isthmus_slot endpoint; /* of the maker's slots; outlives the service, so that its clients' capabilities do */
	isthmus_slot budget;
	isthmus_slot page;     /* its start page, while it is being written */
	struct service_start *start;
};

struct service_plan {
	const char *name;
	const void *file; /* ELF64 */
	size_t size;      /* bytes */
	uint64_t cells, frames, large; /* of its pool; frames and large frames on top of what its program needs */
	uint64_t priority;
	uint64_t slice;   /* ticks of its round-robin budget */
	uint64_t label;   /* in its fault messages */
	uint64_t starts;  /* how often it was started before */
	isthmus_slot machine; /* with machine_time_bit, to fill the budget */
	isthmus_slot handler; /* where its faults go, 0: nowhere */
};

/* Makes a service with its program loaded and its first five slots filled.  If service->endpoint is not 0, it is used.
 * On an error nothing but the endpoint is left, and *why may say more (else null). */
__attribute__((warn_unused_result)) enum isthmus_error
service_create(const struct task_maker *maker, struct service *service, const struct service_plan *plan,
	       const char **why);

/* Gives it a capability by a name.  Errors: SLOT if there are too many, ARGUMENT if the name is too long. */
__attribute__((warn_unused_result)) enum isthmus_error
service_grant(struct service *service, const char *name, isthmus_slot from, uint64_t rights, uint64_t badge);

/* Gives it an argument `key=value`.  Errors: ARGUMENT if there is no more room. */
__attribute__((warn_unused_result)) enum isthmus_error service_tell(struct service *service, const char *argument);

/* Maps the bundle for it, whose pages have consecutive slots from `first` on. */
__attribute__((warn_unused_result)) enum isthmus_error
service_show_bundle(struct service *service, isthmus_slot first, uint64_t offset, uint64_t size);

/* Gives it the start page and starts its thread. */
__attribute__((warn_unused_result)) enum isthmus_error
service_run(const struct task_maker *maker, struct service *service);

/* Destroys all but the endpoint. */
void service_destroy(const struct task_maker *maker, struct service *service);
