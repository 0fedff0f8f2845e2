/* Lines of text for people and tests, over machine_log: what a program can say before there is a console.
 *
 * Needs a machine capability with machine_log_bit, in slot ISTHMUS_BOOT_SLOT_MACHINE unless log_init names another.  What
 * cannot be written is dropped: a log must never be why a program stops. */
#pragma once

#include "lib/log/codec.h"
#include "lib/sys/message.h"

#include <stdarg.h>

/* Most bytes of one line; what is longer is cut. */
#define LOG_LINE_BYTES 512

/* Names the slot of the machine capability. */
void log_init(isthmus_slot machine);

/* Writes bytes to a channel, nothing added. */
void log_write(char channel, const char *bytes, size_t count);

/* Writes one line to a channel, or to channel 'k'.  The line's end is added. */
void log_channel_args(char channel, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void log_channel(char channel, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
