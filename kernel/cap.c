#include "kernel/cap.h"

static struct slots_leaf *leaf_at(frame_ix f) { return frame_bytes(f); }

struct slot *slot_at(cell_ix task, uint64_t n)
{
    if (!n || n >= ISTHMUS_CAP_SLOTS)
        return NULL;
    uint32_t leaf = task_root(task)->leaf[n / ISTHMUS_CAP_LEAF_SLOTS];

    if (!leaf)
        return NULL;
    return &leaf_at((frame_ix){ leaf })->slot[n % ISTHMUS_CAP_LEAF_SLOTS];
}

/* Whether (kind, object, id) names something that exists.  A reply is live as long as its caller's call is. */
static bool names_live(uint8_t kind, uint32_t object, uint64_t id)
{
    const struct cell *c = &cell[object];

    switch (kind) {
    case ISTHMUS_NULL: return false;
    case ISTHMUS_MACHINE: return true;
    case ISTHMUS_FRAME: return frame[object].kind == FRAME_DATA && frame[object].id == id;
    case ISTHMUS_REPLY:
        return c->kind == CELL_THREAD && c->thread.call == id &&
               (c->state == THREAD_REPLY || c->state == THREAD_FAULT_REPLY);
    default: return c->id == id;
    }
}

bool slot_is_live(const struct slot *s) { return names_live(s->kind, s->object, s->id); }

struct slot *slot_if_free(struct slot *s) { return s && !slot_is_live(s) ? s : NULL; }

void slot_fill(struct slot *s, uint8_t kind, uint32_t object, uint64_t id, uint8_t rights, uint64_t badge)
{
    *s = (struct slot){ .object = object, .kind = kind, .rights = rights, .id = id, .badge = badge };
}

/* Replaces a forwarder by what it stands for, as long as it lasts: the rights of all links, the badge nearest to the user. */
static void follow(struct cap *c)
{
    for (int i = 0; i < ISTHMUS_FORWARDER_DEPTH && c->kind == ISTHMUS_FORWARDER; i++) {
        const struct cell *f = &cell[c->object];

        if (f->id != c->id) {
            c->kind = ISTHMUS_NULL;
            return;
        }
        c->kind = (uint8_t)f->forwarder.kind;
        c->object = f->forwarder.target;
        c->id = f->forwarder.target_id;
        c->rights &= (uint8_t)f->forwarder.rights;
        c->badge = c->badge ? c->badge : f->forwarder.badge;
    }
}

/* What a slot of this table holds, forwarders followed. */
static error resolve(const struct slot *s, uint8_t kind, uint8_t rights, struct cap *out)
{
    if (!s)
        return ISTHMUS_E_CAP;
    *out = (struct cap){ s->object, s->kind, s->rights, s->id, s->badge };
    follow(out);
    if (!names_live(out->kind, out->object, out->id))
        return ISTHMUS_E_CAP;
    if (kind != ISTHMUS_NULL && out->kind != kind)
        return ISTHMUS_E_KIND;
    return (out->rights & rights) == rights ? ISTHMUS_OK : ISTHMUS_E_RIGHT;
}

struct slot *slot_named(cell_ix t, uint64_t n)
{
    struct cap task;
    uint64_t by = n >> ISTHMUS_SLOT_PATH_SHIFT;

    if (!by)
        return slot_at(task_of(t), n);
    if (by >= ISTHMUS_CAP_SLOTS || resolve(slot_at(task_of(t), by), ISTHMUS_TASK, ISTHMUS_R_MANAGE, &task))
        return NULL;
    return slot_at((cell_ix){ task.object }, n % ISTHMUS_CAP_SLOTS);
}

error cap_get(cell_ix t, uint64_t n, uint8_t kind, uint8_t rights, struct cap *out)
{
    *out = (struct cap){ 0 };
    return resolve(slot_named(t, n), kind, rights, out);
}

error cap_notification(cell_ix t, uint64_t n, struct notification_ref *out)
{
    struct cap c = { 0 };

    if (n) {
        error e = cap_get(t, n, ISTHMUS_NOTIFICATION, ISTHMUS_R_WRITE, &c);

        if (e)
            return e;
    }
    *out = (struct notification_ref){ c.object, c.id, c.badge };
    return ISTHMUS_OK;
}

/* May a copy of `from` carry another badge?  An endpoint's and a notification's owner mints; a machine's functions only
 * become fewer; no other badge means anything. */
static bool may_mint(const struct slot *from, uint64_t badge)
{
    switch (from->kind) {
    case ISTHMUS_ENDPOINT:
    case ISTHMUS_NOTIFICATION: return from->rights & ISTHMUS_R_MANAGE;
    case ISTHMUS_MACHINE: return !(badge & ~from->badge);
    default: return false;
    }
}

error cap_copy(const struct slot *from, struct slot *to, uint64_t rights, uint64_t badge)
{
    if (!slot_is_live(from) || from->kind == ISTHMUS_REPLY)
        return ISTHMUS_E_CAP;
    if (!(from->rights & ISTHMUS_R_COPY))
        return ISTHMUS_E_RIGHT;
    if (badge && badge != from->badge && !may_mint(from, badge))
        return ISTHMUS_E_RIGHT;
    *to = *from;
    to->rights &= (uint8_t)rights;
    if (badge)
        to->badge = badge;
    return ISTHMUS_OK;
}

error op_task_copy(cell_ix me, struct registers *r)
{
    struct cap task;
    error e = cap_get(me, r->slot, ISTHMUS_TASK, ISTHMUS_R_MANAGE, &task);

    if (e)
        return e;
    struct slot *to = slot_if_free(slot_at((cell_ix){ task.object }, r->word[0]));
    const struct slot *from = slot_named(me, r->word[1]);

    if (!to)
        return ISTHMUS_E_SLOT;
    return from ? cap_copy(from, to, r->word[2], r->word[3]) : ISTHMUS_E_CAP;
}

error op_task_move(cell_ix me, struct registers *r)
{
    struct cap task;
    error e = cap_get(me, r->slot, ISTHMUS_TASK, ISTHMUS_R_MANAGE, &task);

    if (e)
        return e;
    struct slot *to = slot_if_free(slot_at((cell_ix){ task.object }, r->word[0]));
    struct slot *from = slot_named(me, r->word[1]);

    if (!to)
        return ISTHMUS_E_SLOT;
    if (!from || !slot_is_live(from))
        return ISTHMUS_E_CAP;
    *to = *from;
    slot_clear(from);
    return ISTHMUS_OK;
}

error op_task_delete(cell_ix me, struct registers *r)
{
    struct cap task;
    error e = cap_get(me, r->slot, ISTHMUS_TASK, ISTHMUS_R_MANAGE, &task);

    if (e)
        return e;
    struct slot *s = slot_at((cell_ix){ task.object }, r->word[0]);

    if (!s)
        return ISTHMUS_E_SLOT;
    slot_clear(s);
    return ISTHMUS_OK;
}

error op_task_identify(cell_ix me, struct registers *r)
{
    struct cap task;
    error e = cap_get(me, r->slot, ISTHMUS_TASK, ISTHMUS_R_READ, &task);

    if (e)
        return e;
    const struct slot *s = slot_at((cell_ix){ task.object }, r->word[0]);

    if (!s)
        return ISTHMUS_E_SLOT;
    bool live = slot_is_live(s);

    r->word[0] = live ? s->kind : ISTHMUS_NULL;
    r->word[1] = live ? s->rights : 0;
    r->word[2] = live ? s->badge : 0;
    r->word[3] = live ? s->id : 0;
    return ISTHMUS_OK;
}
