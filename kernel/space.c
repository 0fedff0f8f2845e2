#include "kernel/space.h"
#include "kernel/pool.h"

enum { LEVEL_SHIFT = 9, LINKED_LEVELS = 2 }; /* tables of levels 1 and 2 hold mappings */

ALWAYS_INLINE uint64_t page_of(frame_ix f) { return (ARCH_RAM_BASE >> ISTHMUS_PAGE_BITS) + f.i; }
ALWAYS_INLINE uint64_t *entry_at(entry_ix e) { return &table_at(entry_table(e))->entry[entry_index(e)]; }

ALWAYS_INLINE uint32_t *link_next(entry_ix e)
{
    struct table_links *l = frame_bytes((frame_ix){ (uint32_t)frame_at(entry_table(e))->links });

    return &l->link[entry_index(e)].next;
}

ALWAYS_INLINE uint32_t *link_prev(entry_ix e) { return link_next(e) + 1; }

/* The frame that a present mapping names; nil if it is a device's page. */
static frame_ix mapped_frame(uint64_t entry)
{
    uint64_t index = arch_entry_target(entry) - (ARCH_RAM_BASE >> ISTHMUS_PAGE_BITS);

    if (index >= frame_count || frame[index].kind != FRAME_DATA)
        return NIL_FRAME;
    return (frame_ix){ (uint32_t)index };
}

frame_ix table_walk(cell_ix task, uint64_t address, unsigned level)
{
    frame_ix t = { cell_at(task)->task.table };

    for (unsigned at = ARCH_TABLE_LEVELS; at > level; at--) {
        uint64_t e = table_at(t)->entry[arch_table_index(address, at)];

        if (!arch_entry_present(e) || !arch_entry_is_table(e, at))
            return NIL_FRAME;
        t.i = (uint32_t)(arch_entry_target(e) - (ARCH_RAM_BASE >> ISTHMUS_PAGE_BITS));
    }
    return t;
}

/* The address that an entry translates, from the way up to the root. */
static uint64_t entry_address(entry_ix e)
{
    uint64_t address = 0;
    unsigned level = frame_at(entry_table(e))->order;

    for (; level < ARCH_TABLE_LEVELS; level++) {
        address |= (uint64_t)entry_index(e) << (ISTHMUS_PAGE_BITS + LEVEL_SHIFT * (level - 1));
        e.i = frame_at(entry_table(e))->map;
    }
    return address | (uint64_t)entry_index(e) << (ISTHMUS_PAGE_BITS + LEVEL_SHIFT * (level - 1));
}

/* Forgets the translation of an entry, unless its table was cut off from its task before. */
static void flush_entry(entry_ix e)
{
    uint32_t task = frame_at(entry_table(e))->owner;

    if (cell[task].kind == CELL_TASK && cell[task].task.table)
        arch_flush_page(cell[task].task.space, entry_address(e));
}

/* ---- mappings ---- */

static void link_entry(entry_ix e, frame_ix f)
{
    entry_ix old = { frame_at(f)->map };

    *link_next(e) = old.i;
    *link_prev(e) = 0;
    if (old.i)
        *link_prev(old) = e.i;
    frame_at(f)->map = e.i;
}

static void unlink_entry(entry_ix e, frame_ix f)
{
    entry_ix next = { *link_next(e) }, prev = { *link_prev(e) };

    if (prev.i)
        *link_next(prev) = next.i;
    else
        frame_at(f)->map = next.i;
    if (next.i)
        *link_prev(next) = prev.i;
    *link_next(e) = *link_prev(e) = 0;
}

static void clear_mapping(entry_ix e)
{
    frame_ix f = mapped_frame(*entry_at(e));

    *entry_at(e) = 0;
    if (f.i)
        unlink_entry(e, f);
}

error frame_unmap_step(frame_ix f)
{
    for (int i = 0; i < ISTHMUS_STEP && frame_at(f)->map; i++) {
        entry_ix e = { frame_at(f)->map };

        clear_mapping(e);
        flush_entry(e);
    }
    return frame_at(f)->map ? ISTHMUS_E_MORE : ISTHMUS_OK;
}

