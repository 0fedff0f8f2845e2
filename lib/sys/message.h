/* Messages as user level sees them: a tag and eight words, all of which travel in registers.
 *
 * A tag holds the number of capabilities (with n of them, the last n words are slots), the kind that the kernel wrote,
 * and the sender's label. */
#pragma once

#include <isthmus/abi.h>

#include <stdint.h>

/* Number of a slot in the caller's capability table; 0 is never used. */
typedef uint64_t isthmus_slot;

struct isthmus_message {
	uint64_t tag;
	uint64_t word[ISTHMUS_MESSAGE_WORDS];
};

/* Tag of a message with this label (48 bits) and number of capabilities (0 to 3). */
static inline uint64_t isthmus_tag(uint64_t label, unsigned caps)
{
	return label << ISTHMUS_TAG_LABEL_SHIFT | (caps & ISTHMUS_TAG_CAPS_MASK);
}

static inline uint64_t isthmus_tag_label(uint64_t tag)
{
	return tag >> ISTHMUS_TAG_LABEL_SHIFT;
}

static inline unsigned isthmus_tag_caps(uint64_t tag)
{
	return tag & ISTHMUS_TAG_CAPS_MASK;
}

/* ISTHMUS_MESSAGE_IPC, _FAULT or _SIGNAL. */
static inline unsigned isthmus_tag_kind(uint64_t tag)
{
	return tag >> ISTHMUS_TAG_KIND_SHIFT & ISTHMUS_TAG_KIND_MASK;
}
