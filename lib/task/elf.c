/* Static ELF64 executables; see lib/task/elf.h. */
#include "lib/task/elf.h"

#include "lib/rt/mem.h"

#include <isthmus/abi.h>

#include <stdbool.h>

#define PAGE_MASK (((uint64_t)1 << ISTHMUS_PAGE_BITS) - 1)

struct elf_header {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
_Static_assert(sizeof(struct elf_header) == 64, "ELF64 header");

struct elf_program_header {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};
_Static_assert(sizeof(struct elf_program_header) == 56, "ELF64 program header");

enum { TYPE_EXEC = 2, SEGMENT_LOAD = 1, SEGMENT_DYNAMIC = 2, SEGMENT_INTERP = 3 };
enum { FLAG_EXECUTE = 1, FLAG_WRITE = 2, FLAG_READ = 4 };

static const char *check_header(const struct elf_header *h, size_t size, uint16_t machine)
{
	static const uint8_t ident[7] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 }; /* 64 bits, little-endian, version 1 */

	if (memcmp(h->ident, ident, sizeof(ident)) != 0)
		return "not a little-endian ELF64 file";
	if (h->machine != machine)
		return "for another ISA";
	if (h->type != TYPE_EXEC)
		return "not a static executable at fixed addresses";
	if (h->phentsize != sizeof(struct elf_program_header) || h->phnum == 0)
		return "no program headers";
	if (h->phoff > size || (size - h->phoff) / sizeof(struct elf_program_header) < h->phnum)
		return "program headers outside of the file";
	return NULL;
}

static uint64_t map_flags(uint32_t flags)
{
	return (flags & FLAG_READ ? ISTHMUS_MAP_READ : 0) | (flags & FLAG_WRITE ? ISTHMUS_MAP_WRITE : 0) |
	       (flags & FLAG_EXECUTE ? ISTHMUS_MAP_EXECUTE : 0);
}

static const char *check_segment(const struct elf_program_header *p, size_t size, uint64_t free_from)
{
	if (p->offset > size || size - p->offset < p->filesz)
		return "a segment outside of the file";
	if (p->filesz > p->memsz)
		return "a segment with more in the file than in memory";
	if (p->vaddr >= ISTHMUS_USER_LIMIT || ISTHMUS_USER_LIMIT - p->vaddr < p->memsz)
		return "a segment outside of user addresses";
	if ((p->vaddr & ~PAGE_MASK) < free_from || p->vaddr <= PAGE_MASK)
		return "segments that share a page, are out of order or on page 0";
	if (p->flags & FLAG_WRITE && p->flags & FLAG_EXECUTE)
		return "a segment that is writable and executable";
	return NULL;
}

static bool entry_is_executable(const struct elf_image *image)
{
	for (unsigned i = 0; i < image->count; i++) {
		const struct elf_segment *s = &image->segment[i];

		if (s->flags & ISTHMUS_MAP_EXECUTE && image->entry >= s->address &&
		    image->entry - s->address < s->memory_bytes)
			return true;
	}
	return false;
}

static const char *read_segment(const struct elf_program_header *p, size_t size, struct elf_image *out)
{
	uint64_t free_from = 0;
	const char *why = NULL;

	if (p->type == SEGMENT_DYNAMIC || p->type == SEGMENT_INTERP)
		return "dynamically linked";
	if (p->type != SEGMENT_LOAD || p->memsz == 0)
		return NULL;
	if (out->count == ELF_MOST_SEGMENTS)
		return "more than 16 segments";
	if (out->count) {
		const struct elf_segment *last = &out->segment[out->count - 1];

		free_from = (last->address + last->memory_bytes + PAGE_MASK) & ~PAGE_MASK;
	}
	why = check_segment(p, size, free_from);
	if (why)
		return why;
	out->segment[out->count++] =
		(struct elf_segment){ p->vaddr, p->memsz, p->offset, p->filesz, map_flags(p->flags) };
	return NULL;
}

const char *elf_read(const void *file, size_t size, uint16_t machine, struct elf_image *out)
{
	struct elf_header header;
	struct elf_program_header program;
	const char *why = NULL;

	if (size < sizeof(header))
		return "shorter than an ELF64 header";
	memcpy(&header, file, sizeof(header));
	why = check_header(&header, size, machine);
	memset(out, 0, sizeof(*out));
	out->entry = header.entry;
	for (unsigned i = 0; !why && i < header.phnum; i++) {
		memcpy(&program, (const char *)file + header.phoff + i * sizeof(program), sizeof(program));
		why = read_segment(&program, size, out);
	}
	if (!why && !entry_is_executable(out))
		return "an entry that is not in an executable segment";
	return why;
}
