/* The platform-level interrupt controller (RISC-V PLIC specification 1.0.0). */
#pragma once
#include "kernel/firmware/fdt.h"

/* Maps it and sets it up for core 0, whose S-mode context is given: all lines off at priority 1, threshold 0. */
void plic_init(const struct fdt_plic *plic, uint32_t context);

/* Takes the next pending line; 0: none. */
uint32_t plic_claim(void);
