/* Interrupts and device registers: the UART, whose transmitter is empty whenever one wants an interrupt. */
#include "lib/rt/main.h"
#include "lib/test/rig.h"

#define MACHINE ((isthmus_slot)ISTHMUS_BOOT_SLOT_MACHINE)

/* Of a 16550: datasheet PC16550D, table II. */
enum { UART_IER = 1, UART_SCRATCH = 7, IER_TRANSMIT_EMPTY = 2 };

static isthmus_slot device, irq, note;
static volatile uint8_t *mapped;

static const struct isthmus_boot_info *info(void) { return isthmus_boot_info(); }

/* ---- registers, by memory or ports ---- */

static void write8(unsigned at, uint8_t value)
{
    if (info()->uart_ports)
        QUIET_ERROR("port_out", isthmus_port_out(device, at, 1, 1, (uint64_t[5]){ value }), ISTHMUS_OK);
    else
        mapped[(info()->uart_base & 4095) + (at << info()->uart_shift)] = value;
}

static uint8_t read8(unsigned at)
{
    uint64_t value[8] = { 0 };

    if (!info()->uart_ports)
        return mapped[(info()->uart_base & 4095) + (at << info()->uart_shift)];
    QUIET_ERROR("port_in", isthmus_port_in(device, at, 1, 1, value), ISTHMUS_OK);
    return (uint8_t)value[0];
}

static void open_uart(void)
{
    bool ports = info()->uart_ports;

    device = rig_slot();
    NEED("device", isthmus_pool_create_device(RIG_POOL, device, MACHINE, ports ? info()->uart_base : info()->uart_base & ~(uint64_t)4095,
                                              ports ? 8 : 4096, ports));
    if (!ports)
        NEED("map", space_map_device(rig_maker.space, device, 0, 1, (volatile void **)&mapped));
    for (unsigned i = 1; i < 5; i++) {
        write8(UART_SCRATCH, (uint8_t)(i * 0x31));
        CHECK_EQUAL("a register holds what is written", read8(UART_SCRATCH), (uint8_t)(i * 0x31));
    }
}

/* ---- the line ---- */

static bool signalled(uint64_t *bits, uint64_t within_us)
{
    uint64_t end = rig_ticks() + rig_us(within_us);
    enum isthmus_error error;

    do
        error = isthmus_try_recv(note, bits, &(struct isthmus_message){ 0 });
    while (error == ISTHMUS_E_WOULD_BLOCK && rig_ticks() < end);
    return error == ISTHMUS_OK;
}

/* Lowers the line, and lets pass what was latched before. */
static void quiet(void)
{
    uint64_t bits;

    write8(UART_IER, 0);
    for (int i = 0; i < 4; i++) {
        QUIET_ERROR("acknowledge", isthmus_irq_ack(irq), ISTHMUS_OK);
        if (!signalled(&bits, 2000))
            return;
    }
    test_fail("line", "is never quiet");
}

static void raise(void)
{
    write8(UART_IER, 0);
    write8(UART_IER, IER_TRANSMIT_EMPTY);
}

static void signals(void)
{
    unsigned before = test_failures();
    uint64_t bits = 0;

    write8(UART_IER, 0);
    raise();
    QUIET("masked at first", !signalled(&bits, 3000));
    for (int i = 0; i < 10; i++) {
        quiet();
        raise();
        QUIET("signalled", signalled(&bits, 500000));
        QUIET_EQUAL("with the badge", bits, 0x70);
        raise();
        raise();
        QUIET("masked until it is acknowledged", !signalled(&bits, 2000));
    }
    quiet();
    QUIET("a quiet line is quiet", !signalled(&bits, 2000));
    QUIET_OK("an interrupt signals once an acknowledgement", before);
}

/* It wakes the thread that waits, out of a core that idles. */
static void wakes(void)
{
    unsigned before = test_failures();

    quiet();
    raise();
    QUIET_ERROR("wait", isthmus_recv(note, NULL, &(struct isthmus_message){ 0 }), ISTHMUS_OK);
    QUIET_OK("an interrupt ends a wait", before);
}

static void bindings(void)
{
    isthmus_slot other = rig_notification(RIG_POOL), read_only = rig_copy(other, ISTHMUS_R_READ, 0);
    isthmus_slot weak = rig_copy(irq, ISTHMUS_R_READ, 0);
    unsigned before = test_failures();
    uint64_t bits;

    QUIET_ERROR("right write", isthmus_irq_bind(irq, read_only), ISTHMUS_E_RIGHT);
    QUIET_ERROR("bind needs manage", isthmus_irq_bind(weak, other), ISTHMUS_E_RIGHT);
    QUIET_ERROR("acknowledge needs write", isthmus_irq_ack(weak), ISTHMUS_E_RIGHT);
    QUIET_ERROR("kind", isthmus_irq_bind(irq, device), ISTHMUS_E_KIND);
    NEED("none", isthmus_irq_bind(irq, 0));
    quiet();
    raise();
    QUIET("bound to none", !signalled(&bits, 2000));
    NEED("other", isthmus_irq_bind(irq, other));
    quiet();
    raise();
    rig_spin(rig_us(3000));
    QUIET("not to the first", !signalled(&bits, 1000));
    QUIET_ERROR("to the other", isthmus_try_recv(other, NULL, &(struct isthmus_message){ 0 }), ISTHMUS_OK);
    rig_destroy(RIG_POOL, other);
    write8(UART_IER, 0);
    NEED("acknowledge", isthmus_irq_ack(irq));
    raise();
    rig_spin(rig_us(3000));
    rig_drop(read_only);
    rig_drop(weak);
    QUIET_OK("bindings", before);
}

