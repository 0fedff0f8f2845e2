/* Notifications: bits, waiters, and bound ones that end a receive. */
#include "lib/rt/main.h"
#include "lib/test/rig.h"

static isthmus_slot n, e;

static uint64_t poll(isthmus_slot from)
{
    uint64_t bits = 0;
    struct isthmus_message m;
    enum isthmus_error error = isthmus_try_recv(from, &bits, &m);

    if (error == ISTHMUS_E_WOULD_BLOCK)
        return 0;
    QUIET_ERROR("poll", error, ISTHMUS_OK);
    QUIET_EQUAL("kind", isthmus_tag_kind(m.tag), ISTHMUS_MESSAGE_SIGNAL);
    QUIET_EQUAL("label and count", m.tag & ~((uint64_t)ISTHMUS_TAG_KIND_MASK << ISTHMUS_TAG_KIND_SHIFT), 0);
    for (unsigned i = 0; i < ISTHMUS_MESSAGE_WORDS; i++)
        QUIET_EQUAL("words", m.word[i], 0);
    return bits;
}

static void bits(void)
{
    isthmus_slot four = rig_copy(n, ISTHMUS_R_WRITE, 4), top = rig_copy(n, ISTHMUS_R_WRITE, (uint64_t)1 << 63), read;
    unsigned before = test_failures();

    read = rig_copy(n, ISTHMUS_R_READ, 0);
    QUIET_EQUAL("none at first", poll(n), 0);
    QUIET_ERROR("signal", isthmus_signal(n), ISTHMUS_OK);
    QUIET_EQUAL("the first badge is 1", poll(n), 1);
    QUIET_EQUAL("taken", poll(n), 0);
    for (int i = 0; i < 3; i++) {
        (void)isthmus_signal(four);
        (void)isthmus_signal(top);
    }
    (void)isthmus_signal(n);
    QUIET_EQUAL("all of them, ORed", poll(read), 5 | (uint64_t)1 << 63);
    QUIET_EQUAL("taken all", poll(read), 0);
    QUIET_ERROR("signal needs write", isthmus_signal(read), ISTHMUS_E_RIGHT);
    QUIET_ERROR("poll needs read", isthmus_try_recv(four, NULL, &(struct isthmus_message){ 0 }), ISTHMUS_E_RIGHT);
    rig_drop(four);
    rig_drop(top);
    rig_drop(read);
    QUIET_OK("signal and poll", before);
}

/* ---- waiters ---- */

enum { WAITERS = 5 };
static volatile uint64_t woken[WAITERS];
static volatile unsigned woken_count;

static void waiter(uint64_t i)
{
    uint64_t got = 0;

    QUIET_ERROR("wait", isthmus_recv(n, &got, &(struct isthmus_message){ 0 }), ISTHMUS_OK);
    woken[i] = got << 8 | woken_count++;
}

static void waiters(void)
{
    struct rig_worker *w[WAITERS];
    unsigned before = test_failures();

    for (unsigned i = 0; i < WAITERS; i++) {
        w[i] = rig_run(waiter, i);
        rig_settle();
    }
    for (unsigned i = 0; i < WAITERS; i++) {
        isthmus_slot badged = rig_copy(n, RIG_ALL, 0x10 + i);

        QUIET_EQUAL("no more than one is woken", woken_count, i);
        (void)isthmus_signal(badged);
        rig_settle();
        QUIET_EQUAL("in order, each with its bits", woken[i], (0x10 + i) << 8 | i);
        rig_drop(badged);
    }
    for (unsigned i = 0; i < WAITERS; i++) {
        QUIET("ended", rig_wait(w[i]));
        rig_end(w[i]);
    }
    QUIET_EQUAL("no bits are left", poll(n), 0);
    QUIET_OK("several waiters", before);
}

/* ---- bound ---- */

static volatile uint64_t got_badge, got_kind;
static volatile unsigned got;

static void receiver(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct isthmus_message m = { 0 };
        uint64_t badge = 0;

        QUIET_ERROR("receive", i % 2 ? isthmus_reply_recv(e, &badge, &m) : isthmus_recv(e, &badge, &m), ISTHMUS_OK);
        got_badge = badge;
        got_kind = isthmus_tag_kind(m.tag);
        got++;
    }
}

