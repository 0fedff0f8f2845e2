#include "kernel/ipc.h"
#include "kernel/queue.h"
#include "kernel/sched.h"

/* ---- what a message carries ---- */

/* Copies the capability in the sender's slot to a slot that the receiver named, and tells the receiver which; 0: none. */
static uint64_t transfer_cap(cell_ix from, cell_ix to, uint64_t from_slot, uint64_t to_slot)
{
    const struct slot *s = slot_named(from, from_slot);
    struct slot *d = slot_if_free(slot_at(task_of(to), to_slot));

    return s && d && !cap_copy(s, d, ~0ul, 0) ? to_slot : 0;
}

/* With n capabilities the last n words name slots: of the sender on the way in, of the receiver on the way out. */
static void transfer_caps(cell_ix from, cell_ix to, uint32_t n)
{
    struct thread_frame *f = thread_frame(from), *t = thread_frame(to);

    for (uint32_t i = 0; i < ISTHMUS_MESSAGE_CAPS; i++) {
        uint32_t w = ISTHMUS_MESSAGE_WORDS - ISTHMUS_MESSAGE_CAPS + i;

        if (i + n >= ISTHMUS_MESSAGE_CAPS)
            t->regs.word[w] = transfer_cap(from, to, f->regs.word[w], t->receive_slot[i]);
    }
}

static void deliver_message(cell_ix from, cell_ix to, uint64_t badge)
{
    const struct registers *f = &thread_frame(from)->regs;
    struct registers *t = &thread_frame(to)->regs;
    uint64_t tag = f->tag & ~((uint64_t)ISTHMUS_TAG_KIND_MASK << ISTHMUS_TAG_KIND_SHIFT);

    for (int i = 0; i < ISTHMUS_MESSAGE_WORDS; i++)
        t->word[i] = f->word[i];
    t->tag = tag;
    t->slot = badge;
    t->operation = ISTHMUS_OK;
    if (tag & ISTHMUS_TAG_CAPS_MASK)
        transfer_caps(from, to, tag & ISTHMUS_TAG_CAPS_MASK);
}

static uint64_t kernel_tag(uint64_t label, uint64_t kind)
{
    return label << ISTHMUS_TAG_LABEL_SHIFT | kind << ISTHMUS_TAG_KIND_SHIFT;
}

static void deliver_words(cell_ix to, uint64_t badge, uint64_t tag, const uint64_t word[ISTHMUS_MESSAGE_WORDS])
{
    struct registers *t = &thread_frame(to)->regs;

    for (int i = 0; i < ISTHMUS_MESSAGE_WORDS; i++)
        t->word[i] = word[i];
    t->tag = tag;
    t->slot = badge;
    t->operation = ISTHMUS_OK;
}

static void deliver_fault(cell_ix from, cell_ix to)
{
    const struct thread_frame *f = thread_frame(from);
    const uint64_t word[ISTHMUS_MESSAGE_WORDS] = { f->fault_address, f->regs.pc, f->fault_code, f->regs.sp, f->label };

    deliver_words(to, f->badge, kernel_tag(f->fault_cause, ISTHMUS_MESSAGE_FAULT), word);
}

static void deliver_signal(cell_ix to, uint64_t bits)
{
    static const uint64_t none[ISTHMUS_MESSAGE_WORDS];

    deliver_words(to, bits, kernel_tag(0, ISTHMUS_MESSAGE_SIGNAL), none);
}

/* ---- waiting ---- */

static void wait_in(cell_ix queue, cell_ix t, enum thread_state state)
{
    sched_stop_current();
    cell_at(t)->state = state;
    queue_append(queue, t);
}

static void wait_at_endpoint(cell_ix e, cell_ix t, enum thread_state state)
{
    cell_at(e)->state = state == THREAD_RECEIVING ? ENDPOINT_RECEIVERS : ENDPOINT_SENDERS;
    wait_in(e, t, state);
}

/* `client`, in no queue, waits for the server's answer; the server may answer it and runs on its budget. */
static void owe_reply(cell_ix server, cell_ix client, enum thread_state state)
{
    struct cell *c = cell_at(client), *s = cell_at(server);

    c->thread.call = fresh_id();
    c->state = state;
    queue_append(server, client);
    s->thread.peer = client.i;
    s->thread.peer_call = c->thread.call;
    sched_donate(client, server);
}

