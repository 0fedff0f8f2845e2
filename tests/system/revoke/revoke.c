/* Taking back: forwarders, and the destruction of what is called and waited for. */
#include "lib/rt/main.h"
#include "lib/test/rig.h"

static isthmus_slot forwarder(isthmus_slot target, uint64_t rights, uint64_t badge)
{
    isthmus_slot slot = rig_slot();

    NEED("forwarder", isthmus_pool_create_forwarder(RIG_POOL, slot, target, rights, badge));
    return slot;
}

/* ---- a thread that waits, and tells how it ended ---- */

enum { MOST = 48 };
struct waiter {
    struct rig_worker *worker;
    uint64_t operation;
    isthmus_slot slot;
    volatile enum isthmus_error error;
    volatile uint64_t badge, word0;
};
static struct waiter waiters[MOST];

static void waiter_main(uint64_t n)
{
    struct waiter *w = &waiters[n];
    struct isthmus_message m = { isthmus_tag(0, 0), { n } };
    uint64_t slot = w->slot;

    w->error = isthmus_trap(w->operation, &slot, &m);
    w->badge = slot;
    w->word0 = m.word[0];
}

static struct waiter *waits(unsigned n, uint64_t operation, isthmus_slot slot)
{
    struct waiter *w = &waiters[n];

    *w = (struct waiter){ .operation = operation, .slot = slot, .error = ISTHMUS_E_MORE };
    w->worker = rig_run(waiter_main, n);
    return w;
}

static void ended(const char *name, struct waiter *w, enum isthmus_error error)
{
    QUIET(name, rig_wait(w->worker));
    QUIET_ERROR(name, w->error, error);
    rig_end(w->worker);
}

/* ---- forwarders ---- */

/* Sends by a capability to a receiver that waits; answers the badge that it saw. */
static uint64_t badge_seen(isthmus_slot endpoint, isthmus_slot by)
{
    struct waiter *w = waits(0, ISTHMUS_OP_RECV, endpoint);

    rig_settle();
    QUIET_ERROR("send through a chain", isthmus_send(by, &(struct isthmus_message){ 0 }), ISTHMUS_OK);
    ended("receiver", w, ISTHMUS_OK);
    return w->badge;
}

static void chains(void)
{
    isthmus_slot e = rig_endpoint(RIG_POOL), minted = rig_copy(e, RIG_ALL, 7), chain[4], fifth = rig_slot();
    unsigned before = test_failures();
    struct isthmus_message m = { 0 };
    uint64_t rights = 0;

    chain[0] = forwarder(minted, RIG_ALL, 0);
    for (unsigned i = 1; i < 4; i++)
        chain[i] = forwarder(chain[i - 1], RIG_ALL, 0);
    QUIET_ERROR("a fifth", isthmus_pool_create_forwarder(RIG_POOL, fifth, chain[3], RIG_ALL, 0), ISTHMUS_E_ARGUMENT);
    for (unsigned i = 0; i < 4; i++) {
        QUIET_EQUAL("kind of its slot", rig_kind(chain[i]), ISTHMUS_FORWARDER);
        QUIET_EQUAL("badge at the end", badge_seen(e, chain[i]), 7);
    }
    QUIET_ERROR("used for another kind", isthmus_signal(chain[3]), ISTHMUS_E_KIND);
    QUIET_ERROR("manage comes through", isthmus_endpoint_cancel(chain[3], 1), ISTHMUS_OK);
    QUIET_ERROR("receive too", isthmus_try_recv(chain[3], NULL, &m), ISTHMUS_E_WOULD_BLOCK);

    rig_destroy(RIG_POOL, chain[1]); /* in the middle */
    QUIET_ERROR("behind it", isthmus_try_send(chain[3], &m), ISTHMUS_E_CAP);
    QUIET_ERROR("right behind it", isthmus_try_send(chain[2], &m), ISTHMUS_E_CAP);
    QUIET_EQUAL("before it", badge_seen(e, chain[0]), 7);
    NEED("identify", isthmus_task_identify(RIG_TASK, chain[2], NULL, &rights, NULL, NULL));
    QUIET_EQUAL("the other links live", rights, RIG_ALL);

    /* Its cell is used again by another forwarder: the chain stays cut. */
    chain[1] = forwarder(chain[0], RIG_ALL, 0);
    QUIET_ERROR("still cut", isthmus_try_send(chain[3], &m), ISTHMUS_E_CAP);
    rig_destroy(RIG_POOL, e);
    QUIET_ERROR("the end is gone", isthmus_try_send(chain[0], &m), ISTHMUS_E_CAP);
    QUIET_ERROR("for all", isthmus_try_send(chain[1], &m), ISTHMUS_E_CAP);
    for (unsigned i = 0; i < 4; i++)
        rig_destroy(RIG_POOL, chain[i]);
    rig_drop(minted);
    rig_drop(fifth);
    QUIET_OK("chains of forwarders", before);
}

