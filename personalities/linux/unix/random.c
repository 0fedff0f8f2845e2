#include "personalities/linux/unix/random.h"

#include "lib/rt/mem.h"

#define WORDS 16
#define KEY_WORDS 8

static uint32_t key[KEY_WORDS] = { 0x6c617468, 0x6d75735f, 0x756e6978, 0x5f726e67 };
static uint64_t counter;

static uint32_t rotate(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static void quarter(uint32_t *s, int a, int b, int c, int d)
{
	s[a] += s[b]; s[d] = rotate(s[d] ^ s[a], 16);
	s[c] += s[d]; s[b] = rotate(s[b] ^ s[c], 12);
	s[a] += s[b]; s[d] = rotate(s[d] ^ s[a], 8);
	s[c] += s[d]; s[b] = rotate(s[b] ^ s[c], 7);
}

static void block(uint32_t out[WORDS])
{
	uint32_t start[WORDS] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };

	memcpy(start + 4, key, sizeof key);
	start[12] = (uint32_t)counter;
	start[13] = (uint32_t)(counter++ >> 32);
	memcpy(out, start, sizeof start);
	for (int round = 0; round < 10; round++) {
		for (int i = 0; i < 4; i++)
			quarter(out, i, 4 + i, 8 + i, 12 + i);
		for (int i = 0; i < 4; i++)
			quarter(out, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
	}
	for (int i = 0; i < WORDS; i++)
		out[i] += start[i];
}

static void rekey(void)
{
	uint32_t out[WORDS];

	block(out);
	memcpy(key, out, sizeof key);
}

void random_stir(uint64_t value)
{
	key[0] ^= (uint32_t)value;
	key[1] ^= (uint32_t)(value >> 32);
	rekey();
}

void random_bytes(void *to, size_t bytes)
{
	uint32_t out[WORDS];
	uint8_t *at = to;

	while (bytes) {
		size_t piece = bytes < sizeof out ? bytes : sizeof out;

		block(out);
		memcpy(at, out, piece);
		at += piece;
		bytes -= piece;
	}
	rekey();
}
