// sources: lib/space/space.c
/* lib/space adds the page tables that are missing, with two levels below the root and with three. */
#include "lib/space/space.h"
#include "tests/unit/lib_check.h"

#include <string.h>

static unsigned levels;                 /* below the root */
static bool table_there[8];             /* by level; one address only */
static unsigned mapped;
static struct space space;

static enum isthmus_error add_table(uint64_t level)
{
	if (level < 1 || level > levels)
		return ISTHMUS_E_ARGUMENT;
	if (level < levels && !table_there[level + 1])
		return ISTHMUS_E_TABLE;
	if (table_there[level])
		return ISTHMUS_E_BUSY;
	table_there[level] = true;
	return ISTHMUS_OK;
}

/* The kernel: maps frame 7 once the lowest table is there, and refuses frame 9. */
enum isthmus_error isthmus_enter(uint64_t operation, uint64_t *slot, bool tagged, unsigned count,
				 struct isthmus_message *m)
{
	switch (operation) {
	case ISTHMUS_OP_TASK_MAP:
		if (!table_there[1])
			return ISTHMUS_E_TABLE;
		mapped++;
		return m->word[0] == 9 ? ISTHMUS_E_CAP : ISTHMUS_OK;
	case ISTHMUS_OP_TASK_UNMAP:
		return ISTHMUS_OK;
	case ISTHMUS_OP_TASK_TABLE:
		return add_table(m->word[2]);
	default:
		return ISTHMUS_E_OPERATION;
	}
}

/* Maps with the tables at and above `from` there already. */
static bool maps(unsigned depth, unsigned from)
{
	struct space_page page = { 7, 0x5000, ISTHMUS_MAP_READ, 0 };

	levels = depth;
	for (unsigned level = 1; level <= depth; level++)
		table_there[level] = level >= from;
	return space_map_into(2, 1, &page) == ISTHMUS_OK && table_there[1];
}

static bool addresses_come_back(void)
{
	uint64_t a = 0, b = 0;
	void *page = NULL;

	space_init(&space, 2, 1, SPACE_WINDOW);
	if (space_take(&space, SPACE_PAGES - 1, &a) != ISTHMUS_OK || a != SPACE_WINDOW ||
	    space_take(&space, 2, &b) != ISTHMUS_E_MEMORY || space_map(&space, 7, ISTHMUS_MAP_READ, &page) != ISTHMUS_OK)
		return false;
	space_put(&space, a, SPACE_PAGES - 1);
	return (uintptr_t)page == SPACE_WINDOW + (SPACE_PAGES - 1) * SPACE_PAGE &&
	       space_take(&space, SPACE_PAGES - 1, &b) == ISTHMUS_OK && a == b && space_take(&space, 1, &b) != ISTHMUS_OK;
}

static bool failure_leaves_nothing(void)
{
	void *page = &page;
	uint64_t a = 0;

	space_init(&space, 2, 1, SPACE_WINDOW);
	return space_map_run(&space, 8, 2, ISTHMUS_MAP_READ, &page) == ISTHMUS_E_CAP && page == NULL &&
	       space_take(&space, SPACE_PAGES, &a) == ISTHMUS_OK;
}

int main(void)
{
	CHECK("two levels", maps(2, 3) && maps(2, 2) && maps(2, 1));
	CHECK("three levels", maps(3, 4) && maps(3, 3) && maps(3, 2) && maps(3, 1));
	CHECK("addresses that are put back are handed out again", addresses_come_back());
	CHECK("a mapping that fails leaves nothing behind", failure_leaves_nothing());
	return 0;
}
