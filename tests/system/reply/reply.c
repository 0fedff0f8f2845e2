/* Replies: late, by others, too late. */
#include "reply.h"
#include "lib/rt/main.h"

enum { CLIENTS = 48 };
static struct client clients[CLIENTS];

static void client_main(uint64_t n)
{
    struct isthmus_message m = { isthmus_tag(1, 0), { n } };

    clients[n].error = isthmus_call(clients[n].endpoint, &m);
    clients[n].word0 = m.word[0];
}

struct client *client_start(unsigned n, isthmus_slot endpoint, isthmus_slot pool, isthmus_slot budget)
{
    struct client *c = &clients[n];

    *c = (struct client){ .endpoint = endpoint, .error = ISTHMUS_E_MORE };
    c->worker = rig_prepare(pool, budget, ISTHMUS_PRIORITIES - 1, client_main, n);
    rig_start(c->worker);
    rig_settle();
    return c;
}

void client_ended(const char *name, struct client *c, enum isthmus_error error, uint64_t word0)
{
    QUIET(name, rig_wait(c->worker));
    QUIET_ERROR(name, c->error, error);
    QUIET_EQUAL(name, c->word0, word0);
    rig_end(c->worker);
}

void client_waits(const char *name, const struct client *c)
{
    rig_settle();
    QUIET(name, !c->worker->done);
}

static isthmus_slot e;

static struct client *start(unsigned n) { return client_start(n, e, RIG_POOL, ISTHMUS_BOOT_SLOT_BUDGET); }

static void cancel(struct client *c)
{
    NEED("suspend", isthmus_thread_suspend(c->worker->thread));
    NEED("resume", isthmus_thread_resume(c->worker->thread));
}

static struct isthmus_message answer(uint64_t word0)
{
    return (struct isthmus_message){ isthmus_tag(2, 0), { word0 } };
}

/* ---- late, and in another order ---- */

static void late(void)
{
    enum { CALLS = 20 };
    isthmus_slot saved[CALLS];
    unsigned before = test_failures();
    struct isthmus_message m;

    for (unsigned i = 0; i < CALLS; i++) {
        saved[i] = rig_slot();
        start(i);
        QUIET_ERROR("receive", isthmus_recv(e, NULL, &m), ISTHMUS_OK);
        QUIET_EQUAL("who calls", m.word[0], i);
        QUIET_ERROR("save", isthmus_save_reply(saved[i]), ISTHMUS_OK);
        QUIET_EQUAL("a reply", rig_kind(saved[i]), ISTHMUS_REPLY);
        QUIET_ERROR("it is out of the thread", isthmus_reply(0, &m), ISTHMUS_E_STALE);
        QUIET_ERROR("it cannot be saved twice", isthmus_save_reply(rig_slot()), ISTHMUS_E_STALE);
    }
    for (unsigned j = 0; j < CALLS; j++) {
        unsigned i = j * 7 % CALLS;

        m = answer(1000 + i);
        client_waits("still waits", &clients[i]);
        QUIET_ERROR("answer", isthmus_reply(saved[i], &m), ISTHMUS_OK);
        QUIET_EQUAL("the reply is used up", rig_kind(saved[i]), ISTHMUS_NULL);
        client_ended("answered late", &clients[i], ISTHMUS_OK, 1000 + i);
        QUIET_ERROR("answer again", isthmus_reply(saved[i], &m), ISTHMUS_E_CAP);
        rig_drop(saved[i]);
    }
    QUIET_OK("replies are saved and answered in another order", before);
}

/* ---- by another thread, from another table ---- */

static isthmus_slot passed_on;

static void answerer(uint64_t word)
{
    struct isthmus_message m = answer(word);

    QUIET_ERROR("another thread answers", isthmus_reply(passed_on, &m), ISTHMUS_OK);
}

static void by_another(void)
{
    isthmus_slot task = rig_task(RIG_POOL), moved = rig_slot();
    uint64_t kind = 0;
    struct isthmus_message m;
    struct rig_worker *w;

    passed_on = rig_slot();
    start(0);
    NEED("receive", isthmus_recv(e, NULL, &m));
    CHECK_ERROR("save", isthmus_save_reply(moved), ISTHMUS_OK);
    CHECK_ERROR("a reply cannot be copied", isthmus_task_copy(RIG_TASK, passed_on, moved, RIG_ALL, 0), ISTHMUS_E_CAP);
    CHECK_ERROR("but moved to another task", isthmus_task_move(task, 9, moved), ISTHMUS_OK);
    CHECK_EQUAL("gone here", rig_kind(moved), ISTHMUS_NULL);
    CHECK_ERROR("there it is", isthmus_task_identify(task, 9, &kind, NULL, NULL, NULL), ISTHMUS_OK);
    CHECK_EQUAL("a reply", kind, ISTHMUS_REPLY);
    m = answer(1);
    CHECK_ERROR("nothing to answer here", isthmus_reply(moved, &m), ISTHMUS_E_CAP);
    rig_destroy(RIG_POOL, task);
    client_waits("the table is destroyed, the client waits on", &clients[0]);
    cancel(&clients[0]);
    client_ended("until it is cancelled", &clients[0], ISTHMUS_E_CANCELLED, 0);

    start(1);
    NEED("receive", isthmus_recv(e, NULL, &m));
    CHECK_ERROR("save", isthmus_save_reply(passed_on), ISTHMUS_OK);
    w = rig_run(answerer, 4711);
    CHECK("answered", rig_wait(w));
    rig_end(w);
    client_ended("by another thread", &clients[1], ISTHMUS_OK, 4711);
    rig_drop(moved);
    rig_drop(passed_on);
}