/* A thread that was in no queue goes on, now if nothing more urgent is ready. */
static void run_or_ready(cell_ix t)
{
    if (sched_can_pay(t) && sched_most_urgent(t))
        sched_run(t);
    else
        sched_ready(t);
}

/* ---- sending ---- */

static error send_to_receiver(cell_ix me, cell_ix e, uint64_t badge, enum thread_state wait)
{
    cell_ix r = queue_first(e);

    sched_remove(r);
    deliver_message(me, r, badge);
    if (wait == THREAD_CALLING) {
        sched_stop_current();
        owe_reply(r, me, THREAD_REPLY);
        run_or_ready(r);
    } else {
        sched_ready_own(r);
    }
    return ISTHMUS_OK;
}

static error send_or_wait(cell_ix me, struct registers *r, enum thread_state wait)
{
    struct cap c;
    error err = cap_get(me, r->slot, ISTHMUS_ENDPOINT, ISTHMUS_R_WRITE, &c);

    if (err)
        return err;
    cell_ix e = { c.object };

    if (cell_at(e)->state == ENDPOINT_RECEIVERS)
        return send_to_receiver(me, e, c.badge, wait);
    thread_frame(me)->badge = c.badge;
    wait_at_endpoint(e, me, wait);
    return ISTHMUS_OK;
}

error op_call(cell_ix me, struct registers *r) { return send_or_wait(me, r, THREAD_CALLING); }
error op_send(cell_ix me, struct registers *r) { return send_or_wait(me, r, THREAD_SENDING); }

error op_try_send(cell_ix me, struct registers *r)
{
    struct cap c;
    error err = cap_get(me, r->slot, ISTHMUS_ENDPOINT, ISTHMUS_R_WRITE, &c);

    if (err)
        return err;
    if (cell[c.object].state != ENDPOINT_RECEIVERS)
        return ISTHMUS_E_WOULD_BLOCK;
    return send_to_receiver(me, (cell_ix){ c.object }, c.badge, THREAD_SENDING);
}

/* ---- receiving ---- */

/* Takes the bits of the notification that is bound to t, if there are any. */
static uint64_t take_bound_bits(cell_ix t)
{
    struct thread_frame *f = thread_frame(t);
    struct cell *n = &cell[f->notification];

    if (!(cell_at(t)->form & FORM_PENDING))
        return 0;
    cell_at(t)->form &= (uint8_t)~FORM_PENDING;
    if (!n->id || n->id != f->notification_id)
        return 0;
    uint64_t bits = n->notification.bits;

    n->notification.bits = 0;
    return bits;
}

static void receive_from_sender(cell_ix me, cell_ix e)
{
    cell_ix s = queue_first(e);
    enum thread_state state = cell_at(s)->state;

    sched_remove(s);
    if (state == THREAD_FAULTING)
        deliver_fault(s, me);
    else
        deliver_message(s, me, thread_frame(s)->badge);
    if (state == THREAD_SENDING) {
        thread_frame(s)->regs.operation = ISTHMUS_OK;
        sched_ready(s);
    } else {
        owe_reply(me, s, state == THREAD_FAULTING ? THREAD_FAULT_REPLY : THREAD_REPLY);
    }
}

/* One receive at an endpoint.  `block`: wait if nothing is there. */
static error receive(cell_ix me, cell_ix e, bool block)
{
    uint64_t bits = take_bound_bits(me);

    if (bits)
        deliver_signal(me, bits);
    else if (cell_at(e)->state == ENDPOINT_SENDERS)
        receive_from_sender(me, e);
    else if (block)
        wait_at_endpoint(e, me, THREAD_RECEIVING);
    else
        return ISTHMUS_E_WOULD_BLOCK;
    return ISTHMUS_OK;
}

static error wait_notification(cell_ix me, cell_ix n, bool block)
{
    uint64_t bits = cell_at(n)->notification.bits;

    if (bits) {
        cell_at(n)->notification.bits = 0;
        deliver_signal(me, bits);
    } else if (block) {
        wait_in(n, me, THREAD_WAITING);
    } else {
        return ISTHMUS_E_WOULD_BLOCK;
    }
    return ISTHMUS_OK;
}

