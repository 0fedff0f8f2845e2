/* Doubly linked lists of what a pool or a task owns.  Links and ends are fields of flat tables; a list names them by
 * accessors, all inlined, so that cells, frames and threads share the code and no pointer is stored. */
#pragma once
#include "kernel/state.h"

struct links { uint32_t *next, *prev; };

struct list {
    uint32_t *head, *tail;
    struct links (*links)(uint32_t member);
};

ALWAYS_INLINE void list_remove(struct list l, uint32_t m)
{
    struct links at = l.links(m);
    uint32_t next = *at.next, prev = *at.prev;

    if (prev)
        *l.links(prev).next = next;
    else
        *l.head = next;
    if (next)
        *l.links(next).prev = prev;
    else
        *l.tail = prev;
    *at.next = *at.prev = 0;
}

ALWAYS_INLINE void list_push(struct list l, uint32_t m) /* in front */
{
    struct links at = l.links(m);

    *at.prev = 0;
    *at.next = *l.head;
    if (*l.head)
        *l.links(*l.head).prev = m;
    else
        *l.tail = m;
    *l.head = m;
}

ALWAYS_INLINE void list_append(struct list l, uint32_t m)
{
    struct links at = l.links(m);

    *at.next = 0;
    *at.prev = *l.tail;
    if (*l.tail)
        *l.links(*l.tail).next = m;
    else
        *l.head = m;
    *l.tail = m;
}
