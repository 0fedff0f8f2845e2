#include "kernel/thread.h"
#include "kernel/ipc.h"
#include "kernel/pool.h"
#include "kernel/sched.h"

/* ---- creation and destruction ---- */

static void join_task(cell_ix t, cell_ix task)
{
    uint32_t first = cell_cold[task.i].extra;

    cell_cold[t.i].sibling_next = first;
    if (first)
        cell_cold[first].sibling_prev = t.i;
    cell_cold[task.i].extra = t.i;
}

static void leave_task(cell_ix t)
{
    struct cell_cold *c = &cell_cold[t.i];

    if (c->sibling_prev)
        cell_cold[c->sibling_prev].sibling_next = c->sibling_next;
    else
        cell_cold[task_of(t).i].extra = c->sibling_next;
    if (c->sibling_next)
        cell_cold[c->sibling_next].sibling_prev = c->sibling_prev;
}

cell_ix thread_create(cell_ix pool, cell_ix task, uint64_t label)
{
    if (!cell_at(pool)->pool.free_cells || !cell_at(pool)->pool.free_frames)
        return NIL_CELL;
    cell_ix t = cell_take(pool, CELL_THREAD);
    frame_ix f = frame_take(pool, FRAME_THREAD);

    frame_at(f)->owner = t.i;
    cell_at(t)->thread.frame = f.i;
    cell_at(t)->thread.task = task.i;
    thread_frame(t)->label = label;
    thread_frame(t)->regs.core = core_self().i;
    join_task(t, task);
    return t;
}

static void forget_fpu(cell_ix t)
{
    struct core *c = &core[thread_frame(t)->regs.core];

    if (c->fpu_owner == t.i)
        c->fpu_owner = 0;
}

error thread_destroy_step(cell_ix t)
{
    struct cell *c = cell_at(t);

    c->id |= DYING_BIT;
    if (c->state == THREAD_RUNNING)
        sched_stop_current();
    else
        sched_remove(t);
    if (ipc_wake_waiters(t))
        return ISTHMUS_E_MORE;
    forget_fpu(t);
    leave_task(t);
    frame_release((frame_ix){ c->thread.frame });
    cell_release(t);
    return ISTHMUS_OK;
}

/* ---- control ---- */

static error thread_get(cell_ix me, const struct registers *r, uint8_t right, cell_ix *out)
{
    struct cap c;
    error err = cap_get(me, r->slot, ISTHMUS_THREAD, right, &c);

    out->i = c.object;
    return err;
}

/* As a new thread's. */
static void clear_fpu(cell_ix t)
{
    typedef uint64_t __attribute__((may_alias)) word_t;
    word_t *word = (word_t *)thread_frame(t)->fpu;

    forget_fpu(t);
    thread_frame(t)->fpu_live = 0;
    for (unsigned i = 0; i < FPU_SIZE / sizeof word[0]; i++)
        word[i] = 0;
}

error op_thread_start(cell_ix me, struct registers *r)
{
    cell_ix t;
    error err = thread_get(me, r, ISTHMUS_R_MANAGE, &t);

    if (err)
        return err;
    if (cell_at(t)->state != THREAD_SUSPENDED)
        return ISTHMUS_E_STATE;
    if (r->word[0] >= ISTHMUS_USER_LIMIT || r->word[1] > ISTHMUS_USER_LIMIT)
        return ISTHMUS_E_ARGUMENT;
    clear_fpu(t);
    arch_registers_start(&thread_frame(t)->regs, r->word[0], r->word[1], r->word[2]);
    thread_frame(t)->regs.core = core_self().i;
    cell_at(t)->form |= FORM_FULL;
    sched_ready_own(t);
    return ISTHMUS_OK;
}

error op_thread_suspend(cell_ix me, struct registers *r)
{
    cell_ix t;
    error err = thread_get(me, r, ISTHMUS_R_MANAGE, &t);

    if (err)
        return err;
    switch (cell_at(t)->state) {
    case THREAD_RUNNING:
        r->operation = ISTHMUS_OK; /* nobody else will write it */
        sched_stop_current();
        break;
    case THREAD_SENDING:
    case THREAD_CALLING:
    case THREAD_RECEIVING:
    case THREAD_WAITING:
    case THREAD_REPLY: thread_frame(t)->regs.operation = ISTHMUS_E_CANCELLED; /* fall through */
    default: sched_remove(t);
    }
    return ISTHMUS_OK;
}

