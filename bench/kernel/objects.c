/* Capabilities, objects, mappings. */
#include "bench/kernel/bench.h"

static void copies(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct trap *copy = &SHARED->left[i], *delete = &SHARED->right[i];

		copy->word[0] = delete->word[0] = SIDE_FREE;
		copy->word[1] = SIDE_FIRST;
		copy->word[2] = RIG_ALL;
		side_trap(copy, ISTHMUS_OP_TASK_COPY, SIDE_TASK);
		side_trap(delete, ISTHMUS_OP_TASK_DELETE, SIDE_TASK);
	}
	side_done();
}

static void endpoints(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		SHARED->left[i].word[0] = SHARED->right[i].word[0] = SIDE_FREE;
		side_trap(&SHARED->left[i], ISTHMUS_OP_POOL_CREATE_ENDPOINT, SIDE_POOL);
		side_trap(&SHARED->right[i], ISTHMUS_OP_POOL_DESTROY, SIDE_POOL);
	}
	side_done();
}

static void frames(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		SHARED->left[i].word[0] = SHARED->right[i].word[0] = SIDE_FREE;
		side_trap(&SHARED->left[i], ISTHMUS_OP_POOL_CREATE_FRAME, SIDE_POOL);
		side_trap(&SHARED->right[i], ISTHMUS_OP_POOL_DESTROY, SIDE_POOL);
	}
	side_done();
}

static void mappings(void)
{
	enum { AT = 0x10001000 }; /* in the table of the shared page */

	(void)!isthmus_pool_create_frame(SIDE_POOL, SIDE_FREE, 0);
	for (int i = 0; i < ROUNDS; i++) {
		struct trap *map = &SHARED->left[i], *unmap = &SHARED->right[i];

		map->word[0] = SIDE_FREE;
		map->word[1] = unmap->word[0] = AT;
		map->word[2] = ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE;
		unmap->word[1] = 1;
		side_trap(map, ISTHMUS_OP_TASK_MAP, SIDE_TASK);
		side_trap(unmap, ISTHMUS_OP_TASK_UNMAP, SIDE_TASK);
	}
	side_done();
}

/* A measurement of something that failed is none. */
static void both(const char *left, const char *right)
{
	for (int i = 0; i < ROUNDS; i++)
		if (SHARED->left[i].operation != ISTHMUS_OK || SHARED->right[i].operation != ISTHMUS_OK)
			test_fail(left, "status %lu, then %lu", SHARED->left[i].operation, SHARED->right[i].operation);
	row(left, SHARED->left, SHARED->left, AFTER);
	row(right, SHARED->right, SHARED->right, AFTER);
}

void measure_objects(void)
{
	sides(copies, NULL, 0);
	both("cap_copy", "cap_delete");
	sides(endpoints, NULL, 0);
	both("endpoint_create", "endpoint_destroy");
	sides(frames, NULL, 0);
	both("frame_create_zeroed", "frame_destroy");
	sides(mappings, NULL, 0);
	both("page_map", "page_unmap");
}
