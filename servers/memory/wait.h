/* Threads that wait because of a fault, and what pagers are asked for. */
#pragma once

#include "servers/memory/session.h"

/* A thread's fault, from the kernel's message. */
struct fault_info {
	uint64_t cause; /* ISTHMUS_FAULT_* or MEMORY_FAULT_* */
	uint64_t address, pc, sp, label;
};

/* Has the thread whose fault is at hand wait for a page, or for its session to take the fault.  False without memory: then
 * it cannot be helped, and stays where it is until its space is destroyed. */
__attribute__((warn_unused_result)) bool
wait_for_page(struct client_space *space, const struct fault_info *info, const struct absent *absent);
__attribute__((warn_unused_result)) bool wait_for_session(struct client_space *space, const struct fault_info *info);

/* Takes the next fault that the session has not taken; 0 if there is none, else its handle. */
uint64_t fault_next(struct session *session, struct fault_info *out, uint64_t *out_space);
/* Lets the thread of a taken fault go on, at pc if that is not 0.  Errors: ARGUMENT. */
__attribute__((warn_unused_result)) enum isthmus_error
fault_resume(struct session *session, uint64_t handle, uint64_t pc);

/* A page of an object is there now: who waits for it tries again. */
void waits_retry(struct object *object, uint64_t index);
/* A page of an object cannot be had; index TREE_LIMIT: no page.  Waits in a space are given up: faults of cause bus. */
void waits_fail(struct object *object, uint64_t index);
void waits_fail_in(struct client_space *space);
/* Forgets all threads of a space that is being destroyed. */
void waits_forget(struct client_space *space);

/* Tells an object's pager that a page is wanted.  False without memory. */
__attribute__((warn_unused_result)) bool request_page(struct object *object, uint64_t index, bool write);
/* The same for somebody who does not wait: he may ask again, so it is forgotten if the pager has much to do already. */
void request_hint(struct object *object, uint64_t index, bool write);
/* Takes the pager's next request; false if there is none. */
bool request_take(struct pager *pager, uint64_t *out_cookie, uint64_t *out_index, bool *out_write);
/* Forgets all requests to a pager. */
void requests_forget(struct pager *pager);
