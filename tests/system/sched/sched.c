/* Who runs: priorities, preemption, yield, hand-off, deadlines. */
#include "sched.h"
#include "lib/rt/main.h"

static isthmus_slot timer_note, end_note;

void sleep_us(uint64_t us)
{
    NEED("timer", isthmus_machine_timer(MACHINE, timer_note, rig_ticks() + rig_us(us), NULL));
    NEED("wait", isthmus_recv(timer_note, NULL, &(struct isthmus_message){ 0 }));
}

bool sleep_until(volatile uint64_t *counter, uint64_t above)
{
    for (int i = 0; i < 5000 && *counter <= above; i++)
        sleep_us(1000);
    return *counter > above;
}

static volatile uint64_t order[32];
static volatile unsigned ordered;

static void note_order(uint64_t n) { order[ordered++] = n; }

static struct rig_worker *prepare(uint64_t priority, void (*run)(uint64_t), uint64_t n)
{
    return rig_prepare(RIG_POOL, ISTHMUS_BOOT_SLOT_BUDGET, priority, run, n);
}

static void wait_for_end(void) { NEED("end", isthmus_recv(end_note, NULL, &(struct isthmus_message){ 0 })); }

/* ---- priorities ---- */

static void note_and_signal(uint64_t n)
{
    note_order(n);
    if (n == 0)
        (void)isthmus_signal(end_note);
}

static void by_priority(void)
{
    static const uint8_t start[] = { 3, 0, 5, 1, 4, 2 };
    struct rig_worker *w[6];
    unsigned before = test_failures();

    ordered = 0;
    for (unsigned i = 0; i < 6; i++) {
        w[i] = prepare(start[i] * 10, note_and_signal, start[i]);
        rig_start(w[i]);
    }
    QUIET_EQUAL("none has run", ordered, 0);
    wait_for_end();
    QUIET_EQUAL("all have run", ordered, 6);
    for (unsigned i = 0; i < 6; i++) {
        QUIET_EQUAL("most urgent first", order[i], 5 - i);
        rig_end(w[i]);
    }
    QUIET_OK("the most urgent runs first", before);
}

/* A less urgent thread makes a more urgent one ready: it runs before the other's next instruction. */
static isthmus_slot wake, port;

static void urgent(uint64_t how)
{
    struct isthmus_message m;

    for (unsigned i = 0; i < 3; i++) {
        if (how == 0)
            (void)!isthmus_recv(wake, NULL, &m);
        else
            (void)!isthmus_recv(port, NULL, &m);
        note_order(100 + i);
    }
}

static void low(uint64_t how)
{
    struct isthmus_message m = { 0 };

    for (unsigned i = 0; i < 3; i++) {
        note_order(i);
        if (how == 0)
            (void)isthmus_signal(wake);
        else if (how == 1)
            (void)!isthmus_send(port, &m);
        else
            (void)!isthmus_try_send(port, &m);
    }
    note_order(50);
    (void)isthmus_signal(end_note);
}

static void preempts(void)
{
    static const uint8_t expected[] = { 0, 100, 1, 101, 2, 102, 50 };
    unsigned before = test_failures();

    for (unsigned how = 0; how < 3; how++) {
        struct rig_worker *u = prepare(20, urgent, how), *l = prepare(10, low, how);

        ordered = 0;
        rig_start(u);
        rig_start(l);
        wait_for_end();
        for (unsigned i = 0; i < 7; i++)
            QUIET_EQUAL("preempted at once", order[i], expected[i]);
        rig_end(u);
        rig_end(l);
    }
    QUIET_OK("a more urgent thread preempts who makes it ready", before);
}

/* ---- a change of priority ---- */

static void lowers_itself(uint64_t n)
{
    struct rig_worker *w = (struct rig_worker *)n;

    note_order(1);
    NEED("lower", isthmus_thread_priority(w->thread, 5));
    note_order(3);
    QUIET_ERROR("not up again", isthmus_thread_priority(w->thread, 6), ISTHMUS_E_ARGUMENT);
    (void)isthmus_signal(end_note);
}

