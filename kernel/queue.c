#include "kernel/queue.h"

void queue_append(cell_ix queue, cell_ix t)
{
    struct cell *q = cell_at(queue), *c = cell_at(t);
    uint32_t tail = q->tail;

    c->own = queue.i;
    c->next = 0;
    c->prev = tail;
    if (tail)
        cell[tail].next = t.i;
    else
        q->head = t.i;
    q->tail = t.i;
}

void queue_unlink(cell_ix t)
{
    struct cell *c = cell_at(t), *q = &cell[c->own];
    uint32_t next = c->next, prev = c->prev;

    if (prev)
        cell[prev].next = next;
    else
        q->head = next;
    if (next)
        cell[next].prev = prev;
    else
        q->tail = prev;
    c->next = c->prev = c->own = 0;
}
