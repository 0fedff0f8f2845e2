#include "kernel/pool.h"
#include "kernel/start.h"
#include "kernel/list.h"
#include "kernel/task.h"
#include "kernel/thread.h"

/* ---- members ---- */

static struct links cell_links(uint32_t c) { return (struct links){ &cell_cold[c].pool_next, &cell_cold[c].pool_prev }; }
static struct links frame_links(uint32_t f) { return (struct links){ &frame[f].next, &frame[f].prev }; }

static struct list cells_of(uint32_t pool) { return (struct list){ &cell[pool].head, &cell[pool].tail, cell_links }; }

static struct list frames_of(uint32_t pool)
{
    return (struct list){ &cell[pool].pool.frame_head, &cell[pool].pool.frame_tail, frame_links };
}

static struct list large_of(uint32_t pool)
{
    return (struct list){ &cell[pool].pool.large_head, &cell[pool].pool.large_tail, frame_links };
}

cell_ix cell_take(cell_ix pool, enum cell_kind kind)
{
    cell_ix c = { cell_at(pool)->head };

    if (!cell_at(pool)->pool.free_cells)
        return NIL_CELL;
    list_remove(cells_of(pool.i), c.i);
    list_append(cells_of(pool.i), c.i);
    cell_at(pool)->pool.free_cells--;
    cell_at(pool)->pool.used_cells++;
    cell_at(c)->kind = (uint8_t)kind;
    cell_at(c)->id = fresh_id();
    return c;
}

void cell_release(cell_ix c)
{
    uint32_t pool = cell_cold[c.i].pool;

    list_remove(cells_of(pool), c.i);
    *cell_at(c) = (struct cell){ 0 };
    cell_cold[c.i] = (struct cell_cold){ .pool = pool };
    list_push(cells_of(pool), c.i);
    cell[pool].pool.free_cells++;
    cell[pool].pool.used_cells--;
}

void pool_add_cell(cell_ix pool, cell_ix c)
{
    cell_cold[c.i].pool = pool.i;
    list_push(cells_of(pool.i), c.i);
    cell_at(pool)->pool.free_cells++;
}

void frame_zero(frame_ix f)
{
    uint64_t *word = table_at(f)->entry;

    for (int i = 0; i < TABLE_ENTRIES; i += 8) {
        word[i] = word[i + 1] = word[i + 2] = word[i + 3] = 0;
        word[i + 4] = word[i + 5] = word[i + 6] = word[i + 7] = 0;
    }
}

static void frame_set_used(uint32_t pool, frame_ix f, enum frame_kind kind)
{
    list_append(frames_of(pool), f.i);
    cell_cold[pool].extra++;
    frame_at(f)->kind = (uint8_t)kind;
    frame_at(f)->id = fresh_id();
}

frame_ix frame_take(cell_ix pool, enum frame_kind kind)
{
    frame_ix f = { cell_at(pool)->pool.frame_head };

    if (!cell_at(pool)->pool.free_frames)
        return NIL_FRAME;
    list_remove(frames_of(pool.i), f.i);
    cell_at(pool)->pool.free_frames--;
    frame_zero(f);
    frame_set_used(pool.i, f, kind);
    return f;
}

static void add_free(uint32_t pool, frame_ix f, uint8_t order)
{
    *frame_at(f) = (struct frame){ .kind = FRAME_FREE, .order = order, .pool = pool };
    list_push(order ? large_of(pool) : frames_of(pool), f.i);
    if (order)
        cell[pool].pool.free_large++;
    else
        cell[pool].pool.free_frames++;
}

void frame_release(frame_ix f)
{
    uint32_t pool = frame_at(f)->pool;

    list_remove(frames_of(pool), f.i);
    cell_cold[pool].extra--;
    add_free(pool, f, frame_at(f)->order == LARGE_ORDER ? LARGE_ORDER : 0);
}

void pool_add_frame(cell_ix pool, frame_ix f, enum frame_kind kind)
{
    if (kind == FRAME_FREE) {
        add_free(pool.i, f, 0);
        return;
    }
    frame_at(f)->pool = pool.i;
    frame_set_used(pool.i, f, kind);
}

void pool_add_large(cell_ix pool, frame_ix f)
{
    for (uint32_t i = 1; i < LARGE_FRAMES; i++)
        frame[f.i + i] = (struct frame){ .kind = FRAME_COVERED };
    add_free(pool.i, f, LARGE_ORDER);
}

