/* The two ways in which Linux tells what became of a child. */
#pragma once

#include <stdint.h>

/* A status of wait(2) as waitid(2) has it: si_code and si_status. */
void wait_status_split(uint32_t status, int32_t *code, int32_t *value);
