/* The dispatch table's types; the table itself is generated (tools/linuxabi.py). */
#pragma once

#include <stdint.h>

struct emul_call;

/* Answers one system call: its six arguments, and its own entry of the table.  Returns Linux's result or -errno. */
typedef int64_t emul_handler(const uint64_t a[static 6], const struct emul_call *call);

struct emul_call {
	emul_handler *handler;
	uint16_t method;  /* of the unix server, for call_by_table; the call's ISA-neutral number, for call_refused */
	uint8_t words[6]; /* how the request's words are made: enum emul_word << 4 | index of the argument or constant */
};

enum emul_word {
	EMUL_WORD_NONE,
	EMUL_WORD_CONSTANT,
	EMUL_WORD_INT,  /* sign-extended: the upper half of a register that holds an int is anything */
	EMUL_WORD_UINT,
	EMUL_WORD_WORD,
	EMUL_WORD_PATH, /* copied into the exchange; the word is its offset */
};

emul_handler call_by_table, call_refused;

/* Arguments that are narrower than a register. */
static inline int64_t as_int(uint64_t argument)
{
	return (int32_t)argument;
}

static inline uint64_t as_uint(uint64_t argument)
{
	return (uint32_t)argument;
}
