#include "kernel/task.h"
#include "kernel/pool.h"
#include "kernel/space.h"
#include "kernel/thread.h"

cell_ix task_create(cell_ix pool)
{
    if (!cell_at(pool)->pool.free_cells || cell_at(pool)->pool.free_frames < 2)
        return NIL_CELL;
    cell_ix t = cell_take(pool, CELL_TASK);
    frame_ix slots = frame_take(pool, FRAME_SLOTS_ROOT), table = frame_take(pool, FRAME_TABLE);

    frame_at(slots)->owner = frame_at(table)->owner = t.i;
    frame_at(table)->order = ARCH_TABLE_LEVELS;
    frame_at(table)->links = 0;
    arch_root_init(table_at(table)->entry);
    cell_at(t)->task.slots = slots.i;
    cell_at(t)->task.table = table.i;
    cell_at(t)->task.space = arch_space(table, t.i);
    cell_at(t)->task.window_size = ~0ul;
    return t;
}

error task_add_leaf(cell_ix task, cell_ix pool, uint64_t n)
{
    uint32_t *leaf = &task_root(task)->leaf[n / ISTHMUS_CAP_LEAF_SLOTS];

    if (n >= ISTHMUS_CAP_SLOTS)
        return ISTHMUS_E_ARGUMENT;
    if (*leaf)
        return ISTHMUS_E_BUSY;
    frame_ix f = frame_take(pool, FRAME_SLOTS);

    if (!f.i)
        return ISTHMUS_E_MEMORY;
    frame_at(f)->owner = task.i;
    frame_at(f)->map = (uint32_t)(n / ISTHMUS_CAP_LEAF_SLOTS);
    *leaf = f.i;
    return ISTHMUS_OK;
}

void task_remove_leaf(frame_ix leaf)
{
    task_root((cell_ix){ frame_at(leaf)->owner })->leaf[frame_at(leaf)->map] = 0;
    frame_release(leaf);
}

/* Looks at 64 leaves a step; the root's scan remembers where. */
static error remove_leaves(frame_ix root, struct slots_root *r)
{
    for (int i = 0; i < 64; i++) {
        frame_ix leaf = { r->leaf[frame_at(root)->scan++] };

        if (leaf.i)
            task_remove_leaf(leaf);
    }
    return frame_at(root)->scan < ISTHMUS_CAP_LEAVES ? ISTHMUS_E_MORE : ISTHMUS_OK;
}

error task_destroy_step(cell_ix task)
{
    frame_ix slots = { cell_at(task)->task.slots }, table = { cell_at(task)->task.table };

    if (cell_cold[task.i].extra) {
        (void)thread_destroy_step((cell_ix){ cell_cold[task.i].extra });
        return ISTHMUS_E_MORE;
    }
    if (table.i) {
        if (table_destroy_step(table) == ISTHMUS_OK)
            cell_at(task)->task.table = 0;
        return ISTHMUS_E_MORE;
    }
    if (remove_leaves(slots, task_root(task)))
        return ISTHMUS_E_MORE;
    frame_release(slots);
    cell_release(task);
    return ISTHMUS_OK;
}

error op_task_leaf(cell_ix me, struct registers *r)
{
    struct cap task, pool;
    error err = cap_get(me, r->slot, ISTHMUS_TASK, ISTHMUS_R_MANAGE, &task);

    if (!err)
        err = cap_get(me, r->word[0], ISTHMUS_POOL, ISTHMUS_R_MANAGE, &pool);
    return err ? err : task_add_leaf((cell_ix){ task.object }, (cell_ix){ pool.object }, r->word[1]);
}

error op_task_handler(cell_ix me, struct registers *r)
{
    struct cap task, handler = { 0 };
    error err = cap_get(me, r->slot, ISTHMUS_TASK, ISTHMUS_R_MANAGE, &task);

    if (!err && r->word[0])
        err = cap_get(me, r->word[0], ISTHMUS_ENDPOINT, ISTHMUS_R_WRITE, &handler);
    if (err)
        return err;
    struct slots_root *root = task_root((cell_ix){ task.object });

    root->handler = handler.object;
    root->handler_id = handler.id;
    root->handler_badge = handler.badge;
    return ISTHMUS_OK;
}

error op_task_window(cell_ix me, struct registers *r)
{
    struct cap task;
    uint64_t base = r->word[0], size = r->word[1];
    error err = cap_get(me, r->slot, ISTHMUS_TASK, ISTHMUS_R_MANAGE, &task);

    if (err)
        return err;
    if ((base | size) % PAGE_SIZE || base >= ISTHMUS_USER_LIMIT || size > ISTHMUS_USER_LIMIT - base || (base && !size))
        return ISTHMUS_E_ARGUMENT;
    cell[task.object].task.window_base = base;
    cell[task.object].task.window_size = size ? size : ~0ul;
    return ISTHMUS_OK;
}
