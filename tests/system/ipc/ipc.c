/* Messages between threads: words, tags, badges, order, try forms, nesting. */
#include "ipc.h"
#include "lib/rt/main.h"

static isthmus_slot e;

static struct isthmus_message message(uint64_t label, uint64_t first)
{
    struct isthmus_message m = { .tag = isthmus_tag(label, 0) };

    for (unsigned i = 0; i < ISTHMUS_MESSAGE_WORDS; i++)
        m.word[i] = first + i;
    return m;
}

/* ---- badges, labels, bits of the tag ---- */

static volatile uint64_t seen_badge, seen_tag, seen_word;

static void answer_one(uint64_t endpoint)
{
    struct isthmus_message m;
    uint64_t badge = 0;

    QUIET_ERROR("receive", isthmus_recv(endpoint, &badge, &m), ISTHMUS_OK);
    seen_badge = badge;
    seen_tag = m.tag;
    seen_word = m.word[7];
    m.tag = ~(uint64_t)0;
    m.tag &= ~(uint64_t)ISTHMUS_TAG_CAPS_MASK;
    m.word[7]++;
    QUIET_ERROR("answer", isthmus_reply(0, &m), ISTHMUS_OK);
    QUIET_ERROR("answer twice", isthmus_reply(0, &m), ISTHMUS_E_STALE);
}

static void badges(bool wait_first)
{
    isthmus_slot copy = rig_copy(e, RIG_ALL, 0x123456789abcdef0);
    isthmus_slot weak = rig_copy(copy, ISTHMUS_R_WRITE, 0);
    struct rig_worker *w = rig_run(answer_one, e);
    struct isthmus_message m = message(0xffffffffffff, 100);
    const uint64_t kind_mask = (uint64_t)ISTHMUS_TAG_KIND_MASK << ISTHMUS_TAG_KIND_SHIFT;

    m.tag |= ~(uint64_t)ISTHMUS_TAG_CAPS_MASK; /* a kind that only the kernel may write */
    if (wait_first)
        rig_settle();
    CHECK_ERROR("call with a badge", isthmus_call(weak, &m), ISTHMUS_OK);
    CHECK_EQUAL("badge", seen_badge, 0x123456789abcdef0);
    CHECK_EQUAL("tag without the kind", seen_tag, ~kind_mask & ~(uint64_t)ISTHMUS_TAG_CAPS_MASK);
    CHECK_EQUAL("reply tag without the kind", m.tag, ~kind_mask & ~(uint64_t)ISTHMUS_TAG_CAPS_MASK);
    CHECK_EQUAL("last word", seen_word, 107);
    CHECK_EQUAL("last word of the reply", m.word[7], 108);
    CHECK("server ended", rig_wait(w));
    rig_end(w);
    rig_drop(copy);
    rig_drop(weak);
}

/* ---- order ---- */

static volatile uint64_t order[64];
static volatile unsigned ordered;

static void send_number(uint64_t n)
{
    struct isthmus_message m = message(n, n);

    if (n % 2)
        QUIET_ERROR("send", isthmus_send(e, &m), ISTHMUS_OK);
    else
        QUIET_ERROR("call", isthmus_call(e, &m), ISTHMUS_OK);
    order[ordered++] = n;
}

static void fifo_of_senders(void)
{
    enum { SENDERS = 20 };
    struct rig_worker *w[SENDERS];
    unsigned before = test_failures();
    struct isthmus_message m;

    ordered = 0;
    for (unsigned i = 0; i < SENDERS; i++) {
        w[i] = rig_run(send_number, i);
        rig_settle();
    }
    for (unsigned i = 0; i < SENDERS; i++) {
        QUIET_ERROR("receive", isthmus_recv(e, NULL, &m), ISTHMUS_OK);
        QUIET_EQUAL("sender", m.word[0], i);
        QUIET_EQUAL("its label", isthmus_tag_label(m.tag), i);
        if (i % 2 == 0)
            QUIET_ERROR("answer", isthmus_reply(0, &m), ISTHMUS_OK);
        else
            QUIET_ERROR("nobody waits for an answer", isthmus_reply(0, &m), ISTHMUS_E_STALE);
    }
    for (unsigned i = 0; i < SENDERS; i++) {
        QUIET("sender ended", rig_wait(w[i]));
        rig_end(w[i]);
        QUIET_EQUAL("order of ends", order[i], i);
    }
    QUIET_ERROR("none is left", isthmus_try_recv(e, NULL, &m), ISTHMUS_E_WOULD_BLOCK);
    QUIET_OK("senders are served in order", before);
}

