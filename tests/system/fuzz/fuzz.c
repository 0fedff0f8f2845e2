/* limit: 120
 * memory: 128M
 *
 * An unprivileged task makes random system calls: the kernel stays whole, and nothing happens outside of its pool.  The
 * kernel's command line may say how many, fuzz=N, and from which seed on, seed=N. */
#include "fuzz.h"
#include "lib/log/log.h"
#include "lib/rt/main.h"
#include "lib/rt/mem.h"

enum { EPOCH_CALLS = 2000, CELLS = 48, FRAMES = 80, STALLS = 6 };

static struct task child;
static struct fuzz_page *page;
static isthmus_slot page_frame, server_endpoint, child_endpoint, note;
static struct rig_worker *server;
static volatile uint64_t served;

/* ---- what must not change ---- */

extern const char isthmus_image_start[], isthmus_image_end[];
static uint64_t sentinel[4096];

static void set_sentinel(void)
{
    for (unsigned i = 0; i < 4096; i++)
        sentinel[i] = i * 0x9e3779b97f4a7c15;
}

static bool sentinel_is_whole(void)
{
    for (unsigned i = 0; i < 4096; i++)
        if (sentinel[i] != i * 0x9e3779b97f4a7c15)
            return false;
    return true;
}

/* ---- a server of the root that the fuzzers may call ---- */

static void serve(uint64_t unused)
{
    struct isthmus_message m;
    uint64_t badge;
    enum isthmus_error error = isthmus_recv(server_endpoint, &badge, &m);

    while (error == ISTHMUS_OK) {
        QUIET("who calls", badge == FUZZ_BADGE || badge == 1);
        QUIET("kind of message", isthmus_tag_kind(m.tag) == ISTHMUS_MESSAGE_IPC || isthmus_tag_kind(m.tag) == ISTHMUS_MESSAGE_FAULT);
        served++;
        m.tag = isthmus_tag(1, 0);
        error = isthmus_reply_recv(server_endpoint, &badge, &m);
    }
    test_fail("server", "ended with %s", isthmus_error_name(error));
}

static void server_serves(const char *name, isthmus_slot as_root)
{
    struct isthmus_message m = { 0, { 5 } };

    CHECK_ERROR(name, isthmus_call(as_root, &m), ISTHMUS_OK);
    CHECK_EQUAL(name, m.word[0], 5);
}

/* ---- the child and its epochs ---- */

static void make_child(void)
{
    rig_child(&child, 4, 40);
    NEED("share a page", space_map_into(child.task, child.pool,
                                        &(struct space_page){ page_frame, FUZZ_PAGE, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, 0 }));
}

static isthmus_slot threads[FUZZERS];

static void grant(isthmus_slot to, isthmus_slot from, uint64_t rights, uint64_t badge)
{
    (void)!isthmus_task_delete(child.task, to);
    NEED("grant", isthmus_task_copy(child.task, to, from, rights, badge));
}

static void begin_epoch(isthmus_slot pool)
{
    isthmus_slot endpoint = rig_endpoint(pool), forwarder = rig_slot();

    NEED("forwarder", isthmus_pool_create_forwarder(RIG_POOL, forwarder, child_endpoint, ISTHMUS_R_WRITE | ISTHMUS_R_COPY, 0));
    for (unsigned slot = FUZZ_FIRST_FREE; slot < FUZZ_SLOTS; slot++)
        (void)!isthmus_task_delete(child.task, slot);
    NEED("window", isthmus_task_window(child.task, 0, 0));
    NEED("handler", isthmus_task_handler(child.task, 0));
    for (unsigned i = 0; i < FUZZERS; i++) {
        threads[i] = rig_thread(pool, child.task, i);
        NEED("priority", isthmus_thread_priority(threads[i], ISTHMUS_PRIORITIES - 1));
        NEED("budget", isthmus_thread_budget(threads[i], ISTHMUS_BOOT_SLOT_BUDGET));
    }
    grant(FUZZ_POOL, pool, RIG_ALL, 0);
    grant(FUZZ_TASK, child.task, RIG_ALL, 0);
    grant(FUZZ_BUDGET, ISTHMUS_BOOT_SLOT_BUDGET, ISTHMUS_R_READ, 0);
    grant(FUZZ_SERVER, child_endpoint, ISTHMUS_R_WRITE, 0);
    grant(FUZZ_NOTE, note, ISTHMUS_R_WRITE, 0);
    grant(FUZZ_THREAD, threads[0], RIG_ALL, 0);
    grant(FUZZ_ENDPOINT, endpoint, RIG_ALL, 0);
    grant(FUZZ_FORWARDER, forwarder, RIG_ALL, 0);
    for (unsigned i = 0; i < FUZZERS; i++)
        (void)!isthmus_thread_start(threads[i], (uint64_t)fuzz_main, fuzz_stack(i), i); /* the first may destroy the second */
    rig_drop(endpoint);
    rig_destroy(RIG_POOL, forwarder); /* they hold one that is cut off at any time */
}

