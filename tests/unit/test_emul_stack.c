// sources: personalities/linux/emul/stack.c
/* The stack of a fresh program, built in this program's memory and read back as a C library's start code does. */
#include "personalities/linux/emul/stack.h"
#include "tests/unit/boot_check.h"

#include <elf.h>

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

static _Alignas(4096) char area[1 << 20];

/* Puts strings at the end of the area and returns the facts of a program that gets them. */
static struct exec_facts program(const char *strings, size_t size, uint64_t argc, uint64_t envc)
{
    size_t room = (size + 4095) & ~(size_t)4095;
    char *at = area + sizeof area - room;
    struct exec_facts e = { .entry = 0x401000, .program_entry = 0x402000, .phdr = 0x400040, .phnum = 9, .phent = 56, .base = 0x7000,
                            .argc = argc, .envc = envc, .random = "0123456789abcde" };

    memset(area, 0xee, sizeof area);
    memcpy(at, strings, size);
    e.stack_top = e.strings = (uint64_t)(uintptr_t)at;
    e.strings_size = size;
    return e;
}

static uint64_t *build(const struct exec_facts *e, const char *platform, uint64_t minimal)
{
    struct stack_facts f = { .exec = e, .platform = platform, .uid = 1, .euid = 2, .gid = 3, .egid = 3, .hwcap = 0x1234,
                             .minimal_signal_stack = minimal };

    return (uint64_t *)(uintptr_t)stack_build(&f);
}

static uint64_t *auxv_of(uint64_t *sp)
{
    uint64_t *at = sp + 1 + sp[0] + 1;

    while (*at)
        at++;
    return at + 1;
}

static uint64_t *auxv_find(uint64_t *sp, uint64_t type)
{
    uint64_t *v = auxv_of(sp);

    while (v[0] != type && v[0] != AT_NULL)
        v += 2;
    return v[0] == type ? v + 1 : NULL;
}

static const char *text(uint64_t address)
{
    return (const char *)(uintptr_t)address;
}

static const char *strings_are_found(void)
{
    static const char strings[] = "sh\0-c\0\0A=1\0B=\0/bin/sh";
    struct exec_facts e = program(strings, sizeof strings, 3, 2);
    uint64_t *sp = build(&e, "x86_64", 0);

    CHECK((uintptr_t)sp % 16 == 0);
    CHECK(sp[0] == 3 && !strcmp(text(sp[1]), "sh") && !strcmp(text(sp[2]), "-c") && !strcmp(text(sp[3]), "") && sp[4] == 0);
    CHECK(!strcmp(text(sp[5]), "A=1") && !strcmp(text(sp[6]), "B=") && sp[7] == 0);
    CHECK(!strcmp(text(*auxv_find(sp, AT_EXECFN)), "/bin/sh"));
    return NULL;
}

static const char *auxv_is_whole(void)
{
    static const char strings[] = "x\0/x";
    struct exec_facts e = program(strings, sizeof strings, 1, 0);
    uint64_t *sp = build(&e, "x86_64", 3000);

    CHECK(*auxv_find(sp, AT_PHDR) == e.phdr && *auxv_find(sp, AT_PHENT) == 56 && *auxv_find(sp, AT_PHNUM) == 9);
    CHECK(*auxv_find(sp, AT_ENTRY) == e.program_entry && *auxv_find(sp, AT_BASE) == e.base);
    CHECK(*auxv_find(sp, AT_PAGESZ) == 4096 && *auxv_find(sp, AT_CLKTCK) == 100 && *auxv_find(sp, AT_HWCAP) == 0x1234);
    CHECK(*auxv_find(sp, AT_UID) == 1 && *auxv_find(sp, AT_EUID) == 2 && *auxv_find(sp, AT_SECURE) == 1);
    CHECK(*auxv_find(sp, AT_MINSIGSTKSZ) == 3000 && *auxv_find(sp, AT_HWCAP2) == 0);
    CHECK(!strcmp(text(*auxv_find(sp, AT_PLATFORM)), "x86_64"));
    CHECK(!memcmp(text(*auxv_find(sp, AT_RANDOM)), e.random, 16));
    CHECK(auxv_find(sp, AT_SYSINFO_EHDR) == NULL);
    return NULL;
}

static const char *what_is_not_told(void)
{
    static const char strings[] = "x\0/x";
    struct exec_facts e = program(strings, sizeof strings, 1, 0);
    uint64_t *sp = build(&e, "", 0);

    CHECK(auxv_find(sp, AT_PLATFORM) == NULL && auxv_find(sp, AT_MINSIGSTKSZ) == NULL);
    return NULL;
}

/* Every count of strings keeps the stack aligned, and nothing is written above or on the strings. */
static const char *alignment(void)
{
    for (uint64_t argc = 1; argc < 40; argc++) {
        char strings[64] = { 0 };
        struct exec_facts e = program(strings, sizeof strings, argc, 40 - argc);
        uint64_t *sp = build(&e, "x86_64", argc % 2);

        CHECK((uintptr_t)sp % 16 == 0 && sp[0] == argc);
        CHECK(e.stack_top - (uintptr_t)sp < 1024 + 8 * 41);
        CHECK(!memcmp(text(e.strings), (char[64]){ 0 }, 64));
        CHECK((uint8_t)area[sizeof area - 1] == 0xee);
    }
    return NULL;
}

int main(void)
{
    static const struct group groups[] = {
        { "strings are found", strings_are_found }, { "auxv is whole", auxv_is_whole }, { "what is not told", what_is_not_told },
        { "alignment", alignment },
    };

    return run_groups(groups, sizeof groups / sizeof *groups);
}
