#include "servers/console/uart.h"

#include "lib/service/service.h"
#include "lib/space/space.h"

/* Registers: offsets before the shift.  RBR and THR share one, read and written. */
enum { RBR = 0, THR = 0, IER = 1, IIR = 2, FCR = 2, LCR = 3, MCR = 4, LSR = 5 };
enum { IER_RECEIVED = 1, IER_ROOM = 2 };
enum { FCR_ENABLE = 1, FCR_TRIGGER_14 = 0xc0 };
enum { LCR_8_BITS = 3, MCR_READY = 3, MCR_INTERRUPT = 8 };
enum { IIR_CAUSE = 0xf, IIR_LEVEL = 4 }; /* IIR_LEVEL: the FIFO has at least the trigger level's bytes */
enum { LSR_DATA = 1, LSR_ROOM = 0x20 };
enum { LEVEL = 14, PORT_BURST = 5 };

static isthmus_slot device, irq;
static bool ports;
static unsigned shift;
static volatile uint8_t *registers;
static uint8_t enabled = IER_RECEIVED;

static uint8_t get(unsigned reg)
{
	uint64_t values[ISTHMUS_MESSAGE_WORDS] = { 0 };

	if (!ports)
		return registers[reg << shift];
	return isthmus_port_in(device, reg, 1, 1, values) == ISTHMUS_OK ? (uint8_t)values[0] : 0;
}

static void put(unsigned reg, uint8_t value)
{
	uint64_t values[PORT_BURST] = { value };

	if (!ports)
		registers[reg << shift] = value;
	else
		(void)!isthmus_port_out(device, reg, 1, 1, values);
}

static enum isthmus_error map_registers(void)
{
	static struct space space;
	volatile void *page;

	space_init(&space, SERVICE_TASK, SERVICE_POOL, SPACE_WINDOW);
	enum isthmus_error error = space_map_device(&space, device, 0, 1, &page);
	registers = (volatile uint8_t *)page + service_start()->boot.uart_base % SPACE_PAGE;
	return error;
}

/* The notification of the interrupt ends this thread's waits on its endpoint. */
static enum isthmus_error bind_interrupt(isthmus_slot notification)
{
	enum isthmus_error error = isthmus_pool_create_notification(SERVICE_POOL, notification);

	if (error == ISTHMUS_OK)
		error = isthmus_thread_notification(SERVICE_THREAD, notification);
	if (error == ISTHMUS_OK)
		error = isthmus_irq_bind(irq, notification);
	return error;
}

enum isthmus_error uart_init(void)
{
	device = service_cap("uart");
	irq = service_cap("uart-irq");
	ports = service_start()->boot.uart_ports;
	shift = service_start()->boot.uart_shift;
	if (!device || !irq)
		return ISTHMUS_E_CAP;
	enum isthmus_error error = bind_interrupt(SERVICE_FIRST_FREE);
	if (error == ISTHMUS_OK && !ports)
		error = map_registers();
	if (error != ISTHMUS_OK)
		return error;
	put(LCR, LCR_8_BITS);
	put(FCR, FCR_ENABLE | FCR_TRIGGER_14);
	put(MCR, MCR_READY | MCR_INTERRUPT);
	put(IER, enabled);
	uart_ack();
	return ISTHMUS_OK;
}

bool uart_has_room(void) { return get(LSR) & LSR_ROOM; }

/* Up to five ports' writes go in one system call. */
static void fill(const uint8_t *bytes, size_t count)
{
	uint64_t values[PORT_BURST];

	if (!ports) {
		while (count--)
			registers[THR << shift] = *bytes++;
		return;
	}
	while (count) {
		size_t n = count < PORT_BURST ? count : PORT_BURST;

		for (size_t i = 0; i < n; i++)
			values[i] = bytes[i];
		(void)!isthmus_port_out(device, THR, 1, n, values);
		bytes += n;
		count -= n;
	}
}

size_t uart_write(const uint8_t *bytes, size_t count)
{
	size_t done = 0;

	while (done < count && uart_has_room()) {
		size_t n = count - done < UART_FIFO ? count - done : UART_FIFO;

		fill(bytes + done, n);
		done += n;
	}
	return done;
}

/* Bytes of a full FIFO come up to eight a system call. */
static size_t drain(uint8_t *bytes, size_t count)
{
	uint64_t values[ISTHMUS_MESSAGE_WORDS];

	for (size_t done = 0, n; done < count; done += n) {
		n = count - done < ISTHMUS_MESSAGE_WORDS ? count - done : ISTHMUS_MESSAGE_WORDS;
		if (isthmus_port_in(device, RBR, 1, n, values) != ISTHMUS_OK)
			return done;
		for (size_t i = 0; i < n; i++)
			bytes[done + i] = (uint8_t)values[i];
	}
	return count;
}

size_t uart_read(uint8_t bytes[UART_FIFO])
{
	if (ports && (get(IIR) & IIR_CAUSE) == IIR_LEVEL)
		return drain(bytes, LEVEL);
	if (!(get(LSR) & LSR_DATA))
		return 0;
	bytes[0] = get(RBR);
	return 1;
}

void uart_want_room(bool want)
{
	uint8_t now = (uint8_t)(IER_RECEIVED | (want ? IER_ROOM : 0));

	if (now != enabled)
		put(IER, enabled = now);
}

void uart_ack(void) { (void)!isthmus_irq_ack(irq); }
