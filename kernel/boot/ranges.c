/* Sets of physical ranges: see boot.h for the contract. Both operations replace the run of entries that the range touches by
 * what is left of them, so that the table is written in one place. */
#include "kernel/boot/boot.h"

static uint64_t range_end(const struct range *r)
{
    return r->base + r->size;
}

static bool wraps(uint64_t base, uint64_t size)
{
    return size > UINT64_MAX - base;
}

/* Entries [first, last) become the `n` ranges of `by`. The tail moves in the direction that does not overwrite itself. */
static bool replace(struct range_set *set, uint32_t first, uint32_t last, const struct range *by, uint32_t n)
{
    uint32_t tail = set->count - last;
    if (first + n + tail > BOOT_RANGES)
        return false;
    if (first + n <= last) {
        for (uint32_t i = 0; i < tail; i++)
            set->r[first + n + i] = set->r[last + i];
    } else {
        for (uint32_t i = tail; i-- > 0;)
            set->r[first + n + i] = set->r[last + i];
    }
    for (uint32_t i = 0; i < n; i++)
        set->r[first + i] = by[i];
    set->count = first + n + tail;
    return true;
}

bool range_set_add(struct range_set *set, uint64_t base, uint64_t size)
{
    if (wraps(base, size))
        return false;
    if (size == 0)
        return true;
    uint64_t end = base + size;
    uint32_t first = 0;
    while (first < set->count && range_end(&set->r[first]) < base)
        first++;
    uint32_t last = first;
    while (last < set->count && set->r[last].base <= end)
        last++;
    if (last > first) { /* merge with all that it overlaps or touches */
        uint64_t low = set->r[first].base, high = range_end(&set->r[last - 1]);
        base = low < base ? low : base;
        end = high > end ? high : end;
    }
    struct range merged = { base, end - base };
    return replace(set, first, last, &merged, 1);
}

bool range_set_subtract(struct range_set *set, uint64_t base, uint64_t size)
{
    if (wraps(base, size))
        return false;
    if (size == 0)
        return true;
    uint64_t end = base + size;
    uint32_t first = 0;
    while (first < set->count && range_end(&set->r[first]) <= base)
        first++;
    uint32_t last = first;
    while (last < set->count && set->r[last].base < end)
        last++;
    if (last == first)
        return true;
    struct range left[2];
    uint32_t n = 0;
    uint64_t low = set->r[first].base, high = range_end(&set->r[last - 1]);
    if (low < base)
        left[n++] = (struct range){ low, base - low };
    if (high > end)
        left[n++] = (struct range){ end, high - end };
    return replace(set, first, last, left, n);
}

void range_set_align(struct range_set *set, uint64_t align)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < set->count; i++) {
        uint64_t low = set->r[i].base, high = range_end(&set->r[i]) & ~(align - 1);
        if (wraps(low, align - 1))
            continue; /* in the last, partial page of the address space */
        low = (low + align - 1) & ~(align - 1);
        if (low < high)
            set->r[kept++] = (struct range){ low, high - low };
    }
    set->count = kept;
}

bool range_set_contains(const struct range_set *set, uint64_t base, uint64_t size)
{
    if (size == 0 || wraps(base, size))
        return false;
    for (uint32_t i = 0; i < set->count; i++)
        if (set->r[i].base <= base && base + size <= range_end(&set->r[i]))
            return true;
    return false;
}
