/* Which thread runs: ready queues, one a core and priority, and the budgets that pay.
 *
 * The running thread is in no queue.  Nothing here chooses a policy: priorities and budgets are user level's. */
#pragma once
#include "kernel/state.h"

/* Makes a thread that waits in no queue ready, or starved if its budget is empty.  Asks for a rescheduling if it is more
 * urgent than the running one. */
void sched_ready(cell_ix t);

/* The same for a thread that was woken by other than a call: it runs on its own budget again. */
void sched_ready_own(cell_ix t);

/* Takes a thread out of the queue that it is in, whichever, and keeps that queue's owner consistent.  It is in no queue
 * afterwards, and its state is THREAD_SUSPENDED. */
void sched_remove(cell_ix t);

/* The running thread stops running; it is in no queue yet. */
void sched_stop_current(void);

/* The running thread goes behind the ready threads of its priority. */
void sched_yield(void);

/* t runs now.  pre: t is in no queue, and no thread runs. */
void sched_run(cell_ix t);

/* Is no ready thread more urgent than t? */
bool sched_most_urgent(cell_ix t);

/* The end of every entry: picks a thread if none runs or a more urgent one is ready, and resumes it, or idles.  Debug builds
 * check the invariant in between. */
_Noreturn void sched_leave(void);

/* Gives t the budget of another thread, or its own. */
void sched_donate(cell_ix from, cell_ix to);
void sched_own_budget(cell_ix t);

/* Is thread t's budget there and not empty? */
bool sched_can_pay(cell_ix t);

/* Takes the time since budget_start from the budget that is being consumed.  If it runs out, the running thread goes behind
 * the others at the end of the entry: on the next slice, or, without one, into the budget's queue. */
void sched_charge(void);

/* Sets the timer to the next event of this core. */
void sched_arm(void);
