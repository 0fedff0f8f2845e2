#include "kernel/boot/elf.h"
#include "kernel/boot/bytes.h"

/* Elf64_Ehdr */
enum { E_TYPE = 16, E_MACHINE = 18, E_VERSION = 20, E_ENTRY = 24, E_PHOFF = 32, E_PHENTSIZE = 54, E_PHNUM = 56, E_SIZE = 64 };
enum { EI_CLASS = 4, EI_DATA = 5, EI_VERSION = 6, CLASS_64 = 2, DATA_LITTLE = 1, VERSION_CURRENT = 1, TYPE_EXEC = 2 };

/* Elf64_Phdr */
enum { P_TYPE = 0, P_FLAGS = 4, P_OFFSET = 8, P_VADDR = 16, P_FILESZ = 32, P_MEMSZ = 40, P_SIZE = 56 };
enum { PT_LOAD = 1, PT_DYNAMIC = 2, PT_INTERP = 3 };

struct parse {
    const uint8_t *image;
    uint64_t size;
    uint64_t limit;
    uint64_t free; /* every later segment starts at this page address or above */
    struct elf_plan *out;
    const char **why;
};

static bool bad(const struct parse *p, const char *message)
{
    *p->why = message;
    return false;
}

static bool check_header(const struct parse *p, uint16_t machine)
{
    const uint8_t *b = p->image;
    if (p->size < E_SIZE || !bytes_are(b, 4, "\177ELF"))
        return bad(p, "root program: not an ELF file");
    if (b[EI_CLASS] != CLASS_64 || b[EI_DATA] != DATA_LITTLE || b[EI_VERSION] != VERSION_CURRENT ||
        le32(b + E_VERSION) != VERSION_CURRENT)
        return bad(p, "root program: ELF class, byte order or version");
    if (le16(b + E_TYPE) != TYPE_EXEC)
        return bad(p, "root program: ELF type is not ET_EXEC");
    if (le16(b + E_MACHINE) != machine)
        return bad(p, "root program: built for another machine");
    uint64_t offset = le64(b + E_PHOFF), length = (uint64_t)le16(b + E_PHNUM) * P_SIZE;
    if (le16(b + E_PHENTSIZE) != P_SIZE)
        return bad(p, "root program: ELF program header entry size");
    if (offset > p->size || length > p->size - offset)
        return bad(p, "root program: ELF program headers beyond the file");
    return true;
}

static bool check_flags(const struct parse *p, uint32_t flags)
{
    if ((flags & ELF_W) && (flags & ELF_X))
        return bad(p, "root program: ELF segment both writable and executable");
    if ((flags & ELF_W) && !(flags & ELF_R)) /* no page table of ours can say it */
        return bad(p, "root program: ELF segment writable but not readable");
    return true;
}

static bool check_place(const struct parse *p, const struct elf_segment *s)
{
    if (s->file_size > s->memory_size)
        return bad(p, "root program: ELF segment larger in the file than in memory");
    if (s->offset > p->size || s->file_size > p->size - s->offset)
        return bad(p, "root program: ELF segment beyond the file");
    if (s->vaddr < BOOT_PAGE || s->vaddr >= p->limit || s->memory_size > p->limit - s->vaddr)
        return bad(p, "root program: ELF segment outside of user addresses");
    if (s->vaddr < p->free)
        return bad(p, "root program: ELF segments share a page or are not in ascending order");
    return true;
}

static bool take_segment(struct parse *p, const uint8_t *header)
{
    struct elf_segment s = {
        .vaddr = le64(header + P_VADDR),
        .offset = le64(header + P_OFFSET),
        .file_size = le64(header + P_FILESZ),
        .memory_size = le64(header + P_MEMSZ),
        .flags = le32(header + P_FLAGS) & (ELF_R | ELF_W | ELF_X),
    };
    if (s.memory_size == 0 && s.file_size == 0)
        return true;
    if (!check_place(p, &s) || !check_flags(p, s.flags))
        return false;
    if (p->out->count == ELF_SEGMENTS)
        return bad(p, "root program: more than 8 ELF segments");
    p->out->segment[p->out->count++] = s;
    p->free = (s.vaddr + s.memory_size + BOOT_PAGE - 1) & ~(uint64_t)(BOOT_PAGE - 1); /* at most limit */
    return true;
}

static bool take_program_header(struct parse *p, const uint8_t *header)
{
    switch (le32(header + P_TYPE)) {
    case PT_LOAD:
        return take_segment(p, header);
    case PT_DYNAMIC:
    case PT_INTERP:
        return bad(p, "root program: not statically linked");
    default:
        return true;
    }
}

static bool entry_is_executable(const struct elf_plan *plan)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct elf_segment *s = &plan->segment[i];
        if ((s->flags & ELF_X) && plan->entry >= s->vaddr && plan->entry - s->vaddr < s->file_size)
            return true;
    }
    return false;
}

bool elf_parse(const void *image, uint64_t size, uint16_t machine, uint64_t limit, struct elf_plan *out, const char **why)
{
    struct parse p = { .image = image, .size = size, .limit = limit, .free = BOOT_PAGE, .out = out, .why = why };
    *out = (struct elf_plan){ 0 };
    if (!check_header(&p, machine))
        return false;
    const uint8_t *headers = p.image + le64(p.image + E_PHOFF);
    for (uint32_t i = 0; i < le16(p.image + E_PHNUM); i++)
        if (!take_program_header(&p, headers + i * P_SIZE))
            return false;
    out->entry = le64(p.image + E_ENTRY);
    if (!entry_is_executable(out))
        return bad(&p, "root program: ELF entry outside of the executable segments");
    return true;
}
