// sources: lib/task/elf.c lib/task/arch/x86_64/machine.c
/* lib/task/elf.c reads good programs and refuses every damaged one with a reason. */
#include "lib/task/elf.h"
#include "tests/unit/lib_check.h"

#include <isthmus/abi.h>

#include <stdlib.h>
#include <string.h>

#define SIZE 0x3000

static unsigned char file[SIZE];

static void put(size_t at, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		file[at + i] = (unsigned char)(value >> 8 * i);
}

static void put_segment(unsigned index, uint32_t flags, uint64_t offset, uint64_t address, uint64_t in_file, uint64_t in_memory)
{
	size_t at = 64 + 56 * index;

	put(at, 1, 4);
	put(at + 4, flags, 4);
	put(at + 8, offset, 8);
	put(at + 16, address, 8);
	put(at + 32, in_file, 8);
	put(at + 40, in_memory, 8);
}

/* A program of two segments: code, and data with zeroes after it. */
static void make_good(void)
{
	memset(file, 0, sizeof(file));
	memcpy(file, "\177ELF\2\1\1", 7);
	put(16, 2, 2);
	put(18, 62, 2);
	put(24, 0x400010, 8);
	put(32, 64, 8);
	put(54, 56, 2);
	put(56, 2, 2);
	put_segment(0, 5, 0x1000, 0x400000, 0x800, 0x800);
	put_segment(1, 6, 0x2000, 0x401000, 0x10, 0x2000);
}

static const char *read_file(struct elf_image *image)
{
	return elf_read(file, sizeof(file), elf_machine, image);
}

/* A good file with one number changed is refused. */
static void check_refused(const char *name, size_t at, uint64_t value, unsigned bytes)
{
	struct elf_image image;

	make_good();
	put(at, value, bytes);
	CHECK(name, read_file(&image) != NULL);
}

/* Whatever is read from a damaged file keeps within the file and within user addresses. */
static bool survives_damage(void)
{
	srand(1);
	for (unsigned round = 0; round < 200000; round++) {
		struct elf_image image;

		make_good();
		for (int n = rand() % 4; n >= 0; n--)
			file[rand() % 176] = (unsigned char)(rand() % 3 ? rand() : 0xff);
		if (read_file(&image))
			continue;
		for (unsigned i = 0; i < image.count; i++) {
			const struct elf_segment *s = &image.segment[i];

			if (s->file_offset > SIZE || s->file_bytes > SIZE - s->file_offset || s->file_bytes > s->memory_bytes ||
			    s->address > ISTHMUS_USER_LIMIT || s->memory_bytes > ISTHMUS_USER_LIMIT - s->address)
				return false;
		}
	}
	return true;
}

int main(void)
{
	struct elf_image image;

	make_good();
	CHECK("a good program is read", read_file(&image) == NULL && image.count == 2 && image.entry == 0x400010 &&
						image.segment[1].memory_bytes == 0x2000 &&
						image.segment[0].flags == (ISTHMUS_MAP_READ | ISTHMUS_MAP_EXECUTE));
	CHECK("a file cut short", elf_read(file, 63, elf_machine, &image) && elf_read(file, 100, elf_machine, &image));
	check_refused("not ELF", 0, 0, 1);
	check_refused("another ISA", 18, 243, 2);
	check_refused("a shared object", 16, 3, 2);
	check_refused("headers outside of the file", 32, UINT64_MAX - 55, 8);
	check_refused("a segment outside of the file", 64 + 8, UINT64_MAX, 8);
	check_refused("more in the file than in memory", 64 + 40, 1, 8);
	check_refused("an address that user level cannot have", 64 + 56 + 16, ISTHMUS_USER_LIMIT - 0x1000, 8);
	check_refused("an address that wraps", 64 + 56 + 40, UINT64_MAX, 8);
	check_refused("writable and executable", 64 + 4, 7, 4);
	check_refused("segments that share a page", 64 + 56 + 16, 0x400800, 8);
	check_refused("an entry outside of the code", 24, 0x401000, 8);
	check_refused("a program that needs an interpreter", 64 + 56, 3, 4);
	CHECK("damaged files", survives_damage());
	return 0;
}
