/* Capabilities in messages: one to three, into named slots, slots that are in use or not named, rights to copy. */
#include "ipc.h"

static isthmus_slot e, into[3];
static struct isthmus_message got;

static void receive_into(uint64_t unused)
{
    QUIET_ERROR("receive", isthmus_recv(e, NULL, &got), ISTHMUS_OK);
}

/* Sends to a receiver that has named into[]; the receiver waits already, or comes later. */
static void pass(const struct isthmus_message *m, bool receiver_first)
{
    struct rig_worker *w = rig_prepare(RIG_POOL, ISTHMUS_BOOT_SLOT_BUDGET, ISTHMUS_PRIORITIES - 1, receive_into, 0);

    got = (struct isthmus_message){ 0 };
    NEED("name slots", isthmus_thread_slots(w->thread, into[0], into[1], into[2]));
    rig_start(w);
    if (receiver_first)
        rig_settle();
    QUIET_ERROR("send", isthmus_send(e, m), ISTHMUS_OK);
    QUIET("received", rig_wait(w));
    rig_end(w);
}

static void empty(void)
{
    for (unsigned i = 0; i < 3; i++)
        NEED("delete", isthmus_task_delete(RIG_TASK, into[i]));
}

static struct isthmus_message carrying(unsigned n, isthmus_slot a, isthmus_slot b, isthmus_slot c)
{
    struct isthmus_message m = { isthmus_tag(7, n), { 10, 11, 12, 13, 14, a, b, c } };

    return m;
}

static void each_count(bool receiver_first, isthmus_slot note, isthmus_slot budget)
{
    unsigned before = test_failures();

    for (unsigned n = 0; n <= 3; n++) {
        struct isthmus_message m = carrying(n, n > 2 ? note : 105, n > 1 ? budget : 106, n ? e : 107);

        pass(&m, receiver_first);
        QUIET_EQUAL("count", isthmus_tag_caps(got.tag), n);
        QUIET_EQUAL("label", isthmus_tag_label(got.tag), 7);
        QUIET_EQUAL("word before the capabilities", got.word[4], 14);
        QUIET_EQUAL("w5", got.word[5], n > 2 ? into[0] : 105);
        QUIET_EQUAL("w6", got.word[6], n > 1 ? into[1] : 106);
        QUIET_EQUAL("w7", got.word[7], n > 0 ? into[2] : 107);
        QUIET_EQUAL("first", rig_kind(into[0]), n > 2 ? ISTHMUS_NOTIFICATION : ISTHMUS_NULL);
        QUIET_EQUAL("second", rig_kind(into[1]), n > 1 ? ISTHMUS_BUDGET : ISTHMUS_NULL);
        QUIET_EQUAL("third", rig_kind(into[2]), n > 0 ? ISTHMUS_ENDPOINT : ISTHMUS_NULL);
        if (n > 2)
            QUIET_EQUAL("same object", rig_id(into[0]), rig_id(note));
        empty();
    }
    QUIET_OK(receiver_first ? "capabilities to a receiver that waits" : "capabilities from a sender that waits", before);
}

/* Rights and badge come with it. */
static void as_it_is(void)
{
    isthmus_slot minted = rig_copy(e, ISTHMUS_R_WRITE | ISTHMUS_R_COPY, 77);
    struct isthmus_message m = carrying(1, 0, 0, minted);
    uint64_t rights = 0, badge = 0;

    pass(&m, true);
    CHECK_ERROR("identify", isthmus_task_identify(RIG_TASK, into[2], NULL, &rights, &badge, NULL), ISTHMUS_OK);
    CHECK_EQUAL("its rights", rights, ISTHMUS_R_WRITE | ISTHMUS_R_COPY);
    CHECK_EQUAL("its badge", badge, 77);
    empty();
    rig_drop(minted);
}

static void what_cannot_pass(isthmus_slot note)
{
    isthmus_slot no_copy = rig_copy(note, RIG_ALL & ~(uint64_t)ISTHMUS_R_COPY, 0), gone = rig_notification(RIG_POOL);
    isthmus_slot dead = rig_copy(gone, RIG_ALL, 0);
    struct isthmus_message m = carrying(3, no_copy, dead, rig_slot());

    rig_destroy(RIG_POOL, gone);
    pass(&m, true);
    CHECK_EQUAL("without right copy", got.word[5], 0);
    CHECK_EQUAL("of a dead object", got.word[6], 0);
    CHECK_EQUAL("of an empty slot", got.word[7], 0);
    CHECK_EQUAL("the count stays", isthmus_tag_caps(got.tag), 3);
    CHECK_EQUAL("nothing came", rig_kind(into[0]), ISTHMUS_NULL);

    m = carrying(3, 0, ISTHMUS_CAP_SLOTS, ~(uint64_t)0);
    pass(&m, false);
    CHECK_EQUAL("slot 0", got.word[5], 0);
    CHECK_EQUAL("slot behind the table", got.word[6], 0);
    CHECK_EQUAL("slot far behind", got.word[7], 0);
    rig_drop(no_copy);
    rig_drop(dead);
}

