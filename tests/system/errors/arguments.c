/* Arguments outside of their ranges: misaligned, too large, wrapping around; and states that do not allow an operation. */
#include "errors.h"

#define LIMIT ((uint64_t)ISTHMUS_USER_LIMIT)
#define TOP   (~(uint64_t)0)
enum { R = ISTHMUS_MAP_READ, RW = 3, WX = 7 };

struct attempt {
    const char *name;
    uint64_t operation;
    uint8_t kind; /* of the subject */
    enum isthmus_error expected;
    uint64_t word[ISTHMUS_MESSAGE_WORDS];
};

#define DEST ERRORS_EMPTY
#define SLOT(kind) (ERRORS_GOOD + ISTHMUS_##kind)
#define A RIG_WINDOW
#define OP(name, kind) ISTHMUS_OP_##name, ISTHMUS_##kind
#define ARGUMENT ISTHMUS_E_ARGUMENT

static const struct attempt attempts[] = {
    { "irq line far away", OP(POOL_CREATE_IRQ, POOL), ARGUMENT, { DEST, SLOT(MACHINE), TOP } },
    { "irq line 1024", OP(POOL_CREATE_IRQ, POOL), ARGUMENT, { DEST, SLOT(MACHINE), 1024 } },
    { "device of no size", OP(POOL_CREATE_DEVICE, POOL), ARGUMENT, { DEST, SLOT(MACHINE), 0x1000, 0 } },
    { "device misaligned", OP(POOL_CREATE_DEVICE, POOL), ARGUMENT, { DEST, SLOT(MACHINE), 0xfed00008, 4096 } },
    { "device of half a page", OP(POOL_CREATE_DEVICE, POOL), ARGUMENT, { DEST, SLOT(MACHINE), 0xfed00000, 2048 } },
    { "device that wraps around", OP(POOL_CREATE_DEVICE, POOL), ARGUMENT, { DEST, SLOT(MACHINE), TOP - 4095, 8192 } },
    { "device at the end of 64 bits", OP(POOL_CREATE_DEVICE, POOL), ARGUMENT, { DEST, SLOT(MACHINE), TOP - 4095, 4096 } },
    { "device above 52 bits", OP(POOL_CREATE_DEVICE, POOL), ARGUMENT, { DEST, SLOT(MACHINE), (uint64_t)1 << 52, 4096 } },
    { "device neither memory nor ports", OP(POOL_CREATE_DEVICE, POOL), ARGUMENT, { DEST, SLOT(MACHINE), 0xfed00000, 4096, 2 } },
    { "frame neither small nor large", OP(POOL_CREATE_FRAME, POOL), ARGUMENT, { DEST, 2 } },
    { "frame so large", OP(POOL_CREATE_FRAME, POOL), ARGUMENT, { DEST, TOP } },
    { "no large frame", OP(POOL_CREATE_FRAME, POOL), ISTHMUS_E_MEMORY, { DEST, 1 } },
    { "give to itself", OP(POOL_GIVE, POOL), ARGUMENT, { SLOT(POOL), 1, 1, 0 } },

    { "map misaligned", OP(TASK_MAP, TASK), ARGUMENT, { SLOT(FRAME), A + 8, R } },
    { "map at null", OP(TASK_MAP, TASK), ARGUMENT, { SLOT(FRAME), 0, R } },
    { "map at the limit", OP(TASK_MAP, TASK), ARGUMENT, { SLOT(FRAME), LIMIT, R } },
    { "map in the kernel", OP(TASK_MAP, TASK), ARGUMENT, { SLOT(FRAME), 0xffffffff80200000, R } },
    { "map at the end of 64 bits", OP(TASK_MAP, TASK), ARGUMENT, { SLOT(FRAME), TOP - 4095, R } },
    { "map in the hole", OP(TASK_MAP, TASK), ARGUMENT, { SLOT(FRAME), (uint64_t)1 << 47, R } },
    { "map with no flags", OP(TASK_MAP, TASK), ARGUMENT, { SLOT(FRAME), A, 0 } },
    { "map writable and executable", OP(TASK_MAP, TASK), ARGUMENT, { SLOT(FRAME), A, WX } },
    { "map with unknown flags", OP(TASK_MAP, TASK), ARGUMENT, { SLOT(FRAME), A, R | 16 } },
    { "map with huge flags", OP(TASK_MAP, TASK), ARGUMENT, { SLOT(FRAME), A, R | (uint64_t)1 << 32 } },
    { "map a frame with an offset", OP(TASK_MAP, TASK), ARGUMENT, { SLOT(FRAME), A, R, 4096 } },
    { "map with a misaligned offset", OP(TASK_MAP, TASK), ARGUMENT, { SLOT(DEVICE), A, R, 1 } },
    { "map behind a device", OP(TASK_MAP, TASK), ARGUMENT, { SLOT(DEVICE), A, R, 4096 } },
    { "map far behind a device", OP(TASK_MAP, TASK), ARGUMENT, { SLOT(DEVICE), A, R, TOP - 4095 } },
    { "map what is no memory", OP(TASK_MAP, TASK), ISTHMUS_E_KIND, { SLOT(ENDPOINT), A, R } },
    { "map an empty slot", OP(TASK_MAP, TASK), ISTHMUS_E_CAP, { DEST, A, R } },
    { "map without a table", OP(TASK_MAP, TASK), ISTHMUS_E_TABLE, { SLOT(FRAME), A, R } },
    { "map at the last page, without a table", OP(TASK_MAP, TASK), ISTHMUS_E_TABLE, { SLOT(FRAME), LIMIT - 4096, R } },

    { "unmap misaligned", OP(TASK_UNMAP, TASK), ARGUMENT, { A + 1, 1 } },
    { "unmap nothing", OP(TASK_UNMAP, TASK), ARGUMENT, { A, 0 } },
    { "unmap seventeen", OP(TASK_UNMAP, TASK), ARGUMENT, { A, 17 } },
    { "unmap so many that it wraps around", OP(TASK_UNMAP, TASK), ARGUMENT, { A, (uint64_t)1 << 52 } },
    { "unmap in the kernel", OP(TASK_UNMAP, TASK), ARGUMENT, { 0xffffffff80200000, 1 } },
    { "unmap over the limit", OP(TASK_UNMAP, TASK), ARGUMENT, { LIMIT - 4096, 2 } },
    { "unmap without a table", OP(TASK_UNMAP, TASK), ISTHMUS_E_TABLE, { A, 1 } },
    { "protect misaligned", OP(TASK_PROTECT, TASK), ARGUMENT, { A + 1, 1, R } },
    { "protect nothing", OP(TASK_PROTECT, TASK), ARGUMENT, { A, 0, R } },
    { "protect seventeen", OP(TASK_PROTECT, TASK), ARGUMENT, { A, 17, R } },
    { "protect in the kernel", OP(TASK_PROTECT, TASK), ARGUMENT, { 0xffffffff80200000, 1, R } },
    { "protect without a table", OP(TASK_PROTECT, TASK), ISTHMUS_E_TABLE, { A, 1, R } },

    { "table of level 0", OP(TASK_TABLE, TASK), ARGUMENT, { SLOT(POOL), A, 0 } },
    { "table of level 4", OP(TASK_TABLE, TASK), ARGUMENT, { SLOT(POOL), A, 4 } },
    { "table of level 2^32 + 1", OP(TASK_TABLE, TASK), ARGUMENT, { SLOT(POOL), A, ((uint64_t)1 << 32) + 1 } },
    { "table of the kernel", OP(TASK_TABLE, TASK), ARGUMENT, { SLOT(POOL), 0xffffffff80000000, 1 } },
    { "table without the upper one", OP(TASK_TABLE, TASK), ISTHMUS_E_TABLE, { SLOT(POOL), A, 1 } },
    { "leaf behind the last", OP(TASK_LEAF, TASK), ARGUMENT, { SLOT(POOL), ISTHMUS_CAP_SLOTS } },
    { "leaf far behind", OP(TASK_LEAF, TASK), ARGUMENT, { SLOT(POOL), TOP } },
    { "leaf that is there", OP(TASK_LEAF, TASK), ISTHMUS_E_BUSY, { SLOT(POOL), 100 } },
    { "delete in no leaf", OP(TASK_DELETE, TASK), ISTHMUS_E_SLOT, { 3000 } },
    { "delete slot 0", OP(TASK_DELETE, TASK), ISTHMUS_E_SLOT, { 0 } },
    { "delete behind the table", OP(TASK_DELETE, TASK), ISTHMUS_E_SLOT, { ISTHMUS_CAP_SLOTS + 1 } },
    { "identify in no leaf", OP(TASK_IDENTIFY, TASK), ISTHMUS_E_SLOT, { 3000 } },
    { "identify slot 0", OP(TASK_IDENTIFY, TASK), ISTHMUS_E_SLOT, { 0 } },
    { "identify far behind", OP(TASK_IDENTIFY, TASK), ISTHMUS_E_SLOT, { TOP } },
    { "copy to no leaf", OP(TASK_COPY, TASK), ISTHMUS_E_SLOT, { 3000, SLOT(ENDPOINT), RW } },
    { "move to no leaf", OP(TASK_MOVE, TASK), ISTHMUS_E_SLOT, { 3000, SLOT(ENDPOINT) } },
    { "another badge for a task", OP(TASK_COPY, TASK), ISTHMUS_E_RIGHT, { 5, SLOT(TASK), RW, 1 } },
    { "another badge for a frame", OP(TASK_COPY, TASK), ISTHMUS_E_RIGHT, { 5, SLOT(FRAME), RW, 1 } },
    { "more functions of a machine", OP(TASK_COPY, TASK), ISTHMUS_E_RIGHT, { 5, SLOT(MACHINE), RW, 32 } },

    { "window misaligned", OP(TASK_WINDOW, TASK), ARGUMENT, { A + 8, 4096 } },
    { "window of half a page", OP(TASK_WINDOW, TASK), ARGUMENT, { A, 2048 } },
    { "window of nothing", OP(TASK_WINDOW, TASK), ARGUMENT, { A, 0 } },
    { "window over the limit", OP(TASK_WINDOW, TASK), ARGUMENT, { LIMIT - 4096, 8192 } },
    { "window that wraps around", OP(TASK_WINDOW, TASK), ARGUMENT, { A, TOP - 4095 } },
    { "window in the kernel", OP(TASK_WINDOW, TASK), ARGUMENT, { 0xffffffff80200000, 4096 } },

    { "start in the kernel", OP(THREAD_START, THREAD), ARGUMENT, { 0xffffffff80200000, A } },
    { "start at the limit", OP(THREAD_START, THREAD), ARGUMENT, { LIMIT, A } },
    { "stack in the kernel", OP(THREAD_START, THREAD), ARGUMENT, { A, 0xffffffff80200000 } },
    { "priority 64", OP(THREAD_PRIORITY, THREAD), ARGUMENT, { 64 } },
    { "priority 256", OP(THREAD_PRIORITY, THREAD), ARGUMENT, { 256 } },
    { "no such core", OP(THREAD_CORE, THREAD), ARGUMENT, { 64 } },
    { "core 2^32", OP(THREAD_CORE, THREAD), ARGUMENT, { (uint64_t)1 << 32 } },
    { "first slot outside", OP(THREAD_SLOTS, THREAD), ARGUMENT, { ISTHMUS_CAP_SLOTS } },
    { "second slot outside", OP(THREAD_SLOTS, THREAD), ARGUMENT, { 0, TOP } },
    { "third slot outside", OP(THREAD_SLOTS, THREAD), ARGUMENT, { 0, 0, (uint64_t)1 << 32 } },
    { "hand-off to one that is not ready", OP(THREAD_HANDOFF, THREAD), ISTHMUS_E_STATE, { 0 } },
    { "read no register", OP(THREAD_READ, THREAD), ARGUMENT, { 0, 0 } },
    { "read register 2^64 - 1", OP(THREAD_READ, THREAD), ARGUMENT, { TOP, 1 } },
    { "read so many that it wraps around", OP(THREAD_READ, THREAD), ARGUMENT, { 1, TOP } },
    { "write no register", OP(THREAD_WRITE, THREAD), ARGUMENT, { 0, 0 } },
    { "write seven", OP(THREAD_WRITE, THREAD), ARGUMENT, { 0, 7 } },

    { "move time that is not there", OP(BUDGET_MOVE, BUDGET), ARGUMENT, { SLOT(BUDGET), 1 } },
    { "refill with too much", OP(MACHINE_REFILL, MACHINE), ARGUMENT, { SLOT(BUDGET), TOP, 0 } },
    { "log 57 bytes", OP(MACHINE_LOG, MACHINE), ARGUMENT, { 57 } },
    { "log 2^64 - 1 bytes", OP(MACHINE_LOG, MACHINE), ARGUMENT, { TOP } },
    { "halt in another way", OP(MACHINE_HALT, MACHINE), ARGUMENT, { 2 } },
};

