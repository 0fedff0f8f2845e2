#include "personalities/linux/unix/wait.h"

#include "personalities/linux/unix/heap.h"

static struct waiter *ready_first, **ready_last = &ready_first;

static bool link_is_own(const struct waiter *who, const struct wait_link *link)
{
	return link >= who->own && link < who->own + WAIT_INLINE;
}

bool wait_on(struct waiter *who, struct wait_queue *queue)
{
	struct wait_link *link = who->own_used < WAIT_INLINE ? &who->own[who->own_used++] : heap_alloc(sizeof *link);

	if (!link)
		return false;
	*link = (struct wait_link){ queue->first, &queue->first, who->links, who };
	if (queue->first)
		queue->first->where = &link->next;
	queue->first = link;
	who->links = link;
	return true;
}

void wait_cancel(struct waiter *who)
{
	struct wait_link *link, *sibling;

	for (link = who->links; link; link = sibling) {
		sibling = link->sibling;
		*link->where = link->next;
		if (link->next)
			link->next->where = link->where;
		if (!link_is_own(who, link))
			heap_free(link, sizeof *link);
	}
	who->links = NULL;
	who->own_used = 0;
}

void wait_ready(struct waiter *who)
{
	if (who->ready)
		return;
	who->ready = true;
	who->next_ready = NULL;
	*ready_last = who;
	ready_last = &who->next_ready;
}

void wait_unready(struct waiter *who)
{
	struct waiter **at = &ready_first;

	if (!who->ready)
		return;
	while (*at != who)
		at = &(*at)->next_ready;
	*at = who->next_ready;
	if (ready_last == &who->next_ready)
		ready_last = at;
	who->ready = false;
}

void wait_wake(struct wait_queue *queue)
{
	for (struct wait_link *link = queue->first; link; link = link->next)
		wait_ready(link->who);
}

bool wait_any_ready(void)
{
	return ready_first != NULL;
}

struct waiter *wait_next_ready(void)
{
	struct waiter *who = ready_first;

	if (!who)
		return NULL;
	wait_unready(who);
	wait_cancel(who);
	return who;
}