/* ---- too late ---- */

static void too_late(bool save)
{
    isthmus_slot saved = rig_slot(), again = rig_slot();
    isthmus_slot by = save ? saved : 0;
    struct isthmus_message m = answer(5);
    struct client *c = start(0);

    NEED("receive", isthmus_recv(e, NULL, &(struct isthmus_message){ 0 }));
    if (save)
        NEED("save", isthmus_save_reply(saved));
    NEED("suspend", isthmus_thread_suspend(c->worker->thread));
    CHECK_ERROR("answer to a suspended client", isthmus_reply(by, &m), ISTHMUS_E_STALE);
    CHECK_ERROR("save it", isthmus_save_reply(again), ISTHMUS_E_STALE);
    NEED("resume", isthmus_thread_resume(c->worker->thread));
    client_ended("suspended client", c, ISTHMUS_E_CANCELLED, 0);

    c = start(1);
    NEED("receive", isthmus_recv(e, NULL, &(struct isthmus_message){ 0 }));
    if (save)
        NEED("save", isthmus_save_reply(saved));
    rig_end(c->worker);
    CHECK_ERROR("answer to a dead client", isthmus_reply(by, &m), ISTHMUS_E_STALE);

    c = start(2);
    NEED("receive", isthmus_recv(e, NULL, &(struct isthmus_message){ 0 }));
    if (save)
        NEED("save", isthmus_save_reply(saved));
    cancel(c);
    client_ended("cancelled client", c, ISTHMUS_E_CANCELLED, 2);
    c = start(2); /* most likely in the same cell, and it waits for the same thread */
    NEED("receive", isthmus_recv(e, NULL, &(struct isthmus_message){ 0 }));
    if (save) {
        CHECK_ERROR("an old reply does not answer the next call", isthmus_reply(saved, &m), ISTHMUS_E_STALE);
        client_waits("it waits on", c);
    }
    CHECK_ERROR("its own does", isthmus_reply(0, &m), ISTHMUS_OK);
    client_ended("next call", c, ISTHMUS_OK, 5);
    rig_drop(saved);
    rig_drop(again);
}

static void where_it_cannot_be_saved(void)
{
    struct isthmus_message m = answer(6);
    struct client *c = start(0);

    NEED("receive", isthmus_recv(e, NULL, &(struct isthmus_message){ 0 }));
    CHECK_ERROR("save in a slot in use", isthmus_save_reply(e), ISTHMUS_E_SLOT);
    CHECK_ERROR("save in slot 0", isthmus_save_reply(0), ISTHMUS_E_SLOT);
    CHECK_ERROR("save behind the table", isthmus_save_reply(ISTHMUS_CAP_SLOTS), ISTHMUS_E_SLOT);
    CHECK_ERROR("save where there is no leaf", isthmus_save_reply(ISTHMUS_CAP_SLOTS - 1), ISTHMUS_E_SLOT);
    CHECK_ERROR("the reply is still there", isthmus_reply(0, &m), ISTHMUS_OK);
    client_ended("answered after that", c, ISTHMUS_OK, 6);
}

static void wrong_slots(void)
{
    isthmus_slot gone = rig_notification(RIG_POOL), dead = rig_copy(gone, RIG_ALL, 0), none = rig_slot();
    struct isthmus_message m = answer(0);

    rig_destroy(RIG_POOL, gone);
    CHECK_ERROR("reply to nobody", isthmus_reply(0, &m), ISTHMUS_E_STALE);
    CHECK_ERROR("reply by an endpoint", isthmus_reply(e, &m), ISTHMUS_E_KIND);
    CHECK_ERROR("reply by an empty slot", isthmus_reply(none, &m), ISTHMUS_E_CAP);
    CHECK_ERROR("reply by what is gone", isthmus_reply(dead, &m), ISTHMUS_E_CAP);
    CHECK_ERROR("reply behind the table", isthmus_reply(ISTHMUS_CAP_SLOTS, &m), ISTHMUS_E_CAP);
    CHECK_ERROR("save nothing", isthmus_save_reply(none), ISTHMUS_E_STALE);
    CHECK_EQUAL("nothing was saved", rig_kind(none), ISTHMUS_NULL);
    rig_drop(dead);
    rig_drop(none);
}

void isthmus_main(uint64_t arg)
{
    rig_enter(arg);
    rig_begin();
    e = rig_endpoint(RIG_POOL);
    late();
    by_another();
    too_late(false);
    too_late(true);
    where_it_cannot_be_saved();
    wrong_slots();
    death_tests();
    test_done();
}
