#include "kernel/sched.h"
#include "kernel/budget.h"
#include "kernel/invariant.h"
#include "kernel/ipc.h"
#include "kernel/queue.h"
#include "kernel/trace.h"

static uint32_t highest(uint64_t bitmap) /* pre: not 0.  Branch-free: one path for the prover. */
{
    uint32_t n = 0;

    for (uint32_t shift = 32; shift; shift >>= 1) {
        uint32_t up = (uint32_t)(bitmap >> shift != 0) * shift;

        n += up;
        bitmap >>= up;
    }
    return n;
}

static cell_ix ready_queue(const struct core *c, uint32_t priority) { return (cell_ix){ c->ready + priority }; }

static void ready_append(struct core *c, cell_ix t)
{
    uint32_t p = cell_at(t)->priority;

    cell_at(t)->state = THREAD_READY;
    queue_append(ready_queue(c, p), t);
    c->ready_bitmap |= 1ul << p;
}

static void ready_unlink(struct core *c, cell_ix t)
{
    cell_ix q = { cell_at(t)->own };

    queue_unlink(t);
    if (!cell_at(q)->head)
        c->ready_bitmap &= ~(1ul << (q.i - c->ready));
}

bool sched_can_pay(cell_ix t)
{
    const struct cell *b = &cell[cell_at(t)->thread.budget];

    return b->id && b->id == thread_frame(t)->budget_id && b->budget.left;
}

/* Can t go on, on its own budget if need be?  A server that has one does not stop where a client's purse is empty or gone. */
static bool finds_budget(cell_ix t)
{
    const struct thread_frame *f = thread_frame(t);
    const struct cell *own = &cell[f->own_budget];

    if (!sched_can_pay(t) && own->id && own->id == f->own_budget_id)
        sched_own_budget(t);
    return sched_can_pay(t);
}

static void starve(cell_ix t)
{
    cell_ix b = { cell_at(t)->thread.budget };

    cell_at(t)->state = THREAD_STARVED;
    if (cell_at(b)->id && cell_at(b)->id == thread_frame(t)->budget_id)
        queue_append(b, t);
}

void sched_ready(cell_ix t)
{
    struct core *c = &core[thread_frame(t)->regs.core];

    if (!finds_budget(t)) {
        starve(t);
        return;
    }
    ready_append(c, t);
    if (!c->current || cell_at(t)->priority > cell[c->current].priority)
        c->resched |= RESCHED_URGENT;
}

void sched_own_budget(cell_ix t)
{
    struct thread_frame *f = thread_frame(t);

    cell_at(t)->thread.budget = f->own_budget;
    f->budget_id = f->own_budget_id;
}

void sched_ready_own(cell_ix t)
{
    sched_own_budget(t);
    sched_ready(t);
}

void sched_donate(cell_ix from, cell_ix to)
{
    cell_at(to)->thread.budget = cell_at(from)->thread.budget;
    thread_frame(to)->budget_id = thread_frame(from)->budget_id;
}

/* An endpoint that lost its last waiter is empty; a cursor on the waiter that left moves on. */
static void leave_endpoint(cell_ix e, cell_ix t)
{
    struct cell *c = cell_at(e);

    if (c->endpoint.cursor == t.i)
        c->endpoint.cursor = cell_at(t)->next;
    queue_unlink(t);
    if (!c->head)
        c->state = ENDPOINT_EMPTY;
}

void sched_remove(cell_ix t)
{
    struct cell *c = cell_at(t);
    cell_ix own = { c->own };

    if (own.i) {
        switch (cell_at(own)->kind) {
        case CELL_READY: ready_unlink(&core[thread_frame(t)->regs.core], t); break;
        case CELL_ENDPOINT: leave_endpoint(own, t); break;
        default: queue_unlink(t);
        }
    }
    c->state = THREAD_SUSPENDED;
}

/* Takes the time that was used, and begins the next slice if there is one.  Did the budget run out? */
static bool charge(struct core *c)
{
    struct cell *b = &cell[c->budget];
    uint64_t now = arch_time(), used = now - c->budget_start;

    c->budget_start = now;
    if (!b->id || b->id != c->budget_id)
        return false;
    if (used < b->budget.left) {
        b->budget.left -= used;
        return false;
    }
    b->budget.left = b->budget.slice;
    return true;
}

void sched_charge(void)
{
    struct core *c = this_core();

    if (charge(c))
        c->resched |= RESCHED_BUDGET;
}

