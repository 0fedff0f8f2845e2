/* Floating point: f0 to f31 and fcsr, if the hart has double precision; arch_fpu_*() are in arch.h. */
#pragma once
#include <stdbool.h>

/* Finds whether there is an FPU.  Post: it is off. */
void fpu_init(void);

/* Is there one, and is it off for the thread that just trapped? */
bool fpu_may_be_claimed(void);
