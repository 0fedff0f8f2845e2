/* A memory object: pages that several spaces can map, filled with zeros or by a pager.
 *
 * It lives as long as its creator's handle or a region refers to it.  Its pages are charged to its creator. */
#pragma once

#include "servers/memory/account.h"
#include "servers/memory/page.h"
#include "servers/memory/tree.h"

struct pager;
struct region;
struct wait;

struct object {
	uint64_t pages; /* size */
	struct tree tree;
	struct account *account; /* lives at least as long */
	struct pager *pager;     /* null: pages begin as zeros, unless `orphan` */
	uint64_t cookie;         /* by which the pager knows it */
	bool orphan;             /* its pager is gone: pages that are not there cannot be had */
	uint32_t refs;
	struct region *regions; /* that map it */
	struct wait *waits;     /* threads that wait for a page */
};

enum object_page {
	OBJECT_PAGE,   /* here it is */
	OBJECT_ABSENT, /* the pager has to be asked */
	OBJECT_BUS,    /* beyond the object's end, or its pager is gone */
	OBJECT_MEMORY, /* no RAM left, or the account is at its limit */
};

/* Makes an object with one reference; null without memory. */
__attribute__((warn_unused_result)) struct object *object_create(struct account *account, uint64_t pages);
void object_get(struct object *object);
/* Drops a reference; with the last one the pages are freed. */
void object_put(struct object *object);

/* Keeps the list of regions that map it. */
void object_attach(struct object *object, struct region *region);
void object_detach(struct object *object, struct region *region);

/* Finds a page, made of zeros if it is missing and no pager has it.  No reference is taken for the caller. */
__attribute__((warn_unused_result)) enum object_page
object_find(struct object *object, uint64_t index, page_no *out);
/* The page if it is there now, else 0. */
page_no object_peek(const struct object *object, uint64_t index);

/* Takes over a reference to a page as the object's own at an index where there is none.
 * Errors: ARGUMENT if the index is beyond the end, BUSY if a page is there, MEMORY. */
__attribute__((warn_unused_result)) enum isthmus_error
object_supply(struct object *object, uint64_t index, page_no page);

/* Changes the size.  Pages beyond it are taken out of every space that maps them, also where a region goes on. */
void object_resize(struct object *object, uint64_t pages);

/* How many pages it has now. */
uint64_t object_resident(const struct object *object);
