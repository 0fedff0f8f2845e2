/* The IPC fast path: a call to a server that waits, and a reply that waits again, switch directly from one thread to the other.
 *
 * It does what op_call and op_reply_recv do, in the cases that are frequent, and leaves everything else to them: it writes
 * nothing before it is sure.  The port enters it with the kept registers saved and the message still in registers, which
 * this file is compiled not to touch; on riscv64 there is not even a stack.  See <arch/fast.h>. */
#include "kernel/trace.h"
#include <arch/fast.h>

#define LIKELY(c) __builtin_expect(!!(c), 1)

/* Two adjacent bytes in one access. */
typedef uint16_t __attribute__((may_alias)) pair_t;
#define PAIR(first) (*(pair_t *)&(first))

ALWAYS_INLINE pair_t pair(unsigned first, unsigned second) { return (pair_t)(first | second << 8); }

ALWAYS_INLINE void *at_frame(uint64_t direct_map, uint64_t f) { return (void *)(direct_map + (f << ISTHMUS_PAGE_BITS)); }

/* Between the checks and the writes: what the writes need is loaded again, so that no register has to carry it. */
#define COMMIT() __asm__("" : : : "memory")

/* The slot's endpoint, if it grants the right; else null. */
ALWAYS_INLINE struct cell *endpoint(uint64_t direct_map, const struct cell *task, uint64_t n, unsigned right, uint64_t *badge)
{
    if (n >= ISTHMUS_CAP_SLOTS)
        return NULL;
    uint64_t leaf = ((struct slots_root *)at_frame(direct_map, task->task.slots))->leaf[n / ISTHMUS_CAP_LEAF_SLOTS];

    if (!leaf)
        return NULL;
    const struct slot *s = &((struct slots_leaf *)at_frame(direct_map, leaf))->slot[n % ISTHMUS_CAP_LEAF_SLOTS];

    if ((PAIR(s->kind) & pair(0xff, right)) != pair(ISTHMUS_ENDPOINT, right))
        return NULL;
    struct cell *e = &cell[s->object];

    *badge = s->badge;
    return e->id == s->id ? e : NULL;
}

/* The FPU's registers may hold the state of the thread that stops or of the one that goes on. */
ALWAYS_INLINE void switch_fpu(const struct core *c, uint32_t from, uint32_t to)
{
    if (c->fpu_owner == from)
        arch_fpu_off();
    if (c->fpu_owner == to)
        arch_fpu_on();
}

/* Is nothing ready that is more urgent? */
ALWAYS_INLINE bool most_urgent(const struct core *c, const struct cell *t) { return c->ready_bitmap >> t->priority <= 1; }

void fast_call(uint64_t slot)
{
    FAST_ENTER
    struct cell *table = cell;
    uint64_t direct_map = ARCH_DIRECT_MAP, badge;

    FAST_KEEP(direct_map);
    FAST_KEEP(table);
    struct cell *e = endpoint(direct_map, fast_task, slot, ISTHMUS_R_WRITE, &badge);

    if (!e || e->state != ENDPOINT_RECEIVERS || fast_message_is_special() || tracing())
        return slow_syscall(slot);
    uint32_t r = e->head, i = fast_core->current;
    struct cell *server = &table[r];

    FAST_KEEP(server);
    if (!most_urgent(fast_core, server))
        return slow_syscall(slot);

    /* The server leaves the endpoint. */
    uint32_t next = server->next;

    e->head = next;
    if (LIKELY(!next)) {
        e->tail = 0;
        e->state = ENDPOINT_EMPTY;
    } else {
        table[next].prev = 0;
    }
    server->next = server->prev = server->own = 0;

    /* The caller joins those to whom the server owes a reply. */
    uint32_t tail = server->tail;

    fast_self->next = 0;
    fast_self->prev = tail;
    fast_self->own = r;
    if (LIKELY(!tail))
        server->head = i;
    else
        table[tail].next = i;
    server->tail = i;
    server->thread.peer = i;
    server->thread.peer_call = fast_self->thread.call = ++next_id;
    fast_self->state = THREAD_REPLY;
    fast_self->form &= (uint8_t)~FORM_FULL;

    /* The server runs, on the caller's budget. */
    struct thread_frame *f = at_frame(direct_map, server->thread.frame);

    server->state = THREAD_RUNNING;
    server->thread.budget = fast_core->budget;
    f->budget_id = fast_core->budget_id;
    fast_core->current = r;
    switch_fpu(fast_core, i, r);
    fast_frame = f;
    arch_space_enter(table[server->thread.task].task.space, server->thread.task);
    return exit_fast(badge);
}

void fast_reply_recv(uint64_t slot)
{
    FAST_ENTER
    struct cell *table = cell;
    uint64_t direct_map = ARCH_DIRECT_MAP, badge;

    FAST_KEEP(direct_map);
    FAST_KEEP(table);
    struct cell *client = &table[fast_self->thread.peer];

    FAST_KEEP(client);
    /* A call that still waits for this reply, the only one that this server owes. */
    if (client->state != THREAD_REPLY || client->thread.call != fast_self->thread.peer_call || client->own != fast_core->current || client->next ||
        client->prev || fast_self->form & FORM_PENDING || fast_message_is_special() || tracing())
        return slow_syscall(slot);
    struct cell *e = endpoint(direct_map, fast_task, slot, ISTHMUS_R_READ, &badge);

    if (!e || e->state == ENDPOINT_SENDERS || !most_urgent(fast_core, client) || client->thread.budget != fast_core->budget ||
        ((struct thread_frame *)at_frame(direct_map, client->thread.frame))->budget_id != fast_core->budget_id)
        return slow_syscall(slot);

    /* The client leaves the server's queue, the server joins the endpoint's. */
    COMMIT();
    uint32_t tail = e->tail, i = fast_core->current, k = fast_self->thread.peer;

    client->own = 0;
    fast_self->head = fast_self->tail = 0;
    fast_self->thread.peer = 0;
    fast_self->next = 0;
    fast_self->prev = tail;
    fast_self->own = (uint32_t)(e - table);
    if (LIKELY(!tail)) {
        e->head = i;
        e->state = ENDPOINT_RECEIVERS;
    } else {
        table[tail].next = i;
    }
    e->tail = i;
    fast_self->state = THREAD_RECEIVING;
    fast_self->form &= (uint8_t)~FORM_FULL;

    client->state = THREAD_RUNNING;
    fast_core->current = k;
    switch_fpu(fast_core, i, k);
    fast_frame = at_frame(direct_map, client->thread.frame);
    arch_space_enter(table[client->thread.task].task.space, client->thread.task);
    return exit_fast(0);
}
