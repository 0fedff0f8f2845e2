/* The services that run: starting, watching and restarting them. */
#pragma once

#include "servers/root/manifest.h"

/* Why a service ended. */
struct end {
	uint64_t cause; /* of its fault, ISTHMUS_FAULT_*; 0: it ended itself */
	uint64_t address, pc;
	uint64_t code; /* with which it ended itself */
};

/* Starts all services of a manifest in their order; it must stay where it is. */
void services_start(const struct manifest *manifest);

/* Restarts a service that has ended, or not, as the manifest says.  `client` is the number of the start that ended; one
 * that is over already is passed over. */
void service_ended(uint64_t client, const struct end *end);

/* Whether the manifest lets that client stop the machine. */
bool service_has_power(uint64_t client);

/* The client number of the service of that name that runs now, or 0. */
uint64_t service_client(const char *name);
