#include "kernel/firmware/multiboot2.h"
#include "kernel/boot/bytes.h"
#include "kernel/firmware/memory_map.h"

enum { HEADER = 8, TAG_HEADER = 8, TOTAL_MAX = 1 << 20 };

/* Tag types: sections 3.6.3, 3.6.6, 3.6.8, 3.6.15 and 3.6.16. */
enum { TAG_END = 0, TAG_COMMAND_LINE = 1, TAG_MODULE = 3, TAG_MEMORY_MAP = 6, TAG_ACPI_OLD = 14, TAG_ACPI_NEW = 15 };
enum { MODULE_STRING = 16, MAP_ENTRIES = 16, RSDP_OLD_SIZE = 20, RSDP_NEW_SIZE = 36 };

struct parse {
    struct boot_info *out;
    uint64_t rsdp_old, rsdp_new;
    const char **why;
    bool has_map, has_module;
};

static bool bad(const struct parse *p, const char *message)
{
    *p->why = message;
    return false;
}

static bool take_command_line(struct parse *p, const uint8_t *tag, uint32_t size)
{
    const uint8_t *text = tag + TAG_HEADER;
    uint64_t length = bytes_find(text, size - TAG_HEADER, 0);
    if (length == size - TAG_HEADER)
        return bad(p, "multiboot2: command line without its NUL");
    if (length >= BOOT_COMMAND_LINE)
        return bad(p, "multiboot2: command line longer than 255 bytes");
    for (uint64_t i = 0; i <= length; i++)
        p->out->command_line[i] = (char)text[i];
    return true;
}

static bool take_module(struct parse *p, const uint8_t *tag, uint32_t size)
{
    if (p->has_module)
        return true;
    if (size < MODULE_STRING)
        return bad(p, "multiboot2: module tag size");
    uint32_t start = le32(tag + 8), end = le32(tag + 12);
    if (end < start)
        return bad(p, "multiboot2: module ends before it starts");
    p->out->bundle = (struct range){ start, end - start };
    p->has_module = true;
    return true;
}

static bool take_memory_map(struct parse *p, const uint8_t *tag, uint32_t size)
{
    if (size < MAP_ENTRIES)
        return bad(p, "multiboot2: memory map tag size");
    uint32_t stride = le32(tag + 8);
    if (stride < MEMORY_MAP_ENTRY || stride % 8 != 0 || (size - MAP_ENTRIES) % stride != 0)
        return bad(p, "multiboot2: memory map entry_size");
    if (p->has_map)
        return bad(p, "multiboot2: two memory maps");
    if (!memory_map_read(tag + MAP_ENTRIES, (size - MAP_ENTRIES) / stride, stride, &p->out->ram))
        return bad(p, "multiboot2: a memory map entry wraps, or there are too many");
    p->has_map = true;
    return true;
}

static bool take_tag(struct parse *p, uint64_t phys, const uint8_t *tag, uint32_t size)
{
    switch (le32(tag)) {
    case TAG_COMMAND_LINE:
        return take_command_line(p, tag, size);
    case TAG_MODULE:
        return take_module(p, tag, size);
    case TAG_MEMORY_MAP:
        return take_memory_map(p, tag, size);
    case TAG_ACPI_OLD:
        p->rsdp_old = phys + TAG_HEADER;
        return size >= TAG_HEADER + RSDP_OLD_SIZE || bad(p, "multiboot2: ACPI old RSDP tag size");
    case TAG_ACPI_NEW:
        p->rsdp_new = phys + TAG_HEADER;
        return size >= TAG_HEADER + RSDP_NEW_SIZE || bad(p, "multiboot2: ACPI new RSDP tag size");
    default:
        return true;
    }
}

/* Tags are 8-byte aligned within the structure (section 3.6.2). */
static bool take_tags(struct parse *p, uint64_t phys, const uint8_t *info, uint32_t total)
{
    uint32_t at = HEADER;
    while (at <= total && total - at >= TAG_HEADER) {
        const uint8_t *tag = info + at;
        uint32_t size = le32(tag + 4);
        if (size < TAG_HEADER || size > total - at)
            return bad(p, "multiboot2: tag size");
        if (le32(tag) == TAG_END)
            return true;
        if (!take_tag(p, phys + at, tag, size))
            return false;
        at += (size + 7) & ~7u; /* cannot wrap: size is below 1 MiB */
    }
    return bad(p, "multiboot2: no end tag");
}

bool multiboot2_parse(uint64_t phys, const struct boot_memory *mem, struct boot_info *out, uint64_t *rsdp, const char **why)
{
    struct parse p = { .out = out, .why = why };
    *out = (struct boot_info){ 0 };
    *rsdp = 0;
    const uint8_t *info = mem->at(mem->ctx, phys, HEADER);
    if (!info)
        return bad(&p, "multiboot2: information structure beyond readable memory");
    uint32_t total = le32(info);
    if (total < HEADER + TAG_HEADER || total > TOTAL_MAX)
        return bad(&p, "multiboot2: total_size");
    info = mem->at(mem->ctx, phys, total);
    if (!info)
        return bad(&p, "multiboot2: total_size beyond readable memory");
    if (!take_tags(&p, phys, info, total))
        return false;
    if (!p.has_map)
        return bad(&p, "multiboot2: no memory map");
    out->memory = out->ram;
    *rsdp = out->acpi_rsdp = p.rsdp_new ? p.rsdp_new : p.rsdp_old;
    return true;
}
