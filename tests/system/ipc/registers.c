/* What a system call does to registers: what it keeps, what it clears, and that nobody else's values show. */
#include "ipc.h"
#include <arch/regs.h>

void regs_syscall(uint64_t regs[REGS]);

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static isthmus_slot endpoint;

/* Values that are addresses of user level on every ISA, so that they may stand in fs_base. */
static uint64_t pattern(uint64_t seed, unsigned n) { return seed << 24 | 0x5a0000 | n << 8 | 0xc3; }

static void fill(uint64_t regs[REGS], uint64_t seed, uint64_t operation, uint64_t slot)
{
    for (unsigned n = 0; n < REGS; n++)
        regs[n] = pattern(seed, n);
    regs[REGS_OPERATION] = operation;
    regs[REGS_SLOT] = slot;
    regs[REGS_TAG] = isthmus_tag(seed, 0);
}

static void check_kept(const char *name, const uint64_t regs[REGS], uint64_t seed)
{
    for (unsigned i = 0; i < COUNT(regs_kept); i++)
        QUIET_EQUAL(name, regs[regs_kept[i]], pattern(seed, regs_kept[i]));
    for (unsigned i = 0; i < COUNT(regs_destroyed); i++)
        QUIET_EQUAL(name, regs[regs_destroyed[i]], regs_expected(regs_destroyed[i]));
}

static void check_words(const char *name, const uint64_t regs[REGS], uint64_t seed)
{
    for (unsigned i = 0; i < COUNT(regs_word); i++)
        QUIET_EQUAL(name, regs[regs_word[i]], pattern(seed, regs_word[i]));
}

static void server(uint64_t rounds)
{
    uint64_t regs[REGS];

    fill(regs, 1000, ISTHMUS_OP_RECV, endpoint);
    for (uint64_t seed = 1; seed <= rounds; seed++) {
        regs_syscall(regs);
        QUIET_EQUAL("server status", regs[REGS_OPERATION], ISTHMUS_OK);
        QUIET_EQUAL("server badge", regs[REGS_SLOT], 0);
        QUIET_EQUAL("server tag", regs[REGS_TAG], isthmus_tag(seed, 0));
        check_kept("server registers", regs, 999 + seed);
        check_words("server words", regs, seed);
        fill(regs, 1000 + seed, ISTHMUS_OP_REPLY_RECV, endpoint);
    }
    regs[REGS_OPERATION] = ISTHMUS_OP_REPLY;
    regs[REGS_SLOT] = 0;
    regs_syscall(regs);
}

/* `server_waits`: the first call finds the server waiting, so that all calls may be switched directly. */
static void call_rounds(const char *name, bool server_waits)
{
    enum { ROUNDS = 20 };
    uint64_t regs[REGS];
    unsigned before = test_failures();
    struct rig_worker *w = rig_run(server, ROUNDS);

    if (server_waits)
        rig_settle();
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        fill(regs, seed, ISTHMUS_OP_CALL, endpoint);
        regs_syscall(regs);
        QUIET_EQUAL("client status", regs[REGS_OPERATION], ISTHMUS_OK);
        QUIET_EQUAL("client badge", regs[REGS_SLOT], 0);
        QUIET_EQUAL("client tag", regs[REGS_TAG], isthmus_tag(1000 + seed, 0));
        check_kept("client registers", regs, seed);
        check_words("client words", regs, 1000 + seed);
    }
    CHECK("server ended", rig_wait(w));
    rig_end(w);
    QUIET_OK(name, before);
}

/* A system call without results gives back what came in, and nothing else. */
static void check_plain(const char *name, uint64_t operation, uint64_t slot, enum isthmus_error status)
{
    uint64_t regs[REGS];
    unsigned before = test_failures();

    fill(regs, 77, operation, slot);
    regs_syscall(regs);
    QUIET_EQUAL(name, regs[REGS_OPERATION], status);
    QUIET_EQUAL(name, regs[REGS_TAG], isthmus_tag(77, 0));
    check_kept(name, regs, 77);
    check_words(name, regs, 77);
    QUIET_OK(name, before);
}

static isthmus_slot note;
static volatile uint64_t other_runs;

/* Fills its own registers with something else, again and again, while another thread waits. */
static void disturb(uint64_t count)
{
    uint64_t regs[REGS];

    for (uint64_t i = 0; i < count; i++) {
        fill(regs, 5000 + i, ISTHMUS_OP_YIELD, 0);
        regs_syscall(regs);
        check_kept("disturber", regs, 5000 + i);
        check_words("disturber", regs, 5000 + i);
        other_runs++;
    }
    (void)isthmus_signal(note);
}

static void wait_over_others(void)
{
    uint64_t regs[REGS];
    unsigned before = test_failures();
    struct rig_worker *w = rig_run(disturb, 30);

    fill(regs, 88, ISTHMUS_OP_RECV, note);
    regs_syscall(regs);
    QUIET_EQUAL("wait status", regs[REGS_OPERATION], ISTHMUS_OK);
    QUIET_EQUAL("wait bits", regs[REGS_SLOT], 1);
    QUIET_EQUAL("wait tag", isthmus_tag_kind(regs[REGS_TAG]), ISTHMUS_MESSAGE_SIGNAL);
    check_kept("wait registers", regs, 88);
    for (unsigned i = 0; i < COUNT(regs_word); i++)
        QUIET_EQUAL("wait words", regs[regs_word[i]], 0);
    QUIET_EQUAL("others ran", other_runs, 30);
    rig_end(w);
    QUIET_OK("registers over a blocking wait", before);
}

static isthmus_slot empty_endpoint;

static void error_in_wait(uint64_t unused)
{
    uint64_t regs[REGS];

    fill(regs, 66, ISTHMUS_OP_CALL, empty_endpoint);
    regs_syscall(regs);
    QUIET_EQUAL("dead status", regs[REGS_OPERATION], ISTHMUS_E_DEAD);
    check_kept("registers after a failed wait", regs, 66);
    for (unsigned i = 1; i < COUNT(regs_word); i++)
        QUIET_EQUAL("words after a failed wait", regs[regs_word[i]], pattern(66, regs_word[i]));
}

static void failed_wait(void)
{
    unsigned before = test_failures();
    struct rig_worker *w;

    empty_endpoint = rig_endpoint(RIG_POOL);
    w = rig_run(error_in_wait, 0);
    rig_settle();
    rig_destroy(RIG_POOL, empty_endpoint);
    CHECK("woken", rig_wait(w));
    rig_end(w);
    QUIET_OK("registers after a failed wait", before);
}

void registers_tests(void)
{
    endpoint = rig_endpoint(RIG_POOL);
    note = rig_notification(RIG_POOL);
    check_plain("registers over yield", ISTHMUS_OP_YIELD, 0, ISTHMUS_OK);
    check_plain("registers over signal", ISTHMUS_OP_SIGNAL, note, ISTHMUS_OK);
    (void)!isthmus_recv(note, NULL, &(struct isthmus_message){ 0 });
    check_plain("registers over a refused call", ISTHMUS_OP_CALL, 0, ISTHMUS_E_CAP);
    check_plain("registers over an unknown operation", 1000, 0, ISTHMUS_E_OPERATION);
    check_plain("registers over a huge operation", (uint64_t)1 << 63, 0, ISTHMUS_E_OPERATION);
    check_plain("registers over an operation above 32 bits", (uint64_t)1 << 32 | ISTHMUS_OP_YIELD, 0, ISTHMUS_E_OPERATION);
    call_rounds("registers over calls to a server that waits", true);
    call_rounds("registers over calls to a server that comes later", false);
    wait_over_others();
    failed_wait();
}