static void expect(const char *name, unsigned count, uint64_t kind, uint64_t badge)
{
    rig_settle();
    QUIET_EQUAL(name, got, count);
    QUIET_EQUAL(name, got_kind, kind);
    QUIET_EQUAL(name, got_badge, badge);
}

static struct rig_worker *bound(uint64_t receives)
{
    struct rig_worker *w = rig_prepare(RIG_POOL, ISTHMUS_BOOT_SLOT_BUDGET, ISTHMUS_PRIORITIES - 1, receiver, receives);

    QUIET_ERROR("bind", isthmus_thread_notification(w->thread, n), ISTHMUS_OK);
    got = 0;
    return w;
}

static void ends_a_receive(void)
{
    struct rig_worker *w = bound(6);
    isthmus_slot sender = rig_copy(e, ISTHMUS_R_WRITE, 33);
    struct isthmus_message m = { 0 };
    unsigned before = test_failures();

    (void)isthmus_signal(n); /* before it receives, before it even runs */
    rig_start(w);
    expect("signalled before", 1, ISTHMUS_MESSAGE_SIGNAL, 1);
    (void)isthmus_signal(n);
    expect("signalled while it waits", 2, ISTHMUS_MESSAGE_SIGNAL, 1);
    QUIET_ERROR("a message", isthmus_send(sender, &m), ISTHMUS_OK);
    expect("a message", 3, ISTHMUS_MESSAGE_IPC, 33);
    (void)isthmus_signal(n);
    (void)isthmus_signal(n); /* pends for its next receive */
    (void)isthmus_signal(n);
    expect("one woke it, the others are one", 5, ISTHMUS_MESSAGE_SIGNAL, 1);
    (void)isthmus_signal(n);
    expect("the last", 6, ISTHMUS_MESSAGE_SIGNAL, 1);
    QUIET("ended", rig_wait(w));
    rig_end(w);
    rig_drop(sender);
    QUIET_OK("a bound notification ends a receive", before);
}

/* Bits that another takes first are not there any more when the bound thread receives. */
static void taken_by_another(void)
{
    struct rig_worker *w = bound(1);
    unsigned before = test_failures();
    struct isthmus_message m = { 0 };

    (void)isthmus_signal(n);
    QUIET_EQUAL("polled", poll(n), 1);
    rig_start(w);
    rig_settle();
    QUIET_EQUAL("it waits", got, 0);
    QUIET_ERROR("a message", isthmus_send(e, &m), ISTHMUS_OK);
    expect("comes", 1, ISTHMUS_MESSAGE_IPC, 0);
    rig_end(w);
    QUIET_OK("bits of a bound notification taken by another", before);
}

static void waits_by_itself(uint64_t unused)
{
    uint64_t badge = 0;

    QUIET_ERROR("wait", isthmus_recv(n, &badge, &(struct isthmus_message){ 0 }), ISTHMUS_OK);
    got_badge = badge;
    got++;
}

static void rebinding(void)
{
    struct rig_worker *a = bound(1), *b, *c;
    isthmus_slot other = rig_notification(RIG_POOL);
    unsigned before = test_failures();

    b = rig_prepare(RIG_POOL, ISTHMUS_BOOT_SLOT_BUDGET, ISTHMUS_PRIORITIES - 1, receiver, 1);
    QUIET_ERROR("bound to another", isthmus_thread_notification(b->thread, n), ISTHMUS_E_BUSY);
    QUIET_ERROR("again to the same", isthmus_thread_notification(a->thread, n), ISTHMUS_OK);
    (void)isthmus_signal(n);
    QUIET_ERROR("another for it", isthmus_thread_notification(a->thread, other), ISTHMUS_OK);
    QUIET_ERROR("now it is free", isthmus_thread_notification(b->thread, n), ISTHMUS_OK);
    rig_start(b);
    expect("bits from before come with it", 1, ISTHMUS_MESSAGE_SIGNAL, 1);
    rig_start(a);
    rig_settle();
    QUIET_EQUAL("not to the one it was taken from", got, 1);
    QUIET_ERROR("unbind", isthmus_thread_notification(a->thread, 0), ISTHMUS_OK);
    (void)isthmus_signal(other);
    rig_settle();
    QUIET_EQUAL("nothing comes", got, 1);
    QUIET_ERROR("bind while it receives", isthmus_thread_notification(a->thread, other), ISTHMUS_OK);
    expect("what waits comes at once", 2, ISTHMUS_MESSAGE_SIGNAL, 1);
    rig_end(a);

    /* To a dead thread: the bits stay, and another may bind. */
    rig_end(b);
    (void)isthmus_signal(n);
    b = bound(1);
    rig_start(b);
    expect("bound to a dead one before", 1, ISTHMUS_MESSAGE_SIGNAL, 1);
    rig_end(b);
    QUIET_EQUAL("none left", poll(n), 0);

    c = rig_run(waits_by_itself, 0);
    rig_settle();
    b = rig_prepare(RIG_POOL, ISTHMUS_BOOT_SLOT_BUDGET, ISTHMUS_PRIORITIES - 1, receiver, 1);
    QUIET_ERROR("one waits for it", isthmus_thread_notification(b->thread, n), ISTHMUS_E_BUSY);
    (void)isthmus_signal(n);
    QUIET("woken", rig_wait(c));
    rig_end(c);
    rig_end(b);
    rig_destroy(RIG_POOL, other);
    QUIET_OK("binding, unbinding, dead threads", before);
}

