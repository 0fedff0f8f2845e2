/* The kernel's log: lines to the port's UART, for boot and for the end. */
#include <stdarg.h>
#include "kernel/state.h"

static void put_string(const char *s)
{
    for (s = s ? s : "(null)"; *s; s++)
        arch_log_byte((uint8_t)*s);
}

static void put_number(uint64_t n, unsigned base)
{
    char digit[20];
    int i = 0;

    do
        digit[i++] = "0123456789abcdef"[n % base];
    while (n /= base);
    while (i)
        arch_log_byte((uint8_t)digit[--i]);
}

/* %s, %c, %d, %u, %x, and with an l for 64 bits; %%. */
static void put_format(const char *f, va_list args)
{
    for (; *f; f++) {
        if (*f != '%') {
            arch_log_byte((uint8_t)*f);
            continue;
        }
        bool wide = *++f == 'l';

        f += wide;
        switch (*f) {
        case 's': put_string(va_arg(args, const char *)); break;
        case 'c': arch_log_byte((uint8_t)va_arg(args, int)); break;
        case 'u': put_number(wide ? va_arg(args, uint64_t) : va_arg(args, uint32_t), 10); break;
        case 'x': put_number(wide ? va_arg(args, uint64_t) : va_arg(args, uint32_t), 16); break;
        case 'd': {
            int64_t n = wide ? va_arg(args, int64_t) : va_arg(args, int32_t);

            if (n < 0)
                arch_log_byte('-');
            put_number(n < 0 ? -(uint64_t)n : (uint64_t)n, 10);
            break;
        }
        case '%': arch_log_byte('%'); break;
        default: return; /* a mistake in the format: the compiler warns of it */
        }
    }
}

/* The serial line is shared by channels: a line of the log begins by choosing its own (DLE 'k'), and ends by going back to the one
 * before (DLE 'p'), since it may stand in the middle of the console's output. */
static void begin_line(void) { put_string("\x10k"); }
static void end_line(void) { put_string("\n\x10p"); }

void log_line(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    begin_line();
    put_format(format, args);
    end_line();
    va_end(args);
}

_Noreturn void panic(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    begin_line();
    put_string("panic: ");
    put_format(format, args);
    end_line();
    va_end(args);
    arch_fail();
}
