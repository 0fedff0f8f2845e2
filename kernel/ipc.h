/* Messages: calls, replies, sends, receives, faults and signals as messages.
 *
 * Every function takes the running thread out of running only when it has to wait; its status is then written by whoever
 * ends the wait. */
#pragma once
#include "kernel/cap.h"

error op_call(cell_ix me, struct registers *r) MUST_CHECK;
error op_reply_recv(cell_ix me, struct registers *r) MUST_CHECK;
error op_send(cell_ix me, struct registers *r) MUST_CHECK;
error op_try_send(cell_ix me, struct registers *r) MUST_CHECK;
error op_recv(cell_ix me, struct registers *r) MUST_CHECK;
error op_try_recv(cell_ix me, struct registers *r) MUST_CHECK;
error op_reply(cell_ix me, struct registers *r) MUST_CHECK;
error op_save_reply(cell_ix me, struct registers *r) MUST_CHECK;
error op_signal(cell_ix me, struct registers *r) MUST_CHECK;
error op_endpoint_cancel(cell_ix me, struct registers *r) MUST_CHECK;

/* The running thread faulted; cause, address and code are in its frame.  It waits for its handler, or is suspended. */
void ipc_fault(cell_ix me);

/* ORs bits into a notification and wakes who waits for it. */
void notification_signal(cell_ix n, uint64_t bits);

/* Signals through a weak reference, if it still holds. */
void notification_signal_weak(uint32_t n, uint64_t id, uint64_t bits);

/* Ends a thread's wait with an error (and w0, where the error says so); a faulted thread faults again.  Its queue's owner
 * stays consistent. */
void ipc_wake_error(cell_ix t, error status, uint64_t word0);

/* Wakes up to ISTHMUS_STEP threads that wait in a cell that is being destroyed, with E_DEAD and its id.  MORE if some are left. */
error ipc_wake_waiters(cell_ix dying) MUST_CHECK;