static void receive_number(uint64_t n)
{
    struct isthmus_message m;

    QUIET_ERROR("receive", isthmus_recv(e, NULL, &m), ISTHMUS_OK);
    order[m.word[0]] = n;
}

static void fifo_of_receivers(void)
{
    enum { RECEIVERS = 20 };
    struct rig_worker *w[RECEIVERS];
    unsigned before = test_failures();

    for (unsigned i = 0; i < RECEIVERS; i++) {
        w[i] = rig_run(receive_number, i);
        rig_settle();
    }
    for (unsigned i = 0; i < RECEIVERS; i++) {
        struct isthmus_message m = message(0, i);

        if (i % 2)
            QUIET_ERROR("try_send", isthmus_try_send(e, &m), ISTHMUS_OK);
        else
            QUIET_ERROR("send", isthmus_send(e, &m), ISTHMUS_OK);
    }
    for (unsigned i = 0; i < RECEIVERS; i++) {
        QUIET("receiver ended", rig_wait(w[i]));
        rig_end(w[i]);
        QUIET_EQUAL("receiver", order[i], i);
    }
    QUIET_ERROR("no receiver is left", isthmus_try_send(e, &(struct isthmus_message){ 0 }), ISTHMUS_E_WOULD_BLOCK);
    QUIET_OK("receivers are served in order", before);
}

/* ---- try forms ---- */

static void call_once(uint64_t endpoint)
{
    struct isthmus_message m = message(9, 900);

    QUIET_ERROR("call", isthmus_call(endpoint, &m), ISTHMUS_OK);
    QUIET_EQUAL("answer", m.word[0], 901);
}

static void try_forms(void)
{
    struct isthmus_message m = message(1, 1);
    uint64_t badge = 1;
    struct rig_worker *w;

    CHECK_ERROR("try_recv of nothing", isthmus_try_recv(e, &badge, &m), ISTHMUS_E_WOULD_BLOCK);
    CHECK_ERROR("try_send to nobody", isthmus_try_send(e, &m), ISTHMUS_E_WOULD_BLOCK);
    w = rig_run(call_once, e);
    rig_settle();
    CHECK_ERROR("try_send beside a sender", isthmus_try_send(e, &m), ISTHMUS_E_WOULD_BLOCK);
    CHECK_ERROR("try_recv of a call", isthmus_try_recv(e, &badge, &m), ISTHMUS_OK);
    CHECK_EQUAL("its badge", badge, 0);
    CHECK_EQUAL("its word", m.word[7], 907);
    m.word[0]++;
    CHECK_ERROR("its answer", isthmus_reply(0, &m), ISTHMUS_OK);
    CHECK("caller ended", rig_wait(w));
    rig_end(w);
}

/* ---- servers that call servers ---- */

static isthmus_slot chain[3];

static void chain_server(uint64_t n)
{
    struct isthmus_message m;
    uint64_t badge;

    QUIET_ERROR("receive", isthmus_recv(chain[n], &badge, &m), ISTHMUS_OK);
    for (unsigned i = 0; i < 10; i++) {
        m.word[0] = m.word[0] * 10 + n + 1;
        if (n < 2)
            QUIET_ERROR("call on", isthmus_call(chain[n + 1], &m), ISTHMUS_OK);
        m.word[1] = m.word[1] * 10 + n + 1;
        if (i == 9)
            QUIET_ERROR("last answer", isthmus_reply(0, &m), ISTHMUS_OK);
        else
            QUIET_ERROR("answer", isthmus_reply_recv(chain[n], &badge, &m), ISTHMUS_OK);
    }
}

static void nested(void)
{
    struct rig_worker *w[3];
    unsigned before = test_failures();

    for (unsigned i = 0; i < 3; i++) {
        chain[i] = rig_endpoint(RIG_POOL);
        w[i] = rig_run(chain_server, i);
    }
    for (unsigned i = 0; i < 10; i++) {
        struct isthmus_message m = { 0 };

        QUIET_ERROR("call", isthmus_call(chain[0], &m), ISTHMUS_OK);
        QUIET_EQUAL("way there", m.word[0], 123);
        QUIET_EQUAL("way back", m.word[1], 321);
    }
    for (unsigned i = 0; i < 3; i++) {
        QUIET("server ended", rig_wait(w[i]));
        rig_end(w[i]);
        rig_destroy(RIG_POOL, chain[i]);
    }
    QUIET_OK("calls through three servers", before);
}