static void changes(void)
{
    struct rig_worker *a = prepare(20, lowers_itself, 0), *b = prepare(10, note_order, 2), *c = prepare(3, note_order, 9);
    unsigned before = test_failures();

    ordered = 0;
    a->argument = (uint64_t)a;
    rig_start(a);
    rig_start(b);
    wait_for_end();
    for (unsigned i = 0; i < 3; i++)
        QUIET_EQUAL("lowered, so the other runs", order[i], i + 1);
    rig_start(c);
    QUIET_ERROR("a ready thread is raised", isthmus_thread_priority(c->thread, TOP), ISTHMUS_OK);
    isthmus_yield();
    QUIET_EQUAL("and runs", order[3], 9);
    QUIET_ERROR("64 is none", isthmus_thread_priority(c->thread, 64), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("nor is this", isthmus_thread_priority(c->thread, (uint64_t)1 << 32), ISTHMUS_E_ARGUMENT);
    rig_end(a);
    rig_end(b);
    rig_end(c);
    QUIET_OK("priorities change", before);
}

/* ---- yield and hand-off ---- */

static void yields(uint64_t n)
{
    for (unsigned i = 0; i < 3; i++) {
        note_order(n);
        isthmus_yield();
    }
    if (n == 2)
        (void)isthmus_signal(end_note);
}

static void yield_order(void)
{
    struct rig_worker *w[3];
    unsigned before = test_failures();

    ordered = 0;
    for (unsigned i = 0; i < 3; i++) {
        w[i] = prepare(7, yields, i);
        rig_start(w[i]);
    }
    wait_for_end();
    for (unsigned i = 0; i < 9; i++)
        QUIET_EQUAL("in turn", order[i], i % 3);
    for (unsigned i = 0; i < 3; i++)
        rig_end(w[i]);
    QUIET_OK("yield goes behind the others", before);
}

static void handoff(void)
{
    struct rig_worker *a = prepare(TOP, note_order, 1), *b = prepare(TOP, note_order, 2), *c = prepare(9, note_order, 3);
    unsigned before = test_failures();

    ordered = 0;
    QUIET_ERROR("to a suspended thread", isthmus_thread_handoff(b->thread), ISTHMUS_E_STATE);
    QUIET_ERROR("to oneself", isthmus_thread_handoff(ISTHMUS_BOOT_SLOT_THREAD), ISTHMUS_E_STATE);
    rig_start(a);
    rig_start(b);
    rig_start(c);
    QUIET_ERROR("to one that is not next", isthmus_thread_handoff(b->thread), ISTHMUS_OK);
    QUIET_EQUAL("it ran first", order[0], 2);
    QUIET_EQUAL("then the other", order[1], 1);
    QUIET_EQUAL("and we before the less urgent", ordered, 2);
    QUIET_ERROR("to a less urgent one", isthmus_thread_handoff(c->thread), ISTHMUS_OK);
    QUIET_EQUAL("it ran", order[2], 3);
    rig_end(a);
    rig_end(b);
    rig_end(c);
    QUIET_OK("hand-off", before);
}

/* ---- suspended threads ---- */

static volatile uint64_t count;

static void counts(uint64_t unused)
{
    for (;;)
        count++;
}

static void suspended(void)
{
    struct rig_worker *w = prepare(10, counts, 0);
    uint64_t at;
    unsigned before = test_failures();

    count = 0;
    rig_start(w);
    QUIET_ERROR("start it again", isthmus_thread_start(w->thread, 0, 0, 0), ISTHMUS_E_STATE);
    QUIET_ERROR("resume it", isthmus_thread_resume(w->thread), ISTHMUS_E_STATE);
    QUIET_ERROR("bind a budget", isthmus_thread_budget(w->thread, 0), ISTHMUS_E_STATE);
    QUIET_ERROR("place it", isthmus_thread_core(w->thread, 0), ISTHMUS_E_STATE);
    QUIET("it ran", sleep_until(&count, 0));
    NEED("suspend", isthmus_thread_suspend(w->thread));
    NEED("suspend again", isthmus_thread_suspend(w->thread));
    at = count;
    sleep_us(3000);
    QUIET_EQUAL("it stands", count, at);
    QUIET_ERROR("core 0", isthmus_thread_core(w->thread, 0), ISTHMUS_OK);
    QUIET_ERROR("core that is not", isthmus_thread_core(w->thread, isthmus_boot_info()->cores), ISTHMUS_E_ARGUMENT);
    NEED("resume", isthmus_thread_resume(w->thread));
    QUIET("it runs again", sleep_until(&count, at));
    rig_end(w);
    at = count;
    sleep_us(3000);
    QUIET_EQUAL("destroyed, it stands", count, at);
    QUIET_OK("suspend and resume", before);
}

/* ---- deadlines ---- */

/* The host may let the machine stand still for longer than a deadline is away: what came until now does not count. */
static void forget_signals(void)
{
    struct isthmus_message m;

    (void)!isthmus_try_recv(timer_note, NULL, &m);
}

static void deadlines(void)
{
    isthmus_slot badged = rig_copy(timer_note, RIG_ALL, 0x40);
    struct isthmus_message m;
    uint64_t now = 0, bits = 0, begin = rig_ticks(), deadline = begin + rig_us(100000);
    unsigned before = test_failures();

    QUIET_ERROR("set", isthmus_machine_timer(MACHINE, badged, deadline, &now), ISTHMUS_OK);
    QUIET("it tells the time", now >= begin && now <= rig_ticks());
    QUIET_ERROR("not yet", isthmus_try_recv(timer_note, NULL, &m), ISTHMUS_E_WOULD_BLOCK);
    QUIET_ERROR("wait, with nothing else to run", isthmus_recv(timer_note, &bits, &m), ISTHMUS_OK);
    QUIET("not too early", rig_ticks() >= deadline);
    QUIET("not much too late", rig_ticks() < deadline + rig_us(5000000));
    QUIET_EQUAL("with the badge", bits, 0x40);
    rig_spin(rig_us(2000));
    QUIET_ERROR("once", isthmus_try_recv(timer_note, NULL, &m), ISTHMUS_E_WOULD_BLOCK);
    QUIET_ERROR("a deadline in the past", isthmus_machine_timer(MACHINE, badged, 1, NULL), ISTHMUS_OK);
    QUIET_ERROR("comes at once", isthmus_recv(timer_note, &bits, &m), ISTHMUS_OK);
    NEED("set", isthmus_machine_timer(MACHINE, badged, rig_ticks() + rig_us(3000), NULL));
    NEED("take back", isthmus_machine_timer(MACHINE, badged, ~(uint64_t)0, NULL));
    forget_signals();
    rig_spin(rig_us(10000));
    QUIET_ERROR("does not come", isthmus_try_recv(timer_note, NULL, &m), ISTHMUS_E_WOULD_BLOCK);
    NEED("set", isthmus_machine_timer(MACHINE, badged, rig_ticks() + rig_us(3000), NULL));
    NEED("set for another", isthmus_machine_timer(MACHINE, end_note, rig_ticks() + rig_us(3000), NULL));
    forget_signals();
    wait_for_end();
    QUIET_ERROR("there is one only", isthmus_try_recv(timer_note, NULL, &m), ISTHMUS_E_WOULD_BLOCK);
    rig_drop(badged);
    QUIET_OK("the core's deadline", before);
}

/* The order of threads is told by priorities and yields here, not by the end of a slice, which comes whenever the host lets
 * the machine stand still. */
static void endless_slice(void)
{
    uint64_t hour = 3600 * isthmus_boot_info()->ticks_per_second, slice = 0;

    NEED("slice", isthmus_budget_read(ISTHMUS_BOOT_SLOT_BUDGET, NULL, &slice));
    NEED("refill", isthmus_machine_refill(ISTHMUS_BOOT_SLOT_MACHINE, ISTHMUS_BOOT_SLOT_BUDGET, hour, slice));
}

void isthmus_main(uint64_t arg)
{
    rig_enter(arg);
    rig_begin();
    endless_slice();
    timer_note = rig_notification(RIG_POOL);
    end_note = rig_notification(RIG_POOL);
    wake = rig_notification(RIG_POOL);
    port = rig_endpoint(RIG_POOL);
    by_priority();
    preempts();
    changes();
    yield_order();
    handoff();
    suspended();
    deadlines();
    budget_tests();
    test_done();
}