/* ---- creation ---- */

/* Checks the pool in the slot register and the destination in w0. */
struct creation { cell_ix pool; struct slot *to; };

static error creation_check(cell_ix me, const struct registers *r, struct creation *out)
{
    struct cap pool;
    error err = cap_get(me, r->slot, ISTHMUS_POOL, ISTHMUS_R_MANAGE, &pool);

    if (err)
        return err;
    *out = (struct creation){ { pool.object }, slot_if_free(slot_named(me, r->word[0])) };
    return out->to ? ISTHMUS_OK : ISTHMUS_E_SLOT;
}

enum { ALL_RIGHTS = ISTHMUS_R_READ | ISTHMUS_R_WRITE | ISTHMUS_R_EXECUTE | ISTHMUS_R_COPY | ISTHMUS_R_MANAGE };

static void grant(struct slot *to, cell_ix c, uint64_t badge)
{
    slot_fill(to, cell_at(c)->kind == CELL_DEVICE ? ISTHMUS_DEVICE : cell_at(c)->kind, c.i, cell_at(c)->id, ALL_RIGHTS, badge);
}

error op_pool_create_simple(cell_ix me, struct registers *r, enum cell_kind kind)
{
    struct creation n;
    error err = creation_check(me, r, &n);

    if (err)
        return err;
    cell_ix c = cell_take(n.pool, kind);

    if (!c.i)
        return ISTHMUS_E_MEMORY;
    grant(n.to, c, kind == CELL_NOTIFICATION);
    return ISTHMUS_OK;
}

error op_pool_create_task(cell_ix me, struct registers *r)
{
    struct creation n;
    error err = creation_check(me, r, &n);

    if (err)
        return err;
    cell_ix t = task_create(n.pool);

    if (!t.i)
        return ISTHMUS_E_MEMORY;
    grant(n.to, t, 0);
    return ISTHMUS_OK;
}

error op_pool_create_thread(cell_ix me, struct registers *r)
{
    struct creation n;
    struct cap task;
    error err = creation_check(me, r, &n);

    if (!err)
        err = cap_get(me, r->word[1], ISTHMUS_TASK, ISTHMUS_R_MANAGE, &task);
    if (err)
        return err;
    cell_ix t = thread_create(n.pool, (cell_ix){ task.object }, r->word[2]);

    if (!t.i)
        return ISTHMUS_E_MEMORY;
    grant(n.to, t, 0);
    return ISTHMUS_OK;
}

error op_pool_create_forwarder(cell_ix me, struct registers *r)
{
    struct creation n;
    struct slot target;
    uint32_t depth = 0;
    error err = creation_check(me, r, &n);

    if (err)
        return err;
    const struct slot *from = slot_named(me, r->word[1]);

    err = from ? cap_copy(from, &target, r->word[2], r->word[3]) : ISTHMUS_E_CAP;
    if (err)
        return err;
    if (target.kind == ISTHMUS_FORWARDER)
        depth = cell_cold[target.object].extra + 1;
    if (depth >= ISTHMUS_FORWARDER_DEPTH)
        return ISTHMUS_E_ARGUMENT;
    cell_ix f = cell_take(n.pool, CELL_FORWARDER);

    if (!f.i)
        return ISTHMUS_E_MEMORY;
    cell_at(f)->forwarder.target = target.object;
    cell_at(f)->forwarder.kind = target.kind;
    cell_at(f)->forwarder.target_id = target.id;
    cell_at(f)->forwarder.badge = target.badge;
    cell_at(f)->forwarder.rights = target.rights;
    cell_cold[f.i].extra = depth;
    grant(n.to, f, 0);
    n.to->rights = target.rights;
    return ISTHMUS_OK;
}

/* The machine capability in w1, with a function. */
static error machine_check(cell_ix me, const struct registers *r, uint64_t function)
{
    struct cap m;
    error err = cap_get(me, r->word[1], ISTHMUS_MACHINE, ISTHMUS_R_WRITE, &m);

    if (err)
        return err;
    return m.badge & function ? ISTHMUS_OK : ISTHMUS_E_RIGHT;
}

