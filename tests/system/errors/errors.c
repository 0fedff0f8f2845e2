/* Every operation refuses what it should: wrong slots, wrong kinds, missing rights; then, in arguments.c, wrong arguments.
 *
 * The table says of each operation what docs/abi.md says; a loop tries each way to be wrong. */
#include "errors.h"
#include "lib/rt/main.h"

isthmus_slot good[KINDS], empty, no_leaf, dead;

enum { R = ISTHMUS_R_READ, W = ISTHMUS_R_WRITE, C = ISTHMUS_R_COPY, M = ISTHMUS_R_MANAGE, ANY = ISTHMUS_NULL };

#define DEST       ERRORS_EMPTY
#define SLOT(kind) (ERRORS_GOOD + (kind))

struct refusal {
    uint64_t operation;
    const char *name;
    uint8_t kind, right;     /* of the subject */
    int8_t second;           /* the word that is another slot, or -1 */
    uint8_t second_kind, second_right;
    bool zero;               /* 0 stands for none there */
    int8_t to;               /* the word that is a destination, or -1 */
    uint64_t word[ISTHMUS_MESSAGE_WORDS]; /* what is right */
};
#define OP(name, kind, right) ISTHMUS_OP_##name, #name, ISTHMUS_##kind, right
#define NONE -1, 0, 0, false
#define PAGE RIG_WINDOW

