/* memory: 128M
 *
 * Pools: who pays, what is left, who destroys. */
#include "pool.h"
#include "lib/rt/main.h"
#include "lib/rt/mem.h"

enum { LARGE_FRAMES = 512 };

/* ---- every kind costs what it should, and is worth the same when it is gone ---- */

static enum isthmus_error create(isthmus_slot pool, enum isthmus_kind kind, isthmus_slot to, isthmus_slot task)
{
    switch (kind) {
    case ISTHMUS_POOL: return isthmus_pool_create_pool(pool, to);
    case ISTHMUS_TASK: return isthmus_pool_create_task(pool, to);
    case ISTHMUS_THREAD: return isthmus_pool_create_thread(pool, to, task, 1);
    case ISTHMUS_ENDPOINT: return isthmus_pool_create_endpoint(pool, to);
    case ISTHMUS_NOTIFICATION: return isthmus_pool_create_notification(pool, to);
    case ISTHMUS_BUDGET: return isthmus_pool_create_budget(pool, to);
    case ISTHMUS_FORWARDER: return isthmus_pool_create_forwarder(pool, to, task, RIG_ALL, 0);
    case ISTHMUS_IRQ: return isthmus_pool_create_irq(pool, to, ISTHMUS_BOOT_SLOT_MACHINE, isthmus_boot_info()->uart_irq);
    case ISTHMUS_DEVICE:
        return isthmus_pool_create_device(pool, to, ISTHMUS_BOOT_SLOT_MACHINE, isthmus_boot_info()->uart_base & ~(uint64_t)0xfff,
                                          4096, 0);
    default: return isthmus_pool_create_frame(pool, to, 0);
    }
}

static const struct { enum isthmus_kind kind; const char *name; unsigned cells, frames; } kinds[] = {
    { ISTHMUS_POOL, "pool", 1, 0 },         { ISTHMUS_TASK, "task", 1, 2 },
    { ISTHMUS_THREAD, "thread", 1, 1 },     { ISTHMUS_ENDPOINT, "endpoint", 1, 0 },
    { ISTHMUS_NOTIFICATION, "notification", 1, 0 }, { ISTHMUS_BUDGET, "budget", 1, 0 },
    { ISTHMUS_FORWARDER, "forwarder", 1, 0 }, { ISTHMUS_IRQ, "irq", 1, 0 },
    { ISTHMUS_FRAME, "frame", 0, 1 },
};

static void costs(void)
{
    isthmus_slot pool = rig_pool(RIG_POOL, 4, 4), slot = rig_slot(), task = rig_task(RIG_POOL);
    struct rig_counts full = rig_count(pool);

    CHECK_EQUAL("cells given", full.cells, 4);
    CHECK_EQUAL("frames given", full.frames, 4);
    CHECK_EQUAL("nothing in use", full.used_cells + full.used_frames + full.large, 0);
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        uint64_t badge = 9, rights = 0;

        CHECK_ERROR(kinds[i].name, create(pool, kinds[i].kind, slot, task), ISTHMUS_OK);
        CHECK_EQUAL(kinds[i].name, rig_kind(slot), kinds[i].kind);
        NEED("identify", isthmus_task_identify(RIG_TASK, slot, NULL, &rights, &badge, NULL));
        CHECK_EQUAL(kinds[i].name, rights, RIG_ALL);
        CHECK_EQUAL(kinds[i].name, badge, kinds[i].kind == ISTHMUS_NOTIFICATION);
        struct rig_counts c = rig_count(pool);
        CHECK_EQUAL(kinds[i].name, c.cells, 4 - kinds[i].cells);
        CHECK_EQUAL(kinds[i].name, c.used_cells, kinds[i].cells);
        CHECK_EQUAL(kinds[i].name, c.frames, 4 - kinds[i].frames);
        CHECK_EQUAL(kinds[i].name, c.used_frames, kinds[i].frames);
        CHECK_ERROR("slot in use", create(pool, kinds[i].kind, slot, task), ISTHMUS_E_SLOT);
        while (isthmus_pool_destroy(pool, slot) == ISTHMUS_E_MORE)
            ;
        CHECK_EQUAL(kinds[i].name, rig_kind(slot), ISTHMUS_NULL);
        rig_same(kinds[i].name, rig_count(pool), full);
    }
    rig_destroy(RIG_POOL, task);
    rig_reap(RIG_POOL, pool);
    rig_drop(slot);
}

