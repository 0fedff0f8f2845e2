/* Terminals as processes see them: files with a line discipline, a foreground group and a session. */
#pragma once

#include "personalities/linux/unix/process.h"

/* The one terminal: the console's channel 't'. */
struct tty *terminal_console(void);
/* Without this there is none. */
void terminal_init(void);
/* Makes an open file stand for a terminal. */
void terminal_attach(struct file *file, struct tty *tty);
/* Bytes were typed, or there is room again for output, or the size changed. */
void terminal_input_ready(struct tty *tty);
void terminal_output_ready(struct tty *tty);
void terminal_resize(struct tty *tty, unsigned rows, unsigned columns);
/* The host's terminal is gone: SIGHUP, and end of file for everyone. */
void terminal_hang_up(struct tty *tty);
/* The leader of its session ended. */
void terminal_session_ended(struct tty *tty, int32_t sid);
/* Takes it as the controlling terminal, if the process leads a session that has none and nobody has it. */
void terminal_adopt(struct tty *tty, struct process *process);
/* The terminal that an open file stands for, or null. */
struct tty *terminal_of(const struct file *file);
/* The numbers that ps shows. */
int32_t terminal_foreground(const struct tty *tty);
uint64_t terminal_device(const struct tty *tty);
/* What has been written, but not yet gone out. */
bool terminal_is_drained(const struct tty *tty);
