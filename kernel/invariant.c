#include "kernel/invariant.h"
#include "kernel/cap.h"

enum { WINDOW = 8 }; /* cells, and frames, looked at beside the running thread at each check */

static bool check_all;
static uint32_t cell_window, frame_window;

#define HOLDS(condition, i)                                                                                            \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            panic("invariant: %s: %u: %s", __func__, (i), #condition);                                                 \
    } while (0)

/* ---- cells ---- */

/* Links of a queue are symmetric, and its members know it. */
static void queue_member_is_linked(uint32_t t)
{
    const struct cell *c = &cell[t];

    if (!c->own) {
        HOLDS(!c->next && !c->prev, t);
        return;
    }
    const struct cell *q = &cell[c->own];

    HOLDS(c->next ? cell[c->next].prev == t && cell[c->next].own == c->own : q->tail == t, t);
    HOLDS(c->prev ? cell[c->prev].next == t && cell[c->prev].own == c->own : q->head == t, t);
}

static void queue_ends_are_members(uint32_t q)
{
    const struct cell *c = &cell[q];

    HOLDS(!c->head == !c->tail, q);
    if (c->head)
        HOLDS(cell[c->head].own == q && cell[c->tail].own == q && !cell[c->head].prev && !cell[c->tail].next, q);
}

/* The kind of cell whose queue a thread of this state is in; CELL_FREE: none. */
static enum cell_kind owner_kind(enum thread_state s)
{
    switch (s) {
    case THREAD_READY: return CELL_READY;
    case THREAD_SENDING:
    case THREAD_CALLING:
    case THREAD_FAULTING:
    case THREAD_RECEIVING: return CELL_ENDPOINT;
    case THREAD_WAITING: return CELL_NOTIFICATION;
    case THREAD_REPLY:
    case THREAD_FAULT_REPLY: return CELL_THREAD;
    default: return CELL_FREE;
    }
}

static void thread_is_where_its_state_says(uint32_t t)
{
    const struct cell *c = &cell[t];
    enum cell_kind kind = owner_kind(c->state);

    HOLDS(c->state <= THREAD_FAULT_REPLY, t);
    HOLDS((c->state == THREAD_RUNNING) == (this_core()->current == t), t);
    if (c->state == THREAD_STARVED)
        HOLDS(!c->own || cell[c->own].kind == CELL_BUDGET, t);
    else
        HOLDS(cell[c->own].kind == kind && (kind != CELL_FREE || !c->own), t);
    if (c->state == THREAD_READY)
        HOLDS(c->own == this_core()->ready + c->priority, t);
}

static void thread_has_its_frame_and_task(uint32_t t)
{
    const struct cell *c = &cell[t];

    HOLDS(c->priority < ISTHMUS_PRIORITIES, t);
    HOLDS(c->thread.frame < frame_count && frame[c->thread.frame].kind == FRAME_THREAD, t);
    HOLDS(frame[c->thread.frame].owner == t, t);
    HOLDS(cell[c->thread.task].kind == CELL_TASK, t);
    HOLDS(thread_frame((cell_ix){ t })->regs.core < core_count, t);
}

static void endpoint_state_matches_its_queue(uint32_t e)
{
    const struct cell *c = &cell[e];
    bool receivers = c->head && cell[c->head].state == THREAD_RECEIVING;

    HOLDS((c->state == ENDPOINT_EMPTY) == !c->head, e);
    HOLDS((c->state == ENDPOINT_RECEIVERS) == receivers, e);
    HOLDS(!c->endpoint.cursor || cell[c->endpoint.cursor].own == e, e);
}

static void ready_bitmap_matches_its_queue(uint32_t q)
{
    HOLDS((this_core()->ready_bitmap >> (q - this_core()->ready) & 1) == (cell[q].head != 0), q);
}

static void task_has_its_frames(uint32_t t)
{
    const struct cell *c = &cell[t];
    uint32_t table = c->task.table;

    HOLDS(frame[c->task.slots].kind == FRAME_SLOTS_ROOT && frame[c->task.slots].owner == t, t);
    HOLDS(table ? frame[table].kind == FRAME_TABLE && frame[table].order == ARCH_TABLE_LEVELS : c->id & DYING_BIT, t);
    HOLDS(!cell_cold[t].extra || cell[cell_cold[t].extra].thread.task == t, t);
}

static void pool_lists_have_free_members_first(uint32_t p)
{
    const struct cell *c = &cell[p];

    HOLDS(!c->pool.free_cells == !(c->head && cell[c->head].kind == CELL_FREE), p);
    HOLDS(!c->pool.used_cells == !(c->tail && cell[c->tail].kind != CELL_FREE), p);
    HOLDS(!c->pool.free_frames == !(c->pool.frame_head && frame[c->pool.frame_head].kind == FRAME_FREE), p);
    HOLDS(!cell_cold[p].extra == !(c->pool.frame_tail && frame[c->pool.frame_tail].kind != FRAME_FREE), p);
}

static void id_is_not_from_the_future(uint32_t c)
{
    HOLDS((cell[c].id & ~DYING_BIT) <= next_id, c);
    HOLDS((cell[c].kind == CELL_FREE || cell[c].kind == CELL_READY) == !cell[c].id, c);
}

static void member_links_are_symmetric(uint32_t c)
{
    const struct cell_cold *m = &cell_cold[c];

    if (!m->pool)
        return;
    HOLDS(cell[m->pool].kind == CELL_POOL, c);
    HOLDS(m->pool_next ? cell_cold[m->pool_next].pool_prev == c : cell[m->pool].tail == c, c);
    HOLDS(m->pool_prev ? cell_cold[m->pool_prev].pool_next == c : cell[m->pool].head == c, c);
}