/* ---- until there is no more ---- */

/* The table right below the root, of level 3 or 2. */
static enum isthmus_error add_top_table(isthmus_slot task, isthmus_slot pool)
{
    enum isthmus_error error = isthmus_task_table(task, pool, RIG_WINDOW, 3);

    return error == ISTHMUS_E_ARGUMENT ? isthmus_task_table(task, pool, RIG_WINDOW, 2) : error;
}

static void exhaust(void)
{
    enum { CELLS = 30 };
    isthmus_slot pool = rig_pool(RIG_POOL, CELLS, 3), slot = rig_slot(), task = rig_task(RIG_POOL);
    struct rig_counts full = rig_count(pool);
    unsigned before = test_failures();

    for (unsigned i = 0; i < CELLS; i++) {
        QUIET_ERROR("endpoint", isthmus_pool_create_endpoint(pool, slot), ISTHMUS_OK);
        NEED("forget", isthmus_task_delete(RIG_TASK, slot));
    }
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        QUIET_ERROR(kinds[i].name, create(pool, kinds[i].kind, slot, task), kinds[i].cells ? ISTHMUS_E_MEMORY : ISTHMUS_OK);
    while (isthmus_pool_reap(pool) == ISTHMUS_E_MORE)
        ;
    rig_same("reaped of what no slot names any more", rig_count(pool), full);
    for (unsigned i = 0; i < 3; i++) {
        QUIET_ERROR("frame", isthmus_pool_create_frame(pool, slot, 0), ISTHMUS_OK);
        NEED("forget", isthmus_task_delete(RIG_TASK, slot));
    }
    QUIET_ERROR("no frame", isthmus_pool_create_frame(pool, slot, 0), ISTHMUS_E_MEMORY);
    QUIET_ERROR("no frame for a thread", isthmus_pool_create_thread(pool, slot, task, 0), ISTHMUS_E_MEMORY);
    QUIET_ERROR("no frame for a task", isthmus_pool_create_task(pool, slot), ISTHMUS_E_MEMORY);
    QUIET_ERROR("no frame for a leaf", isthmus_task_leaf(task, pool, 5000), ISTHMUS_E_MEMORY);
    QUIET_ERROR("no frame for a table", add_top_table(task, pool), ISTHMUS_E_MEMORY);
    QUIET_ERROR("no large frame", isthmus_pool_create_frame(pool, slot, 1), ISTHMUS_E_MEMORY);
    QUIET_ERROR("nothing to split", isthmus_pool_split(pool), ISTHMUS_E_MEMORY);
    QUIET_EQUAL("nothing was taken", rig_count(pool).used_cells, 0);
    QUIET_EQUAL("slot still empty", rig_kind(slot), ISTHMUS_NULL);
    rig_reap(RIG_POOL, pool);
    rig_destroy(RIG_POOL, task);
    rig_drop(slot);
    QUIET_OK("a pool that is exhausted", before);
}

/* ---- give, split ---- */

