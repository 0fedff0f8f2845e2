#include "personalities/linux/unix/elf.h"

#include "lib/rt/mem.h"
#include "personalities/linux/abi/errno.h"
#include "personalities/linux/abi/process.h"

/* System V ABI, chapter 4 (ELF header) and 5 (program header), 64-bit. */
struct header {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
struct program {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};
_Static_assert(sizeof(struct header) == 64 && sizeof(struct program) == 56, "as in the file");

enum { TYPE_FIXED = 2, TYPE_ANYWHERE = 3, SEGMENT_LOAD = 1, SEGMENT_INTERPRETER = 3, PAGE = 4096 };

static bool header_is_sound(const struct header *h, size_t head_size, uint16_t machine)
{
	static const uint8_t magic[7] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };

	return memcmp(h->ident, magic, sizeof magic) == 0 && (h->type == TYPE_FIXED || h->type == TYPE_ANYWHERE) &&
	       h->machine == machine && h->phentsize == sizeof(struct program) && h->phnum &&
	       h->phoff <= head_size && h->phnum * sizeof(struct program) <= head_size - h->phoff;
}

static uint32_t prot_of(uint32_t flags)
{
	return (flags & 4 ? LINUX_PROT_READ : 0) | (flags & 2 ? LINUX_PROT_WRITE : 0) | (flags & 1 ? LINUX_PROT_EXEC : 0);
}

static int add_segment(const struct program *p, uint64_t size, uint64_t high, struct linux_elf *out)
{
	uint64_t start = p->vaddr & ~(uint64_t)(PAGE - 1), end;

	if (!p->memsz)
		return 0;
	if (out->count == LINUX_ELF_SEGMENTS || p->filesz > p->memsz || p->offset > size || p->filesz > size - p->offset ||
	    (p->vaddr - p->offset) % PAGE || p->vaddr > high || p->memsz > high - p->vaddr || start < out->high)
		return -ENOEXEC;
	/* A page that is part file and part zeroes must be writable, or nobody could make the zeroes. */
	if (p->filesz < p->memsz && (p->vaddr + p->filesz) % PAGE && !(p->flags & 2))
		return -ENOEXEC;
	end = (p->vaddr + p->memsz + PAGE - 1) & ~(uint64_t)(PAGE - 1);
	if (!out->count)
		out->low = start;
	out->high = end;
	out->segment[out->count++] = (struct linux_segment){ p->vaddr, p->filesz, p->memsz, p->offset, prot_of(p->flags) };
	return 0;
}

/* Where in memory the program headers are: in the segment that covers them in the file. */
static void find_headers(const struct header *h, struct linux_elf *out)
{
	for (unsigned i = 0; i < out->count; i++) {
		const struct linux_segment *s = &out->segment[i];

		if (h->phoff >= s->offset && h->phoff < s->offset + s->file_bytes)
			out->phdr = s->address + (h->phoff - s->offset);
	}
}

int linux_elf_read(const void *head, size_t head_size, uint64_t size, const struct linux_elf_limits *limits, struct linux_elf *out)
{
	struct header h;
	struct program p;

	*out = (struct linux_elf){ 0 };
	if (head_size < sizeof h)
		return -ENOEXEC;
	memcpy(&h, head, sizeof h);
	if (!header_is_sound(&h, head_size, limits->machine))
		return -ENOEXEC;
	for (unsigned i = 0; i < h.phnum; i++) {
		memcpy(&p, (const uint8_t *)head + h.phoff + i * sizeof p, sizeof p);
		if (p.type == SEGMENT_INTERPRETER) {
			out->interpreter = p.offset;
			out->interpreter_size = p.filesz;
		}
		if (p.type == SEGMENT_LOAD && add_segment(&p, size, limits->high, out) < 0)
			return -ENOEXEC;
	}
	if (!out->count || (h.type == TYPE_FIXED && out->low < limits->low))
		return -ENOEXEC;
	out->anywhere = h.type == TYPE_ANYWHERE;
	out->entry = h.entry;
	out->phnum = h.phnum;
	find_headers(&h, out);
	return 0;
}