static void rights_of_chains(void)
{
    isthmus_slot e = rig_endpoint(RIG_POOL), no_copy = rig_copy(e, RIG_ALL & ~(uint64_t)ISTHMUS_R_COPY, 0), none = rig_slot();
    isthmus_slot unmanaged = rig_copy(e, ISTHMUS_R_WRITE | ISTHMUS_R_COPY, 0);
    isthmus_slot send_only = forwarder(e, ISTHMUS_R_WRITE | ISTHMUS_R_COPY, 5), again, badged, weak, note, through;
    struct isthmus_message m = { 0 };
    unsigned before = test_failures();

    QUIET_ERROR("right copy is needed", isthmus_pool_create_forwarder(RIG_POOL, none, no_copy, RIG_ALL, 0), ISTHMUS_E_RIGHT);
    QUIET_ERROR("and manage for a badge", isthmus_pool_create_forwarder(RIG_POOL, none, unmanaged, RIG_ALL, 3), ISTHMUS_E_RIGHT);
    QUIET_ERROR("no receiving", isthmus_try_recv(send_only, NULL, &m), ISTHMUS_E_RIGHT);
    QUIET_ERROR("no cancelling", isthmus_endpoint_cancel(send_only, 0), ISTHMUS_E_RIGHT);
    QUIET_EQUAL("its badge", badge_seen(e, send_only), 5);
    again = forwarder(send_only, RIG_ALL, 0);
    QUIET_ERROR("rights do not come back", isthmus_try_recv(again, NULL, &m), ISTHMUS_E_RIGHT);
    QUIET_ERROR("nor another badge", isthmus_pool_create_forwarder(RIG_POOL, none, send_only, RIG_ALL, 6), ISTHMUS_E_RIGHT);
    badged = rig_copy(send_only, RIG_ALL, 0);
    QUIET_EQUAL("a copy of it has its badge", badge_seen(e, badged), 5);
    QUIET_ERROR("a copy cannot mint", isthmus_task_copy(RIG_TASK, none, send_only, RIG_ALL, 6), ISTHMUS_E_RIGHT);
    weak = rig_copy(send_only, ISTHMUS_R_COPY, 0);
    QUIET_ERROR("a copy with fewer rights", isthmus_try_send(weak, &m), ISTHMUS_E_RIGHT);

    /* Of other kinds. */
    note = rig_notification(RIG_POOL);
    through = forwarder(note, ISTHMUS_R_WRITE, 0x10);
    QUIET_ERROR("signal through one", isthmus_signal(through), ISTHMUS_OK);
    uint64_t bits = 0;
    QUIET_ERROR("it came", isthmus_try_recv(note, &bits, &m), ISTHMUS_OK);
    QUIET_EQUAL("with its badge", bits, 0x10);
    rig_destroy(RIG_POOL, through);
    QUIET_ERROR("cut off", isthmus_signal(through), ISTHMUS_E_CAP);
    through = forwarder(RIG_TASK, RIG_ALL, 0);
    QUIET_ERROR("a task through one", isthmus_task_identify(through, e, NULL, NULL, NULL, NULL), ISTHMUS_OK);
    QUIET_ERROR("create a thread of it", isthmus_pool_create_thread(RIG_POOL, none, through, 0), ISTHMUS_OK);
    rig_destroy(RIG_POOL, none);
    none = rig_slot();
    rig_destroy(RIG_POOL, through);
    through = forwarder(ISTHMUS_BOOT_SLOT_MACHINE, ISTHMUS_R_WRITE, ISTHMUS_MACHINE_TIME_BIT);
    QUIET_ERROR("a machine with one function", isthmus_machine_log(through, 0, m.word), ISTHMUS_E_RIGHT);
    QUIET_ERROR("namely that", isthmus_machine_timer(through, note, ~(uint64_t)0, NULL), ISTHMUS_OK);
    rig_destroy(RIG_POOL, through);

    isthmus_slot frame = rig_frame(RIG_POOL);
    struct space_page page = { forwarder(frame, ISTHMUS_R_READ, 0), RIG_WINDOW, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, 0 };
    QUIET_ERROR("a frame, to read only", space_map_into(RIG_TASK, RIG_POOL, &page), ISTHMUS_E_RIGHT);
    page.flags = ISTHMUS_MAP_READ;
    QUIET_ERROR("mapped through one", space_map_into(RIG_TASK, RIG_POOL, &page), ISTHMUS_OK);
    rig_destroy(RIG_POOL, page.cap);
    QUIET_EQUAL("the mapping is the task's", *(volatile uint64_t *)RIG_WINDOW, 0);
    rig_destroy(RIG_POOL, frame);
    rig_destroy(RIG_POOL, note);
    rig_destroy(RIG_POOL, again);
    rig_destroy(RIG_POOL, send_only);
    rig_destroy(RIG_POOL, e);
    rig_drop(no_copy);
    rig_drop(unmanaged);
    rig_drop(none);
    rig_drop(badged);
    rig_drop(weak);
    QUIET_OK("rights and badges of forwarders", before);
}

