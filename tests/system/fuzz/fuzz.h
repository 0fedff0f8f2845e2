/* Random system calls: what the root and the threads that make them agree on. */
#pragma once
#include "lib/test/rig.h"

enum { FUZZERS = 4, FUZZ_SLOTS = 64, FUZZ_FIRST_FREE = 12 };

/* What the threads have been given, by slot of their table. */
enum {
    FUZZ_POOL = 1,     /* to make everything of; they and all that they make are reaped with it */
    FUZZ_TASK = 2,     /* their own */
    FUZZ_BUDGET = 3,
    FUZZ_SERVER = 4,   /* a server in the root task */
    FUZZ_NOTE = 5,     /* of the root: to signal only */
    FUZZ_THREAD = 6,   /* the first of themselves */
    FUZZ_ENDPOINT = 7, /* of their pool, to wait for one another */
    FUZZ_FORWARDER = 8,/* to the server, with fewer rights */
};

/* Badge of FUZZ_SERVER, and the label with which the root's own calls are told apart. */
#define FUZZ_BADGE 0xf0220001

/* A page that both map. */
struct fuzz_page {
    uint64_t seed;
    volatile uint64_t calls[FUZZERS];    /* made so far */
    volatile uint64_t errors[16];        /* how often each answer came */
    volatile uint64_t ok[128];           /* how often each operation was done */
};
#define FUZZ_PAGE ((uint64_t)0x2800000000)

/* Where a fuzzer begins, in its own task; its argument is its number.  And the end of its stack. */
void fuzz_main(uint64_t number);
uint64_t fuzz_stack(unsigned number);

/* The rest of the test: that many calls, from that seed on. */
void fuzz_run(uint64_t calls, uint64_t seed);
