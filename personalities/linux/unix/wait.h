/* Waiting: who waits for a thing is in its queue, and is looked at again when the thing changes.
 *
 * A request that cannot be answered puts its process into the queues of all that it waits for and is run again, from its
 * beginning, when one of them is woken.  So there is no state of half-done requests but what a request keeps in its call. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct waiter;

struct wait_link {
	struct wait_link *next, **where;        /* in the queue */
	struct wait_link *sibling;              /* of the same waiter */
	struct waiter *who;
};

struct wait_queue {
	struct wait_link *first;
};

#define WAIT_INLINE 2

struct waiter {
	struct wait_link *links;
	struct wait_link own[WAIT_INLINE];      /* most requests wait for one or two things */
	unsigned own_used;
	bool ready;
	struct waiter *next_ready;
};

/* Puts the waiter into the queue.  False: no memory. */
bool wait_on(struct waiter *who, struct wait_queue *queue) __attribute__((warn_unused_result));
/* Takes it out of all queues. */
void wait_cancel(struct waiter *who);
/* Everybody in the queue is to be looked at again. */
void wait_wake(struct wait_queue *queue);
/* This one is. */
void wait_ready(struct waiter *who);
/* It is not. */
void wait_unready(struct waiter *who);
bool wait_any_ready(void);
/* The next one that is to be looked at, or null; it is out of all queues. */
struct waiter *wait_next_ready(void);