static void where_it_cannot_go(isthmus_slot note)
{
    isthmus_slot full = rig_copy(note, RIG_ALL, 5), keep[3] = { into[0], into[1], into[2] };
    struct isthmus_message m = carrying(3, e, e, e);

    into[0] = full;
    into[1] = 0;
    into[2] = ISTHMUS_CAP_SLOTS - 1; /* no leaf */
    pass(&m, true);
    CHECK_EQUAL("into a slot in use", got.word[5], 0);
    CHECK_EQUAL("what was there stays", rig_kind(full), ISTHMUS_NOTIFICATION);
    CHECK_EQUAL("into no slot", got.word[6], 0);
    CHECK_EQUAL("where there is no leaf", got.word[7], 0);

    /* A slot whose object is gone counts as empty. */
    into[0] = rig_notification(RIG_POOL);
    into[1] = rig_copy(into[0], RIG_ALL, 0);
    rig_destroy(RIG_POOL, into[0]);
    into[0] = 0;
    pass(&m, true);
    CHECK_EQUAL("into a slot whose object is gone", got.word[6], into[1]);
    CHECK_EQUAL("there it is", rig_kind(into[1]), ISTHMUS_ENDPOINT);
    rig_drop(into[1]);
    rig_drop(full);
    for (unsigned i = 0; i < 3; i++)
        into[i] = keep[i];
}

/* ---- with a call and its answer ---- */

static isthmus_slot given;

static void server(uint64_t unused)
{
    struct isthmus_message m;

    QUIET_ERROR("receive", isthmus_recv(e, NULL, &m), ISTHMUS_OK);
    QUIET_EQUAL("capability of the call", m.word[7], into[2]);
    m = carrying(2, 0, given, ISTHMUS_BOOT_SLOT_BUDGET);
    QUIET_ERROR("answer", isthmus_reply(0, &m), ISTHMUS_OK);
}

static void with_a_call(bool server_first)
{
    isthmus_slot back[2] = { rig_slot(), rig_slot() };
    struct isthmus_message m = carrying(1, 0, 0, e);
    struct rig_worker *w = rig_prepare(RIG_POOL, ISTHMUS_BOOT_SLOT_BUDGET, ISTHMUS_PRIORITIES - 1, server, 0);

    NEED("name slots", isthmus_thread_slots(w->thread, 0, 0, into[2]));
    NEED("name slots", isthmus_thread_slots(ISTHMUS_BOOT_SLOT_THREAD, 0, back[0], back[1]));
    rig_start(w);
    if (server_first)
        rig_settle();
    CHECK_ERROR("call with a capability", isthmus_call(e, &m), ISTHMUS_OK);
    CHECK_EQUAL("capabilities of the answer", isthmus_tag_caps(m.tag), 2);
    CHECK_EQUAL("the first", m.word[6], back[0]);
    CHECK_EQUAL("is a notification", rig_kind(back[0]), ISTHMUS_NOTIFICATION);
    CHECK_EQUAL("the second", m.word[7], back[1]);
    CHECK_EQUAL("is a budget", rig_kind(back[1]), ISTHMUS_BUDGET);
    CHECK("server ended", rig_wait(w));
    rig_end(w);
    NEED("no slots", isthmus_thread_slots(ISTHMUS_BOOT_SLOT_THREAD, 0, 0, 0));
    rig_drop(back[0]);
    rig_drop(back[1]);
    empty();
}

void transfer_tests(void)
{
    isthmus_slot note = rig_notification(RIG_POOL), budget = rig_budget(RIG_POOL, 0, 0);

    e = rig_endpoint(RIG_POOL);
    given = note;
    for (unsigned i = 0; i < 3; i++)
        into[i] = rig_slot();
    each_count(true, note, budget);
    each_count(false, note, budget);
    as_it_is();
    what_cannot_pass(note);
    where_it_cannot_go(note);
    with_a_call(true);
    with_a_call(false);
}