static const struct refusal table[] = {
    { OP(CALL, ENDPOINT, W), NONE, -1, { 0 } },
    { OP(REPLY_RECV, ENDPOINT, R), NONE, -1, { 0 } },
    { OP(SEND, ENDPOINT, W), NONE, -1, { 0 } },
    { OP(TRY_SEND, ENDPOINT, W), NONE, -1, { 0 } },
    { OP(RECV, ENDPOINT, R), NONE, -1, { 0 } },
    { OP(TRY_RECV, ENDPOINT, R), NONE, -1, { 0 } },
    { OP(RECV, NOTIFICATION, R), NONE, -1, { 0 } },
    { OP(TRY_RECV, NOTIFICATION, R), NONE, -1, { 0 } },
    { OP(SIGNAL, NOTIFICATION, W), NONE, -1, { 0 } },
    { OP(ENDPOINT_CANCEL, ENDPOINT, M), NONE, -1, { 0 } },
    { OP(POOL_CREATE_POOL, POOL, M), NONE, 0, { DEST } },
    { OP(POOL_CREATE_TASK, POOL, M), NONE, 0, { DEST } },
    { OP(POOL_CREATE_THREAD, POOL, M), 1, ISTHMUS_TASK, M, false, 0, { DEST, SLOT(ISTHMUS_TASK) } },
    { OP(POOL_CREATE_ENDPOINT, POOL, M), NONE, 0, { DEST } },
    { OP(POOL_CREATE_NOTIFICATION, POOL, M), NONE, 0, { DEST } },
    { OP(POOL_CREATE_BUDGET, POOL, M), NONE, 0, { DEST } },
    { OP(POOL_CREATE_FORWARDER, POOL, M), 1, ANY, C, false, 0, { DEST, SLOT(ISTHMUS_ENDPOINT), RIG_ALL } },
    { OP(POOL_CREATE_IRQ, POOL, M), 1, ISTHMUS_MACHINE, W, false, 0, { DEST, SLOT(ISTHMUS_MACHINE), 1 } },
    { OP(POOL_CREATE_DEVICE, POOL, M), 1, ISTHMUS_MACHINE, W, false, 0, { DEST, SLOT(ISTHMUS_MACHINE), 0x1000, 4096 } },
    { OP(POOL_CREATE_FRAME, POOL, M), NONE, 0, { DEST } },
    { OP(POOL_GIVE, POOL, M), 0, ISTHMUS_POOL, W, false, -1, { SLOT(ISTHMUS_POOL) } },
    { OP(POOL_SPLIT, POOL, M), NONE, -1, { 0 } },
    { OP(POOL_DESTROY, POOL, M), NONE, -1, { SLOT(ISTHMUS_ENDPOINT) } },
    { OP(POOL_REAP, POOL, M), NONE, -1, { 0 } },
    { OP(POOL_INFO, POOL, R), NONE, -1, { 0 } },
    { OP(TASK_MAP, TASK, M), NONE, -1, { SLOT(ISTHMUS_FRAME), PAGE, R } },
    { OP(TASK_UNMAP, TASK, M), NONE, -1, { PAGE, 1 } },
    { OP(TASK_PROTECT, TASK, M), NONE, -1, { PAGE, 1, R } },
    { OP(TASK_TABLE, TASK, M), 0, ISTHMUS_POOL, M, false, -1, { SLOT(ISTHMUS_POOL), PAGE, 2 } },
    { OP(TASK_LEAF, TASK, M), 0, ISTHMUS_POOL, M, false, -1, { SLOT(ISTHMUS_POOL), 1 } },
    { OP(TASK_COPY, TASK, M), 1, ANY, C, false, 0, { 6, SLOT(ISTHMUS_ENDPOINT), RIG_ALL } },
    { OP(TASK_MOVE, TASK, M), 1, ANY, 0, false, 0, { 6, SLOT(ISTHMUS_ENDPOINT) } },
    { OP(TASK_DELETE, TASK, M), NONE, -1, { DEST } },
    { OP(TASK_IDENTIFY, TASK, R), NONE, -1, { DEST } },
    { OP(TASK_HANDLER, TASK, M), 0, ISTHMUS_ENDPOINT, W, true, -1, { SLOT(ISTHMUS_ENDPOINT) } },
    { OP(TASK_WINDOW, TASK, M), NONE, -1, { 0 } },
    { OP(THREAD_START, THREAD, M), NONE, -1, { 0 } },
    { OP(THREAD_SUSPEND, THREAD, M), NONE, -1, { 0 } },
    { OP(THREAD_RESUME, THREAD, M), NONE, -1, { 0 } },
    { OP(THREAD_READ, THREAD, R), NONE, -1, { 0, 1 } },
    { OP(THREAD_WRITE, THREAD, M), NONE, -1, { 0, 1 } },
    { OP(THREAD_PRIORITY, THREAD, M), NONE, -1, { 0 } },
    { OP(THREAD_CORE, THREAD, M), NONE, -1, { 0 } },
    { OP(THREAD_BUDGET, THREAD, M), 0, ISTHMUS_BUDGET, W, true, -1, { SLOT(ISTHMUS_BUDGET) } },
    { OP(THREAD_NOTIFICATION, THREAD, M), 0, ISTHMUS_NOTIFICATION, R, true, -1, { SLOT(ISTHMUS_NOTIFICATION) } },
    { OP(THREAD_SLOTS, THREAD, M), NONE, -1, { 0 } },
    { OP(THREAD_HANDOFF, THREAD, W), NONE, -1, { 0 } },
    { OP(BUDGET_MOVE, BUDGET, W), 0, ISTHMUS_BUDGET, W, false, -1, { SLOT(ISTHMUS_BUDGET) } },
    { OP(BUDGET_READ, BUDGET, R), NONE, -1, { 0 } },
    { OP(BUDGET_NOTIFY, BUDGET, M), 0, ISTHMUS_NOTIFICATION, W, true, -1, { SLOT(ISTHMUS_NOTIFICATION) } },
    { OP(MACHINE_LOG, MACHINE, W), NONE, -1, { 0 } },
    { OP(MACHINE_TIMER, MACHINE, W), 0, ISTHMUS_NOTIFICATION, W, true, -1, { SLOT(ISTHMUS_NOTIFICATION), ~(uint64_t)0 } },
    { OP(MACHINE_REFILL, MACHINE, W), 0, ISTHMUS_BUDGET, W, false, -1, { SLOT(ISTHMUS_BUDGET) } },
    { OP(MACHINE_HALT, MACHINE, W), NONE, -1, { 99 } },
    { OP(IRQ_BIND, IRQ, M), 0, ISTHMUS_NOTIFICATION, W, true, -1, { SLOT(ISTHMUS_NOTIFICATION) } },
    { OP(IRQ_ACK, IRQ, W), NONE, -1, { 0 } },
    { OP(FRAME_INFO, FRAME, M), NONE, -1, { 0 } },
};

