/* The alternate signal stack: sigaltstack(2).  The server knows nothing of it. */
#pragma once

#include "personalities/linux/emul/sigframe.h"

struct linux_stack altstack_get(uint64_t sp);

/* 0, -EPERM (in use), -EINVAL, -ENOMEM (too small). */
int64_t altstack_set(const struct linux_stack *stack, uint64_t sp);

/* If there is one that is not in use, sets *sp to its end. */
bool altstack_switch(uint64_t *sp);

/* A handler begins: SS_AUTODISARM takes effect. */
void altstack_entered(void);
