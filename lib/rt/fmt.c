/* Text from values; see lib/rt/fmt.h. */
#include "lib/rt/fmt.h"

#include "lib/rt/mem.h"

#include <stdbool.h>
#include <stdint.h>

/* Where text goes: what no longer fits is counted, not written. */
struct sink {
	char *out;
	size_t size, length;
};

/* One directive: what stands between the % and the letter. */
struct directive {
	bool left, zero, prefix;
	size_t width, precision; /* precision SIZE_MAX: none */
	unsigned bytes;          /* of the argument */
};

static void put(struct sink *sink, char c)
{
	if (sink->length + 1 < sink->size)
		sink->out[sink->length] = c;
	sink->length++;
}

static void put_many(struct sink *sink, char c, size_t count)
{
	for (; count; count--)
		put(sink, c);
}

/* Puts a prefix (sign or 0x) and a body, filled to the width. */
static void put_field(struct sink *sink, const struct directive *d, const char *prefix, const char *body, size_t count)
{
	size_t length = strlen(prefix) + count;
	size_t fill = d->width > length ? d->width - length : 0;
	bool zero = d->zero && !d->left;

	if (!d->left && !zero)
		put_many(sink, ' ', fill);
	for (; *prefix; prefix++)
		put(sink, *prefix);
	if (zero)
		put_many(sink, '0', fill);
	for (; count; count--)
		put(sink, *body++);
	if (d->left)
		put_many(sink, ' ', fill);
}

static void put_number(struct sink *sink, const struct directive *d, const char *prefix, uint64_t value, unsigned base,
		       const char *digits)
{
	char body[20];
	size_t at = sizeof(body);

	do {
		body[--at] = digits[value % base];
		value /= base;
	} while (value);
	put_field(sink, d, prefix, body + at, sizeof(body) - at);
}

static size_t read_count(const char **format, va_list *args)
{
	size_t count = 0;

	if (**format == '*') {
		int given = va_arg(*args, int);

		(*format)++;
		return given > 0 ? (size_t)given : 0;
	}
	/* No text is wider than a million; the bound keeps the number from overflowing. */
	for (; **format >= '0' && **format <= '9'; (*format)++)
		count = count < 100000 ? count * 10 + (size_t)(**format - '0') : count;
	return count;
}

static unsigned read_bytes(const char **format)
{
	unsigned bytes = sizeof(int);

	for (;; (*format)++) {
		if (**format == 'h')
			bytes /= 2;
		else if (**format == 'l' || **format == 'z' || **format == 'j' || **format == 't')
			bytes = sizeof(uint64_t);
		else
			return bytes;
	}
}

static struct directive read_directive(const char **format, va_list *args)
{
	struct directive d = { false, false, false, 0, SIZE_MAX, sizeof(int) };

	for (;; (*format)++) {
		if (**format == '-')
			d.left = true;
		else if (**format == '0')
			d.zero = true;
		else if (**format == '#')
			d.prefix = true;
		else
			break;
	}
	d.width = read_count(format, args);
	if (**format == '.') {
		(*format)++;
		d.precision = read_count(format, args);
	}
	d.bytes = read_bytes(format);
	return d;
}

/* The argument, cut to the directive's size. */
static uint64_t read_unsigned(const struct directive *d, va_list *args)
{
	if (d->bytes == sizeof(uint64_t))
		return va_arg(*args, uint64_t);
	return va_arg(*args, unsigned) & (UINT64_MAX >> (64 - 8 * (d->bytes ? d->bytes : 1)));
}

static void put_signed(struct sink *sink, const struct directive *d, va_list *args)
{
	int64_t value = d->bytes == sizeof(uint64_t) ? va_arg(*args, int64_t) : va_arg(*args, int);

	put_number(sink, d, value < 0 ? "-" : "", value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10, "0123456789");
}

static void put_hexadecimal(struct sink *sink, const struct directive *d, va_list *args)
{
	uint64_t value = read_unsigned(d, args);

	put_number(sink, d, d->prefix && value ? "0x" : "", value, 16, "0123456789abcdef");
}

static void put_text(struct sink *sink, struct directive *d, const char *text)
{
	if (!text)
		text = "(null)";
	d->zero = false;
	put_field(sink, d, "", text, strnlen(text, d->precision));
}

/* Puts one argument; false if the letter is not understood. */
static bool put_directive(struct sink *sink, struct directive *d, char letter, va_list *args)
{
	char c;

	switch (letter) {
	case 'd':
	case 'i':
		put_signed(sink, d, args);
		return true;
	case 'u':
		put_number(sink, d, "", read_unsigned(d, args), 10, "0123456789");
		return true;
	case 'x':
		put_hexadecimal(sink, d, args);
		return true;
	case 'X':
		put_number(sink, d, "", read_unsigned(d, args), 16, "0123456789ABCDEF");
		return true;
	case 'p':
		put_number(sink, d, "0x", (uintptr_t)va_arg(*args, void *), 16, "0123456789abcdef");
		return true;
	case 'c':
		c = (char)va_arg(*args, int);
		d->zero = false;
		put_field(sink, d, "", &c, 1);
		return true;
	case 's':
		put_text(sink, d, va_arg(*args, const char *));
		return true;
	case '%':
		put(sink, '%');
		return true;
	default:
		return false;
	}
}

size_t fmt_args(char *out, size_t size, const char *format, va_list given)
{
	struct sink sink = { out, size, 0 };
	va_list args;

	va_copy(args, given);
	while (*format) {
		const char *start = format;

		if (*format++ != '%') {
			put(&sink, *start);
			continue;
		}
		struct directive d = read_directive(&format, &args);

		if (put_directive(&sink, &d, *format, &args))
			format++;
		else
			for (; start < format; start++)
				put(&sink, *start);
	}
	va_end(args);
	if (size)
		out[sink.length < size ? sink.length : size - 1] = 0;
	return sink.length;
}

size_t fmt_string(char *out, size_t size, const char *format, ...)
{
	va_list args;
	size_t length;

	va_start(args, format);
	length = fmt_args(out, size, format, args);
	va_end(args);
	return length;
}