error op_thread_resume(cell_ix me, struct registers *r)
{
    cell_ix t;
    error err = thread_get(me, r, ISTHMUS_R_MANAGE, &t);

    if (err)
        return err;
    if (cell_at(t)->state != THREAD_SUSPENDED)
        return ISTHMUS_E_STATE;
    sched_ready_own(t);
    return ISTHMUS_OK;
}

/* A thread whose registers may be read or written: it does not run, and not in the middle of IPC. */
static error inspect(cell_ix me, struct registers *r, uint8_t right, uint64_t most, cell_ix *t)
{
    uint64_t first = r->word[0], count = r->word[1];
    error err = thread_get(me, r, right, t);

    if (err)
        return err;
    struct cell *c = cell_at(*t);

    if (c->state != THREAD_SUSPENDED && c->state != THREAD_FAULT_REPLY)
        return ISTHMUS_E_STATE;
    if (!count || count > most || first >= ARCH_REGISTERS || count > ARCH_REGISTERS - first)
        return ISTHMUS_E_ARGUMENT;
    if (!(c->form & FORM_FULL)) {
        arch_registers_to_full(&thread_frame(*t)->regs);
        c->form |= FORM_FULL;
    }
    return ISTHMUS_OK;
}

error op_thread_read(cell_ix me, struct registers *r)
{
    cell_ix t;
    unsigned first = (unsigned)r->word[0];
    uint64_t count = r->word[1];
    error err = inspect(me, r, ISTHMUS_R_READ, ISTHMUS_MESSAGE_WORDS, &t);

    if (err)
        return err;
    for (unsigned i = 0; i < ISTHMUS_MESSAGE_WORDS && i < count; i++)
        r->word[i] = arch_register_read(&thread_frame(t)->regs, first + i);
    return ISTHMUS_OK;
}

error op_thread_write(cell_ix me, struct registers *r)
{
    cell_ix t;
    unsigned first = (unsigned)r->word[0];
    error err = inspect(me, r, ISTHMUS_R_MANAGE, ISTHMUS_MESSAGE_WORDS - 2, &t);

    if (err)
        return err;
    struct registers before = thread_frame(t)->regs;

    for (unsigned i = 0; i < ISTHMUS_MESSAGE_WORDS - 2 && i < r->word[1]; i++) {
        if (!arch_register_write(&thread_frame(t)->regs, first + i, r->word[2 + i])) {
            thread_frame(t)->regs = before;
            return ISTHMUS_E_ARGUMENT;
        }
    }
    return ISTHMUS_OK;
}

error op_thread_priority(cell_ix me, struct registers *r)
{
    cell_ix t;
    uint64_t priority = r->word[0];
    error err = thread_get(me, r, ISTHMUS_R_MANAGE, &t);

    if (err)
        return err;
    if (priority > cell_at(me)->priority)
        return ISTHMUS_E_ARGUMENT;
    bool ready = cell_at(t)->state == THREAD_READY;

    if (ready)
        sched_remove(t);
    cell_at(t)->priority = (uint8_t)priority;
    if (ready)
        sched_ready(t);
    this_core()->resched |= RESCHED_URGENT; /* the caller may have lowered itself */
    return ISTHMUS_OK;
}

error op_thread_core(cell_ix me, struct registers *r)
{
    cell_ix t;
    error err = thread_get(me, r, ISTHMUS_R_MANAGE, &t);

    if (err)
        return err;
    if (r->word[0] >= core_count)
        return ISTHMUS_E_ARGUMENT;
    if (cell_at(t)->state != THREAD_SUSPENDED)
        return ISTHMUS_E_STATE;
    thread_frame(t)->regs.core = r->word[0];
    return ISTHMUS_OK;
}