enum isthmus_error try(uint64_t operation, uint64_t slot, const uint64_t word[ISTHMUS_MESSAGE_WORDS])
{
    struct isthmus_message m = { 0 };

    for (unsigned i = 0; i < ISTHMUS_MESSAGE_WORDS; i++)
        m.word[i] = word[i] == DEST ? empty : word[i] - ERRORS_GOOD < KINDS ? good[word[i] - ERRORS_GOOD] : word[i];
    return isthmus_trap(operation, &slot, &m);
}

/* The same, with one word another. */
static enum isthmus_error try_with(const struct refusal *o, int which, uint64_t value)
{
    uint64_t word[ISTHMUS_MESSAGE_WORDS];

    for (int i = 0; i < ISTHMUS_MESSAGE_WORDS; i++)
        word[i] = i == which ? value : o->word[i];
    return try(o->operation, good[o->kind], word);
}

static bool takes_both(const struct refusal *o) { return o->operation == ISTHMUS_OP_RECV || o->operation == ISTHMUS_OP_TRY_RECV; }

static isthmus_slot slots_that_are_none(unsigned i)
{
    const isthmus_slot none[] = {
        empty, no_leaf, dead, ISTHMUS_CAP_SLOTS, ISTHMUS_CAP_SLOTS + 1, (uint64_t)1 << 32 | 1, (uint64_t)1 << 63 | 1, ~(uint64_t)0,
        empty << ISTHMUS_SLOT_PATH_SHIFT | 1, good[ISTHMUS_ENDPOINT] << ISTHMUS_SLOT_PATH_SHIFT | 1,
        good[ISTHMUS_TASK] << ISTHMUS_SLOT_PATH_SHIFT | 5, 0,
    };

    return i < sizeof none / sizeof none[0] ? none[i] : 1;
}

static void subject(const struct refusal *o)
{
    for (unsigned i = 0; slots_that_are_none(i) != 1; i++)
        QUIET_ERROR(o->name, try(o->operation, slots_that_are_none(i), o->word), ISTHMUS_E_CAP);
    for (unsigned kind = 1; kind < KINDS; kind++) {
        bool right = kind == o->kind || (takes_both(o) && (kind == ISTHMUS_ENDPOINT || kind == ISTHMUS_NOTIFICATION));

        if (good[kind] && !right)
            QUIET_ERROR(o->name, try(o->operation, good[kind], o->word), ISTHMUS_E_KIND);
    }
    isthmus_slot weak = rig_copy(good[o->kind], RIG_ALL & ~(uint64_t)o->right, 0);
    QUIET_ERROR(o->name, try(o->operation, weak, o->word), ISTHMUS_E_RIGHT);
    rig_drop(weak);
}

static void second(const struct refusal *o)
{
    for (unsigned i = 0; slots_that_are_none(i) != 1; i++)
        if (slots_that_are_none(i) || !o->zero)
            QUIET_ERROR(o->name, try_with(o, o->second, slots_that_are_none(i)), ISTHMUS_E_CAP);
    for (unsigned kind = 1; kind < KINDS && o->second_kind != ANY; kind++)
        if (good[kind] && kind != o->second_kind)
            QUIET_ERROR(o->name, try_with(o, o->second, good[kind]), ISTHMUS_E_KIND);
    if (o->second_right) {
        isthmus_slot strong = good[o->second_kind == ANY ? ISTHMUS_ENDPOINT : o->second_kind];
        isthmus_slot weak = rig_copy(strong, RIG_ALL & ~(uint64_t)o->second_right, 0);

        QUIET_ERROR(o->name, try_with(o, o->second, weak), ISTHMUS_E_RIGHT);
        rig_drop(weak);
    }
}