/* A bound notification is destroyed, and its cell used again by another one that is not bound. */
static void destroyed(void)
{
    struct rig_worker *w;
    unsigned before = test_failures();

    w = bound(1);
    rig_start(w);
    rig_settle();
    rig_destroy(RIG_POOL, n);
    n = rig_notification(RIG_POOL);
    (void)isthmus_signal(n);
    rig_settle();
    QUIET_EQUAL("the new one is another", got, 0);
    QUIET_EQUAL("it keeps its bits", poll(n), 1);
    QUIET_ERROR("a message still comes", isthmus_send(e, &(struct isthmus_message){ 0 }), ISTHMUS_OK);
    expect("message", 1, ISTHMUS_MESSAGE_IPC, 0);
    rig_end(w);

    /* Pending when it was destroyed. */
    w = bound(1);
    (void)isthmus_signal(n);
    rig_destroy(RIG_POOL, n);
    n = rig_notification(RIG_POOL);
    (void)isthmus_signal(n);
    rig_start(w);
    rig_settle();
    QUIET_EQUAL("nothing pends", got, 0);
    QUIET_EQUAL("the new one's bits are its own", poll(n), 1);
    rig_end(w);
    QUIET_OK("a bound notification is destroyed", before);
}

/* A server that is bound and called: signals wait until it has answered. */
static volatile uint64_t calls_done;

static void call(uint64_t unused)
{
    struct isthmus_message m = { 0 };

    for (int i = 0; i < 100; i++) {
        QUIET_ERROR("call", isthmus_call(e, &m), ISTHMUS_OK);
        calls_done++;
        if (i % 3 == 0)
            (void)isthmus_signal(n);
    }
}

static void between_calls(void)
{
    struct rig_worker *c;
    uint64_t badge = 0, signals = 0, calls = 0;
    unsigned before = test_failures();
    struct isthmus_message m = { 0 };

    NEED("bind the root", isthmus_thread_notification(ISTHMUS_BOOT_SLOT_THREAD, n));
    c = rig_run(call, 0);
    NEED("receive", isthmus_recv(e, &badge, &m));
    while (calls + (isthmus_tag_kind(m.tag) == ISTHMUS_MESSAGE_IPC) < 100) {
        if (isthmus_tag_kind(m.tag) == ISTHMUS_MESSAGE_SIGNAL) {
            QUIET_EQUAL("bits", badge, 1);
            signals++;
        } else {
            calls++;
        }
        QUIET_ERROR("answer", isthmus_reply_recv(e, &badge, &m), ISTHMUS_OK);
    }
    QUIET_ERROR("last", isthmus_reply(0, &m), ISTHMUS_OK);
    QUIET("caller ended", rig_wait(c));
    QUIET_EQUAL("calls", calls_done, 100);
    signals += poll(n);
    QUIET("signals between them", signals >= 20 && signals <= 34);
    rig_end(c);
    NEED("unbind", isthmus_thread_notification(ISTHMUS_BOOT_SLOT_THREAD, 0));
    QUIET_OK("signals between calls", before);
}

void isthmus_main(uint64_t arg)
{
    rig_enter(arg);
    rig_begin();
    n = rig_notification(RIG_POOL);
    e = rig_endpoint(RIG_POOL);
    bits();
    waiters();
    ends_a_receive();
    taken_by_another();
    rebinding();
    destroyed();
    between_calls();
    test_done();
}