/* The free entry for a mapping at an address. */
static error entry_for(cell_ix task, uint64_t address, unsigned level, entry_ix *out)
{
    frame_ix t = table_walk(task, address, level);

    if (!t.i)
        return ISTHMUS_E_TABLE;
    *out = entry_in(t, arch_table_index(address, level));
    return arch_entry_present(*entry_at(*out)) ? ISTHMUS_E_BUSY : ISTHMUS_OK;
}

error space_map_frame(cell_ix task, frame_ix f, uint64_t address, unsigned flags)
{
    entry_ix e;
    unsigned level = frame_at(f)->order ? 2 : 1;
    error err = entry_for(task, address, level, &e);

    if (err)
        return err;
    *entry_at(e) = arch_entry_page(page_of(f), flags, level);
    link_entry(e, f);
    flush_entry(e); /* an absent entry may be remembered, too */
    if (flags & ISTHMUS_MAP_EXECUTE)
        arch_flush_code();
    return ISTHMUS_OK;
}

static error map_device(cell_ix task, const struct cell *d, uint64_t offset, uint64_t address, unsigned flags)
{
    entry_ix e;
    error err = entry_for(task, address, 1, &e);

    if (err)
        return err;
    *entry_at(e) = arch_entry_page((d->device.base + offset) >> ISTHMUS_PAGE_BITS, flags | ISTHMUS_MAP_DEVICE, 1);
    flush_entry(e);
    return ISTHMUS_OK;
}

static bool flags_valid(uint64_t flags)
{
    const uint64_t wx = ISTHMUS_MAP_WRITE | ISTHMUS_MAP_EXECUTE;

    return flags && flags < 2 * ISTHMUS_MAP_DEVICE && (flags & wx) != wx && (flags & ISTHMUS_MAP_READ);
}

static bool range_valid(uint64_t address, uint64_t bytes)
{
    return address >= PAGE_SIZE && address < ISTHMUS_USER_LIMIT && bytes <= ISTHMUS_USER_LIMIT - address;
}

error op_task_map(cell_ix me, struct registers *r)
{
    struct cap task, page;
    uint64_t address = r->word[1], flags = r->word[2], offset = r->word[3], size = PAGE_SIZE;
    error err = cap_get(me, r->slot, ISTHMUS_TASK, ISTHMUS_R_MANAGE, &task);

    if (!err)
        err = cap_get(me, r->word[0], ISTHMUS_NULL, 0, &page);
    if (err)
        return err;
    if (page.kind != ISTHMUS_FRAME && page.kind != ISTHMUS_DEVICE)
        return ISTHMUS_E_KIND;
    if (page.kind == ISTHMUS_FRAME && frame[page.object].order)
        size = 1ul << ISTHMUS_LARGE_BITS;
    if (!flags_valid(flags) || address % size || offset % PAGE_SIZE || !range_valid(address, size))
        return ISTHMUS_E_ARGUMENT;
    if (flags & ~(uint64_t)ISTHMUS_MAP_DEVICE & ~(uint64_t)page.rights)
        return ISTHMUS_E_RIGHT;
    if (page.kind == ISTHMUS_FRAME)
        return offset ? ISTHMUS_E_ARGUMENT
                      : space_map_frame((cell_ix){ task.object }, (frame_ix){ page.object }, address, (unsigned)flags);
    const struct cell *d = &cell[page.object];

    if (d->device.ports || offset >= d->device.size)
        return ISTHMUS_E_ARGUMENT;
    return map_device((cell_ix){ task.object }, d, offset, address, (unsigned)flags);
}

/* A run of entries in one table of level 1; a large mapping counts as the one entry of its table of level 2. */
struct run { frame_ix table; uint32_t first, count; };

