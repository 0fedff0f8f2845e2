/* What the groups of this case share: a memory server of its own, and the root task as its client. */
#pragma once

#include "lib/rt/mem.h"
#include "lib/service/spawn.h"
#include "lib/test/rig.h"

#include <isthmus/proto/memory.h>
#include <isthmus/proto/pager.h>

#define PAGE ((uint64_t)4096)

/* The part of the root task's addresses that the server manages. */
#define OWN_LOW  ((uint64_t)0x2800000000)
#define OWN_HIGH ((uint64_t)0x2900000000)

#define READ       (uint32_t)MEMORY_PROT_READ
#define READ_WRITE (uint32_t)(MEMORY_PROT_READ | MEMORY_PROT_WRITE)
#define EXECUTE    (uint32_t)MEMORY_PROT_EXECUTE

extern isthmus_slot server; /* the session's capability */
extern isthmus_slot deaths; /* signals it tell the server to look for clients that are gone */
extern uint64_t own;        /* the root task as a space */
enum { SESSION_PAGES = 100000 };

/* Starts the server and opens the session. */
void fixture_begin(void);

/* Another session of the same server, with that client number. */
isthmus_slot fixture_session(uint64_t client, uint64_t pages);

/* Maps memory in the root task; ends the run if it cannot. */
uint64_t map_own(uint64_t object, uint64_t offset, uint64_t pages, uint32_t prot, uint32_t flags);

/* Makes an access in a thread of its own.  0 if it succeeds, else the cause of its fault; 1000 if it neither ends nor faults. */
uint64_t try_access(uint64_t address, bool write);

/* Begins an access that may have to wait, and ends it with the same result. */
void begin_access(uint64_t address, bool write);
uint64_t end_access(void);

/* The word at an address of a space, read or written as by its program, through a frame that is lent. */
uint64_t peek(uint64_t space, uint64_t address);
enum isthmus_error poke(uint64_t space, uint64_t address, uint64_t value);

struct counts {
	uint64_t used, limit, ram_used, ram_free, spaces, objects;
};
struct counts count(isthmus_slot session);

/* The groups. */
void test_map(void);
void test_fork(void);
void test_pager(void);
void test_cycles(void);
void test_large(void);
