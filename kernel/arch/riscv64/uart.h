/* The log: a 16550 that the device tree named and the firmware set up, polled; before that, the firmware's console. */
#pragma once
#include "kernel/boot/boot.h"

void uart_init(const struct boot_uart *uart);

/* Waits until everything written is on the wire. */
void uart_flush(void);