/* The scheduler of the budget that was consumed until now is signalled if it ended empty.  It is here that this is done,
 * since the timer's interrupt comes too late for a thread that was just about to wait. */
static void leave_budget(struct core *c)
{
    const struct cell *b = &cell[c->budget];

    (void)charge(c);
    if (b->id && b->id == c->budget_id && !b->budget.left)
        notification_signal_weak(b->budget.notification, b->budget.notification_id, cell_cold[c->budget].badge);
}

/* The budget that is consumed changes only when threads with different ones follow each other: then time is read. */
static void consume(struct core *c, uint32_t budget, uint64_t id)
{
    if (c->budget == budget && c->budget_id == id)
        return;
    if (c->budget)
        leave_budget(c);
    else
        c->budget_start = arch_time();
    c->budget = budget;
    c->budget_id = id;
    sched_arm();
}

void sched_arm(void)
{
    struct core *c = this_core();
    const struct cell *b = &cell[c->budget];
    uint64_t next = c->deadline;

    if (b->id && b->id == c->budget_id && c->budget_start + b->budget.left < next)
        next = c->budget_start + b->budget.left;
    if (next != c->armed) {
        c->armed = next;
        arch_timer_set(next);
    }
}

void sched_run(cell_ix t)
{
    struct core *c = this_core();

    c->current = t.i;
    cell_at(t)->state = THREAD_RUNNING;
    consume(c, cell_at(t)->thread.budget, thread_frame(t)->budget_id);
}

void sched_stop_current(void)
{
    cell[this_core()->current].state = THREAD_SUSPENDED;
    this_core()->current = 0;
}

void sched_yield(void)
{
    struct core *c = this_core();
    cell_ix t = { c->current };

    sched_stop_current();
    sched_ready(t);
}

bool sched_most_urgent(cell_ix t) { return this_core()->ready_bitmap >> cell_at(t)->priority <= 1; }

/* Takes the most urgent thread that can pay.  Threads whose budget ran out while they were ready are set aside, at most
 * STEP of them; if there are more, the core idles until the timer interrupt that is then already due. */
static void pick(struct core *c)
{
    for (int i = 0; i < ISTHMUS_STEP && c->ready_bitmap; i++) {
        cell_ix t = queue_first(ready_queue(c, highest(c->ready_bitmap)));

        ready_unlink(c, t);
        if (finds_budget(t)) {
            sched_run(t);
            return;
        }
        starve(t);
    }
    consume(c, 0, 0);
    if (c->ready_bitmap)
        arch_timer_set(c->armed = arch_time());
}

static void settle_once(struct core *c)
{
    cell_ix t = { c->current };

    if (t.i && (c->resched & RESCHED_BUDGET || (c->resched && !sched_most_urgent(t))))
        sched_yield();
    c->resched = 0;
    if (!c->current)
        pick(c);
}

/* Who is picked may leave an empty budget behind, whose scheduler then is ready and may be more urgent.  What remains after
 * that is left to a timer interrupt that is due at once. */
static void settle(void)
{
    struct core *c = this_core();

    settle_once(c);
    if (!c->resched)
        return;
    settle_once(c);
    if (c->resched)
        arch_timer_set(c->armed = arch_time());
}

static _Noreturn void resume(void)
{
    struct core *c = this_core();
    cell_ix t = { c->current };

    if (!t.i) {
        arch_space_leave();
        arch_idle();
    }
    cell_ix task = { cell_at(t)->thread.task };

    arch_space_enter(cell_at(task)->task.space, task.i);
    if (c->fpu_owner == t.i)
        arch_fpu_on();
    else
        arch_fpu_off();
    if (cell_at(t)->form & FORM_FULL)
        arch_exit_full(thread_frame(t));
    arch_exit_syscall(thread_frame(t));
}

_Noreturn void sched_leave(void)
{
    settle();
    if (tracing())
        trace_event("run", 0, 0, 0);
    if (CONFIG_DEBUG)
        invariant_check();
    resume();
}

void fpu_claim(void)
{
    struct core *c = this_core();

    arch_fpu_on();
    if (c->fpu_owner == c->current)
        return;
    if (c->fpu_owner) {
        struct thread_frame *old = thread_frame((cell_ix){ c->fpu_owner });

        old->fpu_live = 1;
        arch_fpu_save(old);
    }
    arch_fpu_load(thread_frame((cell_ix){ c->current }));
    c->fpu_owner = c->current;
}
