/* Faults of the right side, which the left one handles. */
#include "bench/kernel/bench.h"

static void undefined(void)
{
	for (int i = 0; i < ROUNDS + 2; i++)
		trap_undefined(&SHARED->right[i]);
}

static void load_nowhere(void)
{
	SHARED->right[0].word[0] = 0x20000000;
	trap_load(&SHARED->right[0]);
}

/* left[i]: receives fault i, and before that answers fault i - 1; resume_at: behind the instruction, else at it. */
static void handle(uint64_t label, uint64_t skip)
{
	for (int i = 0; i < ROUNDS + 2; i++) {
		struct trap *t = &SHARED->left[i];

		if (i) {
			t->tag = isthmus_tag(label, 0);
			t->word[0] = SHARED->left[i - 1].word[1] + skip;
		}
		side_trap(t, i ? ISTHMUS_OP_REPLY_RECV : ISTHMUS_OP_RECV, SIDE_ENDPOINT);
	}
	side_done();
}

static void handle_skipping(void) { handle(ISTHMUS_FAULT_RESUME_AT, TRAP_FAULT_BYTES); }
static void handle_again(void) { handle(ISTHMUS_FAULT_RESUME, 0); }

void measure_faults(void)
{
	const struct shared *s = SHARED;

	sides(handle_skipping, undefined, LEFT_PRIORITY);
	row("undefined_to_handler", s->right, s->left, AFTER);
	row("undefined_back", s->left + 1, s->right, AFTER);
	sides(handle_again, load_nowhere, LEFT_PRIORITY);
	row("page_fault_round_trip", s->left, s->left, AFTER);
}
