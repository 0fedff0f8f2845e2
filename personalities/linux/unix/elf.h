/* Programs of Linux as files: ELF64, of this machine, for a fixed address or any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINUX_ELF_SEGMENTS 16

struct linux_segment {
	uint64_t address, file_bytes, memory_bytes, offset;
	uint32_t prot;          /* LINUX_PROT_ */
};

struct linux_elf {
	bool anywhere;          /* addresses count from where it is put */
	uint64_t entry, phdr, phnum;
	uint64_t low, high;     /* pages that it covers */
	uint64_t interpreter, interpreter_size; /* where in the file its name is; 0: none */
	unsigned count;
	struct linux_segment segment[LINUX_ELF_SEGMENTS];
};

/* Where programs may be: from `low` up to `high`, for this machine. */
struct linux_elf_limits {
	uint64_t low, high;
	uint16_t machine;
};

/* Reads the headers out of the file's first bytes.  `size` is that of the whole file; `head` has min(size, head_size).
 * 0 or -ENOEXEC. */
int linux_elf_read(const void *head, size_t head_size, uint64_t size, const struct linux_elf_limits *limits, struct linux_elf *out);