error op_pool_create_irq(cell_ix me, struct registers *r)
{
    struct creation n;
    uint64_t line = r->word[2];
    error err = creation_check(me, r, &n);

    if (!err)
        err = machine_check(me, r, ISTHMUS_MACHINE_IRQ_BIT);
    if (err)
        return err;
    if (line >= arch_irq_lines() || line >= MAX_IRQ)
        return ISTHMUS_E_ARGUMENT;
    if (irq_cell[line])
        return ISTHMUS_E_BUSY;
    cell_ix c = cell_take(n.pool, CELL_IRQ);

    if (!c.i)
        return ISTHMUS_E_MEMORY;
    cell_at(c)->irq.line = (uint32_t)line;
    irq_cell[line] = c.i;
    grant(n.to, c, 0);
    return ISTHMUS_OK;
}

static bool device_range_valid(uint64_t base, uint64_t size, uint64_t ports)
{
    if (!size || base + size < base || ports > 1)
        return false;
    if (ports)
        return ARCH_HAS_PORTS && base + size <= 0x10000;
    return !((base | size) % PAGE_SIZE) && base + size <= 1ul << 52 && !boot_ram_touches(base, size);
}

error op_pool_create_device(cell_ix me, struct registers *r)
{
    struct creation n;
    uint64_t base = r->word[2], size = r->word[3], ports = r->word[4];
    error err = creation_check(me, r, &n);

    if (!err)
        err = machine_check(me, r, ISTHMUS_MACHINE_DEVICE_BIT);
    if (err)
        return err;
    if (!device_range_valid(base, size, ports))
        return ISTHMUS_E_ARGUMENT;
    cell_ix c = cell_take(n.pool, CELL_DEVICE);

    if (!c.i)
        return ISTHMUS_E_MEMORY;
    cell_at(c)->device.base = base;
    cell_at(c)->device.size = size;
    cell_at(c)->device.ports = (uint32_t)ports;
    grant(n.to, c, 0);
    return ISTHMUS_OK;
}

/* A large frame is zeroed sixteen pages a step, at the front of the pool's free large frames; interrupted, it stays there
 * with its progress, and whoever asks next goes on. */
static error create_large(struct creation n)
{
    frame_ix f = { cell_at(n.pool)->pool.large_head };

    if (!f.i)
        return ISTHMUS_E_MEMORY;
    for (int i = 0; i < ISTHMUS_STEP; i++)
        frame_zero((frame_ix){ f.i + frame_at(f)->scan++ });
    if (frame_at(f)->scan < LARGE_FRAMES)
        return ISTHMUS_E_MORE;
    list_remove(large_of(n.pool.i), f.i);
    cell_at(n.pool)->pool.free_large--;
    frame_at(f)->scan = 0;
    frame_set_used(n.pool.i, f, FRAME_DATA);
    slot_fill(n.to, ISTHMUS_FRAME, f.i, frame_at(f)->id, ALL_RIGHTS, 0);
    return ISTHMUS_OK;
}

error op_pool_create_frame(cell_ix me, struct registers *r)
{
    struct creation n;
    error err = creation_check(me, r, &n);

    if (err)
        return err;
    if (r->word[1] > 1)
        return ISTHMUS_E_ARGUMENT;
    if (r->word[1])
        return create_large(n);
    frame_ix f = frame_take(n.pool, FRAME_DATA);

    if (!f.i)
        return ISTHMUS_E_MEMORY;
    slot_fill(n.to, ISTHMUS_FRAME, f.i, frame_at(f)->id, ALL_RIGHTS, 0);
    return ISTHMUS_OK;
}

/* ---- giving and splitting ---- */

static void give_cell(uint32_t from, cell_ix to)
{
    cell_ix c = { cell[from].head };

    list_remove(cells_of(from), c.i);
    cell[from].pool.free_cells--;
    pool_add_cell(to, c);
}

static void give_frame(uint32_t from, cell_ix to)
{
    frame_ix f = { cell[from].pool.frame_head };

    list_remove(frames_of(from), f.i);
    cell[from].pool.free_frames--;
    add_free(to.i, f, 0);
}

static void give_large(uint32_t from, cell_ix to)
{
    frame_ix f = { cell[from].pool.large_head };

    list_remove(large_of(from), f.i);
    cell[from].pool.free_large--;
    add_free(to.i, f, LARGE_ORDER);
}

