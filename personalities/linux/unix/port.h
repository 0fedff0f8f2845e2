/* What the unix server does differently on each ISA (arch/<isa>/port.c). */
#pragma once

#include "lib/sys/sys.h"
#include "personalities/linux/exchange.h"

/* The counter that user level reads. */
uint64_t port_ticks(void);
/* si_code of SIGILL for an undefined instruction: Linux differs. */
extern const int32_t port_illegal_code;
/* Takes a thread that does not run from `pc` to the library's signal entry, as exchange.h says of it. */
__attribute__((warn_unused_result)) enum isthmus_error
port_divert(isthmus_slot thread, struct exchange *exchange, uint64_t pc, uint64_t signal_entry);