static void check_cell(uint32_t i)
{
    id_is_not_from_the_future(i);
    member_links_are_symmetric(i);
    if (cell[i].kind != CELL_POOL && cell[i].kind != CELL_FREE)
        queue_ends_are_members(i);
    switch (cell[i].kind) {
    case CELL_THREAD:
        queue_member_is_linked(i);
        thread_is_where_its_state_says(i);
        thread_has_its_frame_and_task(i);
        break;
    case CELL_ENDPOINT: endpoint_state_matches_its_queue(i); break;
    case CELL_READY: ready_bitmap_matches_its_queue(i); break;
    case CELL_TASK: task_has_its_frames(i); break;
    case CELL_POOL: pool_lists_have_free_members_first(i); break;
    default: break;
    }
}

/* ---- frames ---- */

/* An entry that maps a data frame is in a table, names the frame, and the list of such entries is linked both ways. */
static void data_frame_is_mapped_where_it_says(uint32_t f)
{
    entry_ix e = { frame[f].map };

    if (!e.i)
        return;
    const struct frame *t = frame_at(entry_table(e));

    HOLDS(t->kind == FRAME_TABLE && t->order <= 2, f);
    uint64_t entry = table_at(entry_table(e))->entry[entry_index(e)];
    const struct table_links *l = frame_bytes((frame_ix){ (uint32_t)t->links });

    HOLDS(arch_entry_present(entry) && arch_entry_target(entry) == (ARCH_RAM_BASE >> ISTHMUS_PAGE_BITS) + f, f);
    HOLDS((arch_entry_flags(entry) & (ISTHMUS_MAP_WRITE | ISTHMUS_MAP_EXECUTE)) != (ISTHMUS_MAP_WRITE | ISTHMUS_MAP_EXECUTE), f);
    HOLDS(!l->link[entry_index(e)].prev, f);
}

static void table_is_referred_to(uint32_t f)
{
    const struct frame *t = &frame[f];

    HOLDS(t->order >= 1 && t->order <= ARCH_TABLE_LEVELS, f);
    HOLDS(t->order > 2 || (frame[t->links].kind == FRAME_LINKS && frame[t->links].owner == f), f);
    if (!t->map)
        return;
    entry_ix up = { t->map };

    HOLDS(frame_at(entry_table(up))->kind == FRAME_TABLE && frame_at(entry_table(up))->order == t->order + 1, f);
    uint64_t entry = table_at(entry_table(up))->entry[entry_index(up)];

    HOLDS(!entry || arch_entry_target(entry) == (ARCH_RAM_BASE >> ISTHMUS_PAGE_BITS) + f, f);
}

/* Isolation: what an entry of a lowest table lets user level reach is data, or no RAM at all.  One entry a check. */
static void table_maps_data_only(uint32_t f, uint32_t index)
{
    uint64_t entry = table_at((frame_ix){ f })->entry[index];

    if (!arch_entry_present(entry) || frame[f].order != 1)
        return;
    uint64_t target = arch_entry_target(entry) - (ARCH_RAM_BASE >> ISTHMUS_PAGE_BITS);

    HOLDS(target >= frame_count || frame[target].kind == FRAME_DATA || frame[target].kind == FRAME_NONE, f);
}

static void frame_links_are_symmetric(uint32_t i)
{
    const struct frame *f = &frame[i];

    if (!f->pool || f->kind == FRAME_SPLITTING || (f->kind == FRAME_FREE && f->order))
        return;
    HOLDS(cell[f->pool].kind == CELL_POOL, i);
    HOLDS(f->next ? frame[f->next].prev == i : cell[f->pool].pool.frame_tail == i, i);
    HOLDS(f->prev ? frame[f->prev].next == i : cell[f->pool].pool.frame_head == i, i);
}

static void check_frame(uint32_t i)
{
    HOLDS(frame[i].kind <= FRAME_LINKS, i);
    frame_links_are_symmetric(i);
    switch (frame[i].kind) {
    case FRAME_DATA: data_frame_is_mapped_where_it_says(i); break;
    case FRAME_TABLE:
        table_is_referred_to(i);
        for (uint32_t e = 0; e < (check_all ? TABLE_ENTRIES : WINDOW); e++)
            table_maps_data_only(i, (frame_window + e) % TABLE_ENTRIES);
        break;
    case FRAME_THREAD: HOLDS(cell[frame[i].owner].thread.frame == i, i); break;
    case FRAME_SLOTS_ROOT: HOLDS(cell[frame[i].owner].task.slots == i, i); break;
    case FRAME_SLOTS: HOLDS(task_root((cell_ix){ frame[i].owner })->leaf[frame[i].map] == i, i); break;
    default: break;
    }
}

/* ---- the check ---- */

static void check_windows(uint32_t cells, uint32_t frames)
{
    for (uint32_t i = 0; i < cells; i++, cell_window = cell_window + 1 < cell_count ? cell_window + 1 : 1)
        check_cell(cell_window ? cell_window : 1);
    for (uint32_t i = 0; i < frames; i++, frame_window = frame_window + 1 < frame_count ? frame_window + 1 : 1)
        check_frame(frame_window ? frame_window : 1);
}

void invariant_check_all_from_now(void) { check_all = true; }

void invariant_check(void)
{
    uint32_t t = this_core()->current;

    HOLDS(!cell[0].id && !cell[0].kind && !frame[0].kind && !frame[0].map, 0u);
    if (t) {
        HOLDS(cell[t].kind == CELL_THREAD && cell[t].state == THREAD_RUNNING, t);
        check_cell(t);
        check_cell(cell[t].thread.task);
        check_frame(cell[t].thread.frame);
    }
    check_windows(check_all ? cell_count - 1 : WINDOW, check_all ? frame_count - 1 : WINDOW);
}