void pool_move_cell(cell_ix c, cell_ix to)
{
    uint32_t from = cell_cold[c.i].pool;

    if (cell_at(c)->kind == CELL_FREE) {
        give_cell(from, to);
        return;
    }
    list_remove(cells_of(from), c.i);
    list_append(cells_of(to.i), c.i);
    cell_cold[c.i].pool = to.i;
    cell[from].pool.used_cells--;
    cell_at(to)->pool.used_cells++;
}

void pool_move_frame(frame_ix f, cell_ix to)
{
    uint32_t from = frame_at(f)->pool;

    if (frame_at(f)->kind == FRAME_FREE) {
        give_frame(from, to);
        return;
    }
    list_remove(frames_of(from), f.i);
    list_append(frames_of(to.i), f.i);
    frame_at(f)->pool = to.i;
    cell_cold[from].extra--;
    cell_cold[to.i].extra++;
}

void pool_move_large(frame_ix f, cell_ix to) { give_large(frame_at(f)->pool, to); }

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

error op_pool_give(cell_ix me, struct registers *r)
{
    struct cap from, to;
    uint64_t cells = r->word[1], frames = r->word[2], large = r->word[3];
    error err = cap_get(me, r->slot, ISTHMUS_POOL, ISTHMUS_R_MANAGE, &from);

    if (!err)
        err = cap_get(me, r->word[0], ISTHMUS_POOL, ISTHMUS_R_WRITE, &to);
    if (err)
        return err;
    if (cells > ISTHMUS_GIVE_MAX || frames > ISTHMUS_GIVE_MAX || large > ISTHMUS_GIVE_MAX || from.object == to.object)
        return ISTHMUS_E_ARGUMENT;
    const struct cell *p = &cell[from.object];

    r->word[0] = least(cells, p->pool.free_cells);
    r->word[1] = least(frames, p->pool.free_frames);
    r->word[2] = least(large, p->pool.free_large);
    for (uint64_t i = r->word[0]; i; i--)
        give_cell(from.object, (cell_ix){ to.object });
    for (uint64_t i = r->word[1]; i; i--)
        give_frame(from.object, (cell_ix){ to.object });
    for (uint64_t i = r->word[2]; i; i--)
        give_large(from.object, (cell_ix){ to.object });
    return ISTHMUS_OK;
}

/* The large frame being split is in no list: cell_cold[pool].badge names it, and its scan tells how many of its frames
 * are left.  They become free from the end to the front. */
error pool_split_step(cell_ix pool)
{
    frame_ix f = { (uint32_t)cell_cold[pool.i].badge };
    struct frame *head = frame_at(f);

    for (int i = 0; i < ISTHMUS_GIVE_MAX && head->scan > 1; i++)
        add_free(pool.i, (frame_ix){ f.i + --head->scan }, 0);
    if (head->scan > 1)
        return ISTHMUS_E_MORE;
    cell_cold[pool.i].badge = 0;
    add_free(pool.i, f, 0);
    return ISTHMUS_OK;
}

static void split_begin(cell_ix pool)
{
    frame_ix f = { cell_at(pool)->pool.large_head };

    list_remove(large_of(pool.i), f.i);
    cell_at(pool)->pool.free_large--;
    *frame_at(f) = (struct frame){ .kind = FRAME_SPLITTING, .order = LARGE_ORDER, .pool = pool.i, .scan = LARGE_FRAMES };
    cell_cold[pool.i].badge = f.i;
}

error op_pool_split(cell_ix me, struct registers *r)
{
    struct cap c;
    error err = cap_get(me, r->slot, ISTHMUS_POOL, ISTHMUS_R_MANAGE, &c);

    if (err)
        return err;
    if (!cell_cold[c.object].badge) {
        if (!cell[c.object].pool.free_large)
            return ISTHMUS_E_MEMORY;
        split_begin((cell_ix){ c.object });
    }
    return pool_split_step((cell_ix){ c.object });
}

error op_pool_info(cell_ix me, struct registers *r)
{
    struct cap c;
    error err = cap_get(me, r->slot, ISTHMUS_POOL, ISTHMUS_R_READ, &c);

    if (err)
        return err;
    const struct cell *p = &cell[c.object];

    r->word[0] = p->pool.free_cells;
    r->word[1] = p->pool.free_frames;
    r->word[2] = p->pool.free_large;
    r->word[3] = p->pool.used_cells;
    r->word[4] = cell_cold[c.object].extra;
    return ISTHMUS_OK;
}