static error receive_either(cell_ix me, struct registers *r, bool block)
{
    struct cap c;
    error err = cap_get(me, r->slot, ISTHMUS_NULL, ISTHMUS_R_READ, &c);

    if (c.kind == ISTHMUS_NOTIFICATION && !err)
        return wait_notification(me, (cell_ix){ c.object }, block);
    if (c.kind == ISTHMUS_ENDPOINT && !err)
        return receive(me, (cell_ix){ c.object }, block);
    return err ? err : ISTHMUS_E_KIND;
}

error op_recv(cell_ix me, struct registers *r) { return receive_either(me, r, true); }
error op_try_recv(cell_ix me, struct registers *r) { return receive_either(me, r, false); }

/* ---- replying ---- */

/* Does client k still wait for call number `call`? */
static bool awaits_reply(cell_ix k, uint64_t call)
{
    const struct cell *c = cell_at(k);

    return c->kind == CELL_THREAD && c->thread.call == call && (c->state == THREAD_REPLY || c->state == THREAD_FAULT_REPLY);
}

/* Client k gets its answer, and is in no queue then. */
static void answer(cell_ix me, cell_ix k)
{
    const struct registers *r = &thread_frame(me)->regs;
    enum thread_state state = cell_at(k)->state;

    sched_remove(k);
    if (state == THREAD_REPLY)
        deliver_message(me, k, 0);
    else if (r->tag >> ISTHMUS_TAG_LABEL_SHIFT == ISTHMUS_FAULT_RESUME_AT)
        (void)arch_register_write(&thread_frame(k)->regs, ARCH_REGISTER_PC, r->word[0]);
}

/* Answers the call received last, if its caller still waits; that one, in no queue, or nil. */
static cell_ix answer_peer(cell_ix me)
{
    struct cell *c = cell_at(me);
    cell_ix k = { c->thread.peer };

    c->thread.peer = 0;
    if (!k.i || !awaits_reply(k, c->thread.peer_call))
        return NIL_CELL;
    answer(me, k);
    return k;
}

/* The thread that the slot register names to be answered, answered and in no queue. */
static error answer_named(cell_ix me, const struct registers *r, cell_ix *k)
{
    struct slot *s = slot_named(me, r->slot);

    if (!s || s->kind != ISTHMUS_REPLY)
        return s && slot_is_live(s) ? ISTHMUS_E_KIND : ISTHMUS_E_CAP;
    *k = (cell_ix){ s->object };
    if (awaits_reply(*k, s->id))
        answer(me, *k);
    else
        k->i = 0;
    slot_clear(s);
    return ISTHMUS_OK;
}

error op_reply(cell_ix me, struct registers *r)
{
    cell_ix k = NIL_CELL;
    error err = ISTHMUS_OK;

    if (r->slot)
        err = answer_named(me, r, &k);
    else
        k = answer_peer(me);
    if (err || !k.i)
        return err ? err : ISTHMUS_E_STALE;
    sched_ready(k);
    return ISTHMUS_OK;
}

/* If nobody has to be answered, or no longer, it only receives.  The client goes on at once if the server waits. */
error op_reply_recv(cell_ix me, struct registers *r)
{
    struct cap c;
    error err = cap_get(me, r->slot, ISTHMUS_ENDPOINT, ISTHMUS_R_READ, &c);

    if (err)
        return err;
    cell_ix k = answer_peer(me);

    err = receive(me, (cell_ix){ c.object }, true);
    if (k.i && this_core()->current)
        sched_ready(k);
    else if (k.i)
        run_or_ready(k);
    return err;
}

error op_save_reply(cell_ix me, struct registers *r)
{
    struct cell *c = cell_at(me);
    struct slot *to = slot_if_free(slot_named(me, r->word[0]));
    cell_ix k = { c->thread.peer };

    if (!to)
        return ISTHMUS_E_SLOT;
    if (!k.i || !awaits_reply(k, c->thread.peer_call))
        return ISTHMUS_E_STALE;
    slot_fill(to, ISTHMUS_REPLY, k.i, c->thread.peer_call, 0, 0);
    c->thread.peer = 0;
    return ISTHMUS_OK;
}

