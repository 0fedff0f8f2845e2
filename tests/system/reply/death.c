/* Clients that die, servers that die, and cells that are used again. */
#include "reply.h"

enum { CALLERS = 40 };
static isthmus_slot e, pool;

static struct client *start(unsigned n) { return client_start(n, e, RIG_POOL, ISTHMUS_BOOT_SLOT_BUDGET); }

/* ---- servers that die ---- */

/* Receives, and keeps every reply in a slot or owes it by itself. */
static isthmus_slot save_first;
static struct rig_worker *collector;
static volatile unsigned collected;

static void collect(uint64_t count)
{
    for (collected = 0; collected < count; collected++) {
        struct isthmus_message m;

        QUIET_ERROR("receive", isthmus_recv(e, NULL, &m), ISTHMUS_OK);
        if (save_first)
            QUIET_ERROR("save", isthmus_save_reply(save_first + collected), ISTHMUS_OK);
    }
}

static void server_dies(const char *name, isthmus_slot saved)
{
    struct client *c[CALLERS];
    unsigned before = test_failures(), steps = 0;
    enum isthmus_error error = ISTHMUS_E_MORE;
    uint64_t id;

    save_first = saved;
    collector = rig_prepare(pool, ISTHMUS_BOOT_SLOT_BUDGET, ISTHMUS_PRIORITIES - 1, collect, CALLERS);
    id = rig_id(collector->thread);
    rig_start(collector);
    for (unsigned i = 0; i < CALLERS; i++)
        c[i] = start(i);
    QUIET_EQUAL("collected", collected, CALLERS);
    for (; error == ISTHMUS_E_MORE; steps++)
        error = isthmus_pool_destroy(pool, collector->thread);
    QUIET_ERROR("destroyed", error, ISTHMUS_OK);
    QUIET_EQUAL("steps of sixteen", steps, (CALLERS + ISTHMUS_STEP - 1) / ISTHMUS_STEP);
    rig_forget(collector);
    for (unsigned i = 0; i < CALLERS; i++)
        client_ended("client of a dead server", c[i], ISTHMUS_E_DEAD, id);
    for (unsigned i = 0; saved && i < CALLERS; i++)
        QUIET_EQUAL("saved reply is gone", rig_kind(saved + i), ISTHMUS_NULL);
    QUIET_OK(name, before);
}

static isthmus_slot run_of_slots(void)
{
    isthmus_slot first = 0;

    NEED("slots", slots_take_run(rig_maker.slots, CALLERS, &first));
    return first;
}

/* Its thread is of a pool that is reaped, with its task's other things. */
static void pool_of_the_server_dies(void)
{
    struct client *c[3];
    unsigned before = test_failures();
    uint64_t id;

    save_first = 0;
    collector = rig_prepare(pool, ISTHMUS_BOOT_SLOT_BUDGET, ISTHMUS_PRIORITIES - 1, collect, 3);
    id = rig_id(collector->thread);
    rig_start(collector);
    for (unsigned i = 0; i < 3; i++)
        c[i] = start(i);
    while (isthmus_pool_reap(pool) == ISTHMUS_E_MORE)
        ;
    for (unsigned i = 0; i < 3; i++)
        client_ended("client", c[i], ISTHMUS_E_DEAD, id);
    rig_forget(collector);
    QUIET_OK("the pool of a server is reaped", before);
}

/* ---- clients that die ---- */

static void echo(uint64_t unused)
{
    struct isthmus_message m;
    enum isthmus_error error = isthmus_recv(e, NULL, &m);

    while (error == ISTHMUS_OK) {
        collected++;
        if (m.word[0] == 30) /* served for a while, so that its client can die meanwhile */
            for (int i = 0; i < 1000; i++)
                isthmus_yield();
        error = isthmus_reply_recv(e, NULL, &m);
    }
}

/* A client with everything of its own, its budget too, dies while the server works for it. */
static void client_dies(const char *name, isthmus_slot server_budget)
{
    unsigned before = test_failures();
    struct rig_worker *server = rig_prepare(RIG_POOL, server_budget, ISTHMUS_PRIORITIES - 1, echo, 0);
    struct client *c;

    rig_start(server);
    for (unsigned i = 0; i < 5; i++) {
        isthmus_slot own = rig_pool(RIG_POOL, 4, 4);
        isthmus_slot budget = rig_budget(own, rig_us(100000), rig_us(10000));

        c = client_start(30, e, own, budget);
        QUIET("served", !c->worker->done);
        rig_reap(RIG_POOL, own);
        rig_forget(c->worker);
        rig_drop(budget);
        rig_settle();
        c = start(1);
        client_ended("another client is served", c, ISTHMUS_OK, 1);
    }
    rig_end(server);
    QUIET_OK(name, before);
}

