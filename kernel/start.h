/* The start of the neutral kernel: tables, root pool, root task. */
#pragma once
#include "kernel/types.h"

/* Does [base, base + size), physical, touch RAM?  What is RAM is no device. */
bool boot_ram_touches(uint64_t base, uint64_t size);
