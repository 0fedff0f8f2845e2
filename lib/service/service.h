/* What a service finds when it starts: its first slots, and a page that tells the names of the others.
 *
 * Root writes the page, which the service can only read.  Made from servers/root/manifest.toml. */
#pragma once

#include "lib/sys/sys.h"

/* Slots that every service has. */
enum {
	SERVICE_POOL = 1,     /* its memory */
	SERVICE_TASK = 2,     /* right manage */
	SERVICE_THREAD = 3,   /* right manage */
	SERVICE_ENDPOINT = 4, /* where its clients' calls arrive: rights read, write, copy, manage */
	SERVICE_BUDGET = 5,
	SERVICE_NAMED = 8,      /* the first of those with names */
	SERVICE_FIRST_FREE = 64 /* for its own use, to the end of the table; the leaf of slot 64 is there */
};

#define SERVICE_START_ADDRESS 0x300000
#define SERVICE_BUNDLE_ADDRESS ISTHMUS_BOOT_BUNDLE_ADDRESS
#define SERVICE_MAGIC         0x7472617473 /* "start" */
#define SERVICE_NAME_BYTES    24
#define SERVICE_ARGUMENT_BYTES 1024

struct service_cap {
	char name[SERVICE_NAME_BYTES]; /* ends with a zero */
	uint64_t slot;
};
_Static_assert(sizeof(struct service_cap) == 32, "shared with root");

struct service_start {
	uint64_t magic;
	char name[SERVICE_NAME_BYTES]; /* of the service */
	uint64_t starts;               /* how often it was started before */
	uint64_t bundle_size;          /* bytes of the bundle at bundle, 0 if the manifest gives it none */
	uint64_t bundle;               /* address of its first byte */
	uint64_t cap_count;
	char arguments[SERVICE_ARGUMENT_BYTES]; /* key=value, each ended by a zero; an empty one ends them */
	struct isthmus_boot_info boot;          /* what the kernel told root of the machine */
	struct service_cap cap[56];
};
_Static_assert(sizeof(struct service_start) <= 4096, "one page");

static inline const struct service_start *service_start(void)
{
	return (const struct service_start *)(uintptr_t)SERVICE_START_ADDRESS;
}

/* The slot of the capability that the manifest gives this service by a name, or 0. */
isthmus_slot service_cap(const char *name);

/* The value of an argument that the manifest gives it, or null. */
const char *service_argument(const char *key);
