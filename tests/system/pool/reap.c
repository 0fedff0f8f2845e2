/* Reaping: nested pools with everything in them, what currently runs, what others use, oneself. */
#include "pool.h"

static isthmus_slot e;

static void wait_forever(uint64_t n)
{
    struct isthmus_message m = { 0 };

    if (n % 3 == 0)
        (void)!isthmus_call(e, &m);
    else if (n % 3 == 1)
        (void)!isthmus_recv(n, NULL, &m);
    for (;;)
        isthmus_yield();
}

/* Fills a pool: pools in pools, tasks with tables and mappings and leaves, threads that run, wait and are owed replies. */
static void fill(isthmus_slot pool, unsigned depth)
{
    isthmus_slot inner = rig_slot(), task = rig_task(pool), note = rig_notification(pool);
    isthmus_slot budget = rig_budget(pool, 1000000, 0);

    (void)rig_thread(pool, task, 1);
    NEED("copy", isthmus_task_copy(task, 3, task, RIG_ALL, 0)); /* it holds itself */
    NEED("leaf", isthmus_task_leaf(task, pool, 60000));
    for (unsigned i = 0; i < 20; i++) {
        struct space_page page = { rig_frame(pool), RIG_WINDOW + i * ((uint64_t)1 << 22), ISTHMUS_MAP_READ, 0 };

        NEED("map", space_map_into(task, pool, &page));
        page.address += 4096 * 7;
        NEED("map again", space_map_into(task, pool, &page));
    }
    for (unsigned i = 0; i < 3; i++)
        rig_start(rig_prepare(pool, i == 2 ? budget : ISTHMUS_BOOT_SLOT_BUDGET, ISTHMUS_PRIORITIES - 1, wait_forever,
                              i == 1 ? note : 0));
    if (!depth)
        return;
    NEED("inner pool", isthmus_pool_create_pool(pool, inner));
    NEED("fill it", task_give(pool, inner, depth * 40, depth * 150));
    fill(inner, depth - 1);
}

static void nested(bool destroy)
{
    isthmus_slot pool = rig_pool(RIG_POOL, 160, 600);
    struct rig_counts parent, full = rig_count(pool);
    unsigned steps = 0;
    enum isthmus_error error;

    parent = rig_count(RIG_POOL);
    fill(pool, 3);
    rig_settle();
    CHECK_EQUAL("cells in use", rig_count(pool).used_cells, 8);
    do {
        error = isthmus_pool_reap(pool);
        if (++steps % 7 == 0)
            isthmus_yield();
    } while (error == ISTHMUS_E_MORE);
    CHECK_ERROR("reaped", error, ISTHMUS_OK);
    rig_same("all is back after reaping nested pools", rig_count(pool), full);
    if (destroy)
        rig_destroy(RIG_POOL, pool);
    else
        rig_reap(RIG_POOL, pool);
    CHECK_EQUAL("the parent has all cells back", rig_count(RIG_POOL).cells, parent.cells + 161);
    rig_forget_dead(); /* the workers */
}

/* Destroying a pool moves what is in it, free or in use, to the parent, where it lives on. */
static void destroy_moves(void)
{
    isthmus_slot parent = rig_pool(RIG_POOL, 100, 100), inner = rig_pool(parent, 60, 80), thread;
    isthmus_slot endpoint = rig_endpoint(inner), frame = rig_frame(inner), task = rig_task(inner), deep = rig_pool(inner, 5, 5);
    isthmus_slot many[30];
    struct isthmus_message m;
    struct space_page page = { frame, RIG_WINDOW, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, 0 };
    volatile uint64_t *at = (uint64_t *)RIG_WINDOW;
    struct rig_counts full;
    unsigned steps = 0;

    for (unsigned i = 0; i < 30; i++)
        many[i] = rig_endpoint(inner);
    thread = rig_thread(inner, task, 0);
    NEED("map", space_map_into(RIG_TASK, inner, &page));
    *at = 4711;
    while (isthmus_pool_destroy(parent, inner) == ISTHMUS_E_MORE)
        steps++;
    CHECK("in steps", steps >= 3);
    CHECK_EQUAL("the inner pool is gone", rig_kind(inner), ISTHMUS_NULL);
    CHECK_EQUAL("the mapping is not", *at, 4711);
    CHECK_ERROR("its endpoint is usable", isthmus_try_recv(endpoint, NULL, &m), ISTHMUS_E_WOULD_BLOCK);
    CHECK_EQUAL("the pool in it lives", rig_count(deep).cells, 5);
    CHECK_EQUAL("cells of both", rig_count(parent).cells + rig_count(parent).used_cells, 95); /* deep has five */
    CHECK_EQUAL("frames of both", rig_count(parent).frames + rig_count(parent).used_frames, 95);
    CHECK_ERROR("the parent destroys what was moved", isthmus_pool_destroy(parent, endpoint), ISTHMUS_OK);
    for (unsigned i = 0; i < 30; i++)
        QUIET_ERROR("the parent destroys the others", isthmus_pool_destroy(parent, many[i]), ISTHMUS_OK);
    CHECK_EQUAL("its thread lives", rig_kind(thread), ISTHMUS_THREAD);
    rig_destroy(parent, task);
    CHECK_EQUAL("with its task it goes", rig_kind(thread), ISTHMUS_NULL);
    while (isthmus_pool_reap(parent) == ISTHMUS_E_MORE)
        ;
    full = rig_count(parent);
    CHECK_EQUAL("all cells", full.cells, 100);
    CHECK_EQUAL("all frames", full.frames, 100);
    rig_reap(RIG_POOL, parent);
    for (unsigned i = 0; i < 30; i++)
        rig_drop(many[i]);
}

/* ---- who may destroy what ---- */

