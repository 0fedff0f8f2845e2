/* The compiled manifest, as tools/manifest.py writes it: a header, then tables of services, capabilities and arguments.
 * Little-endian.  Services stand in the order of their start. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MANIFEST_MAGIC   0x6d74736973
#define MANIFEST_VERSION 1

enum { MANIFEST_SERVICES = 32, MANIFEST_CAPS = 256, MANIFEST_ARGUMENTS = 64, MANIFEST_ARGUMENT_BYTES = 64 };

enum manifest_restart { RESTART_NEVER, RESTART_ON_FAILURE, RESTART_ALWAYS };
enum { MANIFEST_ESSENTIAL = 1, MANIFEST_BUNDLE = 2, MANIFEST_POWER = 4 };
enum manifest_cap_kind { CAP_SERVICE = 1, CAP_DEVICE, CAP_IRQ, CAP_MACHINE, CAP_NOTIFICATION, CAP_SUPERVISOR };

struct manifest_header {
	uint64_t magic;
	uint32_t version, services, caps, arguments;
};

struct manifest_service {
	char name[24], program[64];
	uint64_t memory; /* bytes; 0: the rest */
	uint32_t priority, restart, restarts, flags, cells, slice_us;
	uint32_t first_cap, caps, first_argument, arguments;
	uint64_t zero;
};
_Static_assert(sizeof(struct manifest_service) == 144, "SERVICE in tools/manifest.py");

struct manifest_cap {
	char name[24];
	uint32_t kind;
	uint32_t target;  /* service: index; device and irq: number; notification: number */
	uint64_t value;   /* service: quota; machine: functions */
	uint64_t percent; /* service: quota as a share of RAM, if not 0 */
};
_Static_assert(sizeof(struct manifest_cap) == 48, "CAP in tools/manifest.py");

/* No valid manifest has more. */
enum {
	MANIFEST_MOST_BYTES = sizeof(struct manifest_header) + MANIFEST_SERVICES * sizeof(struct manifest_service) +
			      MANIFEST_CAPS * sizeof(struct manifest_cap) + MANIFEST_ARGUMENTS * MANIFEST_ARGUMENT_BYTES
};

struct manifest {
	uint32_t services, caps, arguments;
	const struct manifest_service *service;
	const struct manifest_cap *cap;
	const char (*argument)[MANIFEST_ARGUMENT_BYTES];
};

/* Checks a manifest of `size` bytes, aligned to 8, and finds its tables.  Null, or why it is not valid. */
__attribute__((warn_unused_result)) const char *manifest_read(const void *file, size_t size, struct manifest *out);
