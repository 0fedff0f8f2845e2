/* The server's clients, and what each of them has. */
#pragma once

#include "servers/memory/object.h"
#include "servers/memory/vm.h"

struct session;
struct request;

/* A space of a client's. */
struct client_space {
	struct vm vm;
	struct session *session;
	uint64_t handle;
	struct client_space *next, *prev; /* of the session's */
};

/* A client's right to an object. */
struct client_object {
	struct object *object;
	struct session *session;
	uint64_t handle;
	unsigned max_prot;
	bool shared; /* it is another session's: may be mapped only */
	struct client_object *next, *prev;
};

/* A session as the pager of objects: what it is asked for and has not taken yet. */
struct pager {
	struct request *first, *last;
	isthmus_slot reply; /* of the thread that waits for a request, or 0 */
	isthmus_slot ready; /* notification, or 0 */
};

struct session {
	uint64_t client; /* number of it: lib/service/badge.h */
	struct account account;
	struct client_space *spaces;
	struct client_object *objects;
	struct pager pager;
	isthmus_slot exceptions; /* notification, or 0 */
	struct session *next;
};

/* The session of whoever calls with that badge; begins when it calls for the first time.  Null for a badge that is no
 * client's, or without memory. */
struct session *session_of(uint64_t badge);
/* Ends the sessions whose adopted tasks are gone; gives back all that they had. */
void sessions_sweep(void);

/* Makes a space with an account of its own: adopts the task in a slot, or makes one if it is 0.  Errors: MEMORY, CAP. */
__attribute__((warn_unused_result)) enum isthmus_error
client_space_create(struct session *session, uint64_t limit, uint64_t low, uint64_t high, isthmus_slot task,
		    struct client_space **out);
void client_space_destroy(struct client_space *space);
struct client_space *client_space_get(const struct session *session, uint64_t handle);
/* The space whose faults come with that badge. */
struct client_space *client_space_of_fault(uint64_t badge);

/* Gives a session a handle for an object and takes over the caller's reference; null without memory, then it does not. */
__attribute__((warn_unused_result)) struct client_object *
client_object_create(struct session *session, struct object *object, unsigned max_prot, bool shared);
void client_object_destroy(struct client_object *client);
struct client_object *client_object_get(const struct session *session, uint64_t handle);
