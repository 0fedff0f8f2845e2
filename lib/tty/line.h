/* A line discipline: between what is typed and shown, and the programs that read and write.
 *
 * Pure: it has no clock, no device and no idea of processes.  What is to be shown goes to a function that the owner gives,
 * and what a key means beyond text (a signal) is answered to the owner.  Behaviour as in POSIX, Base Definitions,
 * chapter 11 (General Terminal Interface), with the extensions that every shell expects (echo of control characters, word
 * erase, literal next). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_BYTES 4096 /* that can wait to be read */

enum line_key {
	LINE_INTERRUPT, LINE_QUIT, LINE_ERASE, LINE_KILL, LINE_END, LINE_START, LINE_STOP, LINE_SUSPEND, LINE_EOL, LINE_EOL2,
	LINE_REPRINT, LINE_WORD_ERASE, LINE_LITERAL, LINE_KEYS,
};

struct line_settings {
	/* Input. */
	bool cr_to_nl, nl_to_cr, ignore_cr, strip, utf8, flow;
	/* Output. */
	bool process, nl_to_crnl, out_cr_to_nl, no_cr_at_0, nl_returns;
	/* Local. */
	bool canonical, signals, echo, echo_erase, echo_kill, echo_nl, echo_control, extended, no_flush;
	uint8_t key[LINE_KEYS]; /* 0: none */
	uint8_t least;          /* not canonical: bytes that a read waits for */
};

enum line_event { LINE_NOTHING, LINE_SIGNAL_INTERRUPT, LINE_SIGNAL_QUIT, LINE_SIGNAL_SUSPEND };

struct line {
	struct line_settings settings;
	void (*show)(void *context, uint8_t byte);
	void *context;
	uint8_t text[LINE_BYTES];
	uint8_t ends[LINE_BYTES / 8];   /* a bit for each byte: a line ends with it */
	uint8_t silent[LINE_BYTES / 8]; /* and whether it is no byte, but an end of file */
	/* Counters that only grow: what is read, where the last whole line ends, what was typed. */
	uint32_t read, whole, typed;
	unsigned column, line_column;   /* where the cursor is, and was when the line in hand began */
	bool literal, stopped;          /* the next byte has no meaning; output is held (flow control) */
};

void line_init(struct line *line, void (*show)(void *context, uint8_t byte), void *context);
/* A byte was typed. */
enum line_event line_typed(struct line *line, uint8_t byte);
/* Whether a read would have something: a line, an end of file, or enough bytes. */
bool line_is_ready(const struct line *line);
/* Bytes that a read could have now. */
size_t line_available(const struct line *line);
/* Takes at most a line.  0: end of file, or nothing is ready. */
size_t line_take(struct line *line, uint8_t *out, size_t most);
/* Shows a byte that a program wrote. */
void line_write(struct line *line, uint8_t byte);
/* New settings; what was typed stays. */
void line_change(struct line *line, const struct line_settings *settings);
/* Drops what was typed. */
void line_flush(struct line *line);
