/* Who may run: budgets that end, slices, moves, refills, and threads without any. */
#include "sched.h"

static volatile uint64_t counts[RIG_THREADS];

static void hog(uint64_t n)
{
    for (;;)
        counts[n]++;
}

static struct rig_worker *start(isthmus_slot budget, uint64_t priority, void (*run)(uint64_t), uint64_t n)
{
    struct rig_worker *w = rig_prepare(RIG_POOL, budget, priority, run, n);

    counts[n] = 0;
    rig_start(w);
    return w;
}

static uint64_t left(isthmus_slot budget)
{
    uint64_t time = 0;

    NEED("read", isthmus_budget_read(budget, &time, NULL));
    return time;
}

/* ---- time ends, is signalled, and is filled again ---- */

static void ends(void)
{
    isthmus_slot budget = rig_budget(RIG_POOL, rig_us(3000), 0), note = rig_notification(RIG_POOL);
    isthmus_slot badged = rig_copy(note, ISTHMUS_R_WRITE, 0x30);
    struct isthmus_message m;
    unsigned before = test_failures();
    uint64_t bits = 0, at;
    struct rig_worker *w = start(budget, 5, hog, 0);

    NEED("notify", isthmus_budget_notify(budget, badged));
    for (int i = 0; i < 3; i++) {
        at = counts[0];
        QUIET_ERROR("it ends, which is signalled", isthmus_recv(note, &bits, &m), ISTHMUS_OK);
        QUIET_EQUAL("with the badge", bits, 0x30);
        QUIET("it ran", counts[0] > at);
        QUIET_EQUAL("nothing is left", left(budget), 0);
        at = counts[0];
        sleep_us(3000);
        QUIET_EQUAL("it stands", counts[0], at);
        QUIET_ERROR("signalled once", isthmus_try_recv(note, NULL, &m), ISTHMUS_E_WOULD_BLOCK);
        NEED("refill", isthmus_machine_refill(MACHINE, budget, rig_us(2000), 0));
    }
    NEED("a slice", isthmus_machine_refill(MACHINE, budget, 0, rig_us(500)));
    sleep_us(20000);
    QUIET_ERROR("a slice has no end", isthmus_try_recv(note, NULL, &m), ISTHMUS_E_WOULD_BLOCK);
    rig_end(w);
    rig_destroy(RIG_POOL, budget);
    rig_destroy(RIG_POOL, note);
    rig_drop(badged);
    QUIET_OK("a budget ends, is signalled and filled again", before);
}

/* The time ends while the thread is about to wait, not while it computes. */
static void yields(uint64_t n)
{
    for (;;) {
        counts[n]++;
        isthmus_yield();
    }
}

static void ends_at_a_switch(void)
{
    isthmus_slot note = rig_notification(RIG_POOL);
    unsigned before = test_failures();

    for (int i = 0; i < 50; i++) {
        isthmus_slot budget = rig_budget(RIG_POOL, rig_us(60) + (uint64_t)i, 0);
        struct rig_worker *a = start(budget, 5, yields, 0), *b = start(ISTHMUS_BOOT_SLOT_BUDGET, 5, yields, 1);

        NEED("notify", isthmus_budget_notify(budget, note));
        NEED("it is signalled", isthmus_recv(note, NULL, &(struct isthmus_message){ 0 }));
        QUIET_EQUAL("nothing is left", left(budget), 0);
        rig_end(a);
        rig_end(b);
        rig_destroy(RIG_POOL, budget);
    }
    rig_destroy(RIG_POOL, note);
    QUIET_OK("a budget that ends at a switch is signalled", before);
}

/* ---- slices ---- */

/* Takes its time in every way there is, so that a slice ends anywhere. */
static void reads_and_yields(uint64_t n)
{
    for (;;) {
        counts[n]++;
        (void)isthmus_budget_read(n, NULL, NULL);
        if (counts[n] % 2)
            isthmus_yield();
    }
}

