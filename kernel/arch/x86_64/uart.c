/* The kernel's log: the first 16550 of a PC (TL16C550C datasheet), at its fixed ports, without interrupts.  A driver at user
 * level may have it as a device at the same time: only its transmitter is used here, and only when idle. */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/uart.h"

enum { DATA = 0, DIVISOR_LOW = 0, INTERRUPTS = 1, DIVISOR_HIGH = 1, FIFO = 2, LINE = 3, MODEM = 4, STATUS = 5, SCRATCH = 7 };
enum { LINE_8N1 = 3, LINE_DIVISOR = 0x80, FIFO_ON_CLEAR = 7, MODEM_READY = 0x0b, STATUS_EMPTY = 0x20 };
enum { DIVISOR_115200 = 1, PATIENCE = 1000000 }; /* polls for one byte: far longer than it takes at any speed */

static bool present;

void uart_init(void)
{
    out8(UART_PORT + SCRATCH, 0x5a);
    present = in8(UART_PORT + SCRATCH) == 0x5a;
    if (!present)
        return;
    out8(UART_PORT + INTERRUPTS, 0);
    out8(UART_PORT + LINE, LINE_DIVISOR);
    out8(UART_PORT + DIVISOR_LOW, DIVISOR_115200);
    out8(UART_PORT + DIVISOR_HIGH, 0);
    out8(UART_PORT + LINE, LINE_8N1);
    out8(UART_PORT + FIFO, FIFO_ON_CLEAR);
    out8(UART_PORT + MODEM, MODEM_READY);
}

bool uart_is_there(void)
{
    return present;
}

void arch_log_byte(uint8_t byte)
{
    if (!present)
        return;
    for (uint32_t i = 0; i < PATIENCE && !(in8(UART_PORT + STATUS) & STATUS_EMPTY); i++)
        __asm__ volatile("pause");
    out8(UART_PORT + DATA, byte);
}