static void members_only(void)
{
    isthmus_slot a = rig_pool(RIG_POOL, 4, 4), b = rig_pool(RIG_POOL, 4, 4), endpoint = rig_endpoint(a), frame = rig_frame(a);
    isthmus_slot read_only = rig_copy(endpoint, 0, 0), saved = rig_slot();

    CHECK_ERROR("an object of another pool", isthmus_pool_destroy(b, endpoint), ISTHMUS_E_ARGUMENT);
    CHECK_ERROR("a frame of another pool", isthmus_pool_destroy(b, frame), ISTHMUS_E_ARGUMENT);
    CHECK_ERROR("the pool itself", isthmus_pool_destroy(a, a), ISTHMUS_E_ARGUMENT);
    CHECK_ERROR("the root pool by itself", isthmus_pool_destroy(RIG_POOL, RIG_POOL), ISTHMUS_E_ARGUMENT);
    CHECK_ERROR("the machine", isthmus_pool_destroy(a, ISTHMUS_BOOT_SLOT_MACHINE), ISTHMUS_E_ARGUMENT);
    CHECK_ERROR("an empty slot", isthmus_pool_destroy(a, saved), ISTHMUS_E_CAP);
    CHECK_ERROR("by a capability without rights", isthmus_pool_destroy(a, read_only), ISTHMUS_OK);
    CHECK_ERROR("again", isthmus_pool_destroy(a, endpoint), ISTHMUS_E_CAP);
    rig_reap(RIG_POOL, a);
    rig_reap(RIG_POOL, b);
    rig_drop(endpoint);
    rig_drop(read_only);
    rig_drop(frame);
    rig_drop(saved);
}

/* ---- oneself ---- */

enum { CHILD_POOL = 7, CHILD_ENDPOINT = 8, CHILD_ROUNDS = 9 };

static void suicide(void)
{
    struct isthmus_message m = { 0 };

    (void)!isthmus_call(CHILD_ENDPOINT, &m);
    for (;;)
        (void)!isthmus_pool_reap(CHILD_POOL);
}

static void reaps_itself(void)
{
    struct rig_counts before, after;
    struct isthmus_message m;
    uint64_t used = 0;

    before = rig_count(RIG_POOL);
    for (int i = 0; i < 3; i++) {
        struct task child;

        rig_child(&child, 10, 10);
        if (!i)
            before = rig_count(RIG_POOL);
        NEED("grant", task_grant(&child, CHILD_POOL, child.pool, RIG_ALL, 0));
        NEED("grant", task_grant(&child, CHILD_ENDPOINT, e, RIG_ALL, 0));
        rig_child_start(&child, suicide);
        NEED("it runs", isthmus_recv(e, NULL, &m));
        used = rig_count(child.pool).used_cells;
        NEED("answer", isthmus_reply(0, &m));
        rig_settle();
        CHECK("it has destroyed something", rig_count(child.pool).used_cells < used);
        CHECK_EQUAL("itself", rig_kind(child.thread), ISTHMUS_NULL);
        task_destroy(&rig_maker, &child);
        after = rig_count(RIG_POOL);
        if (i == 1)
            before = after;
    }
    rig_same("a task that reaps its own pool leaves nothing", after, before);
}

/* The page tables, the leaf and the frames that a thread runs on go while it is ready; another pool pays for them. */
static void spin(void)
{
    for (volatile uint64_t i = 0;; i++)
        ;
}

static void what_runs_is_reaped(void)
{
    isthmus_slot pay = rig_pool(RIG_POOL, 4, 700);
    struct rig_counts full = rig_count(pay);
    struct task child;

    rig_child(&child, 10, 10);
    rig_child_start(&child, spin);
    rig_settle();
    NEED("more for it", isthmus_task_leaf(child.task, pay, 3000));
    struct space_page page = { rig_frame(pay), RIG_WINDOW, ISTHMUS_MAP_READ, 0 };
    NEED("map", space_map_into(child.task, pay, &page));
    rig_settle();
    while (isthmus_pool_reap(pay) == ISTHMUS_E_MORE)
        isthmus_yield();
    rig_same("what another pool paid for is back", rig_count(pay), full);
    CHECK_EQUAL("the task runs on", rig_kind(child.thread), ISTHMUS_THREAD);
    CHECK_ERROR("its leaf is gone", isthmus_task_delete(child.task, 3000), ISTHMUS_E_SLOT);
    CHECK_ERROR("a new one takes its place", isthmus_task_leaf(child.task, pay, 3000), ISTHMUS_OK);
    CHECK_ERROR("its table is gone", isthmus_task_unmap(child.task, RIG_WINDOW, 1), ISTHMUS_E_TABLE);
    task_destroy(&rig_maker, &child);
    rig_same("the leaf that the task held", rig_count(pay), full);
    rig_reap(RIG_POOL, pay);
}

/* A thread that holds nothing but the capability that ends it. */
static void destroys_its_thread(uint64_t slot)
{
    (void)!isthmus_pool_destroy(RIG_POOL, slot);
    test_fail("a thread destroyed itself", "and goes on");
}

static void destroys_itself(void)
{
    struct rig_worker *w = rig_prepare(RIG_POOL, ISTHMUS_BOOT_SLOT_BUDGET, ISTHMUS_PRIORITIES - 1, destroys_its_thread, 0);

    w->argument = w->thread;
    rig_start(w);
    rig_settle();
    CHECK_EQUAL("a thread destroys itself", rig_kind(w->thread), ISTHMUS_NULL);
    rig_forget(w);
}

void reap_tests(void)
{
    e = rig_endpoint(RIG_POOL);
    nested(false);
    nested(true);
    destroy_moves();
    members_only();
    reaps_itself();
    what_runs_is_reaped();
    destroys_itself();
}
