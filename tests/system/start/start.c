/* The root task starts with what the ABI promises. */
#include "lib/log/log.h"
#include "lib/rt/main.h"
#include "lib/test/test.h"

static void check_boot_info(void)
{
    const struct isthmus_boot_info *info = isthmus_boot_info();

    CHECK_EQUAL("version", info->version, ISTHMUS_VERSION);
    CHECK("a core", info->cores >= 1);
    CHECK("ticks a second", info->ticks_per_second > 100000);
    CHECK("RAM", info->ram_bytes >= 32ul << 20);
    CHECK("bundle", info->bundle_size > 4096);
    CHECK("bundle is a cpio archive", *(const char *)(ISTHMUS_BOOT_BUNDLE_ADDRESS + info->bundle_offset) == '0');
    CHECK("console", info->uart_base != 0);
}

static void check_slot(const char *name, isthmus_slot slot, enum isthmus_kind kind)
{
    uint64_t got = 0;

    CHECK_ERROR(name, isthmus_task_identify(ISTHMUS_BOOT_SLOT_TASK, slot, &got, NULL, NULL, NULL), ISTHMUS_OK);
    CHECK_EQUAL(name, got, kind);
}

static void check_pool(void)
{
    uint64_t cells, frames, large, used_cells, used_frames;

    NEED("pool info", isthmus_pool_info(ISTHMUS_BOOT_SLOT_POOL, &cells, &frames, &large, &used_cells, &used_frames));
    CHECK("free cells", cells > 100);
    CHECK("free frames", frames > 100);
    CHECK("used cells are few", used_cells < 16);
}

void isthmus_main(uint64_t arg)
{
    test_begin();
    CHECK_EQUAL("argument", arg, ISTHMUS_BOOT_INFO_ADDRESS);
    check_boot_info();
    check_slot("pool", ISTHMUS_BOOT_SLOT_POOL, ISTHMUS_POOL);
    check_slot("task", ISTHMUS_BOOT_SLOT_TASK, ISTHMUS_TASK);
    check_slot("thread", ISTHMUS_BOOT_SLOT_THREAD, ISTHMUS_THREAD);
    check_slot("budget", ISTHMUS_BOOT_SLOT_BUDGET, ISTHMUS_BUDGET);
    check_slot("machine", ISTHMUS_BOOT_SLOT_MACHINE, ISTHMUS_MACHINE);
    check_slot("bundle page", ISTHMUS_BOOT_SLOT_BUNDLE, ISTHMUS_FRAME);
    check_slot("empty slot", 50, ISTHMUS_NULL);
    check_pool();
    test_done();
}
