/* What the modules that implement host.h on Isthmus have in common. */
#pragma once

#include "lib/service/service.h"
#include "lib/slots/slots.h"
#include "personalities/linux/unix/host.h"
#include "personalities/linux/unix/process.h"

/* Bits of the one notification that is bound to the server's thread. */
enum host_signal { HOST_SIGNAL_CONSOLE = 1, HOST_SIGNAL_ALARM = 2, HOST_SIGNAL_FAULT = 4 };

extern struct slots host_slots;
extern isthmus_slot host_memory_service;        /* capability to the memory server */
extern uint64_t host_own_space;

/* 0, -ENOMEM for what has no memory, -EINVAL for anything else. */
int host_error(enum isthmus_error error);

/* Starts the parts; each before the things that need it. */
void host_memory_init(void);
void host_process_init(void);
void host_io_init(void);
/* A capability to the notification with that bit, in a slot. */
isthmus_slot host_notification(enum host_signal bit);

/* Maps pages of an object here, all of them present.  0 or -ENOMEM. */
int host_map_here(uint64_t object, uint64_t pages, uint8_t **out);

/* Ends the server, which cannot go on, with a message. */
_Noreturn void host_panic(const char *what, enum isthmus_error error);

/* The counter when host_now was 0. */
uint64_t host_boot_ticks(void);

/* A signal of the notification came. */
void host_faults(void);

/* The bundle. */
const void *host_bundle(uint64_t *out_size);
/* The emulation library's program, as a file; null if the bundle has none. */
const void *host_library(uint64_t *out_size);
