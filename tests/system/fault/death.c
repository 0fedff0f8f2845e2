/* Faults without a handler, and handlers that come late, wait, die. */
#include "fault.h"
#include "lib/rt/main.h"

enum { CHILD_ENDPOINT = 7 };
#define ADDRESS (RIG_WINDOW + 0x100000)

static void expect_load(const char *name, struct rig_worker *w)
{
    expect_fault(name, w, ISTHMUS_FAULT_READ, (uint64_t)fault_load, ADDRESS);
}

/* A thread whose fault nobody handles is suspended, and faults again when it is resumed. */
static void expect_suspended(const char *name, struct rig_worker *w)
{
    uint64_t value[8] = { 0 };

    rig_settle();
    QUIET_ERROR(name, isthmus_thread_read(w->thread, 0, 1, value), ISTHMUS_OK);
    QUIET_EQUAL(name, value[0], (uint64_t)fault_load);
    QUIET_ERROR(name, isthmus_thread_resume(w->thread), ISTHMUS_OK);
}

static void no_handler(void)
{
    struct rig_worker *w = faulter();
    unsigned before = test_failures();
    isthmus_slot badged = rig_copy(handler, ISTHMUS_R_WRITE, HANDLER_BADGE);

    NEED("none", isthmus_task_handler(RIG_TASK, 0));
    fault_start(w, fault_load, ADDRESS);
    expect_suspended("without a handler", w);
    expect_suspended("again", w);
    rig_settle();
    NEED("a handler", isthmus_task_handler(RIG_TASK, badged));
    NEED("resume", isthmus_thread_resume(w->thread));
    expect_load("with one", w);
    resume_landed("with one");
    rig_end(w);
    rig_drop(badged);
    QUIET_OK("no handler", before);
}

static void handler_destroyed(void)
{
    struct rig_worker *w = faulter(), *waits = faulter();
    unsigned before = test_failures();
    isthmus_slot e = rig_endpoint(RIG_POOL);

    NEED("handler", isthmus_task_handler(RIG_TASK, e));
    fault_start(w, fault_load, ADDRESS);
    rig_settle();
    QUIET_ERROR("its fault waits", isthmus_thread_read(w->thread, 0, 1, (uint64_t[8]){ 0 }), ISTHMUS_E_STATE);
    QUIET_ERROR("it cannot be cancelled", isthmus_endpoint_cancel(e, 0), ISTHMUS_OK);
    rig_destroy(RIG_POOL, e);
    expect_suspended("its handler was destroyed", w);
    rig_settle();
    fault_start(waits, fault_load, ADDRESS);
    expect_suspended("another fault after that", waits);
    rig_end(w);
    rig_end(waits);
    NEED("handler", isthmus_task_handler(RIG_TASK, rig_copy(handler, ISTHMUS_R_WRITE, HANDLER_BADGE)));
    QUIET_OK("the handler's endpoint is destroyed", before);
}

/* Takes a fault and dies with it. */
static void takes_one(uint64_t unused)
{
    QUIET_ERROR("take", isthmus_recv(handler, NULL, &(struct isthmus_message){ 0 }), ISTHMUS_OK);
}

static void handler_dies(void)
{
    struct rig_worker *w = faulter(), *h = rig_run(takes_one, 0);
    unsigned before = test_failures();

    rig_settle();
    fault_start(w, fault_load, ADDRESS);
    QUIET("taken", rig_wait(h));
    QUIET_ERROR("nobody else has it", isthmus_try_recv(handler, NULL, &(struct isthmus_message){ 0 }), ISTHMUS_E_WOULD_BLOCK);
    rig_end(h);
    expect_load("it faults again", w);
    resume_landed("and is handled");
    rig_end(w);
    QUIET_OK("a handler dies, the fault comes again", before);
}

static void suspended_meanwhile(void)
{
    struct rig_worker *w = faulter();
    unsigned before = test_failures();
    struct isthmus_message m = { 0 };

    fault_start(w, fault_load, ADDRESS);
    expect_load("first", w);
    NEED("suspend", isthmus_thread_suspend(w->thread));
    QUIET_ERROR("too late", isthmus_reply(0, &m), ISTHMUS_E_STALE);
    NEED("resume", isthmus_thread_resume(w->thread));
    expect_load("it faults again", w);

    isthmus_slot saved = rig_slot();
    QUIET_ERROR("save it", isthmus_save_reply(saved), ISTHMUS_OK);
    QUIET_ERROR("registers meanwhile", isthmus_thread_read(w->thread, 0, 1, (uint64_t[8]){ 0 }), ISTHMUS_OK);
    QUIET_ERROR("answer late", isthmus_reply(saved, &m), ISTHMUS_OK);
    expect_load("not cured", w);
    QUIET_ERROR("save it", isthmus_save_reply(saved), ISTHMUS_OK);
    rig_end(w);
    QUIET_ERROR("it is dead", isthmus_reply(saved, &m), ISTHMUS_E_STALE);
    rig_drop(saved);
    QUIET_OK("suspended or answered late", before);
}

/* ---- a child and its pager ---- */

static void child_main(void)
{
    volatile uint64_t *at = (volatile uint64_t *)RIG_WINDOW;
    struct isthmus_message m = { 0 };

    for (unsigned i = 0; i < 8; i++)
        at[i * 512] += i;
    for (unsigned i = 0; i < 8; i++)
        m.word[i] = at[i * 512];
    (void)!isthmus_call(CHILD_ENDPOINT, &m);
    __builtin_trap();
}

static void pager(void)
{
    struct task child;
    struct isthmus_message m;
    uint64_t badge = 0, faults = 0, *at;
    unsigned before = test_failures();

    rig_child(&child, 4, 20);
    NEED("grant", task_grant(&child, CHILD_ENDPOINT, handler, ISTHMUS_R_WRITE, 5));
    NEED("handler", isthmus_task_handler(child.task, handler));
    rig_child_start(&child, child_main);
    NEED("receive", isthmus_recv(handler, &badge, &m));
    while (badge == 0 && faults < 20) {
        struct space_page page = { rig_frame(child.pool), m.word[0] & ~(uint64_t)4095, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, 0 };

        QUIET("of the window", page.address - RIG_WINDOW < 8 * 4096);
        NEED("fill", space_map(rig_maker.space, page.cap, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, (void **)&at));
        at[0] = 1000 + (page.address - RIG_WINDOW) / 4096;
        space_unmap(rig_maker.space, at, 1);
        NEED("map", space_map_into(child.task, child.pool, &page));
        faults++;
        m.tag = isthmus_tag(ISTHMUS_FAULT_RESUME, 0);
        NEED("go on", isthmus_reply_recv(handler, &badge, &m));
    }
    QUIET_EQUAL("a fault a page", faults, 8);
    for (unsigned i = 0; i < 8; i++)
        QUIET_EQUAL("what it read and wrote", m.word[i], 1000 + 2 * i);
    NEED("answer, and the last fault", isthmus_reply_recv(handler, &badge, &m));
    QUIET_EQUAL("its end", isthmus_tag_kind(m.tag), ISTHMUS_MESSAGE_FAULT);
    task_destroy(&rig_maker, &child);
    QUIET_ERROR("it is gone", isthmus_reply(0, &m), ISTHMUS_E_STALE);
    QUIET_OK("a pager for a child", before);
}

void death_tests(void)
{
    no_handler();
    handler_destroyed();
    handler_dies();
    suspended_meanwhile();
    pager();
}
