/* What the stubs that tools/protogen.py makes of lib/proto/<class>.capnp have in common.
 *
 * A call's label names the interface (upper 32 bits) and the method (lower 16); the reply's label is the status.  A word
 * has one parameter; what is longer stands in memory that both sides share, and the message says where (proto_span).
 *
 * A server, which gives its thread slots for capabilities (isthmus_thread_slots) if methods have any:
 *
 *     bool answer = false;
 *     for (;;) {
 *             error = answer ? isthmus_reply_recv(endpoint, &badge, &m) : isthmus_recv(endpoint, &badge, &m);
 *             if (error == ISTHMUS_OK && isthmus_tag_kind(m.tag) == ISTHMUS_MESSAGE_IPC)
 *                     answer = console_dispatch(&ops, &console, badge, &m);
 *             ...
 *     }
 *
 * and which has saved a reply (isthmus_save_reply) answers later with a message that is all zero but for what
 * console_write_answer puts into it, and isthmus_reply. */
#pragma once

#include "lib/sys/sys.h"

#include <stdbool.h>

/* A place in the memory that the two sides of an interface share: bytes from its beginning.  Text, Data and List. */
struct proto_span {
	uint64_t offset, length;
};

/* Whether the span lies within `size` bytes; whoever gets one from the other side asks this first. */
static inline bool proto_span_is_within(struct proto_span span, uint64_t size)
{
	return span.offset <= size && span.length <= size - span.offset;
}

/* What a server's function returns if it has saved the right to reply and will answer later. */
#define PROTO_LATER ((enum isthmus_error)0xffff)

/* Bits of a label: which method of which interface. */
#define PROTO_METHOD_BITS 16

/* Makes *m the reply with that status and `caps` capabilities. */
static inline void proto_status(struct isthmus_message *m, enum isthmus_error status, unsigned caps)
{
	m->tag = isthmus_tag(status, status == ISTHMUS_OK ? caps : 0);
}

/* Called with the slots of capabilities that came with a message that is refused, so that they can be emptied. */
typedef void proto_drop(void *self, isthmus_slot slot);

/* Refuses a message: the capabilities that came with it are dropped and *m becomes the reply. */
static inline bool proto_refuse(struct isthmus_message *m, enum isthmus_error status, proto_drop *drop, void *self)
{
	unsigned caps = isthmus_tag_caps(m->tag);

	for (unsigned i = ISTHMUS_MESSAGE_WORDS - caps; drop && i < ISTHMUS_MESSAGE_WORDS; i++)
		if (m->word[i])
			drop(self, m->word[i]);
	proto_status(m, status, 0);
	return true;
}
