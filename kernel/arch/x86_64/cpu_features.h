/* What the processor can do.  The first two tell what cpu_init() has switched on. */
#pragma once
#include <stdbool.h>

bool cpu_has_pcid(void);
bool cpu_has_xsave(void);
bool cpu_has_invpcid(void);
bool cpu_has_gigabyte_pages(void);
bool cpu_has_tsc_deadline(void);

void cpu_check(void); /* panics if something required is missing, naming it */
void cpu_init(void);  /* control registers of this core, on the boot page tables */
void cpu_log(void);   /* says what is done without */
