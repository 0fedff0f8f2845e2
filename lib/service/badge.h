/* Badges of the capabilities with which root connects services: who calls, and how much it may have.
 *
 * Whoever holds the capability cannot change its badge, so a server that reads both from it needs no table of its
 * clients that somebody would have to fill in before they call. */
#pragma once

#include <stdint.h>

#define BADGE_CLIENT_BITS 16
#define BADGE_CLIENT_MASK 0xffff

/* client: 1 to 65535, of one start of one service, given out in order; quota: in units of the server's own. */
static inline uint64_t badge_make(uint64_t client, uint64_t quota)
{
	return quota << BADGE_CLIENT_BITS | (client & BADGE_CLIENT_MASK);
}

static inline uint64_t badge_client(uint64_t badge)
{
	return badge & BADGE_CLIENT_MASK;
}

static inline uint64_t badge_quota(uint64_t badge)
{
	return badge >> BADGE_CLIENT_BITS;
}