static void give(void)
{
    isthmus_slot a = rig_pool(RIG_POOL, 100, 100), b = rig_pool(a, 0, 0), receive = rig_copy(b, ISTHMUS_R_WRITE, 0);
    uint64_t cells = 0, frames = 0, large = 0;

    CHECK_ERROR("give", isthmus_pool_give(a, receive, 64, 10, 5, &cells, &frames, &large), ISTHMUS_OK);
    CHECK_EQUAL("cells moved", cells, 64);
    CHECK_EQUAL("frames moved", frames, 10);
    CHECK_EQUAL("large moved", large, 0);
    CHECK_EQUAL("cells there", rig_count(b).cells, 64);
    CHECK_EQUAL("frames there", rig_count(b).frames, 10);
    CHECK_EQUAL("cells here", rig_count(a).cells, 35); /* one is the pool itself */
    CHECK_EQUAL("frames here", rig_count(a).frames, 90);
    CHECK_ERROR("more than there are", isthmus_pool_give(a, b, 64, 64, 64, &cells, &frames, &large), ISTHMUS_OK);
    CHECK_EQUAL("as many as there were", cells, 35);
    CHECK_ERROR("too many cells", isthmus_pool_give(a, b, 65, 0, 0, NULL, NULL, NULL), ISTHMUS_E_ARGUMENT);
    CHECK_ERROR("too many frames", isthmus_pool_give(a, b, 0, 65, 0, NULL, NULL, NULL), ISTHMUS_E_ARGUMENT);
    CHECK_ERROR("too many large", isthmus_pool_give(a, b, 0, 0, ~(uint64_t)0, NULL, NULL, NULL), ISTHMUS_E_ARGUMENT);
    CHECK_ERROR("to itself", isthmus_pool_give(a, a, 1, 1, 1, NULL, NULL, NULL), ISTHMUS_E_ARGUMENT);
    CHECK_ERROR("back, without the right", isthmus_pool_give(receive, a, 1, 1, 1, NULL, NULL, NULL), ISTHMUS_E_RIGHT);
    CHECK_ERROR("back", isthmus_pool_give(b, a, 64, 64, 0, &cells, NULL, NULL), ISTHMUS_OK);
    rig_drop(receive);
    rig_destroy(a, b);
    CHECK_EQUAL("all cells are back", rig_count(a).cells, 100);
    CHECK_EQUAL("all frames are back", rig_count(a).frames, 100);
    rig_reap(RIG_POOL, a);
}

static void split(void)
{
    isthmus_slot pool = rig_pool(RIG_POOL, 8, 0);
    unsigned steps = 1;

    NEED("a large frame", isthmus_pool_give(RIG_POOL, pool, 0, 0, 1, NULL, NULL, NULL));
    CHECK_ERROR("first step", isthmus_pool_split(pool), ISTHMUS_E_MORE);
    CHECK_EQUAL("frames after it", rig_count(pool).frames, ISTHMUS_GIVE_MAX);
    CHECK_EQUAL("no large frame any more", rig_count(pool).large, 0);
    while (isthmus_pool_split(pool) == ISTHMUS_E_MORE)
        steps++;
    CHECK_EQUAL("frames in the end", rig_count(pool).frames, LARGE_FRAMES);
    CHECK_EQUAL("steps but the last", steps, 7);
    CHECK_ERROR("nothing left", isthmus_pool_split(pool), ISTHMUS_E_MEMORY);
    rig_reap(RIG_POOL, pool);

    /* A split that nobody ends is ended by who reaps, or destroys. */
    pool = rig_pool(RIG_POOL, 8, 0);
    NEED("two large frames", isthmus_pool_give(RIG_POOL, pool, 0, 0, 2, NULL, NULL, NULL));
    CHECK_ERROR("begin", isthmus_pool_split(pool), ISTHMUS_E_MORE);
    CHECK_ERROR("reap goes on", isthmus_pool_reap(pool), ISTHMUS_E_MORE);
    while (isthmus_pool_reap(pool) == ISTHMUS_E_MORE)
        ;
    CHECK_EQUAL("reaped: all frames", rig_count(pool).frames, LARGE_FRAMES);
    CHECK_EQUAL("and the other large one", rig_count(pool).large, 1);
    CHECK_ERROR("begin again", isthmus_pool_split(pool), ISTHMUS_E_MORE);
    uint64_t frames = rig_count(RIG_POOL).frames;
    rig_destroy(RIG_POOL, pool);
    CHECK_EQUAL("destroyed: all frames are the parent's", rig_count(RIG_POOL).frames, frames + 2 * LARGE_FRAMES);
}

/* ---- frames of 2 MiB ---- */

static isthmus_slot create_large(isthmus_slot pool, unsigned *steps)
{
    isthmus_slot slot = rig_slot();
    enum isthmus_error error = ISTHMUS_E_MORE;

    for (*steps = 0; error == ISTHMUS_E_MORE; ++*steps)
        error = isthmus_pool_create_frame(pool, slot, 1);
    NEED("large frame", error);
    return slot;
}

