#include "personalities/linux/emul/stack.h"

#include "personalities/linux/abi/process.h"

#define AT_HWCAP2 26
#define AT_MINSIGSTKSZ 51
#define AUXV_MAX 24 /* pairs */
#define PAGE 4096

struct auxv {
	uint64_t word[2 * AUXV_MAX];
	unsigned used;
};

static void auxv_add(struct auxv *v, uint64_t type, uint64_t value)
{
	v->word[v->used++] = type;
	v->word[v->used++] = value;
}

/* Downward from `sp`; returns the new one. */
static uint64_t push_bytes(uint64_t sp, const void *from, uint64_t size)
{
	uint8_t *to = (uint8_t *)(uintptr_t)(sp - size);

	for (uint64_t i = 0; i < size; i++)
		to[i] = ((const uint8_t *)from)[i];
	return sp - size;
}

static uint64_t string_size(const char *s)
{
	uint64_t size = 1;

	while (s[size - 1])
		size++;
	return size;
}

/* Writes pointers to `count` strings that follow each other, and a null.  Returns the first byte behind the last one. */
static const char *pointers_write(uint64_t **to, const char *strings, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		*(*to)++ = (uint64_t)(uintptr_t)strings;
		strings += string_size(strings);
	}
	*(*to)++ = 0;
	return strings;
}

static void auxv_identity(struct auxv *v, const struct stack_facts *f)
{
	auxv_add(v, LINUX_AT_UID, f->uid);
	auxv_add(v, LINUX_AT_EUID, f->euid);
	auxv_add(v, LINUX_AT_GID, f->gid);
	auxv_add(v, LINUX_AT_EGID, f->egid);
	auxv_add(v, LINUX_AT_SECURE, f->uid != f->euid || f->gid != f->egid);
}

static void auxv_program(struct auxv *v, const struct exec_facts *e)
{
	auxv_add(v, LINUX_AT_PHDR, e->phdr);
	auxv_add(v, LINUX_AT_PHENT, e->phent);
	auxv_add(v, LINUX_AT_PHNUM, e->phnum);
	auxv_add(v, LINUX_AT_BASE, e->base);
	auxv_add(v, LINUX_AT_FLAGS, 0);
	auxv_add(v, LINUX_AT_ENTRY, e->program_entry);
}

static void auxv_make(struct auxv *v, const struct stack_facts *f, uint64_t random, uint64_t platform)
{
	auxv_add(v, LINUX_AT_HWCAP, f->hwcap);
	auxv_add(v, LINUX_AT_PAGESZ, PAGE);
	auxv_add(v, LINUX_AT_CLKTCK, LINUX_CLOCK_TICKS);
	auxv_program(v, f->exec);
	auxv_identity(v, f);
	auxv_add(v, LINUX_AT_RANDOM, random);
	auxv_add(v, AT_HWCAP2, 0);
	if (platform)
		auxv_add(v, LINUX_AT_PLATFORM, platform);
	if (f->minimal_signal_stack)
		auxv_add(v, AT_MINSIGSTKSZ, f->minimal_signal_stack);
}

uint64_t stack_build(const struct stack_facts *f)
{
	const struct exec_facts *e = f->exec;
	struct auxv v = { .used = 0 };
	uint64_t sp = push_bytes(e->stack_top & ~15ull, e->random, sizeof e->random), random = sp, platform = 0;
	const char *strings = (const char *)(uintptr_t)e->strings;
	uint64_t *at;

	if (*f->platform)
		sp = platform = push_bytes(sp, f->platform, string_size(f->platform));
	auxv_make(&v, f, random, platform);
	/* argc, argv and its null, envp and its null, auxv with AT_EXECFN and AT_NULL still to come. */
	sp = (sp - 8 * (1 + e->argc + 1 + e->envc + 1 + v.used + 4)) & ~15ull;
	at = (uint64_t *)(uintptr_t)sp;
	*at++ = e->argc;
	strings = pointers_write(&at, strings, e->argc);
	strings = pointers_write(&at, strings, e->envc);
	auxv_add(&v, LINUX_AT_EXECFN, (uint64_t)(uintptr_t)strings);
	auxv_add(&v, LINUX_AT_NULL, 0);
	for (unsigned i = 0; i < v.used; i++)
		at[i] = v.word[i];
	return sp;
}
