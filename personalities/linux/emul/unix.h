/* Calls to the unix server, and the bulk buffer that goes with them. */
#pragma once

#include "personalities/linux/abi/errno.h"
#include "personalities/linux/emul/state.h"
#include "personalities/linux/emul/table.h"
#include "personalities/linux/emul/user.h"
#include "personalities/linux/protocol.h"

#include <stddef.h>

/* Places in the bulk buffer for calls that need several: two paths, and what goes with them. */
#define PATH_A EXCHANGE_BULK
#define PATH_B (EXCHANGE_BULK + 0x1000)
#define BESIDE (EXCHANGE_BULK + 0x2000)
#define BESIDE_SIZE (EXCHANGE_BULK_END - BESIDE)

/* Calls the server with eight words and gets the answer's in their place.  Returns the answer's word 0. */
int64_t unix_call(uint64_t method, uint64_t words[static 8]);

#define UNIX_CALL(method, ...) unix_call(method, (uint64_t[8]){ __VA_ARGS__ })

static inline void *bulk(uint64_t offset)
{
	return (char *)EXCHANGE_BASE + offset;
}

/* Copies a path to a place of the bulk buffer.  0, -EFAULT or -ENAMETOOLONG. */
int64_t path_in(uint64_t place, uint64_t path);
