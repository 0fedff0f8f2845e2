/* Text from values, into a buffer that the caller gives: the part of printf that programs without a C library need.
 *
 * Understood: %d %i %u %x %X %c %s %p %%, with the flags -, 0 and (for %x) #, a width, a precision for %s, * for either, and the
 * sizes hh h l ll z j t (floating point is not).  A directive that is not understood is copied as it stands. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

/* Writes at most `size` bytes, the last of them zero, and returns how many the whole text has without the zero, as
 * snprintf does: a return value of `size` or more means that it was cut.  `out` may be null if `size` is 0. */
size_t fmt_string(char *out, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
size_t fmt_args(char *out, size_t size, const char *format, va_list args) __attribute__((format(printf, 3, 0)));
