/* memory: 128M
 *
 * Mapping, unmapping, permissions: what the processor then lets through, in this task and in others. */
#include "space.h"
#include "lib/rt/main.h"
#include "lib/rt/mem.h"
#include <arch/code.h>

isthmus_slot faults;
static volatile enum access probe_access;

static void prober(uint64_t address)
{
    volatile uint64_t *at = (volatile uint64_t *)address;

    switch (probe_access) {
    case LOAD: (void)*at; break;
    case STORE: *at = 0x5707ed; break;
    case CALL: ((void (*)(void))address)(); break;
    }
    (void)!isthmus_send(faults, &(struct isthmus_message){ 0 });
}

uint64_t probe(enum access access, uint64_t address)
{
    struct rig_worker *w;
    struct isthmus_message m = { 0 };

    probe_access = access;
    w = rig_run(prober, address);
    NEED("probe", isthmus_recv(faults, NULL, &m));
    rig_end(w);
    if (isthmus_tag_kind(m.tag) != ISTHMUS_MESSAGE_FAULT)
        return 0;
    QUIET_EQUAL("address of the fault", m.word[0], address);
    return isthmus_tag_label(m.tag);
}

void map(isthmus_slot pool, isthmus_slot frame, uint64_t address, uint64_t flags)
{
    NEED("map", space_map_into(RIG_TASK, pool, &(struct space_page){ frame, address, flags, 0 }));
}

/* ---- permissions ---- */

#define A RIG_WINDOW
static volatile uint64_t *const at = (volatile uint64_t *)A;

static void permissions(void)
{
    isthmus_slot f = rig_frame(RIG_POOL);
    unsigned before = test_failures();

    map(RIG_POOL, f, A, WRITE);
    at[0] = 1;
    memcpy((void *)(A + 64), code_return, sizeof code_return);
    QUIET_EQUAL("load", probe(LOAD, A), 0);
    QUIET_EQUAL("store", probe(STORE, A + 8), 0);
    QUIET_EQUAL("stored", at[1], 0x5707ed);
    QUIET_EQUAL("never writable and executable", probe(CALL, A + 64), ISTHMUS_FAULT_EXECUTE);
    QUIET_ERROR("mapped already", isthmus_task_map(RIG_TASK, f, A, READ, 0), ISTHMUS_E_BUSY);
    QUIET_ERROR("take write away", isthmus_task_protect(RIG_TASK, A, 1, READ), ISTHMUS_OK);
    QUIET_EQUAL("store at once", probe(STORE, A), ISTHMUS_FAULT_WRITE);
    QUIET_EQUAL("load still", probe(LOAD, A), 0);
    QUIET_ERROR("no execute out of nothing", isthmus_task_protect(RIG_TASK, A, 1, EXECUTE), ISTHMUS_E_RIGHT);
    QUIET_EQUAL("call", probe(CALL, A + 64), ISTHMUS_FAULT_EXECUTE);
    QUIET_ERROR("unmap", isthmus_task_unmap(RIG_TASK, A, 1), ISTHMUS_OK);
    QUIET_EQUAL("load after it", probe(LOAD, A), ISTHMUS_FAULT_READ);
    QUIET_EQUAL("store after it", probe(STORE, A), ISTHMUS_FAULT_WRITE);
    QUIET_EQUAL("call after it", probe(CALL, A + 64), ISTHMUS_FAULT_EXECUTE);
    QUIET_ERROR("unmap nothing", isthmus_task_unmap(RIG_TASK, A, 16), ISTHMUS_OK);
    QUIET_ERROR("protect nothing", isthmus_task_protect(RIG_TASK, A, 16, READ), ISTHMUS_OK);

    QUIET_ERROR("executable", isthmus_task_map(RIG_TASK, f, A, EXECUTE, 0), ISTHMUS_OK);
    QUIET_EQUAL("call", probe(CALL, A + 64), 0);
    QUIET_EQUAL("store", probe(STORE, A), ISTHMUS_FAULT_WRITE);
    QUIET_ERROR("no write out of nothing", isthmus_task_protect(RIG_TASK, A, 1, WRITE), ISTHMUS_E_RIGHT);
    QUIET_ERROR("take execute away", isthmus_task_protect(RIG_TASK, A, 1, READ), ISTHMUS_OK);
    QUIET_EQUAL("call", probe(CALL, A + 64), ISTHMUS_FAULT_EXECUTE);
    QUIET_EQUAL("what was there is there", at[1], 0x5707ed);
    rig_destroy(RIG_POOL, f);
    QUIET_EQUAL("destroyed: unmapped", probe(LOAD, A), ISTHMUS_FAULT_READ);
    QUIET_OK("permissions", before);
}

