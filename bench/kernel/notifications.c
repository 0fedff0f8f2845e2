/* Signals, waits, polls, yields. */
#include "bench/kernel/bench.h"

static void signal_first(void)
{
	for (int i = 0; i < ROUNDS; i++)
		side_trap(&SHARED->left[i], ISTHMUS_OP_SIGNAL, SIDE_FIRST);
	side_done();
}

static void wait_first(void)
{
	for (int i = 0; i < ROUNDS + 2; i++)
		side_trap(&SHARED->right[i], ISTHMUS_OP_RECV, SIDE_FIRST);
}

/* The waiter is not more urgent, so the left side goes on; it yields to let the right one wait again. */
static void signal_no_more_urgent(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		isthmus_yield();
		side_trap(&SHARED->left[i], ISTHMUS_OP_SIGNAL, SIDE_FIRST);
	}
	side_done();
}

/* The left side waits, which lets the right one go on behind its signal. */
static void wait_second(void)
{
	for (int i = 0; i < ROUNDS + 1; i++)
		side_trap(&SHARED->left[i], ISTHMUS_OP_RECV, SIDE_SECOND);
	side_done();
}

static void signal_second(void)
{
	for (int i = 0; i < ROUNDS + 4; i++)
		side_trap(&SHARED->right[i], ISTHMUS_OP_SIGNAL, SIDE_SECOND);
	for (;;)
		(void)!isthmus_signal(SIDE_SECOND);
}

static void poll(void)
{
	for (int i = 0; i < ROUNDS; i++)
		side_trap(&SHARED->left[i], ISTHMUS_OP_TRY_RECV, SIDE_FIRST);
	side_done();
}

static void yield_left(void)
{
	for (int i = 0; i < ROUNDS; i++)
		side_trap(&SHARED->left[i], ISTHMUS_OP_YIELD, 0);
	side_done();
}

static void yield_right(void)
{
	for (int i = 0; i < ROUNDS + 4; i++)
		side_trap(&SHARED->right[i], ISTHMUS_OP_YIELD, 0);
	for (;;)
		isthmus_yield();
}

void measure_notifications(void)
{
	const struct shared *s = SHARED;

	sides(signal_first, wait_first, LEFT_PRIORITY + 1);
	row("signal_more_urgent_waiter", s->left, s->right, AFTER);
	sides(signal_no_more_urgent, wait_first, LEFT_PRIORITY);
	row("signal_less_urgent_waiter", s->left, s->left, AFTER);
	sides(signal_first, NULL, 0);
	row("signal_no_waiter", s->left, s->left, AFTER);
	sides(poll, NULL, 0);
	row("poll_empty", s->left, s->left, AFTER);
	sides(wait_second, signal_second, LEFT_PRIORITY - 1);
	row("wait_blocks_other_resumes", s->left + 1, s->right, AFTER);
	sides(yield_left, NULL, 0);
	row("yield_alone", s->left, s->left, AFTER);
	sides(yield_left, yield_right, LEFT_PRIORITY);
	row("yield_to_other_space", s->left + 1, s->right + 1, AFTER);
}
