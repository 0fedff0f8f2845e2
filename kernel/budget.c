#include "kernel/budget.h"
#include "kernel/ipc.h"
#include "kernel/pool.h"
#include "kernel/queue.h"
#include "kernel/sched.h"

/* Stopped threads become ready; if there are more of them than a step takes, the caller says MORE. */
error budget_fill(cell_ix b, uint64_t time, uint64_t slice)
{
    struct cell *c = cell_at(b);

    if (time > ~0ul / 4 - c->budget.left || slice > ~0ul / 4)
        return ISTHMUS_E_ARGUMENT;
    if (this_core()->budget == b.i)
        sched_charge();
    c->budget.left += time;
    c->budget.slice = slice;
    if (!c->budget.left)
        c->budget.left = slice;
    for (int i = 0; i < ISTHMUS_STEP && c->budget.left && c->head; i++) {
        cell_ix t = queue_first(b);

        sched_remove(t);
        sched_ready(t);
    }
    sched_arm();
    return c->budget.left && c->head ? ISTHMUS_E_MORE : ISTHMUS_OK;
}

error budget_destroy_step(cell_ix b)
{
    if (this_core()->budget == b.i)
        this_core()->resched |= RESCHED_BUDGET; /* the running thread may have no other */
    for (int i = 0; i < ISTHMUS_STEP && cell_at(b)->head; i++) {
        cell_ix t = queue_first(b);

        sched_remove(t);
        sched_ready(t); /* without one of its own it stays starved, in no queue, until it gets another */
    }
    if (cell_at(b)->head)
        return ISTHMUS_E_MORE;
    cell_release(b);
    return ISTHMUS_OK;
}

error op_budget_move(cell_ix me, struct registers *r)
{
    struct cap from, to;
    error err = cap_get(me, r->slot, ISTHMUS_BUDGET, ISTHMUS_R_WRITE, &from);

    if (!err)
        err = cap_get(me, r->word[0], ISTHMUS_BUDGET, ISTHMUS_R_WRITE, &to);
    if (err)
        return err;
    struct cell *f = &cell[from.object];

    if (this_core()->budget == from.object)
        sched_charge();
    if (r->word[1] > f->budget.left || from.object == to.object)
        return ISTHMUS_E_ARGUMENT;
    err = budget_fill((cell_ix){ to.object }, r->word[1], cell[to.object].budget.slice);
    if (err != ISTHMUS_E_ARGUMENT)
        f->budget.left -= r->word[1];
    sched_arm();
    return err; /* MORE: the time has been moved, and with time 0 the next threads go on */
}

error op_budget_read(cell_ix me, struct registers *r)
{
    struct cap c;
    error err = cap_get(me, r->slot, ISTHMUS_BUDGET, ISTHMUS_R_READ, &c);

    if (err)
        return err;
    if (this_core()->budget == c.object)
        sched_charge();
    r->word[0] = cell[c.object].budget.left;
    r->word[1] = cell[c.object].budget.slice;
    return ISTHMUS_OK;
}

error op_budget_notify(cell_ix me, struct registers *r)
{
    struct cap c;
    struct notification_ref n;
    error err = cap_get(me, r->slot, ISTHMUS_BUDGET, ISTHMUS_R_MANAGE, &c);

    if (!err)
        err = cap_notification(me, r->word[0], &n);
    if (err)
        return err;
    cell[c.object].budget.notification = n.cell;
    cell[c.object].budget.notification_id = n.id;
    cell_cold[c.object].badge = n.badge;
    return ISTHMUS_OK;
}