static void objects(void)
{
    isthmus_slot again = rig_slot(), no_irq = rig_copy(MACHINE, RIG_ALL, ISTHMUS_MACHINE_LOG_BIT);
    unsigned before = test_failures();
    uint64_t bits;

    QUIET_ERROR("one object a line", isthmus_pool_create_irq(RIG_POOL, again, MACHINE, info()->uart_irq), ISTHMUS_E_BUSY);
    QUIET_ERROR("no such line", isthmus_pool_create_irq(RIG_POOL, again, MACHINE, 100000), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("nor this", isthmus_pool_create_irq(RIG_POOL, again, MACHINE, ~(uint64_t)0), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("the machine's function", isthmus_pool_create_irq(RIG_POOL, again, no_irq, info()->uart_irq), ISTHMUS_E_RIGHT);
    QUIET_ERROR("kind", isthmus_pool_create_irq(RIG_POOL, again, note, info()->uart_irq), ISTHMUS_E_KIND);
    write8(UART_IER, 0);
    rig_destroy(RIG_POOL, irq);
    raise();
    rig_spin(rig_us(3000));
    QUIET_ERROR("made again", isthmus_pool_create_irq(RIG_POOL, again, MACHINE, info()->uart_irq), ISTHMUS_OK);
    irq = again;
    QUIET("masked, unbound", !signalled(&bits, 2000));
    NEED("bind", isthmus_irq_bind(irq, note));
    quiet();
    raise();
    QUIET("it works", signalled(&bits, 500000));
    rig_drop(no_irq);
    QUIET_OK("objects of a line", before);
}

/* ---- ports ---- */

static void ports(void)
{
    isthmus_slot range = rig_slot(), memory = device;
    unsigned before = test_failures();
    uint64_t value[8] = { 0 };
    const uint64_t some[5] = { 0 };

    if (!info()->uart_ports) {
        QUIET_ERROR("no ports here", isthmus_pool_create_device(RIG_POOL, range, MACHINE, 0x80, 1, 1), ISTHMUS_E_ARGUMENT);
        QUIET_ERROR("port_in", isthmus_port_in(memory, 0, 1, 1, value), ISTHMUS_E_OPERATION);
        QUIET_ERROR("port_out", isthmus_port_out(memory, 0, 1, 1, some), ISTHMUS_E_OPERATION);
        QUIET_OK("ports", before);
        return;
    }
    QUIET_ERROR("ports are no pages", isthmus_task_map(RIG_TASK, device, RIG_WINDOW, ISTHMUS_MAP_READ, 0), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("the last ports", isthmus_pool_create_device(RIG_POOL, range, MACHINE, 0xfff8, 8, 1), ISTHMUS_OK);
    QUIET_ERROR("read them", isthmus_port_in(range, 4, 4, 1, value), ISTHMUS_OK);
    QUIET_ERROR("behind the last", isthmus_port_in(range, 5, 4, 1, value), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("far behind", isthmus_port_in(range, ~(uint64_t)0, 1, 1, value), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("width", isthmus_port_in(range, 0, 3, 1, value), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("width", isthmus_port_in(range, 0, 8, 1, value), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("count", isthmus_port_in(range, 0, 1, 0, value), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("count", isthmus_port_in(range, 0, 1, 9, value), ISTHMUS_E_ARGUMENT);
    write8(UART_SCRATCH, 0x7e);
    QUIET_ERROR("eight reads", isthmus_port_in(device, UART_SCRATCH, 1, 8, value), ISTHMUS_OK);
    for (unsigned i = 0; i < 8; i++)
        QUIET_EQUAL("each the port's value", value[i], 0x7e);
    QUIET_ERROR("count", isthmus_port_out(range, 0, 1, 0, some), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("count", isthmus_port_out(range, 0, 1, 6, some), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("behind the last", isthmus_port_out(range, 8, 1, 1, some), ISTHMUS_E_ARGUMENT);
    rig_destroy(RIG_POOL, range);
    range = rig_slot();
    QUIET_ERROR("more than there are", isthmus_pool_create_device(RIG_POOL, range, MACHINE, 0xfff8, 9, 1), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("none", isthmus_pool_create_device(RIG_POOL, range, MACHINE, 0x80, 0, 1), ISTHMUS_E_ARGUMENT);
    QUIET_ERROR("wrap-around", isthmus_pool_create_device(RIG_POOL, range, MACHINE, ~(uint64_t)0, 2, 1), ISTHMUS_E_ARGUMENT);
    isthmus_slot read_only = rig_copy(device, ISTHMUS_R_READ, 0), write_only = rig_copy(device, ISTHMUS_R_WRITE, 0);
    QUIET_ERROR("read only", isthmus_port_out(read_only, 7, 1, 1, some), ISTHMUS_E_RIGHT);
    QUIET_ERROR("write only", isthmus_port_in(write_only, 7, 1, 1, value), ISTHMUS_E_RIGHT);
    rig_drop(read_only);
    rig_drop(write_only);
    rig_drop(range);
    QUIET_OK("ports", before);
}

void isthmus_main(uint64_t arg)
{
    isthmus_slot badged;

    rig_enter(arg);
    rig_begin();
    open_uart();
    note = rig_notification(RIG_POOL);
    badged = rig_copy(note, ISTHMUS_R_WRITE, 0x70);
    irq = rig_slot();
    NEED("irq", isthmus_pool_create_irq(RIG_POOL, irq, MACHINE, info()->uart_irq));
    NEED("bind", isthmus_irq_bind(irq, badged));
    signals();
    wakes();
    bindings();
    objects();
    ports();
    write8(UART_IER, 0);
    test_done();
}
