/* The parts of the test of replies. */
#pragma once
#include "lib/test/rig.h"

/* A client: calls `endpoint` and notes what came back. */
struct client {
    struct rig_worker *worker;
    isthmus_slot endpoint;
    volatile enum isthmus_error error;
    volatile uint64_t word0;
};

/* Starts client number n, with its number in w0; it shall wait at its server afterwards. */
struct client *client_start(unsigned n, isthmus_slot endpoint, isthmus_slot pool, isthmus_slot budget);
/* It has come back with this. */
void client_ended(const char *name, struct client *c, enum isthmus_error error, uint64_t word0);
void client_waits(const char *name, const struct client *c);

void death_tests(void);
