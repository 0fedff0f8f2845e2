/* Page tables: of other pools, destroyed in any order; pages of 2 MiB; devices. */
#include "space.h"
#include <arch/code.h>

#define A RIG_WINDOW
#define LARGE ((uint64_t)1 << ISTHMUS_LARGE_BITS)

static void levels(void)
{
    isthmus_slot pool = rig_pool(RIG_POOL, 4, 20), f = rig_frame(pool), task = rig_task(pool);
    unsigned before = test_failures();

    QUIET_ERROR("no table", isthmus_task_map(task, f, A, READ, 0), ISTHMUS_E_TABLE);
    QUIET_ERROR("not above the upper one", isthmus_task_table(task, pool, A, 1), ISTHMUS_E_TABLE);
    QUIET_ERROR("level 0", isthmus_task_table(task, pool, A, 0), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("the root's", isthmus_task_table(task, pool, A, TABLE_LEVELS), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("above the root", isthmus_task_table(task, pool, A, ~(uint64_t)0), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("an address of the kernel", isthmus_task_table(task, pool, ISTHMUS_USER_LIMIT, 2), ISTHMUS_E_ARGUMENT);
    for (unsigned level = TABLE_LEVELS - 1; level; level--) {
        uint64_t frames = rig_count(pool).frames;

        QUIET_ERROR("add", isthmus_task_table(task, pool, A, level), ISTHMUS_OK);
        QUIET_EQUAL("frames", frames - rig_count(pool).frames, level <= 2 ? 2 : 1);
        QUIET_ERROR("again", isthmus_task_table(task, pool, A + 4096, level), ISTHMUS_E_BUSY);
    }
    QUIET_ERROR("map", isthmus_task_map(task, f, A, READ, 0), ISTHMUS_OK);
    QUIET_ERROR("an unmap across two tables", isthmus_task_unmap(task, A + LARGE - 4096, 2), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("without a table", isthmus_task_unmap(task, A + LARGE + 4096, 1), ISTHMUS_E_TABLE);
    rig_reap(RIG_POOL, pool);
    rig_drop(f);
    rig_drop(task);
    QUIET_OK("levels of tables", before);
}

/* Tables paid by three pools, reaped in every order and interleaved, while the task lives or after it died. */
static void pools_of_tables(void)
{
    static const uint8_t orders[][4] = { /* 0 task, 1 upper table, 2 lowest table, 3 frames */
        { 0, 1, 2, 3 }, { 1, 0, 2, 3 }, { 1, 2, 0, 3 }, { 2, 1, 0, 3 }, { 2, 0, 1, 3 }, { 1, 0, 3, 2 },
        { 3, 2, 1, 0 }, { 3, 0, 1, 2 }, { 2, 3, 0, 1 }, { 1, 3, 0, 2 }, { 0, 2, 3, 1 }, { 0, 3, 2, 1 },
    };
    unsigned before = test_failures();

    for (unsigned step = 0; step < 2; step++) {
        for (unsigned o = 0; o < sizeof orders / sizeof orders[0]; o++) {
            isthmus_slot pool[4], f[3], task;
            struct rig_counts full[4];
            bool left[4] = { true, true, true, true };

            for (unsigned i = 0; i < 4; i++) {
                pool[i] = rig_pool(RIG_POOL, 3, 12);
                full[i] = rig_count(pool[i]);
            }
            task = rig_task(pool[0]);
            for (unsigned level = TABLE_LEVELS - 1; level; level--)
                NEED("table", isthmus_task_table(task, pool[level == 1 ? 2 : 1], A, level));
            for (unsigned i = 0; i < 3; i++) {
                f[i] = rig_frame(pool[3]);
                NEED("map", isthmus_task_map(task, f[i], A + i * 200 * 4096, WRITE, 0));
            }
            /* First whole pools in that order; the second time a step of each in turn. */
            if (!step) {
                for (unsigned i = 0; i < 4; i++) {
                    while (isthmus_pool_reap(pool[orders[o][i]]) == ISTHMUS_E_MORE)
                        ;
                    (void)rig_pool(pool[orders[o][i]], 0, 0); /* the cell is of another kind now */
                    while (isthmus_pool_reap(pool[orders[o][i]]) == ISTHMUS_E_MORE)
                        ;
                }
            }
            while (left[0] || left[1] || left[2] || left[3])
                for (unsigned i = 0; i < 4; i++)
                    left[orders[o][i]] = isthmus_pool_reap(pool[orders[o][i]]) == ISTHMUS_E_MORE;
            for (unsigned i = 0; i < 4; i++) {
                struct rig_counts now = rig_count(pool[i]);

                QUIET_EQUAL("cells", now.cells, full[i].cells);
                QUIET_EQUAL("frames", now.frames, full[i].frames);
                rig_reap(RIG_POOL, pool[i]);
            }
            for (unsigned i = 0; i < 3; i++)
                rig_drop(f[i]);
            rig_drop(task);
        }
    }
    QUIET_OK("tables of several pools go in any order", before);
}

/* The lowest table of a space in use goes: its pages are unmapped at once, and others can be mapped there again. */
static void table_under_use(void)
{
    isthmus_slot pool = rig_pool(RIG_POOL, 4, 20), tables = rig_pool(RIG_POOL, 4, 20), f = rig_frame(pool), other;
    unsigned before = test_failures();
    uint64_t high = A + ((uint64_t)1 << 32);
    struct rig_counts full = rig_count(tables);

    for (int i = 0; i < 5; i++) {
        map(tables, f, high, WRITE);
        *(volatile uint64_t *)high = 5;
        QUIET_EQUAL("there", probe(LOAD, high), 0);
        QUIET_ERROR("first step", isthmus_pool_reap(tables), ISTHMUS_E_MORE);
        QUIET_EQUAL("gone from the first step on", probe(LOAD, high), ISTHMUS_FAULT_READ);
        while (isthmus_pool_reap(tables) == ISTHMUS_E_MORE)
            ;
        QUIET_EQUAL("all frames are back", rig_count(tables).frames, full.frames);
        QUIET_EQUAL("gone", probe(LOAD, high), ISTHMUS_FAULT_READ);
    }
    other = rig_frame(pool);
    map(tables, other, high, WRITE);
    QUIET_EQUAL("another there", *(volatile uint64_t *)high, 0);
    rig_reap(RIG_POOL, pool);
    QUIET_EQUAL("its frame was reaped", probe(LOAD, high), ISTHMUS_FAULT_READ);
    rig_reap(RIG_POOL, tables);
    rig_drop(f);
    rig_drop(other);
    QUIET_OK("a table goes while it is in use", before);
}

/* ---- 2 MiB ---- */

static void large_pages(void)
{
    isthmus_slot pool = rig_pool(RIG_POOL, 4, 20), large = rig_slot(), small;
    struct space_page page = { 0, A + 64 * LARGE, WRITE, 0 };
    volatile uint64_t *at = (volatile uint64_t *)page.address;
    unsigned before = test_failures();
    enum isthmus_error error;

    NEED("give", isthmus_pool_give(RIG_POOL, pool, 0, 0, 1, NULL, NULL, NULL));
    do
        error = isthmus_pool_create_frame(pool, large, 1);
    while (error == ISTHMUS_E_MORE);
    NEED("large frame", error);
    page.cap = large;
    NEED("map", space_map_large_into(RIG_TASK, pool, &page));
    at[0] = 1;
    at[LARGE / 8 - 1] = 2;
    QUIET_EQUAL("its end", probe(LOAD, page.address + LARGE - 8), 0);
    QUIET_EQUAL("behind it", probe(LOAD, page.address + LARGE), ISTHMUS_FAULT_READ);
    small = rig_frame(pool);
    QUIET_ERROR("a small page in it", isthmus_task_map(RIG_TASK, small, page.address + 4096, READ, 0), ISTHMUS_E_TABLE);
    QUIET_ERROR("a table in it", isthmus_task_table(RIG_TASK, pool, page.address + 4096, 1), ISTHMUS_E_BUSY);
    QUIET_ERROR("misaligned", isthmus_task_map(RIG_TASK, large, page.address + LARGE + 4096, READ, 0), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("a part of it", isthmus_task_unmap(RIG_TASK, page.address + 4096, 1), ISTHMUS_E_TABLE);
    QUIET_ERROR("read-only", isthmus_task_protect(RIG_TASK, page.address, 1, READ), ISTHMUS_OK);
    QUIET_EQUAL("store", probe(STORE, page.address + LARGE / 2), ISTHMUS_FAULT_WRITE);
    QUIET_EQUAL("load", probe(LOAD, page.address + LARGE / 2), 0);
    QUIET_ERROR("unmap", isthmus_task_unmap(RIG_TASK, page.address, 1), ISTHMUS_OK);
    QUIET_EQUAL("unmapped", probe(LOAD, page.address + LARGE / 2), ISTHMUS_FAULT_READ);
    NEED("twice", isthmus_task_map(RIG_TASK, large, page.address, READ, 0));
    NEED("twice", isthmus_task_map(RIG_TASK, large, page.address + LARGE, WRITE, 0));
    QUIET_EQUAL("the same", at[LARGE / 8 - 1], 2);
    QUIET_EQUAL("the same", at[2 * LARGE / 8 - 1], 2);
    rig_destroy(pool, large);
    QUIET_EQUAL("gone", probe(LOAD, page.address), ISTHMUS_FAULT_READ);
    QUIET_EQUAL("gone", probe(LOAD, page.address + LARGE + 8), ISTHMUS_FAULT_READ);
    QUIET_EQUAL("back", rig_count(pool).large, 1);
    rig_reap(RIG_POOL, pool);
    rig_drop(small);
    QUIET_OK("pages of 2 MiB", before);
}

/* ---- devices ---- */

static void devices(void)
{
    isthmus_slot pool = rig_pool(RIG_POOL, 4, 20), device = rig_slot();
    unsigned before = test_failures();
    uint64_t ram = 0, base = 0x10000000;

    isthmus_slot f = rig_frame(pool);
    NEED("where RAM is", isthmus_frame_info(f, &ram, NULL));
    QUIET_ERROR("RAM is no device", isthmus_pool_create_device(pool, device, ISTHMUS_BOOT_SLOT_MACHINE, ram, 4096, 0), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("not in part", isthmus_pool_create_device(pool, device, ISTHMUS_BOOT_SLOT_MACHINE, 0x1000, (uint64_t)1 << 40, 0), ISTHMUS_E_ARGUMENT);
    if (!isthmus_boot_info()->uart_ports)
        base = isthmus_boot_info()->uart_base;
    else
        base = 0xfed00000; /* the HPET, beside any RAM of this machine */
    NEED("device", isthmus_pool_create_device(pool, device, ISTHMUS_BOOT_SLOT_MACHINE, base, 4096, 0));
    struct space_page page = { device, A, WRITE, 0 };
    NEED("map", space_map_into(RIG_TASK, pool, &page));
    QUIET_EQUAL("loads answer", probe(LOAD, A), 0);
    QUIET_ERROR("offset behind it", isthmus_task_map(RIG_TASK, device, A + 4096, READ, 4096), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("offset misaligned", isthmus_task_map(RIG_TASK, device, A + 4096, READ, 8), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("read-only", isthmus_task_protect(RIG_TASK, A, 1, READ), ISTHMUS_OK);
    QUIET_EQUAL("store", probe(STORE, A), ISTHMUS_FAULT_WRITE);
    QUIET_ERROR("unmap", isthmus_task_unmap(RIG_TASK, A, 1), ISTHMUS_OK);
    QUIET_EQUAL("unmapped", probe(LOAD, A), ISTHMUS_FAULT_READ);
    rig_reap(RIG_POOL, pool);
    rig_drop(device);
    rig_drop(f);
    QUIET_OK("device pages", before);
}

void table_tests(void)
{
    levels();
    pools_of_tables();
    table_under_use();
    large_pages();
    devices();
}
