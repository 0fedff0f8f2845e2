/* Calls into the firmware (RISC-V SBI specification 2.0): console until the UART is known, timer without Sstc, the end. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

void sbi_putchar(uint8_t byte);
void sbi_set_timer(uint64_t deadline);

enum sbi_reset { SBI_SHUTDOWN, SBI_COLD_REBOOT };     /* section 10.1 */
enum sbi_reason { SBI_NO_REASON, SBI_SYSTEM_FAILURE };
/* Returns only if the firmware cannot. */
void sbi_reset(enum sbi_reset type, enum sbi_reason reason);