/* The rights of the capability are the most that a mapping can have. */
static void rights(void)
{
    static const uint64_t tries[] = { READ, WRITE, EXECUTE };
    isthmus_slot f = rig_frame(RIG_POOL);
    unsigned before = test_failures();

    for (uint64_t right = 0; right < 8; right++) {
        isthmus_slot weak = rig_copy(f, right, 0);

        for (unsigned i = 0; i < 3; i++) {
            bool may = (tries[i] & ~right) == 0;

            QUIET_ERROR("map", isthmus_task_map(RIG_TASK, weak, A, tries[i], 0), may ? ISTHMUS_OK : ISTHMUS_E_RIGHT);
            NEED("unmap", isthmus_task_unmap(RIG_TASK, A, 1));
        }
        rig_drop(weak);
    }
    for (uint64_t flags = 0; flags < 32; flags++) { /* what no right allows */
        bool valid = flags & READ && flags < 16 && (flags & 6) != 6;

        QUIET_ERROR("flags", isthmus_task_map(RIG_TASK, f, A, flags, 0), valid ? ISTHMUS_OK : ISTHMUS_E_ARGUMENT);
        QUIET_ERROR("flags of protect", isthmus_task_protect(RIG_TASK, A, 1, flags), valid ? ISTHMUS_OK : ISTHMUS_E_ARGUMENT);
        NEED("unmap", isthmus_task_unmap(RIG_TASK, A, 1));
    }
    rig_destroy(RIG_POOL, f);
    QUIET_OK("rights of the capability, and flags", before);
}

/* All checks come before all writes: one page that may not stops the whole run. */
static void protect_is_whole(void)
{
    isthmus_slot f[4];
    unsigned before = test_failures();

    for (unsigned i = 0; i < 4; i++) {
        f[i] = rig_frame(RIG_POOL);
        if (i != 1)
            map(RIG_POOL, f[i], A + i * 4096, i == 3 ? READ : WRITE);
    }
    NEED("read only", isthmus_task_protect(RIG_TASK, A, 1, READ));
    QUIET_ERROR("one may not", isthmus_task_protect(RIG_TASK, A + 2 * 4096, 2, WRITE), ISTHMUS_E_RIGHT);
    QUIET_ERROR("with a hole", isthmus_task_protect(RIG_TASK, A, 4, READ), ISTHMUS_OK);
    QUIET_EQUAL("all of them", probe(STORE, A + 2 * 4096), ISTHMUS_FAULT_WRITE);
    QUIET_ERROR("unmap with a hole", isthmus_task_unmap(RIG_TASK, A, 4), ISTHMUS_OK);
    for (unsigned i = 0; i < 4; i++) {
        QUIET_EQUAL("unmapped", probe(LOAD, A + i * 4096), ISTHMUS_FAULT_READ);
        rig_destroy(RIG_POOL, f[i]);
    }
    QUIET_OK("runs of pages", before);
}

/* ---- one frame, many mappings ---- */

static void many_mappings(void)
{
    enum { MANY = 100 };
    isthmus_slot pool = rig_pool(RIG_POOL, 4, 300), f = rig_frame(pool), task = rig_task(pool);
    enum isthmus_error error = ISTHMUS_E_MORE;
    unsigned steps = 0, before = test_failures();

    for (unsigned i = 0; i < MANY; i++) { /* in tables of their own, near and far, and in another task */
        uint64_t address = A + (i % 3 ? i * 4096 : i * ((uint64_t)1 << 22));

        map(pool, f, address, i % 2 ? WRITE : READ);
        if (i % 4 == 0)
            NEED("map", space_map_into(task, pool, &(struct space_page){ f, address, WRITE, 0 }));
    }
    at[4096 / 8 * 1] = 77;
    for (unsigned i = 0; i < MANY; i++)
        QUIET_EQUAL("the same everywhere", at[(i % 3 ? i * 4096 : i * ((uint64_t)1 << 22)) / 8], 77);
    NEED("one goes", isthmus_task_unmap(RIG_TASK, A + 50 * 4096, 1));
    QUIET_EQUAL("only that", probe(LOAD, A + 50 * 4096), ISTHMUS_FAULT_READ);
    QUIET_EQUAL("not its neighbour", probe(LOAD, A + 49 * 4096), 0);
    for (; error == ISTHMUS_E_MORE; steps++)
        error = isthmus_pool_destroy(pool, f);
    QUIET_ERROR("destroyed", error, ISTHMUS_OK);
    QUIET_EQUAL("in steps of sixteen", steps, (MANY + MANY / 4 - 1 + ISTHMUS_STEP - 1) / ISTHMUS_STEP);
    for (unsigned i = 0; i < MANY; i++)
        QUIET_EQUAL("all are gone", probe(LOAD, A + (i % 3 ? i * 4096 : i * ((uint64_t)1 << 22))), ISTHMUS_FAULT_READ);
    isthmus_slot other = rig_frame(pool);
    QUIET_ERROR("the place is free", isthmus_task_map(RIG_TASK, other, A + 4096, WRITE, 0), ISTHMUS_OK);
    QUIET_EQUAL("and zero", at[512], 0);
    rig_reap(RIG_POOL, pool);
    QUIET_EQUAL("reaped: unmapped", probe(LOAD, A + 4096), ISTHMUS_FAULT_READ);
    rig_drop(f);
    rig_drop(other);
    rig_drop(task);
    QUIET_OK("a frame with many mappings", before);
}