static error run_get(cell_ix me, const struct registers *r, struct run *out)
{
    struct cap task;
    uint64_t address = r->word[0], pages = r->word[1];
    error err = cap_get(me, r->slot, ISTHMUS_TASK, ISTHMUS_R_MANAGE, &task);

    if (err)
        return err;
    if (address % PAGE_SIZE || !pages || pages > ISTHMUS_STEP || !range_valid(address, pages * PAGE_SIZE))
        return ISTHMUS_E_ARGUMENT;
    unsigned level = 1;

    out->table = table_walk((cell_ix){ task.object }, address, level);
    if (!out->table.i && !(address % (1ul << ISTHMUS_LARGE_BITS)))
        out->table = table_walk((cell_ix){ task.object }, address, level = 2);
    if (!out->table.i)
        return ISTHMUS_E_TABLE;
    out->first = arch_table_index(address, level);
    out->count = level == 1 ? (uint32_t)pages : 1;
    return out->first + out->count <= TABLE_ENTRIES ? ISTHMUS_OK : ISTHMUS_E_ARGUMENT;
}

/* Is there a mapping in the entry?  An entry of a table of level 2 may refer to a table. */
static bool is_mapping(entry_ix e)
{
    uint64_t v = *entry_at(e);

    return arch_entry_present(v) && !arch_entry_is_table(v, frame_at(entry_table(e))->order);
}

error op_task_unmap(cell_ix me, struct registers *r)
{
    struct run run;
    error err = run_get(me, r, &run);

    if (err)
        return err;
    for (uint32_t i = 0; i < ISTHMUS_STEP && i < run.count; i++) {
        entry_ix e = entry_in(run.table, run.first + i);

        if (is_mapping(e)) {
            clear_mapping(e);
            flush_entry(e);
        }
    }
    return ISTHMUS_OK;
}

/* All checks, then all writes. */
error op_task_protect(cell_ix me, struct registers *r)
{
    struct run run;
    uint64_t flags = r->word[2];
    error err = run_get(me, r, &run);

    if (err)
        return err;
    if (!flags_valid(flags))
        return ISTHMUS_E_ARGUMENT;
    for (uint32_t i = 0; i < ISTHMUS_STEP && i < run.count; i++) {
        entry_ix e = entry_in(run.table, run.first + i);

        if (is_mapping(e) && flags & ~(uint64_t)arch_entry_flags(*entry_at(e)))
            return ISTHMUS_E_RIGHT;
    }
    for (uint32_t i = 0; i < ISTHMUS_STEP && i < run.count; i++) {
        entry_ix e = entry_in(run.table, run.first + i);

        if (is_mapping(e)) {
            unsigned device = arch_entry_flags(*entry_at(e)) & ISTHMUS_MAP_DEVICE;

            *entry_at(e) = arch_entry_page(arch_entry_target(*entry_at(e)), (unsigned)flags | device,
                                           frame_at(run.table)->order);
            flush_entry(e);
        }
    }
    return ISTHMUS_OK;
}

/* ---- tables ---- */

error space_add_table(cell_ix task, cell_ix pool, uint64_t address, unsigned level)
{
    bool linked = level <= LINKED_LEVELS;
    entry_ix up;
    error err = entry_for(task, address, level + 1, &up);

    if (err)
        return err;
    if (cell_at(pool)->pool.free_frames < 1u + linked)
        return ISTHMUS_E_MEMORY;
    frame_ix t = frame_take(pool, FRAME_TABLE);

    frame_at(t)->links = 0;
    if (linked) {
        frame_ix l = frame_take(pool, FRAME_LINKS);

        frame_at(t)->links = l.i;
        frame_at(l)->owner = t.i;
    }
    frame_at(t)->owner = task.i;
    frame_at(t)->order = (uint8_t)level;
    frame_at(t)->map = up.i;
    *entry_at(up) = arch_entry_table(page_of(t));
    flush_entry(up);
    return ISTHMUS_OK;
}

