/* The state of the floating-point unit: each thread keeps its own, a new one has the initial one and nothing of others. */
#include "lib/rt/main.h"
#include "lib/test/rig.h"
#include <arch/fpu.h>

void fpu_load(const uint64_t in[FPU_WORDS]);
void fpu_store(uint64_t out[FPU_WORDS]);
uint64_t fpu_peek(void);

static isthmus_slot e;

static void set(uint64_t seed)
{
    uint64_t in[FPU_WORDS];

    for (unsigned n = 0; n < FPU_WORDS; n++)
        in[n] = fpu_pattern(seed, n);
    fpu_load(in);
}

/* How many words are not as they should be. */
static unsigned wrong(uint64_t seed)
{
    uint64_t out[FPU_WORDS];
    unsigned count = 0;

    fpu_store(out);
    for (unsigned n = 0; n < FPU_WORDS; n++)
        count += out[n] != fpu_pattern(seed, n);
    return count;
}

static unsigned not_initial(void)
{
    uint64_t out[FPU_WORDS];
    unsigned count = 0;

    fpu_store(out);
    for (unsigned n = 0; n < FPU_WORDS; n++)
        count += out[n] != fpu_initial(n);
    return count;
}

/* ---- switches ---- */

static void keeps_over_yield(uint64_t seed)
{
    QUIET_EQUAL("initial", not_initial(), 0);
    set(seed);
    for (int i = 0; i < 100; i++) {
        isthmus_yield();
        QUIET_EQUAL("kept over yield", wrong(seed), 0);
        if (i % 10 == 9)
            set(seed += 100);
    }
}

static volatile unsigned without_runs;

static void uses_none(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        without_runs++;
        isthmus_yield();
    }
}

static void yields(unsigned threads)
{
    struct rig_worker *w[4], *none = rig_run(uses_none, 50);
    unsigned before = test_failures();

    for (unsigned i = 0; i < threads; i++)
        w[i] = rig_run(keeps_over_yield, 11 + i);
    set(5);
    for (unsigned i = 0; i < threads; i++) {
        QUIET("ended", rig_wait(w[i]));
        QUIET_EQUAL("the root's own", wrong(5), 0);
        rig_end(w[i]);
    }
    QUIET("ended", rig_wait(none));
    rig_end(none);
    QUIET_OK("threads that yield keep their state", before);
}

static volatile bool stop;
static volatile uint64_t rounds[3];

static void keeps_over_preemption(uint64_t i)
{
    set(20 + i);
    while (!stop) {
        QUIET_EQUAL("kept over preemption", wrong(20 + i), 0);
        rounds[i]++;
    }
}

static void preemption(void)
{
    struct rig_worker *w[3];
    isthmus_slot budget[3];
    unsigned before = test_failures();
    uint64_t end = rig_ticks() + rig_us(200000);

    stop = false;
    for (unsigned i = 0; i < 3; i++) {
        budget[i] = rig_budget(RIG_POOL, 0, rig_us(300));
        w[i] = rig_prepare(RIG_POOL, budget[i], ISTHMUS_PRIORITIES - 1, keeps_over_preemption, i);
        rig_start(w[i]);
    }
    set(6);
    while (rig_ticks() < end)
        QUIET_EQUAL("the root's own", wrong(6), 0);
    stop = true;
    for (unsigned i = 0; i < 3; i++) {
        QUIET("ended", rig_wait(w[i]));
        QUIET("it ran", rounds[i] > 0);
        rig_end(w[i]);
        rig_destroy(RIG_POOL, budget[i]);
    }
    QUIET_OK("threads that are preempted keep their state", before);
}

/* ---- calls, which switch directly ---- */

static void server(uint64_t count)
{
    struct isthmus_message m = { 0 };

    set(31);
    (void)!isthmus_recv(e, NULL, &m);
    for (uint64_t i = 1; i < count; i++) {
        if (i % 2)
            QUIET_EQUAL("the server's", wrong(31), 0);
        (void)!isthmus_reply_recv(e, NULL, &m);
    }
    (void)!isthmus_reply(0, &m);
}

