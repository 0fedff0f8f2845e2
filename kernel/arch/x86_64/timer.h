/* The core's timer; arch_timer_set() and arch_ticks_per_second() are in arch.h.  Ticks are those of the TSC. */
#pragma once
#include "kernel/firmware/acpi.h"

void timer_init(const struct acpi_fixed *fixed); /* finds the frequencies; panics if there is no clock to compare with */
void timer_interrupt(void);                      /* pre: ended at the local APIC */
