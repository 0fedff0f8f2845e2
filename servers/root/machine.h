/* What root itself has: slots, memory, devices, the bundle. */
#pragma once

#include "lib/task/task.h"
#include "servers/root/manifest.h"

extern struct task_maker maker;

/* Begins; before anything else. */
void machine_init(void);

/* A file of the bundle, aligned to a page; false if it is not there. */
__attribute__((warn_unused_result)) bool bundle_find(const char *name, const void **out_data, size_t *out_size);
/* The first slot of the bundle's pages. */
enum { BUNDLE_SLOT = ISTHMUS_BOOT_SLOT_BUNDLE };

/* What a capability of the manifest stands for, if it is one of the machine or of root: a slot, rights and badge to give.
 * Errors: ARGUMENT if this machine does not have it. */
struct grant {
	isthmus_slot slot;
	uint64_t rights, badge;
};
__attribute__((warn_unused_result)) enum isthmus_error machine_grant(const struct manifest_cap *cap, struct grant *out);

/* Tells whoever asked for it that a service has ended. */
void machine_signal_death(void);

/* Free frames of 4 KiB in root's pool, large ones included; free large ones; free cells. */
uint64_t machine_free_frames(void);
uint64_t machine_free_large(void);
uint64_t machine_free_cells(void);
uint64_t machine_ticks(uint64_t us);
_Noreturn void machine_stop(bool restart);

/* Where services' faults and calls to root arrive. */
extern isthmus_slot root_endpoint;
