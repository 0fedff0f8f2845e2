/* Programs as files: a static ELF64 executable in memory, checked before anything of it is believed. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define ELF_MOST_SEGMENTS 16

/* What of the file goes where.  Segments are in ascending order and share no page. */
struct elf_segment {
	uint64_t address;      /* bytes */
	uint64_t memory_bytes; /* beyond file_bytes: zero */
	uint64_t file_offset, file_bytes;
	uint64_t flags; /* ISTHMUS_MAP_*, never write and execute */
};

struct elf_image {
	uint64_t entry;
	unsigned count;
	struct elf_segment segment[ELF_MOST_SEGMENTS];
};

/* e_machine of the ISA that this was compiled for. */
extern const uint16_t elf_machine;

/* Reads the headers of the file of `size` bytes.  Returns null, or why it is not a program that can be run here; then
 * *out has no meaning.  Source: System V ABI, chapters 4 and 5 (ELF64). */
__attribute__((warn_unused_result)) const char *
elf_read(const void *file, size_t size, uint16_t machine, struct elf_image *out);