/* Of itself: what a running thread cannot do. */
static void of_oneself(void)
{
    unsigned before = test_failures();
    uint64_t value[8];

    QUIET_ERROR("start", isthmus_thread_start(ISTHMUS_BOOT_SLOT_THREAD, A, A, 0), ISTHMUS_E_STATE);
    QUIET_ERROR("resume", isthmus_thread_resume(ISTHMUS_BOOT_SLOT_THREAD), ISTHMUS_E_STATE);
    QUIET_ERROR("read", isthmus_thread_read(ISTHMUS_BOOT_SLOT_THREAD, 0, 1, value), ISTHMUS_E_STATE);
    QUIET_ERROR("write", isthmus_thread_write(ISTHMUS_BOOT_SLOT_THREAD, 0, 1, value), ISTHMUS_E_STATE);
    QUIET_ERROR("budget", isthmus_thread_budget(ISTHMUS_BOOT_SLOT_THREAD, 0), ISTHMUS_E_STATE);
    QUIET_ERROR("core", isthmus_thread_core(ISTHMUS_BOOT_SLOT_THREAD, 0), ISTHMUS_E_STATE);
    QUIET_ERROR("hand-off", isthmus_thread_handoff(ISTHMUS_BOOT_SLOT_THREAD), ISTHMUS_E_STATE);
    QUIET_OK("a running thread's own", before);
}

