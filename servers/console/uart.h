/* The 16550 and its compatibles (National Semiconductor PC16550D data sheet, section 8): registers in memory or at I/O
 * ports, whichever the boot information tells. */
#pragma once

#include "lib/sys/sys.h"

#include <stdbool.h>

/* Finds the device `uart` and its interrupt `uart-irq`, whose notification is bound to this thread. */
__attribute__((warn_unused_result)) enum isthmus_error uart_init(void);

/* Writes bytes, as many as the UART takes now, and returns how many. */
size_t uart_write(const uint8_t *bytes, size_t count);

enum { UART_FIFO = 16 }; /* bytes */

/* Bytes that came in, at most a FIFO's; 0: there are none now. */
size_t uart_read(uint8_t bytes[UART_FIFO]);

/* Whether an interrupt is wanted as soon as the UART takes bytes again. */
void uart_want_room(bool want);

/* Whether it takes bytes now. */
bool uart_has_room(void);

/* After an interrupt was handled: the next one may come. */
void uart_ack(void);