static void tiny_slices(void)
{
    isthmus_slot budget[3];
    struct rig_worker *w[3];
    unsigned before = test_failures();

    for (unsigned i = 0; i < 3; i++) {
        budget[i] = rig_budget(RIG_POOL, 0, rig_us(4) + i);
        w[i] = start(budget[i], 5, i == 2 ? yields : reads_and_yields, i);
    }
    sleep_us(100000);
    for (int round = 0; round < 5; round++) {
        uint64_t at[3] = { counts[0], counts[1], counts[2] };

        for (unsigned i = 0; i < 3; i++)
            QUIET("goes on", sleep_until(&counts[i], at[i]));
    }
    for (unsigned i = 0; i < 3; i++) {
        rig_end(w[i]);
        rig_destroy(RIG_POOL, budget[i]);
    }
    QUIET_OK("threads on tiny slices go on", before);
}

static void round_robin(void)
{
    isthmus_slot small = rig_budget(RIG_POOL, 0, rig_us(2000)), big = rig_budget(RIG_POOL, 0, rig_us(6000));
    struct rig_worker *a, *b;
    unsigned before = test_failures();

    a = start(small, 5, hog, 0);
    b = start(big, 5, hog, 1);
    for (int i = 0; i < 10 && !(counts[1] > counts[0] && counts[0] * 10 > counts[1]); i++)
        sleep_us(200000); /* the emulator's time is uneven: in the end it must come out */
    NEED("stop", isthmus_thread_suspend(a->thread));
    NEED("stop", isthmus_thread_suspend(b->thread));
    QUIET("the smaller slice got its share", counts[0] * 10 > counts[1]);
    QUIET("the bigger slice got more", counts[1] > counts[0]); /* three times as much, were time even */
    rig_end(a);
    rig_end(b);
    rig_destroy(RIG_POOL, small);
    rig_destroy(RIG_POOL, big);
    QUIET_OK("hogs share by their slices", before);
}

/* ---- no budget ---- */

static void without(void)
{
    isthmus_slot budget = rig_budget(RIG_POOL, 0, rig_us(1000));
    struct rig_worker *w = start(0, TOP, hog, 0);
    unsigned before = test_failures();

    rig_settle();
    QUIET_EQUAL("without a budget it does not run", counts[0], 0);
    QUIET_ERROR("it is not suspended", isthmus_thread_resume(w->thread), ISTHMUS_E_STATE);
    NEED("suspend", isthmus_thread_suspend(w->thread));
    NEED("budget", isthmus_thread_budget(w->thread, budget));
    NEED("resume", isthmus_thread_resume(w->thread));
    QUIET("with one it does", sleep_until(&counts[0], 0));
    rig_destroy(RIG_POOL, budget);
    uint64_t at = counts[0];
    rig_settle();
    QUIET_EQUAL("when it is destroyed it does not", counts[0], at);
    rig_end(w);
    QUIET_OK("no budget, no run", before);
}

static isthmus_slot own;

static void destroys_own_budget(uint64_t n)
{
    while (isthmus_pool_destroy(RIG_POOL, own) == ISTHMUS_E_MORE)
        ;
    hog(n);
}

static void own_budget_destroyed(void)
{
    struct rig_worker *w;
    unsigned before = test_failures();

    own = rig_budget(RIG_POOL, 0, rig_us(1000));
    w = start(own, TOP, destroys_own_budget, 0);
    rig_settle();
    QUIET_EQUAL("it does not go on", counts[0], 0);
    QUIET_EQUAL("it did what it did", rig_kind(own), ISTHMUS_NULL);
    rig_end(w);
    rig_drop(own);
    QUIET_OK("a thread that destroys its own budget stops", before);
}

/* ---- moves ---- */