/* ---- faults ---- */

void ipc_fault(cell_ix me)
{
    const struct slots_root *root = task_root(task_of(me));
    cell_ix e = { root->handler };

    if (!e.i || cell_at(e)->id != root->handler_id) {
        sched_stop_current();
        return;
    }
    thread_frame(me)->badge = root->handler_badge;
    if (cell_at(e)->state != ENDPOINT_RECEIVERS) {
        wait_at_endpoint(e, me, THREAD_FAULTING);
        return;
    }
    cell_ix r = queue_first(e);

    sched_remove(r);
    deliver_fault(me, r);
    sched_stop_current();
    owe_reply(r, me, THREAD_FAULT_REPLY);
    run_or_ready(r);
}

/* ---- notifications ---- */

void notification_signal(cell_ix n, uint64_t bits)
{
    struct cell *c = cell_at(n);
    cell_ix waiter = queue_first(n), bound = { c->notification.thread };

    c->notification.bits |= bits;
    bits = c->notification.bits;
    if (!bits)
        return;
    if (waiter.i) {
        sched_remove(waiter);
    } else if (bound.i && cell_at(bound)->id == c->notification.thread_id) {
        if (cell_at(bound)->state != THREAD_RECEIVING) {
            cell_at(bound)->form |= FORM_PENDING;
            return;
        }
        waiter = bound;
        sched_remove(waiter);
    } else {
        return;
    }
    c->notification.bits = 0;
    deliver_signal(waiter, bits);
    sched_ready_own(waiter);
}

void notification_signal_weak(uint32_t n, uint64_t id, uint64_t bits)
{
    if (n && cell[n].id == id)
        notification_signal((cell_ix){ n }, bits);
}

error op_signal(cell_ix me, struct registers *r)
{
    struct cap c;
    error err = cap_get(me, r->slot, ISTHMUS_NOTIFICATION, ISTHMUS_R_WRITE, &c);

    if (err)
        return err;
    notification_signal((cell_ix){ c.object }, c.badge);
    return ISTHMUS_OK;
}

/* ---- ends of waits ---- */

void ipc_wake_error(cell_ix t, error status, uint64_t word0)
{
    enum thread_state state = cell_at(t)->state;

    sched_remove(t);
    if (state != THREAD_FAULTING && state != THREAD_FAULT_REPLY) {
        thread_frame(t)->regs.operation = status;
        thread_frame(t)->regs.word[0] = word0;
    }
    sched_ready(t);
}

error ipc_wake_waiters(cell_ix dying)
{
    for (int i = 0; i < ISTHMUS_STEP && cell_at(dying)->head; i++)
        ipc_wake_error(queue_first(dying), ISTHMUS_E_DEAD, cell_at(dying)->id & ~DYING_BIT);
    return cell_at(dying)->head ? ISTHMUS_E_MORE : ISTHMUS_OK;
}

/* The waiters are looked at in order, STEP of them a call; the endpoint remembers where to go on, and with which badge:
 * whoever cancels another one begins anew. */
error op_endpoint_cancel(cell_ix me, struct registers *r)
{
    struct cap c;
    error err = cap_get(me, r->slot, ISTHMUS_ENDPOINT, ISTHMUS_R_MANAGE, &c);

    if (err)
        return err;
    struct cell *e = &cell[c.object];

    if (e->state != ENDPOINT_SENDERS)
        return ISTHMUS_OK;
    cell_ix t = { e->endpoint.cursor && e->endpoint.badge == r->word[0] ? e->endpoint.cursor : e->head };

    e->endpoint.badge = r->word[0];
    for (int i = 0; i < ISTHMUS_STEP && t.i; i++) {
        cell_ix next = { cell_at(t)->next };

        if (cell_at(t)->state != THREAD_FAULTING && thread_frame(t)->badge == r->word[0])
            ipc_wake_error(t, ISTHMUS_E_CANCELLED, 0);
        t = next;
    }
    e->endpoint.cursor = t.i;
    return t.i ? ISTHMUS_E_MORE : ISTHMUS_OK;
}
