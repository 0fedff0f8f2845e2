/* The port's part of stopping the machine: arch_halt() is in arch.h. */
#pragma once
#include "kernel/firmware/acpi.h"

void power_init(const struct acpi_fixed *f);
