/* The log's UART: COM1. */
#pragma once
#include <stdbool.h>

enum { UART_PORT = 0x3f8, UART_ISA_IRQ = 4 };

void uart_init(void);     /* sets it to 115200 8N1 */
bool uart_is_there(void); /* if not, the log is silent */