/* ---- several servers and clients on one endpoint ---- */

enum { SERVERS = 4, CLIENTS = 12, CALLS = 50 };
static volatile unsigned served[SERVERS];

static void echo_server(uint64_t n)
{
    struct isthmus_message m;
    uint64_t badge;
    enum isthmus_error error = isthmus_recv(e, &badge, &m);

    while (error == ISTHMUS_OK) {
        served[n]++;
        if (m.word[1] % 3 == 0)
            isthmus_yield();
        m.word[2] = badge + m.word[0] * m.word[1];
        error = isthmus_reply_recv(e, &badge, &m);
    }
    QUIET_ERROR("server's end", error, ISTHMUS_E_DEAD);
}

static void echo_client(uint64_t n)
{
    for (uint64_t i = 0; i < CALLS; i++) {
        struct isthmus_message m = message(n, 0);

        m.word[0] = n;
        m.word[1] = i;
        QUIET_ERROR("call", isthmus_call(e, &m), ISTHMUS_OK);
        QUIET_EQUAL("label", isthmus_tag_label(m.tag), n);
        QUIET_EQUAL("answer", m.word[2], n * i);
        QUIET_EQUAL("kept word", m.word[7], 7);
    }
}

static void crowd(void)
{
    struct rig_worker *s[SERVERS], *c[CLIENTS];
    unsigned before = test_failures(), sum = 0;

    for (unsigned i = 0; i < CLIENTS; i++)
        c[i] = rig_run(echo_client, i + 1);
    for (unsigned i = 0; i < SERVERS; i++)
        s[i] = rig_run(echo_server, i);
    for (unsigned i = 0; i < CLIENTS; i++) {
        QUIET("client ended", rig_wait(c[i]));
        rig_end(c[i]);
    }
    rig_destroy(RIG_POOL, e);
    for (unsigned i = 0; i < SERVERS; i++) {
        QUIET("server ended", rig_wait(s[i]));
        QUIET("server had work", served[i] > 0);
        sum += served[i];
        rig_end(s[i]);
    }
    QUIET_EQUAL("calls served", sum, CLIENTS * CALLS);
    e = rig_endpoint(RIG_POOL);
    QUIET_OK("four servers, twelve clients, one endpoint", before);
}

/* ---- from another address space ---- */

enum { CHILD_ENDPOINT = 7 };

static void child_main(void)
{
    struct isthmus_message m = message(0xabc, 1);

    for (;;) {
        if (isthmus_call(CHILD_ENDPOINT, &m))
            m.word[0] = 0;
        m.word[0] = m.word[0] * 2 + m.word[7];
    }
}

static void other_space(void)
{
    struct task child;
    struct isthmus_message m;
    uint64_t badge;

    rig_child(&child, 2, 0);
    NEED("grant", task_grant(&child, CHILD_ENDPOINT, e, ISTHMUS_R_WRITE, 55));
    rig_child_start(&child, child_main);
    CHECK_ERROR("receive from a child", isthmus_recv(e, &badge, &m), ISTHMUS_OK);
    CHECK_EQUAL("its badge", badge, 55);
    CHECK_EQUAL("its label", isthmus_tag_label(m.tag), 0xabc);
    CHECK_EQUAL("its last word", m.word[7], 8);
    m.word[0] = 21;
    m.word[7] = 100;
    CHECK_ERROR("answer and receive", isthmus_reply_recv(e, &badge, &m), ISTHMUS_OK);
    CHECK_EQUAL("what it made of the answer", m.word[0], 142);
    task_destroy(&rig_maker, &child);
    CHECK_ERROR("the child is gone", isthmus_reply(0, &m), ISTHMUS_E_STALE);
}

void isthmus_main(uint64_t arg)
{
    rig_enter(arg);
    rig_begin();
    e = rig_endpoint(RIG_POOL);
    registers_tests();
    badges(true);
    badges(false);
    fifo_of_senders();
    fifo_of_receivers();
    try_forms();
    nested();
    crowd();
    other_space();
    transfer_tests();
    test_done();
}
