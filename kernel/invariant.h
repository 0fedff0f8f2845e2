/* The invariant of the kernel's state: predicates that hold between entries.  Debug builds check them after every entry,
 * for the running thread and what it uses, and for a window of cells and frames that moves on; `check=1` on the command
 * line checks all of them every time. */
#pragma once
#include "kernel/state.h"

/* Panics with the name of a predicate that does not hold. */
void invariant_check(void);

/* After this, every check is of every cell and frame. */
void invariant_check_all_from_now(void);