/* Each function of the machine needs its bit. */
static void machine_functions(void)
{
    static const struct { uint64_t bit, operation; uint64_t word[ISTHMUS_MESSAGE_WORDS]; } functions[] = {
        { ISTHMUS_MACHINE_LOG_BIT, ISTHMUS_OP_MACHINE_LOG, { 0 } },
        { ISTHMUS_MACHINE_TIME_BIT, ISTHMUS_OP_MACHINE_TIMER, { SLOT(NOTIFICATION), TOP } },
        { ISTHMUS_MACHINE_TIME_BIT, ISTHMUS_OP_MACHINE_REFILL, { SLOT(BUDGET) } },
        { ISTHMUS_MACHINE_HALT_BIT, ISTHMUS_OP_MACHINE_HALT, { 9 } },
    };
    unsigned before = test_failures();

    for (uint64_t bits = 1; bits < 32; bits++) {
        isthmus_slot m = rig_copy(ISTHMUS_BOOT_SLOT_MACHINE, RIG_ALL, bits);
        uint64_t irq[8] = { DEST, m, TOP }, device[8] = { DEST, m, 1 };

        for (unsigned i = 0; i < 4; i++) {
            enum isthmus_error error = try(functions[i].operation, m, functions[i].word);

            QUIET("a function without its bit", (error == ISTHMUS_E_RIGHT) == !(bits & functions[i].bit));
        }
        QUIET("irq", (try(ISTHMUS_OP_POOL_CREATE_IRQ, good[ISTHMUS_POOL], irq) == ISTHMUS_E_RIGHT) == !(bits & ISTHMUS_MACHINE_IRQ_BIT));
        QUIET("device", (try(ISTHMUS_OP_POOL_CREATE_DEVICE, good[ISTHMUS_POOL], device) == ISTHMUS_E_RIGHT) == !(bits & ISTHMUS_MACHINE_DEVICE_BIT));
        QUIET_ERROR("no bit comes back", isthmus_task_copy(RIG_TASK, empty, m, RIG_ALL, 31), bits == 31 ? ISTHMUS_OK : ISTHMUS_E_RIGHT);
        NEED("forget", isthmus_task_delete(RIG_TASK, empty));
        rig_drop(m);
    }
    QUIET_OK("functions of the machine", before);
}

