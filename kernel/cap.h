/* Capabilities: slots, lookup through forwarders, and the operations on a task's table. */
#pragma once
#include "kernel/state.h"

/* A capability as an operation uses it: forwarders followed, checked to be alive. */
struct cap {
    uint32_t object;
    uint8_t kind;   /* enum isthmus_kind */
    uint8_t rights; /* ISTHMUS_R_* */
    uint64_t id;
    uint64_t badge;
};

/* Set in an object's id by the first step of its destruction: no capability matches any more but the one that destroys. */
#define DYING_BIT (1ul << 63)

/* The slot of a task's table, or null if there is none. */
struct slot *slot_at(cell_ix task, uint64_t n);

/* The slot that thread t names by n, or null: slot n of its task's table, or, if bits 16 to 31 name a task in that table that t
 * may manage, slot n % 65,536 of that task's. */
struct slot *slot_named(cell_ix t, uint64_t n);

/* The slot if it can be written, else null: one whose object is gone counts as empty. */
struct slot *slot_if_free(struct slot *s);

/* Does what the slot names still exist? */
bool slot_is_live(const struct slot *s);

/* The capability in slot n of thread t's task: E_CAP, E_KIND (unless kind is ISTHMUS_NULL: any), E_RIGHT. */
error cap_get(cell_ix t, uint64_t n, uint8_t kind, uint8_t rights, struct cap *out) MUST_CHECK;

/* Writes a capability for a fresh object into a slot. */
void slot_fill(struct slot *s, uint8_t kind, uint32_t object, uint64_t id, uint8_t rights, uint64_t badge);

ALWAYS_INLINE void slot_clear(struct slot *s) { *s = (struct slot){ 0 }; }
ALWAYS_INLINE cell_ix task_of(cell_ix thread) { return (cell_ix){ cell[thread.i].thread.task }; }

/* Copies the slot of one task into another's, as far as the rules of task_copy allow. */
error cap_copy(const struct slot *from, struct slot *to, uint64_t rights, uint64_t badge) MUST_CHECK;

/* A notification named by slot n with right write, as a weak reference; n = 0 gives nil. */
struct notification_ref { uint32_t cell; uint64_t id, badge; };
error cap_notification(cell_ix t, uint64_t n, struct notification_ref *out) MUST_CHECK;

error op_task_copy(cell_ix me, struct registers *r) MUST_CHECK;
error op_task_move(cell_ix me, struct registers *r) MUST_CHECK;
error op_task_delete(cell_ix me, struct registers *r) MUST_CHECK;
error op_task_identify(cell_ix me, struct registers *r) MUST_CHECK;
