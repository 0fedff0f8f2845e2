#include "kernel/destroy.h"
#include "kernel/budget.h"
#include "kernel/ipc.h"
#include "kernel/pool.h"
#include "kernel/space.h"
#include "kernel/task.h"
#include "kernel/thread.h"

static error destroy_waiters(cell_ix c)
{
    if (ipc_wake_waiters(c))
        return ISTHMUS_E_MORE;
    cell_release(c);
    return ISTHMUS_OK;
}

static error destroy_irq(cell_ix c)
{
    arch_irq_mask(cell_at(c)->irq.line);
    irq_cell[cell_at(c)->irq.line] = 0;
    cell_release(c);
    return ISTHMUS_OK;
}

/* A pool's members go to the pool that it belongs to, as they are: in use or free. */
static error destroy_pool(cell_ix p)
{
    struct cell *c = cell_at(p);
    cell_ix to = { cell_cold[p.i].pool };

    if (cell_cold[p.i].badge) {
        (void)pool_split_step(p);
        return ISTHMUS_E_MORE;
    }
    for (int i = 0; i < ISTHMUS_STEP && c->tail; i++)
        pool_move_cell((cell_ix){ c->tail }, to);
    for (int i = 0; i < ISTHMUS_STEP && c->pool.frame_tail; i++)
        pool_move_frame((frame_ix){ c->pool.frame_tail }, to);
    for (int i = 0; i < ISTHMUS_STEP && c->pool.large_head; i++)
        pool_move_large((frame_ix){ c->pool.large_head }, to);
    if (c->head || c->pool.frame_head || c->pool.large_head)
        return ISTHMUS_E_MORE;
    cell_release(p);
    return ISTHMUS_OK;
}

static error cell_destroy_step(cell_ix c)
{
    cell_at(c)->id |= DYING_BIT;
    switch (cell_at(c)->kind) {
    case CELL_POOL: return destroy_pool(c);
    case CELL_TASK: return task_destroy_step(c);
    case CELL_THREAD: return thread_destroy_step(c);
    case CELL_ENDPOINT:
    case CELL_NOTIFICATION: return destroy_waiters(c);
    case CELL_BUDGET: return budget_destroy_step(c);
    case CELL_IRQ: return destroy_irq(c);
    default: cell_release(c); return ISTHMUS_OK; /* forwarder, device: nothing refers to them but capabilities */
    }
}

static error data_destroy_step(frame_ix f)
{
    frame_at(f)->id |= DYING_BIT;
    if (frame_unmap_step(f))
        return ISTHMUS_E_MORE;
    frame_release(f);
    return ISTHMUS_OK;
}

/* A frame of a pool whose cells are gone: data, or what belongs to a task of another pool. */
static error frame_destroy_step(frame_ix f)
{
    switch (frame_at(f)->kind) {
    case FRAME_DATA: return data_destroy_step(f);
    case FRAME_TABLE: return table_destroy_step(f);
    case FRAME_LINKS: return table_destroy_step((frame_ix){ frame_at(f)->owner });
    case FRAME_SLOTS: task_remove_leaf(f); return ISTHMUS_OK;
    default: panic("pool: frame %u of kind %u is in use without its cell", f.i, frame_at(f)->kind);
    }
}

/* Does the capability name an object of the pool that is alive, or dying by this very operation? */
static bool names_member(const struct slot *s, uint32_t pool)
{
    if (s->kind == ISTHMUS_FRAME)
        return frame[s->object].kind == FRAME_DATA && (frame[s->object].id & ~DYING_BIT) == s->id &&
               frame[s->object].pool == pool;
    if (s->kind == ISTHMUS_NULL || s->kind == ISTHMUS_MACHINE || s->kind == ISTHMUS_REPLY)
        return false;
    return (cell[s->object].id & ~DYING_BIT) == s->id && cell_cold[s->object].pool == pool;
}

error op_pool_destroy(cell_ix me, struct registers *r)
{
    struct cap pool;
    error err = cap_get(me, r->slot, ISTHMUS_POOL, ISTHMUS_R_MANAGE, &pool);

    if (err)
        return err;
    struct slot *s = slot_named(me, r->word[0]);

    if (!s || s->kind == ISTHMUS_NULL)
        return ISTHMUS_E_CAP;
    if (!names_member(s, pool.object))
        return slot_is_live(s) ? ISTHMUS_E_ARGUMENT : ISTHMUS_E_CAP;
    return s->kind == ISTHMUS_FRAME ? data_destroy_step((frame_ix){ s->object }) : cell_destroy_step((cell_ix){ s->object });
}

error op_pool_reap(cell_ix me, struct registers *r)
{
    struct cap c;
    error err = cap_get(me, r->slot, ISTHMUS_POOL, ISTHMUS_R_MANAGE, &c);

    if (err)
        return err;
    const struct cell *p = &cell[c.object];

    if (cell_cold[c.object].badge)
        (void)pool_split_step((cell_ix){ c.object });
    else if (p->pool.used_cells)
        (void)cell_destroy_step((cell_ix){ p->tail });
    else if (cell_cold[c.object].extra)
        (void)frame_destroy_step((frame_ix){ p->pool.frame_tail });
    return cell_cold[c.object].badge || p->pool.used_cells || cell_cold[c.object].extra ? ISTHMUS_E_MORE : ISTHMUS_OK;
}