/* ---- other tasks see it at once ---- */

enum { CHILD_ENDPOINT = 7 };

static void child_reads(void)
{
    struct isthmus_message m = { 0 };

    for (;;) {
        m.word[0] = *at;
        (void)!isthmus_call(CHILD_ENDPOINT, &m);
    }
}

static void in_a_child(void)
{
    struct task child;
    struct isthmus_message m;
    isthmus_slot pool = rig_pool(RIG_POOL, 4, 20), f[2] = { rig_frame(pool), rig_frame(pool) };
    struct space_page page = { f[0], A, READ, 0 };
    unsigned before = test_failures();
    uint64_t *mine;

    rig_child(&child, 2, 10);
    for (unsigned i = 0; i < 2; i++) {
        NEED("fill", space_map(rig_maker.space, f[i], WRITE, (void **)&mine));
        *mine = 100 + i;
        space_unmap(rig_maker.space, mine, 1);
    }
    NEED("map", space_map_into(child.task, child.pool, &page));
    NEED("grant", task_grant(&child, CHILD_ENDPOINT, faults, ISTHMUS_R_WRITE, 5));
    NEED("handler", isthmus_task_handler(child.task, faults));
    QUIET_EQUAL("not in our own", probe(LOAD, A), ISTHMUS_FAULT_READ);
    rig_child_start(&child, child_reads);
    for (unsigned i = 0; i < 20; i++) {
        NEED("receive", i ? isthmus_reply_recv(faults, NULL, &m) : isthmus_recv(faults, NULL, &m));
        QUIET_EQUAL("a message", isthmus_tag_kind(m.tag), ISTHMUS_MESSAGE_IPC);
        QUIET_EQUAL("it sees what is mapped now", m.word[0], 100 + i % 2);
        NEED("unmap", isthmus_task_unmap(child.task, A, 1));
        NEED("map the other", isthmus_task_map(child.task, f[(i + 1) % 2], A, READ, 0));
    }
    NEED("unmap", isthmus_task_unmap(child.task, A, 1));
    NEED("answer", isthmus_reply_recv(faults, NULL, &m));
    QUIET_EQUAL("unmapped: a fault", isthmus_tag_label(m.tag), ISTHMUS_FAULT_READ);
    NEED("map", isthmus_task_map(child.task, f[0], A, READ, 0));
    m.tag = 0;
    NEED("answer", isthmus_reply_recv(faults, NULL, &m));
    QUIET_EQUAL("mapped again", m.word[0], 100);
    rig_destroy(pool, f[0]);
    NEED("answer", isthmus_reply_recv(faults, NULL, &m));
    QUIET_EQUAL("destroyed by who paid: a fault", isthmus_tag_label(m.tag), ISTHMUS_FAULT_READ);
    /* The child dies with a frame of ours mapped; the frame does not. */
    NEED("map", isthmus_task_map(child.task, f[1], A, READ, 0));
    task_destroy(&rig_maker, &child);
    NEED("map here", space_map(rig_maker.space, f[1], WRITE, (void **)&mine));
    QUIET_EQUAL("it has what it had", *mine, 101);
    space_unmap(rig_maker.space, mine, 1);
    rig_reap(RIG_POOL, pool);
    rig_drop(f[1]);
    QUIET_OK("mappings of a child", before);
}

/* The next child may have the cell, the number of the address space and the page tables of the last one: what that had
 * mapped is not to be seen. */
static void next_child(void)
{
    isthmus_slot f = rig_frame(RIG_POOL);
    unsigned before = test_failures();
    struct isthmus_message m;

    for (unsigned i = 0; i < 8; i++) {
        struct task child;

        rig_child(&child, 2, 10);
        NEED("grant", task_grant(&child, CHILD_ENDPOINT, faults, ISTHMUS_R_WRITE, 5));
        NEED("handler", isthmus_task_handler(child.task, faults));
        NEED("tables", space_tables(child.task, child.pool, A));
        if (i % 2 == 0)
            NEED("map", isthmus_task_map(child.task, f, A, READ, 0));
        rig_child_start(&child, child_reads);
        for (unsigned j = 0; j < 3; j++) {
            NEED("receive", j ? isthmus_reply_recv(faults, NULL, &m) : isthmus_recv(faults, NULL, &m));
            QUIET_EQUAL("a fault, or a message", isthmus_tag_kind(m.tag), i % 2 ? ISTHMUS_MESSAGE_FAULT : ISTHMUS_MESSAGE_IPC);
            m.tag = 0;
        }
        task_destroy(&rig_maker, &child);
    }
    rig_destroy(RIG_POOL, f);
    QUIET_OK("children one after the other", before);
}

void isthmus_main(uint64_t arg)
{
    rig_enter(arg);
    rig_begin();
    faults = rig_endpoint(RIG_POOL);
    NEED("handler", isthmus_task_handler(RIG_TASK, faults));
    permissions();
    rights();
    protect_is_whole();
    many_mappings();
    in_a_child();
    next_child();
    table_tests();
    test_done();
}