/* Paths: slots of another task that one manages. */
static void paths(void)
{
    isthmus_slot task = good[ISTHMUS_TASK], weak = rig_copy(task, RIG_ALL & ~(uint64_t)ISTHMUS_R_MANAGE, 0);
    uint64_t path = task << ISTHMUS_SLOT_PATH_SHIFT | 9, kind = 0;
    unsigned before = test_failures();

    QUIET_ERROR("create by a path", isthmus_pool_create_notification(RIG_POOL, path), ISTHMUS_OK);
    QUIET_ERROR("there it is", isthmus_task_identify(task, 9, &kind, NULL, NULL, NULL), ISTHMUS_OK);
    QUIET_EQUAL("its kind", kind, ISTHMUS_NOTIFICATION);
    QUIET_ERROR("use it", isthmus_signal(path), ISTHMUS_OK);
    QUIET_ERROR("without right manage", isthmus_signal(weak << ISTHMUS_SLOT_PATH_SHIFT | 9), ISTHMUS_E_CAP);
    QUIET_ERROR("by what is no task", isthmus_signal(good[ISTHMUS_ENDPOINT] << ISTHMUS_SLOT_PATH_SHIFT | 9), ISTHMUS_E_CAP);
    QUIET_ERROR("bits above the path", isthmus_signal(path | (uint64_t)1 << 40), ISTHMUS_E_CAP);
    QUIET_ERROR("create where something is", isthmus_pool_create_notification(RIG_POOL, path), ISTHMUS_E_SLOT);
    QUIET_ERROR("destroy it", isthmus_pool_destroy(RIG_POOL, path), ISTHMUS_OK);
    QUIET_ERROR("it is gone", isthmus_signal(path), ISTHMUS_E_CAP);
    rig_drop(weak);
    QUIET_OK("paths to another task's slots", before);
}

void argument_tests(void)
{
    for (unsigned i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        const struct attempt *a = &attempts[i];

        CHECK_ERROR(a->name, try(a->operation, good[a->kind], a->word), a->expected);
    }
    of_oneself();
    machine_functions();
    paths();
}
