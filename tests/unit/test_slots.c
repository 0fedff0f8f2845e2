// sources: lib/slots/slots.c
/* lib/slots hands out every slot once and adds the leaves that it needs. */
#include "lib/slots/slots.h"
#include "tests/unit/lib_check.h"

static struct slots slots;
static unsigned leaf_calls;     /* task_leaf, how often and for which leaves */
static bool leaf_there[ISTHMUS_CAP_LEAVES];

/* The kernel: knows task_leaf alone. */
enum isthmus_error isthmus_enter(uint64_t operation, uint64_t *slot, bool tagged, unsigned count,
				 struct isthmus_message *m)
{
	uint64_t leaf = m->word[1] / ISTHMUS_CAP_LEAF_SLOTS;

	if (operation != ISTHMUS_OP_TASK_LEAF || *slot != 2 || m->word[0] != 1 || tagged || count != 2)
		return ISTHMUS_E_OPERATION;
	leaf_calls++;
	if (leaf_there[leaf])
		return ISTHMUS_E_BUSY;
	leaf_there[leaf] = true;
	return ISTHMUS_OK;
}

static bool hands_out_each_once(uint64_t first, uint64_t end)
{
	isthmus_slot slot = 0;

	slots_init(&slots, 0, 0, first, end);
	for (uint64_t i = first; i < end; i++)
		if (slots_take(&slots, &slot) != ISTHMUS_OK || slot != i)
			return false;
	return slots_take(&slots, &slot) == ISTHMUS_E_SLOT;
}

static bool finds_runs_between(void)
{
	isthmus_slot slot = 0;

	slots_init(&slots, 0, 0, 10, 200);
	slots_reserve(&slots, 40);
	slots_reserve(&slots, 105);
	if (slots_take_run(&slots, 64, &slot) != ISTHMUS_OK || slot != 41)
		return false;
	return slots_take_run(&slots, 64, &slot) == ISTHMUS_OK && slot == 106 &&
	       slots_take_run(&slots, 64, &slot) == ISTHMUS_E_SLOT &&
	       slots_take_run(&slots, 30, &slot) == ISTHMUS_OK && slot == 170 &&
	       slots_take_run(&slots, 30, &slot) == ISTHMUS_OK && slot == 10 && slots_take_run(&slots, 0, &slot) == ISTHMUS_E_ARGUMENT;
}

static bool adds_leaves(void)
{
	isthmus_slot slot = 0;

	leaf_there[1] = true;
	slots_init(&slots, 2, 1, 120, 1000);
	for (unsigned i = 0; i < 200; i++)
		if (slots_take(&slots, &slot) != ISTHMUS_OK || !leaf_there[slot / ISTHMUS_CAP_LEAF_SLOTS])
			return false;
	if (leaf_calls != 3 || leaf_there[3])
		return false;
	return slots_take_run(&slots, 64, &slot) == ISTHMUS_OK && slot == 320 &&
	       slots_take_run(&slots, 64, &slot) == ISTHMUS_OK && leaf_there[3] && leaf_calls == 4;
}

int main(void)
{
	isthmus_slot slot = 0;

	CHECK("each slot once", hands_out_each_once(1, 700));
	slots_put(&slots, 500);
	CHECK("a slot put back is handed out again", slots_take(&slots, &slot) == ISTHMUS_OK && slot == 500);
	CHECK("up to the last slot of a table", hands_out_each_once(ISTHMUS_CAP_SLOTS - 130, ISTHMUS_CAP_SLOTS));
	CHECK("a leaf is added once, when its first slot is taken", adds_leaves());
	CHECK("runs are found between reserved slots", finds_runs_between());
	return 0;
}