static void destination(const struct refusal *o)
{
    isthmus_slot used[] = { good[ISTHMUS_ENDPOINT], 0, no_leaf, ISTHMUS_CAP_SLOTS - 1, (uint64_t)1 << 40, ~(uint64_t)0,
                            good[ISTHMUS_ENDPOINT] << ISTHMUS_SLOT_PATH_SHIFT | 1 };

    for (unsigned i = 0; i < sizeof used / sizeof used[0]; i++)
        QUIET_ERROR(o->name, try_with(o, o->to, used[i]), ISTHMUS_E_SLOT);
}

static void refusals(void)
{
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct refusal *o = &table[i];
        unsigned before = test_failures();
        struct rig_counts counts = rig_count(RIG_POOL), after;

        subject(o);
        if (o->second >= 0)
            second(o);
        if (o->to >= 0)
            destination(o);
        after = rig_count(RIG_POOL);
        QUIET_EQUAL("nothing was taken", after.cells, counts.cells);
        QUIET_EQUAL("nothing was taken", after.frames, counts.frames);
        QUIET_EQUAL("nothing was made", rig_kind(empty), ISTHMUS_NULL);
        QUIET_OK(o->name, before);
    }
}

/* ---- operations that there are not ---- */

static bool is_operation(uint64_t n)
{
    static const struct { uint8_t first, last; } ranges[] = { { 0, 11 }, { 16, 30 }, { 32, 42 }, { 48, 59 }, { 64, 66 }, { 72, 75 }, { 80, 81 }, { 84, 85 }, { 88, 88 } };

    for (unsigned i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (n >= ranges[i].first && n <= ranges[i].last)
            return true;
    return false;
}

static void unknown_operations(void)
{
    unsigned before = test_failures();

    for (uint64_t n = 0; n < 300; n++)
        for (unsigned kind = 1; kind < KINDS; kind++)
            if (!is_operation(n))
                QUIET_ERROR("unknown operation", try(n, good[kind], table[0].word), ISTHMUS_E_OPERATION);
    for (unsigned bit = 9; bit < 64; bit++)
        QUIET_ERROR("unknown operation", try((uint64_t)1 << bit | ISTHMUS_OP_YIELD, 0, table[0].word), ISTHMUS_E_OPERATION);
    QUIET_OK("unknown operations", before);
}

static void make_good(void)
{
    isthmus_slot gone = rig_notification(RIG_POOL);

    good[ISTHMUS_POOL] = rig_pool(RIG_POOL, 20, 20);
    good[ISTHMUS_TASK] = rig_task(RIG_POOL);
    good[ISTHMUS_THREAD] = rig_thread(RIG_POOL, good[ISTHMUS_TASK], 0);
    good[ISTHMUS_ENDPOINT] = rig_endpoint(RIG_POOL);
    good[ISTHMUS_NOTIFICATION] = rig_notification(RIG_POOL);
    good[ISTHMUS_BUDGET] = rig_budget(RIG_POOL, 0, 0);
    good[ISTHMUS_FRAME] = rig_frame(RIG_POOL);
    good[ISTHMUS_MACHINE] = ISTHMUS_BOOT_SLOT_MACHINE;
    good[ISTHMUS_IRQ] = rig_slot();
    NEED("irq", isthmus_pool_create_irq(RIG_POOL, good[ISTHMUS_IRQ], ISTHMUS_BOOT_SLOT_MACHINE, isthmus_boot_info()->uart_irq));
    good[ISTHMUS_DEVICE] = rig_slot();
    NEED("device", isthmus_pool_create_device(RIG_POOL, good[ISTHMUS_DEVICE], ISTHMUS_BOOT_SLOT_MACHINE, 0xfed00000, 4096, 0));
    empty = rig_slot();
    no_leaf = ISTHMUS_CAP_SLOTS - 2;
    dead = rig_copy(gone, RIG_ALL, 0);
    rig_destroy(RIG_POOL, gone);
}

void isthmus_main(uint64_t arg)
{
    rig_enter(arg);
    rig_begin();
    make_good();
    refusals();
    unknown_operations();
    argument_tests();
    test_done();
}
