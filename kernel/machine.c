#include "kernel/machine.h"
#include "kernel/budget.h"
#include "kernel/ipc.h"
#include "kernel/sched.h"

uint32_t irq_cell[MAX_IRQ];

/* The machine capability in the slot register, with a function. */
static error machine_get(cell_ix me, const struct registers *r, uint64_t function)
{
    struct cap c;
    error err = cap_get(me, r->slot, ISTHMUS_MACHINE, ISTHMUS_R_WRITE, &c);

    if (err)
        return err;
    return c.badge & function ? ISTHMUS_OK : ISTHMUS_E_RIGHT;
}

error op_machine_log(cell_ix me, struct registers *r)
{
    uint64_t count = r->word[0];
    error err = machine_get(me, r, ISTHMUS_MACHINE_LOG_BIT);

    if (err)
        return err;
    if (count > ISTHMUS_LOG_BYTES)
        return ISTHMUS_E_ARGUMENT;
    for (unsigned i = 0; i < ISTHMUS_LOG_BYTES && i < count; i++)
        arch_log_byte((uint8_t)(r->word[1 + i / 8] >> i % 8 * 8));
    return ISTHMUS_OK;
}

error op_machine_timer(cell_ix me, struct registers *r)
{
    struct notification_ref n;
    struct core *c = this_core();
    error err = machine_get(me, r, ISTHMUS_MACHINE_TIME_BIT);

    if (!err)
        err = cap_notification(me, r->word[0], &n);
    if (err)
        return err;
    c->deadline = r->word[1];
    c->deadline_notification = n.cell;
    c->deadline_id = n.id;
    c->deadline_badge = n.badge;
    sched_arm();
    r->word[0] = arch_time();
    return ISTHMUS_OK;
}

error op_machine_refill(cell_ix me, struct registers *r)
{
    struct cap b;
    error err = machine_get(me, r, ISTHMUS_MACHINE_TIME_BIT);

    if (!err)
        err = cap_get(me, r->word[0], ISTHMUS_BUDGET, ISTHMUS_R_WRITE, &b);
    return err ? err : budget_fill((cell_ix){ b.object }, r->word[1], r->word[2]);
}

error op_machine_halt(cell_ix me, struct registers *r)
{
    error err = machine_get(me, r, ISTHMUS_MACHINE_HALT_BIT);

    if (err)
        return err;
    if (r->word[0] > 1)
        return ISTHMUS_E_ARGUMENT;
    arch_halt(r->word[0]);
}

/* ---- interrupts ---- */

void interrupt_line(uint32_t line)
{
    const struct cell *c = line < MAX_IRQ ? &cell[irq_cell[line]] : &cell[0];

    if (c->kind == CELL_IRQ)
        notification_signal_weak(c->irq.notification, c->irq.notification_id, c->irq.badge);
}

void interrupt_timer(void)
{
    struct core *c = this_core();

    c->armed = ~0ul;
    if (arch_time() >= c->deadline) {
        c->deadline = ~0ul;
        notification_signal_weak(c->deadline_notification, c->deadline_id, c->deadline_badge);
    }
    if (c->budget)
        sched_charge();
    sched_arm();
}

_Noreturn void trap_interrupt(void)
{
    struct core *c = this_core();

    if (c->current)
        cell[c->current].form |= FORM_FULL;
    arch_interrupts();
    sched_leave();
}

static error irq_get(cell_ix me, const struct registers *r, uint8_t right, struct cell **out)
{
    struct cap c;
    error err = cap_get(me, r->slot, ISTHMUS_IRQ, right, &c);

    *out = &cell[c.object];
    return err;
}

error op_irq_bind(cell_ix me, struct registers *r)
{
    struct cell *c;
    struct notification_ref n;
    error err = irq_get(me, r, ISTHMUS_R_MANAGE, &c);

    if (!err)
        err = cap_notification(me, r->word[0], &n);
    if (err)
        return err;
    c->irq.notification = n.cell;
    c->irq.notification_id = n.id;
    c->irq.badge = n.badge;
    return ISTHMUS_OK;
}

error op_irq_ack(cell_ix me, struct registers *r)
{
    struct cell *c;
    error err = irq_get(me, r, ISTHMUS_R_WRITE, &c);

    if (!err)
        arch_irq_unmask(c->irq.line);
    return err;
}

/* ---- I/O ports ---- */

/* The port that w0 and w1 of the message name, if the device has it. */
static error port_get(cell_ix me, const struct registers *r, uint8_t right, uint16_t *port)
{
    struct cap c;
    uint64_t offset = r->word[0], width = r->word[1];
    error err = cap_get(me, r->slot, ISTHMUS_DEVICE, right, &c);

    if (err)
        return err;
    const struct cell *d = &cell[c.object];

    if (!d->device.ports || (width != 1 && width != 2 && width != 4))
        return ISTHMUS_E_ARGUMENT;
    if (offset >= d->device.size || width > d->device.size - offset)
        return ISTHMUS_E_ARGUMENT;
    *port = (uint16_t)(d->device.base + offset);
    return ISTHMUS_OK;
}

error op_port_in(cell_ix me, struct registers *r)
{
    uint16_t port = 0;
    unsigned width = (unsigned)r->word[1];
    uint64_t count = r->word[2];
    error err = ARCH_HAS_PORTS ? port_get(me, r, ISTHMUS_R_READ, &port) : ISTHMUS_E_OPERATION;

    if (err)
        return err;
    if (!count || count > ISTHMUS_MESSAGE_WORDS)
        return ISTHMUS_E_ARGUMENT;
    for (unsigned i = 0; i < ISTHMUS_MESSAGE_WORDS && i < count; i++)
        r->word[i] = arch_port_in(port, width);
    return ISTHMUS_OK;
}

error op_port_out(cell_ix me, struct registers *r)
{
    enum { MOST = ISTHMUS_MESSAGE_WORDS - 3 };
    uint16_t port = 0;
    error err = ARCH_HAS_PORTS ? port_get(me, r, ISTHMUS_R_WRITE, &port) : ISTHMUS_E_OPERATION;

    if (err)
        return err;
    if (!r->word[2] || r->word[2] > MOST)
        return ISTHMUS_E_ARGUMENT;
    for (unsigned i = 0; i < MOST && i < r->word[2]; i++)
        arch_port_out(port, (unsigned)r->word[1], r->word[3 + i]);
    return ISTHMUS_OK;
}
