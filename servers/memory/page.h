/* The pages of RAM that processes and objects have, with a count of references each.
 *
 * Why counts and not shadow objects: a page that several spaces share copy-on-write is mapped without write permission in
 * all of them and counted once for each; who writes copies it, or keeps it if the count is 1.  A fork of a fork of a fork
 * costs and frees exactly what one fork does.  With chains of shadow objects (Mach) the chain grows by every fork, a fault
 * walks it, and collapsing it needs rules of its own.  The price is that fork touches the record of every page that the
 * parent has, 4 bytes each. */
#pragma once

#include "servers/memory/kernel.h"

#include <stdbool.h>

/* A page with one reference, zeroed if wanted, or 0 if there is no RAM left. */
__attribute__((warn_unused_result)) page_no page_take(bool zeroed);

/* Makes the bytes of one page those of another. */
void page_copy(page_no to, page_no from);

void page_ref(page_no page);
/* Drops a reference; the last one frees the page. */
void page_unref(page_no page);
uint32_t page_refs(page_no page);

/* Says that somebody got a capability to the page: it is destroyed and not reused when the last reference goes. */
void page_lend(page_no page);

/* Gives up to `pages` free pages back to the kernel; returns how many. */
uint64_t page_shrink(uint64_t pages);

/* Pages that somebody has, and pages kept for the next. */
uint64_t pages_used(void);
uint64_t pages_spare(void);