/* Who waits at the target by way of a link goes on waiting when it is cut: it is at the target already. */
static void cut_while_waiting(void)
{
    isthmus_slot e = rig_endpoint(RIG_POOL), link = forwarder(e, RIG_ALL, 9);
    struct isthmus_message m;
    uint64_t badge = 0;
    unsigned before = test_failures();
    struct waiter *w = waits(1, ISTHMUS_OP_CALL, link);

    rig_settle();
    rig_destroy(RIG_POOL, link);
    QUIET_ERROR("it is received", isthmus_recv(e, &badge, &m), ISTHMUS_OK);
    QUIET_EQUAL("with its badge", badge, 9);
    QUIET_ERROR("and answered", isthmus_reply(0, &m), ISTHMUS_OK);
    ended("caller", w, ISTHMUS_OK);
    rig_destroy(RIG_POOL, e);
    QUIET_OK("a link is cut while it is being called", before);
}

/* ---- destruction of what is waited for ---- */

static void destroyed_with(const char *name, bool notification, const uint64_t *operations, unsigned kinds)
{
    isthmus_slot object = notification ? rig_notification(RIG_POOL) : rig_endpoint(RIG_POOL);
    uint64_t id = rig_id(object);
    enum isthmus_error error = ISTHMUS_E_MORE;
    unsigned steps = 0, before = test_failures();
    struct isthmus_message m = { 0 };

    for (unsigned i = 0; i < 40; i++)
        waits(i, operations[i % kinds], object);
    rig_settle();
    for (; error == ISTHMUS_E_MORE; steps++) {
        error = isthmus_pool_destroy(RIG_POOL, object);
        QUIET_EQUAL("from the first step on it is gone", rig_kind(object), ISTHMUS_NULL);
        QUIET_ERROR("nobody sends to it", isthmus_send(object, &m), ISTHMUS_E_CAP);
        QUIET_ERROR("nobody waits for it", isthmus_recv(object, NULL, &m), ISTHMUS_E_CAP);
        QUIET_ERROR("nobody signals it", isthmus_signal(object), ISTHMUS_E_CAP);
    }
    QUIET_ERROR("destroyed", error, ISTHMUS_OK);
    QUIET_EQUAL("in steps of sixteen", steps, 3);
    for (unsigned i = 0; i < 40; i++) {
        ended("waiter", &waiters[i], ISTHMUS_E_DEAD);
        QUIET_EQUAL("who died", waiters[i].word0, id);
    }
    rig_drop(object);
    QUIET_OK(name, before);
}

static void destroyed(void)
{
    static const uint64_t sending[] = { ISTHMUS_OP_SEND, ISTHMUS_OP_CALL }, receiving[] = { ISTHMUS_OP_RECV, ISTHMUS_OP_REPLY_RECV };

    destroyed_with("an endpoint with forty senders and callers", false, sending, 2);
    destroyed_with("an endpoint with forty receivers", false, receiving, 2);
    destroyed_with("a notification with forty waiters", true, receiving, 1);
}

/* ---- endpoint_cancel ---- */

