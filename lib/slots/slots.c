/* Which slots of the own capability table are in use; see lib/slots/slots.h. */
#include "lib/slots/slots.h"

#include "lib/rt/mem.h"

#include <stdbool.h>

static bool bit_is_set(const uint64_t *bits, uint64_t index)
{
	return bits[index / 64] >> index % 64 & 1;
}

static void bit_set(uint64_t *bits, uint64_t index)
{
	bits[index / 64] |= (uint64_t)1 << index % 64;
}

void slots_init(struct slots *slots, isthmus_slot task, isthmus_slot pool, uint64_t first, uint64_t end)
{
	memset(slots, 0, sizeof(*slots));
	slots->task = task;
	slots->pool = pool;
	slots->first = first;
	slots->end = end;
	slots->next = first;
}

/* First of `count` free slots in [from, to), or 0. */
static uint64_t find_run(const struct slots *slots, uint64_t from, uint64_t to, uint64_t count)
{
	uint64_t length = 0;

	for (uint64_t slot = from; slot < to; slot++) {
		if (slot % 64 == 0 && slots->used[slot / 64] == UINT64_MAX) {
			length = 0;
			slot += 63;
			continue;
		}
		length = bit_is_set(slots->used, slot) ? 0 : length + 1;
		if (length == count)
			return slot + 1 - count;
	}
	return 0;
}

/* Sees to it that the leaf that holds the slot is there. */
static enum isthmus_error need_leaf(struct slots *slots, isthmus_slot slot)
{
	uint64_t leaf = slot / ISTHMUS_CAP_LEAF_SLOTS;
	enum isthmus_error error = ISTHMUS_OK;

	if (slots->task == 0 || bit_is_set(slots->leaf, leaf))
		return ISTHMUS_OK;
	error = isthmus_task_leaf(slots->task, slots->pool, slot);
	if (error != ISTHMUS_OK && error != ISTHMUS_E_BUSY)
		return error;
	bit_set(slots->leaf, leaf);
	return ISTHMUS_OK;
}

enum isthmus_error slots_take_run(struct slots *slots, uint64_t count, isthmus_slot *out_first)
{
	uint64_t first = 0;
	enum isthmus_error error = ISTHMUS_OK;

	if (count == 0 || count > 64)
		return ISTHMUS_E_ARGUMENT;
	first = find_run(slots, slots->next, slots->end, count);
	if (first == 0)
		first = find_run(slots, slots->first, slots->end, count);
	if (first == 0)
		return ISTHMUS_E_SLOT;
	error = need_leaf(slots, first);
	if (error == ISTHMUS_OK)
		error = need_leaf(slots, first + count - 1);
	if (error != ISTHMUS_OK)
		return error;
	for (uint64_t slot = first; slot < first + count; slot++)
		bit_set(slots->used, slot);
	slots->next = first + count;
	*out_first = first;
	return ISTHMUS_OK;
}

enum isthmus_error slots_take(struct slots *slots, isthmus_slot *out)
{
	return slots_take_run(slots, 1, out);
}

void slots_reserve(struct slots *slots, isthmus_slot slot)
{
	if (slot < ISTHMUS_CAP_SLOTS)
		bit_set(slots->used, slot);
}

void slots_put(struct slots *slots, isthmus_slot slot)
{
	if (slot < slots->first || slot >= slots->end)
		return;
	slots->used[slot / 64] &= ~((uint64_t)1 << slot % 64);
	if (slot < slots->next)
		slots->next = slot;
}

void slots_drop(struct slots *slots, isthmus_slot slot)
{
	if (slot == 0)
		return;
	/* An error means that nothing was there. */
	if (slots->task)
		(void)!isthmus_task_delete(slots->task, slot);
	slots_put(slots, slot);
}
