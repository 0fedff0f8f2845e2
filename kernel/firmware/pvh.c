#include "kernel/firmware/pvh.h"
#include "kernel/boot/bytes.h"
#include "kernel/firmware/memory_map.h"

static const uint32_t magic = 0x336ec578; /* "xEn3", with the top bit of the E set */

/* struct hvm_start_info; all little-endian. */
enum {
    MAGIC = 0,
    VERSION = 4,
    MODULE_COUNT = 12,
    MODULES = 16,
    COMMAND_LINE = 24,
    RSDP = 32,
    SIZE_0 = 40, /* up to here: version 0 */
    MAP = 40,
    MAP_COUNT = 48,
    SIZE_1 = 56,
};

/* struct hvm_modlist_entry */
enum { MODULE_BASE = 0, MODULE_SIZE = 8, MODULE_ENTRY = 32 };

enum { MAP_COUNT_MAX = 4096 };

static bool bad(const char **why, const char *message)
{
    *why = message;
    return false;
}

static const uint8_t *at(const struct boot_memory *mem, uint64_t phys, uint64_t length)
{
    return mem->at(mem->ctx, phys, length);
}

/* Byte by byte: how long the string is, only its end tells. */
static bool take_command_line(uint64_t phys, const struct boot_memory *mem, struct boot_info *out, const char **why)
{
    if (phys == 0)
        return true;
    for (uint32_t i = 0; i < BOOT_COMMAND_LINE; i++) {
        const uint8_t *b = phys > UINT64_MAX - i ? NULL : at(mem, phys + i, 1);
        if (!b)
            return bad(why, "PVH start info: command line beyond readable memory");
        out->command_line[i] = (char)*b;
        if (*b == 0)
            return true;
    }
    return bad(why, "PVH start info: command line longer than 255 bytes");
}

static bool take_module(const uint8_t *info, const struct boot_memory *mem, struct boot_info *out, const char **why)
{
    if (le32(info + MODULE_COUNT) == 0)
        return true;
    const uint8_t *entry = at(mem, le64(info + MODULES), MODULE_ENTRY);
    if (!entry)
        return bad(why, "PVH start info: module list beyond readable memory");
    out->bundle = (struct range){ le64(entry + MODULE_BASE), le64(entry + MODULE_SIZE) };
    if (out->bundle.size > UINT64_MAX - out->bundle.base)
        return bad(why, "PVH start info: module wraps");
    return true;
}

static bool take_memory_map(uint64_t phys, const struct boot_memory *mem, struct boot_info *out, const char **why)
{
    const uint8_t *info = at(mem, phys, SIZE_1);
    if (!info)
        return bad(why, "PVH start info: beyond readable memory");
    uint32_t count = le32(info + MAP_COUNT);
    if (count == 0 || count > MAP_COUNT_MAX)
        return bad(why, "PVH start info: memmap_entries is 0 or above 4096");
    const uint8_t *entries = at(mem, le64(info + MAP), (uint64_t)count * MEMORY_MAP_ENTRY);
    if (!entries)
        return bad(why, "PVH start info: memory map beyond readable memory");
    if (!memory_map_read(entries, count, MEMORY_MAP_ENTRY, &out->ram))
        return bad(why, "PVH start info: a memory map entry wraps, or there are too many");
    return true;
}

bool pvh_parse(uint64_t phys, const struct boot_memory *mem, struct boot_info *out, uint64_t *rsdp, const char **why)
{
    *out = (struct boot_info){ 0 };
    *rsdp = 0;
    const uint8_t *info = at(mem, phys, SIZE_0);
    if (!info)
        return bad(why, "PVH start info: beyond readable memory");
    if (le32(info + MAGIC) != magic)
        return bad(why, "PVH start info: magic");
    if (le32(info + VERSION) >= 1 && !take_memory_map(phys, mem, out, why)) /* later versions only append fields */
        return false;
    if (!take_module(info, mem, out, why) || !take_command_line(le64(info + COMMAND_LINE), mem, out, why))
        return false;
    out->memory = out->ram;
    *rsdp = out->acpi_rsdp = le64(info + RSDP);
    return true;
}