error op_task_table(cell_ix me, struct registers *r)
{
    struct cap task, pool;
    uint64_t address = r->word[1], level = r->word[2];
    error err = cap_get(me, r->slot, ISTHMUS_TASK, ISTHMUS_R_MANAGE, &task);

    if (!err)
        err = cap_get(me, r->word[0], ISTHMUS_POOL, ISTHMUS_R_MANAGE, &pool);
    if (err)
        return err;
    if (!level || level >= ARCH_TABLE_LEVELS || address >= ISTHMUS_USER_LIMIT)
        return ISTHMUS_E_ARGUMENT;
    return space_add_table((cell_ix){ task.object }, (cell_ix){ pool.object }, address, (unsigned)level);
}

/* Takes a table out of the tree: nothing walks it any more. */
static void cut_off(frame_ix table)
{
    struct frame *t = frame_at(table);
    cell_ix task = { t->owner };

    if (t->map)
        *entry_at((entry_ix){ t->map }) = 0;
    t->map = 0;
    t->owner = 0;
    if (!task.i)
        return;
    if (cell_at(task)->task.table == table.i)
        arch_space_leave(); /* this core may be in it */
    arch_flush_space(cell_at(task)->task.space);
}

static void release_table(frame_ix table)
{
    frame_ix links = { (uint32_t)frame_at(table)->links };

    if (links.i)
        frame_release(links);
    frame_release(table);
}

/* The entries that are user level's: the whole table, but of the root only the first half. */
static uint32_t user_entries(frame_ix table)
{
    return frame_at(table)->order == ARCH_TABLE_LEVELS ? TABLE_ENTRIES / 2 : TABLE_ENTRIES;
}

enum { GROUP = 8 }; /* entries that are looked at together: most of a table is empty */

static bool group_is_empty(frame_ix table, uint32_t first)
{
    const uint64_t *e = &table_at(table)->entry[first];

    return !(e[0] | e[1] | e[2] | e[3] | e[4] | e[5] | e[6] | e[7]);
}

/* Looks at up to 64 entries, or groups of them, from where the table's scan stopped.  At an entry that refers to a table it stops
 * and gives that table; nil when the step is done. */
static frame_ix scan_step(frame_ix table)
{
    struct frame *t = frame_at(table);
    uint32_t end = user_entries(table);

    for (int i = 0; i < 64 && t->scan < end; i++) {
        entry_ix e = entry_in(table, t->scan);
        uint64_t v = *entry_at(e);

        if (!(t->scan % GROUP) && group_is_empty(table, t->scan)) {
            t->scan += GROUP;
            continue;
        }
        if (arch_entry_present(v) && arch_entry_is_table(v, t->order))
            return (frame_ix){ (uint32_t)(arch_entry_target(v) - (ARCH_RAM_BASE >> ISTHMUS_PAGE_BITS)) };
        if (arch_entry_present(v))
            clear_mapping(e);
        t->scan++;
    }
    return NIL_FRAME;
}

error table_destroy_step(frame_ix table)
{
    frame_ix t = table;

    if (frame_at(table)->owner)
        cut_off(table);
    for (int depth = 0; depth < ARCH_TABLE_LEVELS; depth++) {
        frame_ix below = scan_step(t);

        if (!below.i)
            break;
        t = below;
    }
    if (frame_at(t)->scan < user_entries(t))
        return ISTHMUS_E_MORE;
    if (frame_at(t)->map)
        *entry_at((entry_ix){ frame_at(t)->map }) = 0;
    release_table(t);
    return t.i == table.i ? ISTHMUS_OK : ISTHMUS_E_MORE;
}

error op_frame_info(cell_ix me, struct registers *r)
{
    struct cap c;
    error err = cap_get(me, r->slot, ISTHMUS_FRAME, ISTHMUS_R_MANAGE, &c);

    if (err)
        return err;
    r->word[0] = page_of((frame_ix){ c.object }) << ISTHMUS_PAGE_BITS;
    r->word[1] = frame[c.object].order ? 1ul << ISTHMUS_LARGE_BITS : PAGE_SIZE;
    return ISTHMUS_OK;
}