error op_thread_budget(cell_ix me, struct registers *r)
{
    cell_ix t;
    struct cap budget = { 0 };
    error err = thread_get(me, r, ISTHMUS_R_MANAGE, &t);

    if (!err && r->word[0])
        err = cap_get(me, r->word[0], ISTHMUS_BUDGET, ISTHMUS_R_WRITE, &budget);
    if (err)
        return err;
    if (cell_at(t)->state != THREAD_SUSPENDED)
        return ISTHMUS_E_STATE;
    thread_frame(t)->own_budget = budget.object;
    thread_frame(t)->own_budget_id = budget.id;
    return ISTHMUS_OK;
}

static void unbind(cell_ix t)
{
    struct thread_frame *f = thread_frame(t);

    if (f->notification && cell[f->notification].id == f->notification_id)
        cell[f->notification].notification.thread = 0;
    f->notification = 0;
    f->notification_id = 0;
    cell_at(t)->form &= (uint8_t)~FORM_PENDING;
}

/* Is the notification free to be bound to t? */
static bool bindable(const struct cell *n, cell_ix t)
{
    uint32_t bound = n->notification.thread;

    return !n->head && (!bound || bound == t.i || cell[bound].id != n->notification.thread_id);
}

error op_thread_notification(cell_ix me, struct registers *r)
{
    cell_ix t;
    struct cap n = { 0 };
    error err = thread_get(me, r, ISTHMUS_R_MANAGE, &t);

    if (!err && r->word[0])
        err = cap_get(me, r->word[0], ISTHMUS_NOTIFICATION, ISTHMUS_R_READ, &n);
    if (err)
        return err;
    if (n.object && !bindable(&cell[n.object], t))
        return ISTHMUS_E_BUSY;
    unbind(t);
    if (!n.object)
        return ISTHMUS_OK;
    thread_frame(t)->notification = n.object;
    thread_frame(t)->notification_id = n.id;
    cell[n.object].notification.thread = t.i;
    cell[n.object].notification.thread_id = cell_at(t)->id;
    notification_signal((cell_ix){ n.object }, 0); /* bits that wait already are pending for t now */
    return ISTHMUS_OK;
}

error op_thread_slots(cell_ix me, struct registers *r)
{
    cell_ix t;
    error err = thread_get(me, r, ISTHMUS_R_MANAGE, &t);

    if (err)
        return err;
    for (int i = 0; i < ISTHMUS_MESSAGE_CAPS; i++)
        if (r->word[i] >= ISTHMUS_CAP_SLOTS)
            return ISTHMUS_E_ARGUMENT;
    for (int i = 0; i < ISTHMUS_MESSAGE_CAPS; i++)
        thread_frame(t)->receive_slot[i] = (uint32_t)r->word[i];
    return ISTHMUS_OK;
}

error op_thread_handoff(cell_ix me, struct registers *r)
{
    cell_ix t;
    error err = thread_get(me, r, ISTHMUS_R_WRITE, &t);

    if (err)
        return err;
    if (cell_at(t)->state != THREAD_READY || cell_at(t)->priority > cell_at(me)->priority || !sched_can_pay(t))
        return ISTHMUS_E_STATE;
    r->operation = ISTHMUS_OK;
    sched_remove(t);
    sched_yield();
    this_core()->resched = 0;
    sched_run(t);
    return ISTHMUS_OK;
}

error op_thread_redirect(cell_ix me, struct registers *r)
{
    cell_ix t;
    struct cap f = { 0 };
    error err = thread_get(me, r, ISTHMUS_R_MANAGE, &t);

    if (!ARCH_REDIRECT_FRAME)
        return ISTHMUS_E_OPERATION;
    if (!err && r->word[0])
        err = cap_get(me, r->word[0], ISTHMUS_FRAME, ISTHMUS_R_WRITE, &f);
    if (err)
        return err;
    if (r->word[1] % PAGE_SIZE || r->word[1] >= ISTHMUS_USER_LIMIT)
        return ISTHMUS_E_ARGUMENT;
    thread_frame(t)->redirect_frame = f.object;
    thread_frame(t)->redirect_id = f.id;
    thread_frame(t)->redirect_address = r->word[1];
    return ISTHMUS_OK;
}
