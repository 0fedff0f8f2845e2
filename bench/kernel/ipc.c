/* Call, reply and receive, send. */
#include "bench/kernel/bench.h"

static uint64_t caps; /* in each message */

static void set_tag(struct trap *t)
{
	t->tag = isthmus_tag(0, (unsigned)caps);
	for (unsigned i = 0; i < caps; i++)
		t->word[7 - i] = SIDE_FIRST;
}

static void client(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		set_tag(&SHARED->left[i]);
		side_trap(&SHARED->left[i], ISTHMUS_OP_CALL, SIDE_ENDPOINT);
	}
	side_done();
}

/* right[i]: receives call i, and before that answers call i - 1. */
static void server(void)
{
	for (int i = 0; i < ROUNDS + 2; i++)
		side_trap(&SHARED->right[i], i ? ISTHMUS_OP_REPLY_RECV : ISTHMUS_OP_RECV, SIDE_ENDPOINT);
}

static void receiver(void)
{
	for (int i = 0; i < ROUNDS + 2; i++)
		side_trap(&SHARED->right[i], ISTHMUS_OP_RECV, SIDE_ENDPOINT);
}

static void sender(void)
{
	for (int i = 0; i < ROUNDS; i++)
		side_trap(&SHARED->left[i], ISTHMUS_OP_SEND, SIDE_ENDPOINT);
	side_done();
}

/* The server names a slot in which something is, so that nothing has to be emptied between two rounds; the copy is made all the
 * same up to there. */
static void client_with_caps(void)
{
	caps = 1;
	client();
}

static void client_with_three_caps(void)
{
	caps = 3;
	client();
}

void measure_ipc(void)
{
	const struct shared *s = SHARED;

	sides(client, server, LEFT_PRIORITY);
	row("call", s->left, s->right, AFTER);
	row("reply_recv", s->right + 1, s->left, AFTER);
	row("round_trip", s->left, s->left, AFTER);
	sides(client_with_caps, server, LEFT_PRIORITY);
	row("call_1_cap_refused", s->left, s->right, AFTER);
	sides(client_with_three_caps, server, LEFT_PRIORITY);
	row("call_3_caps_refused", s->left, s->right, AFTER);
	sides(sender, receiver, LEFT_PRIORITY + 1);
	row("send_to_more_urgent", s->left, s->right, AFTER);
}