static uint64_t calls_made(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < FUZZERS; i++)
        sum += page->calls[i];
    return sum;
}

/* A thread that waits, starves, or has made itself less urgent goes on. */
static void kick(void)
{
    for (unsigned i = 0; i < FUZZERS; i++) {
        if (isthmus_thread_suspend(threads[i]))
            continue;
        (void)!isthmus_thread_priority(threads[i], ISTHMUS_PRIORITIES - 1);
        (void)!isthmus_thread_budget(threads[i], ISTHMUS_BOOT_SLOT_BUDGET);
        (void)!isthmus_thread_resume(threads[i]);
    }
}

/* One pool's life; answers how many calls were made. */
static uint64_t epoch(uint64_t number)
{
    isthmus_slot pool = rig_pool(RIG_POOL, CELLS, FRAMES);
    uint64_t before = calls_made(), last = before;

    if (number % 8 == 0)
        NEED("give a large frame", isthmus_pool_give(RIG_POOL, pool, 0, 0, 1, NULL, NULL, NULL));
    page->seed = number;
    begin_epoch(pool);
    for (unsigned stalls = 0; stalls < STALLS && calls_made() - before < EPOCH_CALLS;) {
        isthmus_yield();
        if (calls_made() != last) {
            stalls = 0;
        } else {
            stalls++;
            kick();
        }
        last = calls_made();
    }
    rig_reap(RIG_POOL, pool);
    for (unsigned i = 0; i < FUZZERS; i++)
        rig_drop(threads[i]);
    return calls_made() - before;
}

static uint64_t settled(struct rig_counts *c)
{
    *c = rig_count(RIG_POOL);
    c->frames += c->large * 512; /* large frames may have been split */
    c->large = 0;
    return c->frames;
}

void fuzz_run(uint64_t calls, uint64_t seed)
{
    struct rig_counts before, after;
    isthmus_slot as_root;
    uint64_t epochs = 0, weak = 0;
    unsigned failures = test_failures();

    set_sentinel();
    server_endpoint = rig_endpoint(RIG_POOL);
    child_endpoint = rig_copy(server_endpoint, RIG_ALL, FUZZ_BADGE);
    as_root = rig_copy(server_endpoint, ISTHMUS_R_WRITE, 1);
    note = rig_notification(RIG_POOL);
    page_frame = rig_frame(RIG_POOL);
    NEED("map the shared page", space_map(rig_maker.space, page_frame, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE, (void **)&page));
    server = rig_run(serve, 0);
    server_serves("server before", as_root);
    make_child();
    (void)epoch(seed);
    task_destroy(&rig_maker, &child);
    settled(&before);
    make_child();
    while (calls_made() < calls) {
        if (epoch(seed + ++epochs) < EPOCH_CALLS / 4 && ++weak) { /* they have broken their own task: another one */
            task_destroy(&rig_maker, &child);
            settled(&after);
            QUIET_EQUAL("free cells", after.cells, before.cells);
            QUIET_EQUAL("free frames", after.frames, before.frames);
            make_child();
        }
        if (epochs % 1000 == 0)
            log_line("%lu calls", calls_made());
    }
    task_destroy(&rig_maker, &child);
    settled(&after);
    rig_same("the root's pool has what it had", after, before);
    CHECK("the root's memory is unchanged", sentinel_is_whole());
    server_serves("the root's server lives", as_root);
    CHECK("it was called", served > 10);
    log_line("%lu calls in %lu epochs, %lu children broke, %lu served", calls_made(), epochs, weak, served);
    for (unsigned i = 0; i < 16; i++)
        log_line("  %s: %lu", isthmus_error_name((enum isthmus_error)i), page->errors[i]);
    for (unsigned i = 0; i < ISTHMUS_OP_FRAME_INFO + 1; i++)
        if (page->ok[i])
            log_line("  operation %u done: %lu", i, page->ok[i]);
    QUIET_OK("random system calls", failures);
}

/* The number behind `key=` in the kernel's command line. */
static uint64_t option(const char *key, uint64_t otherwise)
{
    const char *line = isthmus_boot_info()->command_line;
    size_t length = strlen(key);
    uint64_t n = 0;

    while (*line && strncmp(line, key, length))
        line++;
    if (!*line)
        return otherwise;
    for (line += length; *line >= '0' && *line <= '9'; line++)
        n = n * 10 + (uint64_t)(*line - '0');
    return n;
}

void isthmus_main(uint64_t arg)
{
    rig_enter(arg);
    rig_begin();
    fuzz_run(option("fuzz=", 100000), option("seed=", 0));
    test_done();
}
