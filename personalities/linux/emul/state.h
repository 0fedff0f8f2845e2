/* What the library remembers of its process, at the start of EMUL_DATA: fresh after exec, copied by fork. */
#pragma once

#include "personalities/linux/emul/layout.h"
#include "personalities/linux/exchange.h"

#include <arch/registers.h>
#include <arch/thread.h>

#include <stdbool.h>

struct emul_data {
	struct user_regs regs;        /* of the program, while it is in the library */
	struct thread_bases bases;    /* saved over fork */
	uint64_t child_sp;            /* what the child of a clone begins with; 0: as its parent */
	uint64_t child_tls;           /* valid if child_flags has CLONE_SETTLS */
	uint64_t child_flags;
	uint64_t child_tid;           /* where the child writes its id, with CLONE_CHILD_SETTID */
	uint64_t altstack_sp, altstack_size;
	uint32_t altstack_flags;      /* SS_AUTODISARM, or SS_DISABLE if there is none */
	bool altstack_set;
	bool restore_mask;            /* the call changed `blocked` for its duration: saved_mask comes back after it */
	bool kept;                    /* kept_deadline is that of the call that is made again */
	uint64_t saved_mask;
	uint64_t kept_deadline;
	struct fpu_facts fpu_facts;
	_Alignas(64) uint8_t fpu[FPU_SIZE];
};

extern struct emul_data emul_data;
extern struct exchange exchange;

_Static_assert(sizeof(struct emul_data) <= EMUL_DATA_SIZE / 2, "the rest is stack");
_Static_assert(EMUL_STACK_TOP == EMUL_DATA_SIZE, "layout.h");
_Static_assert(offsetof(struct emul_data, regs) == 0, "entry.S");
_Static_assert(offsetof(struct exchange, pending) == EXCHANGE_AT_PENDING, "layout.h");
_Static_assert(offsetof(struct exchange, blocked) == EXCHANGE_AT_BLOCKED, "layout.h");
_Static_assert(offsetof(struct exchange, signal_pc) == EXCHANGE_AT_SIGNAL_PC, "layout.h");
_Static_assert(EXCHANGE_REDIRECT == EXCHANGE_AT_REDIRECT, "layout.h");