static void calls(void)
{
    struct rig_worker *w = rig_run(server, 50);
    unsigned before = test_failures();
    struct isthmus_message m = { 0 };

    set(32);
    for (int i = 0; i < 50; i++) {
        QUIET_ERROR("call", isthmus_call(e, &m), ISTHMUS_OK);
        if (i % 3)
            QUIET_EQUAL("the client's", wrong(32), 0);
    }
    QUIET("ended", rig_wait(w));
    rig_end(w);
    QUIET_OK("client and server keep their state", before);
}

/* ---- new threads ---- */

static volatile unsigned found;
static void looks(uint64_t dirty)
{
    found = not_initial();
    if (dirty)
        set(44);
}

static void fresh(void)
{
    isthmus_slot pool = rig_pool(RIG_POOL, 4, 4);
    unsigned before = test_failures();

    set(40);
    for (int i = 0; i < 10; i++) { /* in the same cell and the same frame again */
        struct rig_worker *w = rig_prepare(pool, ISTHMUS_BOOT_SLOT_BUDGET, ISTHMUS_PRIORITIES - 1, looks, true);

        found = 99;
        rig_start(w);
        QUIET("ended", rig_wait(w));
        QUIET_EQUAL("a new thread's", found, 0);
        if (i % 2) { /* started once more */
            NEED("suspend", isthmus_thread_suspend(w->thread));
            w->done = false;
            if (i % 4 == 1)
                set(41); /* or it still is in the processor */
            rig_start(w);
            QUIET("ended", rig_wait(w));
            QUIET_EQUAL("a thread's that is started anew", found, 0);
        }
        rig_end(w);
    }
    QUIET_EQUAL("the root's own", wrong(41), 0);
    rig_reap(RIG_POOL, pool);
    QUIET_OK("a new thread finds the initial state", before);
}

enum { CHILD_ENDPOINT = 7 };

static void child_main(void)
{
    struct isthmus_message m = { 0 };

    fpu_prepare();
    m.word[0] = not_initial();
    set(50);
    for (;;) {
        (void)!isthmus_call(CHILD_ENDPOINT, &m);
        m.word[0] = wrong(50);
    }
}

static void child(void)
{
    struct task c;
    struct isthmus_message m;
    unsigned before = test_failures();

    set(51);
    rig_child(&c, 2, 2);
    NEED("grant", task_grant(&c, CHILD_ENDPOINT, e, ISTHMUS_R_WRITE, 0));
    rig_child_start(&c, child_main);
    QUIET_ERROR("receive", isthmus_recv(e, NULL, &m), ISTHMUS_OK);
    QUIET_EQUAL("a child's is initial", m.word[0], 0);
    for (int i = 0; i < 10; i++) {
        QUIET_EQUAL("the root's own", wrong(51), 0);
        QUIET_ERROR("go on", isthmus_reply_recv(e, NULL, &m), ISTHMUS_OK);
        QUIET_EQUAL("the child's", m.word[0], 0);
    }
    task_destroy(&rig_maker, &c);
    QUIET_EQUAL("the root's own", wrong(51), 0);
    QUIET_OK("a child keeps its own", before);
}

/* Whatever instruction touches the FPU first, it shows nothing of the thread that used it before. */
static volatile uint64_t peeked;

static void peek(uint64_t unused) { peeked = fpu_peek(); }

static void first_look(void)
{
    struct rig_worker *w;

    set(61);
    peeked = 1;
    w = rig_run(peek, 0);
    CHECK("the thread that looks ends", rig_wait(w));
    CHECK_EQUAL("its first look shows nothing", peeked, 0);
    CHECK_EQUAL("and changes nothing", wrong(61), 0);
    rig_end(w);
}

void isthmus_main(uint64_t arg)
{
    rig_enter(arg);
    fpu_prepare();
    rig_begin();
    e = rig_endpoint(RIG_POOL);
    CHECK_EQUAL("the root thread's state is initial", not_initial(), 0);
    yields(1);
    yields(2);
    yields(3);
    preemption();
    calls();
    fresh();
    child();
    first_look();
    test_done();
}