static void moves(void)
{
    enum { TIME = 100000000 }; /* ticks; so many that a host that is busy cannot use them up before the worker begins */
    isthmus_slot from = rig_budget(RIG_POOL, TIME, 0), to = rig_budget(RIG_POOL, 0, 0);
    struct rig_worker *w = start(to, 5, hog, 0);
    unsigned before = test_failures();
    uint64_t much = (uint64_t)1 << 61;

    sleep_us(1000);
    QUIET_EQUAL("nothing to run on", counts[0], 0);
    QUIET_ERROR("more than there is", isthmus_budget_move(from, to, TIME + 1), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("to itself", isthmus_budget_move(from, from, 1), ISTHMUS_E_ARGUMENT);
    NEED("suspend", isthmus_thread_suspend(w->thread));
    QUIET_ERROR("some", isthmus_budget_move(from, to, TIME / 5 * 2), ISTHMUS_OK);
    QUIET_EQUAL("left here", left(from), TIME / 5 * 3);
    QUIET_EQUAL("come there", left(to), TIME / 5 * 2);
    QUIET_ERROR("all", isthmus_budget_move(from, to, TIME / 5 * 3), ISTHMUS_OK);
    QUIET_EQUAL("none here", left(from), 0);
    QUIET_EQUAL("all there", left(to), TIME);
    QUIET_ERROR("nothing of nothing", isthmus_budget_move(from, to, 0), ISTHMUS_OK);
    NEED("resume", isthmus_thread_resume(w->thread));
    QUIET("it runs on it", sleep_until(&counts[0], 0));
    QUIET_ERROR("more than a budget can hold", isthmus_machine_refill(MACHINE, from, ~(uint64_t)0, 0), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("nor so long a slice", isthmus_machine_refill(MACHINE, from, 0, ~(uint64_t)0), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("a lot", isthmus_machine_refill(MACHINE, from, much, 0), ISTHMUS_OK);
    QUIET_ERROR("twice", isthmus_machine_refill(MACHINE, from, much, 0), ISTHMUS_E_ARGUMENT);
    QUIET_EQUAL("it has that once", left(from), much);
    rig_end(w);
    rig_destroy(RIG_POOL, from);
    rig_destroy(RIG_POOL, to);
    QUIET_OK("time moves", before);
}

/* More threads than one step makes ready wait for one budget. */
static void once(uint64_t n) { counts[n]++; }

static void many_wait(void)
{
    enum { MANY = 40 };
    isthmus_slot bank = rig_budget(RIG_POOL, rig_us(1000000), 0), budget = rig_budget(RIG_POOL, 0, 0);
    struct rig_worker *w[MANY];
    unsigned before = test_failures(), steps = 1;
    uint64_t sum = 0;

    for (unsigned i = 0; i < MANY; i++)
        w[i] = start(budget, 5, once, i);
    enum isthmus_error error = isthmus_budget_move(bank, budget, rig_us(500000));
    while (error == ISTHMUS_E_MORE && steps++)
        error = isthmus_budget_move(bank, budget, 0);
    QUIET_ERROR("moved", error, ISTHMUS_OK);
    QUIET_EQUAL("in steps of sixteen", steps, 3);
    sleep_us(20000);
    for (unsigned i = 0; i < MANY; i++) {
        sum += counts[i];
        rig_end(w[i]);
    }
    QUIET_EQUAL("all have run", sum, MANY);
    rig_destroy(RIG_POOL, bank);
    rig_destroy(RIG_POOL, budget);
    QUIET_OK("forty threads wait for one budget", before);
}

/* More ready threads than one step looks at find that their budget is empty. */
static void many_run_dry(void)
{
    enum { MANY = 40 };
    isthmus_slot budget = rig_budget(RIG_POOL, rig_us(2000), 0), note = rig_notification(RIG_POOL);
    struct rig_worker *w[MANY];
    unsigned before = test_failures();
    uint64_t at[MANY];

    NEED("notify", isthmus_budget_notify(budget, note));
    for (unsigned i = 0; i < MANY; i++)
        w[i] = start(budget, 5, yields, i);
    for (int round = 0; round < 3; round++) {
        QUIET_ERROR("it ends", isthmus_recv(note, NULL, &(struct isthmus_message){ 0 }), ISTHMUS_OK);
        for (unsigned i = 0; i < MANY; i++)
            at[i] = counts[i];
        sleep_us(5000);
        for (unsigned i = 0; i < MANY; i++)
            QUIET_EQUAL("it stands", counts[i], at[i]);
        for (uint64_t time = rig_us(20000); isthmus_machine_refill(MACHINE, budget, time, 0) == ISTHMUS_E_MORE; time = 0)
            ;
        for (unsigned i = 0; i < MANY; i++)
            QUIET("it goes on", sleep_until(&counts[i], at[i]));
    }
    for (unsigned i = 0; i < MANY; i++)
        rig_end(w[i]);
    rig_destroy(RIG_POOL, budget);
    rig_destroy(RIG_POOL, note);
    QUIET_OK("forty threads run out of one budget", before);
}

void budget_tests(void)
{
    ends();
    ends_at_a_switch();
    tiny_slices();
    round_robin();
    without();
    own_budget_destroyed();
    moves();
    many_wait();
    many_run_dry();
}