static bool is_zero(const uint64_t *at, uint64_t words)
{
    uint64_t or = 0;

    for (uint64_t i = 0; i < words; i++)
        or |= at[i];
    return or == 0;
}

static void large_frames(void)
{
    isthmus_slot pool = rig_pool(RIG_POOL, 8, 16), one, second;
    struct rig_counts full;
    unsigned steps;
    uint64_t *at = (uint64_t *)RIG_WINDOW, base = 0, size = 0;
    const uint64_t words = ((uint64_t)1 << ISTHMUS_LARGE_BITS) / 8;
    struct space_page page = { 0, RIG_WINDOW, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, 0 };

    NEED("two large frames", isthmus_pool_give(RIG_POOL, pool, 0, 0, 2, NULL, NULL, NULL));
    full = rig_count(pool);
    CHECK_EQUAL("large frames", full.large, 2);
    for (int round = 0; round < 3; round++) { /* the same frame comes again, dirty */
        one = create_large(pool, &steps);
        CHECK_EQUAL("steps of sixteen pages", steps, LARGE_FRAMES / ISTHMUS_STEP);
        CHECK_EQUAL("one in use", rig_count(pool).large, 1);
        CHECK_ERROR("where", isthmus_frame_info(one, &base, &size), ISTHMUS_OK);
        CHECK_EQUAL("its size", size, words * 8);
        CHECK_EQUAL("aligned", base % size, 0);
        page.cap = one;
        NEED("map", space_map_large_into(RIG_TASK, pool, &page));
        CHECK("zeroed", is_zero(at, words));
        for (uint64_t i = 0; i < words; i++)
            at[i] = ~i;
        CHECK("holds what was stored", at[words - 1] == ~(words - 1) && at[1] == ~(uint64_t)1);
        if (round == 1) { /* zeroing of another is interrupted, and goes on with whoever comes next */
            second = rig_slot();
            CHECK_ERROR("begin a second", isthmus_pool_create_frame(pool, second, 1), ISTHMUS_E_MORE);
        }
        rig_destroy(pool, one);
    }
    second = create_large(pool, &steps);
    one = create_large(pool, &steps);
    page.cap = one;
    NEED("map", space_map_large_into(RIG_TASK, pool, &page));
    page.cap = second;
    page.address += size;
    NEED("map", space_map_large_into(RIG_TASK, pool, &page));
    CHECK("both are zeroed", is_zero(at, 2 * words));
    rig_destroy(pool, one);
    rig_destroy(pool, second);
    while (isthmus_pool_reap(pool) == ISTHMUS_E_MORE)
        ;
    rig_same("after large frames", rig_count(pool), full);
    rig_reap(RIG_POOL, pool);
}

/* ---- a small frame is zeroed, whoever had it ---- */

static void zeroed(void)
{
    isthmus_slot pool = rig_pool(RIG_POOL, 8, 1), frame, task;
    unsigned before = test_failures();
    void *at = NULL;

    for (int i = 0; i < 4; i++) {
        frame = rig_frame(pool);
        NEED("map", space_map(rig_maker.space, frame, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, &at));
        QUIET("zero", is_zero(at, 512));
        memset(at, 0xa5, 4096);
        space_unmap(rig_maker.space, at, 1);
        rig_destroy(pool, frame);
    }
    task = rig_thread(pool, RIG_TASK, 0); /* its registers are in the same frame */
    uint64_t value[8];
    NEED("read", isthmus_thread_read(task, 0, 8, value));
    for (int i = 1; i < 8; i++)
        QUIET_EQUAL("a new thread's registers", value[i] & ~(uint64_t)0x202, 0);
    rig_reap(RIG_POOL, pool);
    rig_drop(task);
    QUIET_OK("frames are zeroed", before);
}

void isthmus_main(uint64_t arg)
{
    rig_enter(arg);
    rig_begin();
    rig_drop(rig_slot());
    costs();
    exhaust();
    give();
    split();
    large_frames();
    zeroed();
    reap_tests();
    test_done();
}