/* A client gives no more than its empty purse: a server that has a budget of its own must not starve on it. */
static void client_runs_dry(void)
{
    unsigned before = test_failures();
    struct rig_worker *server = rig_prepare(RIG_POOL, ISTHMUS_BOOT_SLOT_BUDGET, ISTHMUS_PRIORITIES - 1, echo, 0);
    isthmus_slot budget = rig_budget(RIG_POOL, rig_us(300), 0);
    struct client *c, *other;

    rig_start(server);
    rig_settle();
    c = client_start(30, e, RIG_POOL, budget);
    for (int i = 0; i < 50; i++)
        rig_settle();
    other = start(1);
    client_ended("another client is served", other, ISTHMUS_OK, 1);
    rig_end(c->worker);
    rig_end(server);
    rig_destroy(RIG_POOL, budget);
    QUIET_OK("a client's budget runs out while it is served", before);
}

/* ---- cells that are used again ---- */

static void reuse(void)
{
    isthmus_slot object = rig_endpoint(pool), old = rig_copy(object, RIG_ALL, 3);
    unsigned before = test_failures();
    struct isthmus_message m = { 0 };
    uint64_t id = rig_id(object), address = 0, again = 0;
    isthmus_slot frame = rig_frame(pool), old_frame = rig_copy(frame, RIG_ALL, 0);
    enum { ROUNDS = 100 };

    NEED("address", isthmus_frame_info(frame, &address, NULL));
    for (unsigned i = 0; i < ROUNDS; i++) {
        rig_destroy(pool, object);
        rig_destroy(pool, frame);
        object = i % 2 ? rig_endpoint(pool) : rig_notification(pool);
        frame = rig_frame(pool);
        QUIET("a new id", rig_id(object) > id);
        id = rig_id(object);
        NEED("address", isthmus_frame_info(frame, &again, NULL));
        QUIET_EQUAL("the same frame", again, address);
        QUIET_EQUAL("old capability", rig_kind(old), ISTHMUS_NULL);
        QUIET_ERROR("send by it", isthmus_try_send(old, &m), ISTHMUS_E_CAP);
        QUIET_ERROR("cancel by it", isthmus_endpoint_cancel(old, 3), ISTHMUS_E_CAP);
        QUIET_ERROR("signal by it", isthmus_signal(old), ISTHMUS_E_CAP);
        QUIET_ERROR("copy it", isthmus_task_copy(RIG_TASK, rig_slot(), old, RIG_ALL, 0), ISTHMUS_E_CAP);
        QUIET_ERROR("destroy by it", isthmus_pool_destroy(pool, old), ISTHMUS_E_CAP);
        QUIET_ERROR("ask the old frame", isthmus_frame_info(old_frame, NULL, NULL), ISTHMUS_E_CAP);
        QUIET_ERROR("map the old frame", isthmus_task_map(RIG_TASK, old_frame, RIG_WINDOW, ISTHMUS_MAP_READ, 0), ISTHMUS_E_CAP);
        QUIET_ERROR("destroy by the old frame", isthmus_pool_destroy(pool, old_frame), ISTHMUS_E_CAP);
    }
    rig_destroy(pool, object);
    rig_destroy(pool, frame);
    rig_drop(old);
    rig_drop(old_frame);
    QUIET_OK("cells and frames used again have new ids", before);
}

/* The client's cell is used again by another client, which waits for the same server. */
static void reuse_of_a_client(void)
{
    isthmus_slot old = rig_slot();
    unsigned before = test_failures();
    struct isthmus_message m = { isthmus_tag(0, 0), { 666 } };
    struct client *c = client_start(0, e, pool, ISTHMUS_BOOT_SLOT_BUDGET);

    NEED("receive", isthmus_recv(e, NULL, &(struct isthmus_message){ 0 }));
    NEED("save", isthmus_save_reply(old));
    rig_end(c->worker);
    for (unsigned i = 0; i < 20; i++) {
        c = client_start(1, e, pool, ISTHMUS_BOOT_SLOT_BUDGET);
        NEED("receive", isthmus_recv(e, NULL, &(struct isthmus_message){ 0 }));
        QUIET_EQUAL("old reply", rig_kind(old), ISTHMUS_NULL);
        if (i == 10)
            QUIET_ERROR("answer by it", isthmus_reply(old, &m), ISTHMUS_E_STALE);
        client_waits("not answered", c);
        m.word[0] = i;
        QUIET_ERROR("answer", isthmus_reply(0, &m), ISTHMUS_OK);
        client_ended("answered", c, ISTHMUS_OK, i);
        m.word[0] = 666;
    }
    rig_drop(old);
    QUIET_OK("a client's cell used again by the next", before);
}

void death_tests(void)
{
    struct rig_counts counts;

    e = rig_endpoint(RIG_POOL);
    pool = rig_pool(RIG_POOL, 8, 8);
    counts = rig_count(pool);
    server_dies("forty callers learn that their server died", 0);
    server_dies("so do they whose replies were saved", run_of_slots());
    pool_of_the_server_dies();
    reuse();
    reuse_of_a_client();
    client_dies("a client's death does not harm a server", ISTHMUS_BOOT_SLOT_BUDGET);
    client_runs_dry();
    rig_same("the pool has what it had", rig_count(pool), counts);
    rig_reap(RIG_POOL, pool);
}
