/* The threads that make random system calls: half of them with arguments of the kinds that an operation expects, the rest
 * mutated or fully random. */
#include "fuzz.h"
#include "lib/rt/mem.h"

enum { STACK = 8192, MAP_PAGES = 64 };
static uint8_t stacks[FUZZERS][STACK] __attribute__((aligned(16)));
static uint8_t kind_of[FUZZ_SLOTS]; /* what probably is in a slot */

uint64_t fuzz_stack(unsigned number) { return (uint64_t)stacks[number] + STACK - 16; }

/* What an operation is made of: kind of its subject, then of each word, by letter:
 *   0 none, p pool, t task, T thread, e endpoint, n notification, b budget, i irq, D device, m machine, F frame, R reply, s any slot;
 *   d destination, a address, N small number, f mapping flags, r rights, B badge, l level, q priority, x pc, y sp, w anything. */
struct shape { uint8_t operation, made; const char *words; };
static const struct shape shapes[] = {
    { ISTHMUS_OP_CALL, 0, "ewwwwwsss" },
    { ISTHMUS_OP_REPLY_RECV, 0, "ewwwwwsss" },
    { ISTHMUS_OP_SEND, 0, "ewwwwwsss" },
    { ISTHMUS_OP_TRY_SEND, 0, "ewwwwwsss" },
    { ISTHMUS_OP_RECV, 0, "e" },
    { ISTHMUS_OP_RECV, 0, "n" },
    { ISTHMUS_OP_TRY_RECV, 0, "e" },
    { ISTHMUS_OP_TRY_RECV, 0, "n" },
    { ISTHMUS_OP_REPLY, 0, "0wwwwwsss" },
    { ISTHMUS_OP_REPLY, 0, "Rwwwwwsss" },
    { ISTHMUS_OP_SAVE_REPLY, ISTHMUS_REPLY, "0d" },
    { ISTHMUS_OP_SIGNAL, 0, "n" },
    { ISTHMUS_OP_YIELD, 0, "0" },
    { ISTHMUS_OP_ENDPOINT_CANCEL, 0, "eB" },
    { ISTHMUS_OP_REDIRECT_RESUME, 0, "0" },
    { ISTHMUS_OP_POOL_CREATE_POOL, ISTHMUS_POOL, "pd" },
    { ISTHMUS_OP_POOL_CREATE_TASK, ISTHMUS_TASK, "pd" },
    { ISTHMUS_OP_POOL_CREATE_THREAD, ISTHMUS_THREAD, "pdtw" },
    { ISTHMUS_OP_POOL_CREATE_ENDPOINT, ISTHMUS_ENDPOINT, "pd" },
    { ISTHMUS_OP_POOL_CREATE_NOTIFICATION, ISTHMUS_NOTIFICATION, "pd" },
    { ISTHMUS_OP_POOL_CREATE_BUDGET, ISTHMUS_BUDGET, "pd" },
    { ISTHMUS_OP_POOL_CREATE_FORWARDER, ISTHMUS_FORWARDER, "pdsrB" },
    { ISTHMUS_OP_POOL_CREATE_IRQ, ISTHMUS_IRQ, "pdmN" },
    { ISTHMUS_OP_POOL_CREATE_DEVICE, ISTHMUS_DEVICE, "pdmwwN" },
    { ISTHMUS_OP_POOL_CREATE_FRAME, ISTHMUS_FRAME, "pdN" },
    { ISTHMUS_OP_POOL_CREATE_FRAME, ISTHMUS_FRAME, "pdN" },
    { ISTHMUS_OP_POOL_GIVE, 0, "ppNNN" },
    { ISTHMUS_OP_POOL_SPLIT, 0, "p" },
    { ISTHMUS_OP_POOL_DESTROY, 0, "ps" },
    { ISTHMUS_OP_POOL_DESTROY, 0, "ps" },
    { ISTHMUS_OP_POOL_REAP, 0, "p" },
    { ISTHMUS_OP_POOL_INFO, 0, "p" },
    { ISTHMUS_OP_TASK_MAP, 0, "tFafN" },
    { ISTHMUS_OP_TASK_MAP, 0, "tFaf" },
    { ISTHMUS_OP_TASK_UNMAP, 0, "taN" },
    { ISTHMUS_OP_TASK_PROTECT, 0, "taNf" },
    { ISTHMUS_OP_TASK_TABLE, 0, "tpal" },
    { ISTHMUS_OP_TASK_TABLE, 0, "tpal" },
    { ISTHMUS_OP_TASK_LEAF, 0, "tpd" },
    { ISTHMUS_OP_TASK_COPY, 0, "tdsrB" },
    { ISTHMUS_OP_TASK_MOVE, 0, "tds" },
    { ISTHMUS_OP_TASK_DELETE, 0, "td" },
    { ISTHMUS_OP_TASK_IDENTIFY, 0, "ts" },
    { ISTHMUS_OP_TASK_HANDLER, 0, "te" },
    { ISTHMUS_OP_TASK_WINDOW, 0, "taa" },
    { ISTHMUS_OP_THREAD_START, 0, "Txyw" },
    { ISTHMUS_OP_THREAD_SUSPEND, 0, "T" },
    { ISTHMUS_OP_THREAD_RESUME, 0, "T" },
    { ISTHMUS_OP_THREAD_READ, 0, "TNN" },
    { ISTHMUS_OP_THREAD_WRITE, 0, "TNNwwwwww" },
    { ISTHMUS_OP_THREAD_PRIORITY, 0, "Tq" },
    { ISTHMUS_OP_THREAD_CORE, 0, "TN" },
    { ISTHMUS_OP_THREAD_BUDGET, 0, "Tb" },
    { ISTHMUS_OP_THREAD_NOTIFICATION, 0, "Tn" },
    { ISTHMUS_OP_THREAD_SLOTS, 0, "Tddd" },
    { ISTHMUS_OP_THREAD_HANDOFF, 0, "T" },
    { ISTHMUS_OP_THREAD_REDIRECT, 0, "TFa" },
    { ISTHMUS_OP_BUDGET_MOVE, 0, "bbw" },
    { ISTHMUS_OP_BUDGET_READ, 0, "b" },
    { ISTHMUS_OP_BUDGET_NOTIFY, 0, "bn" },
    { ISTHMUS_OP_MACHINE_LOG, 0, "mN" },
    { ISTHMUS_OP_MACHINE_TIMER, 0, "mnw" },
    { ISTHMUS_OP_MACHINE_REFILL, 0, "mbww" },
    { ISTHMUS_OP_MACHINE_HALT, 0, "mN" },
    { ISTHMUS_OP_IRQ_BIND, 0, "in" },
    { ISTHMUS_OP_IRQ_ACK, 0, "i" },
    { ISTHMUS_OP_PORT_IN, 0, "DNN" },
    { ISTHMUS_OP_PORT_OUT, 0, "DNNN" },
    { ISTHMUS_OP_FRAME_INFO, 0, "F" },
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

struct rng { uint64_t state; };

static uint64_t next(struct rng *r) /* xorshift64* (Vigna 2016) */
{
    r->state ^= r->state >> 12;
    r->state ^= r->state << 25;
    r->state ^= r->state >> 27;
    return r->state * 0x2545f4914f6cdd1d;
}

static uint64_t below(struct rng *r, uint64_t n) { return (next(r) >> 32) % n; }

static uint64_t any_slot(struct rng *r) { return 1 + below(r, FUZZ_SLOTS - 1); }

/* A slot that probably holds this kind, or the path to one by way of a task. */
static uint64_t slot_of(struct rng *r, uint8_t kind)
{
    uint64_t slot = any_slot(r);

    for (unsigned i = 0; i < FUZZ_SLOTS && kind_of[slot] != kind; i++)
        slot = slot % (FUZZ_SLOTS - 1) + 1;
    if (below(r, 32) == 0)
        slot |= slot_of(r, ISTHMUS_TASK) << ISTHMUS_SLOT_PATH_SHIFT & 0xffffffff;
    return slot;
}

static uint64_t address(struct rng *r)
{
    switch (below(r, 8)) {
    case 0: return RIG_WINDOW + (below(r, 8) << 30);
    case 1: return RIG_WINDOW + (below(r, 16) << ISTHMUS_LARGE_BITS);
    case 2: return ISTHMUS_USER_LIMIT - (below(r, 3) << ISTHMUS_PAGE_BITS);
    case 3: return RIG_WINDOW + below(r, MAP_PAGES << ISTHMUS_PAGE_BITS);
    default: return RIG_WINDOW + (below(r, MAP_PAGES) << ISTHMUS_PAGE_BITS);
    }
}

static uint64_t anything(struct rng *r)
{
    static const uint64_t edges[] = {
        0, 1, 16, 17, 63, 64, 65, 512, 4095, 4096, 0xffff, 0x10000, 0x10001, 0xffffffff, (uint64_t)1 << 32,
        (uint64_t)1 << 63, ~(uint64_t)0, ~(uint64_t)0 - 4095, ISTHMUS_USER_LIMIT, 0xffffffff80000000, 0xffffffc000000000,
    };

    switch (below(r, 6)) {
    case 0: return next(r);
    case 1: return edges[below(r, sizeof edges / sizeof edges[0])];
    case 2: return (uint64_t)1 << below(r, 64);
    case 3: return address(r);
    case 4: return any_slot(r);
    default: return below(r, 20);
    }
}

static uint64_t argument(struct rng *r, char letter)
{
    switch (letter) {
    case '0': return 0;
    case 'p': return below(r, 2) ? FUZZ_POOL : slot_of(r, ISTHMUS_POOL);
    case 't': return below(r, 3) ? FUZZ_TASK : slot_of(r, ISTHMUS_TASK);
    case 'T': return slot_of(r, ISTHMUS_THREAD);
    case 'e': return below(r, 3) ? slot_of(r, ISTHMUS_ENDPOINT) : slot_of(r, ISTHMUS_FORWARDER);
    case 'n': return slot_of(r, ISTHMUS_NOTIFICATION);
    case 'b': return slot_of(r, ISTHMUS_BUDGET);
    case 'F': return slot_of(r, ISTHMUS_FRAME);
    case 'R': return slot_of(r, ISTHMUS_REPLY);
    case 's': case 'i': case 'D': case 'm': return any_slot(r);
    case 'd': return FUZZ_FIRST_FREE + below(r, FUZZ_SLOTS - FUZZ_FIRST_FREE);
    case 'a': return address(r);
    case 'N': return below(r, 3) ? below(r, 3) : below(r, 70);
    case 'f': return below(r, 2) ? ISTHMUS_MAP_READ : below(r, 17);
    case 'r': return below(r, 2) ? RIG_ALL : next(r);
    case 'B': return below(r, 3);
    case 'l': return below(r, 5);
    case 'q': return below(r, 4) ? ISTHMUS_PRIORITIES - 1 : below(r, 66);
    case 'x': return below(r, 2) ? (uint64_t)fuzz_main : anything(r);
    case 'y': return below(r, 2) ? fuzz_stack((unsigned)below(r, FUZZERS)) : anything(r);
    default: return anything(r);
    }
}

/* An operation of the table has been made; subject and destination were these. */
static void note(const struct shape *s, uint64_t status, uint64_t subject, uint64_t to)
{
    struct fuzz_page *page = (struct fuzz_page *)FUZZ_PAGE;

    page->errors[status & 15]++;
    if (status == ISTHMUS_E_CAP && subject < FUZZ_SLOTS && subject >= FUZZ_FIRST_FREE)
        kind_of[subject] = ISTHMUS_NULL;
    if (status)
        return;
    page->ok[s->operation]++;
    if (s->made && to < FUZZ_SLOTS && to >= FUZZ_FIRST_FREE)
        kind_of[to] = s->made;
}

static void one_call(struct rng *r)
{
    const struct shape *s = &shapes[below(r, SHAPES)];
    struct isthmus_message m = { .tag = next(r) };
    uint64_t operation = s->operation, slot, subject, to, status;
    size_t known = strlen(s->words) - 1;

    slot = argument(r, s->words[0]);
    for (unsigned i = 0; i < ISTHMUS_MESSAGE_WORDS; i++)
        m.word[i] = i < known ? argument(r, s->words[1 + i]) : anything(r);
    if (below(r, 3) == 0) /* a mutation */
        m.word[below(r, ISTHMUS_MESSAGE_WORDS)] = anything(r);
    if (below(r, 16) == 0)
        slot = anything(r);
    if (below(r, 64) == 0)
        operation = anything(r);
    subject = slot;
    to = m.word[0];
    status = isthmus_trap(operation, &slot, &m);
    if (operation == s->operation)
        note(s, status, subject, to);
}

void fuzz_main(uint64_t number)
{
    struct fuzz_page *page = (struct fuzz_page *)FUZZ_PAGE;
    struct rng r = { (page->seed + (number & 7)) * 0x9e3779b97f4a7c15 | 1 };

    for (unsigned i = 0; i < FUZZ_FIRST_FREE; i++)
        kind_of[i] = (uint8_t[FUZZ_FIRST_FREE]){ [FUZZ_POOL] = ISTHMUS_POOL, [FUZZ_TASK] = ISTHMUS_TASK,
            [FUZZ_BUDGET] = ISTHMUS_BUDGET, [FUZZ_SERVER] = ISTHMUS_ENDPOINT, [FUZZ_NOTE] = ISTHMUS_NOTIFICATION,
            [FUZZ_THREAD] = ISTHMUS_THREAD, [FUZZ_ENDPOINT] = ISTHMUS_ENDPOINT, [FUZZ_FORWARDER] = ISTHMUS_FORWARDER }[i];
    for (;;) {
        one_call(&r);
        page->calls[number % FUZZERS]++;
    }
}
