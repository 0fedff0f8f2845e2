/* The core's timer: the stimecmp register (Sstc extension) if the device tree promises it, else the firmware's. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

void timer_init(bool sstc, uint64_t ticks_per_second);

/* No interrupt until arch_timer_set. */
void timer_disarm(void);
