#include "kernel/firmware/memory_map.h"
#include "kernel/boot/bytes.h"

enum { BASE = 0, SIZE = 8, TYPE = 16, TYPE_RAM = 1 };

/* Maps may overlap and come in any order (ACPI 6.5, section 15.1), so first add all RAM, then take away the rest. */
bool memory_map_read(const uint8_t *entries, uint32_t count, uint32_t stride, struct range_set *ram)
{
    *ram = (struct range_set){ 0 };
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *e = entries + (size_t)stride * i;
        if (le32(e + TYPE) == TYPE_RAM && !range_set_add(ram, le64(e + BASE), le64(e + SIZE)))
            return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *e = entries + (size_t)stride * i;
        if (le32(e + TYPE) != TYPE_RAM && !range_set_subtract(ram, le64(e + BASE), le64(e + SIZE)))
            return false;
    }
    return true;
}
