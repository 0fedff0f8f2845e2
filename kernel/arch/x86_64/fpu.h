/* The FPU hooks of arch.h are in fpu.c; this is its part of the boot. */
#pragma once

void fpu_init(void); /* this core's XCR0.  post: off, as cpu_init() left it */