static void cancel(void)
{
    isthmus_slot e = rig_endpoint(RIG_POOL), by[3] = { rig_copy(e, RIG_ALL, 1), rig_copy(e, RIG_ALL, 2), rig_copy(e, RIG_ALL, 3) };
    enum isthmus_error error = ISTHMUS_E_MORE;
    unsigned steps = 0, before = test_failures();
    struct isthmus_message m;
    uint64_t badge = 0;

    QUIET_ERROR("nobody waits", isthmus_endpoint_cancel(e, 1), ISTHMUS_OK);
    for (unsigned i = 0; i < 40; i++)
        waits(i, i % 2 ? ISTHMUS_OP_CALL : ISTHMUS_OP_SEND, by[i % 3]);
    rig_settle();
    for (; error == ISTHMUS_E_MORE; steps++)
        error = isthmus_endpoint_cancel(e, 2);
    QUIET_ERROR("cancelled", error, ISTHMUS_OK);
    QUIET_EQUAL("in steps of sixteen", steps, 3);
    for (unsigned i = 1; i < 40; i += 3)
        ended("of that badge", &waiters[i], ISTHMUS_E_CANCELLED);

    /* One looks for another badge before the first has looked at all: each finds its own. */
    for (unsigned i = 1; i < 40; i += 3)
        waits(i, ISTHMUS_OP_CALL, by[1]);
    rig_settle();
    QUIET_ERROR("one begins", isthmus_endpoint_cancel(e, 2), ISTHMUS_E_MORE);
    do
        error = isthmus_endpoint_cancel(e, 1);
    while (error == ISTHMUS_E_MORE);
    for (unsigned i = 0; i < 40; i += 3)
        ended("of the other badge", &waiters[i], ISTHMUS_E_CANCELLED);
    do
        error = isthmus_endpoint_cancel(e, 2);
    while (error == ISTHMUS_E_MORE);
    for (unsigned i = 1; i < 40; i += 3)
        ended("of the first", &waiters[i], ISTHMUS_E_CANCELLED);
    for (unsigned i = 2; i < 40; i += 3) {
        QUIET_ERROR("the third wait on", isthmus_recv(e, &badge, &m), ISTHMUS_OK);
        QUIET_EQUAL("their badge", badge, 3);
        QUIET_EQUAL("in order", m.word[0], i);
        (void)!isthmus_reply(0, &m);
        ended("of the third", &waiters[i], ISTHMUS_OK);
    }
    waits(0, ISTHMUS_OP_RECV, e);
    rig_settle();
    QUIET_ERROR("receivers are not cancelled", isthmus_endpoint_cancel(e, 0), ISTHMUS_OK);
    NEED("they wait on", isthmus_send(e, &m));
    ended("receiver", &waiters[0], ISTHMUS_OK);
    for (unsigned i = 0; i < 3; i++)
        rig_drop(by[i]);
    rig_destroy(RIG_POOL, e);
    QUIET_OK("senders are cancelled by badge", before);
}

/* ---- suspension while waiting, in every way ---- */

static void suspended(void)
{
    static const uint64_t how[] = { ISTHMUS_OP_SEND, ISTHMUS_OP_CALL, ISTHMUS_OP_RECV, ISTHMUS_OP_REPLY_RECV };
    isthmus_slot e = rig_endpoint(RIG_POOL), n = rig_notification(RIG_POOL);
    unsigned before = test_failures();

    for (unsigned i = 0; i < 5; i++) {
        struct waiter *w = i < 4 ? waits(i, how[i], e) : waits(i, ISTHMUS_OP_RECV, n);

        rig_settle();
        NEED("suspend", isthmus_thread_suspend(w->worker->thread));
        rig_settle();
        QUIET("it does not run", !w->worker->done);
        QUIET_ERROR("it waits no more", isthmus_try_send(e, &(struct isthmus_message){ 0 }), ISTHMUS_E_WOULD_BLOCK);
        QUIET_ERROR("nor sends", isthmus_try_recv(e, NULL, &(struct isthmus_message){ 0 }), ISTHMUS_E_WOULD_BLOCK);
        NEED("resume", isthmus_thread_resume(w->worker->thread));
        ended("cancelled", w, ISTHMUS_E_CANCELLED);
    }
    rig_destroy(RIG_POOL, e);
    rig_destroy(RIG_POOL, n);
    QUIET_OK("a thread is suspended while it waits", before);
}

void isthmus_main(uint64_t arg)
{
    rig_enter(arg);
    rig_begin();
    chains();
    rights_of_chains();
    cut_while_waiting();
    destroyed();
    cancel();
    suspended();
    test_done();
}
