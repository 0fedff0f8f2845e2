// sources: kernel/boot/ranges.c
/* Range sets against a model: a bitmap of a small address space. */
#include "kernel/boot/boot.h"
#include "tests/unit/boot_check.h"

static bool is(const struct range *r, uint64_t base, uint64_t size)
{
    return r->base == base && r->size == size;
}

static const char *adding(void)
{
    struct range_set s = { 0 };
    CHECK(range_set_add(&s, 100, 10) && range_set_add(&s, 300, 10) && range_set_add(&s, 200, 10));
    CHECK(s.count == 3 && is(&s.r[0], 100, 10) && is(&s.r[1], 200, 10) && is(&s.r[2], 300, 10));
    CHECK(range_set_add(&s, 110, 5) && s.count == 3 && is(&s.r[0], 100, 15));
    CHECK(range_set_add(&s, 195, 5) && s.count == 3 && is(&s.r[1], 195, 15));
    CHECK(range_set_add(&s, 105, 300) && s.count == 1 && is(&s.r[0], 100, 305));
    CHECK(range_set_add(&s, 110, 5) && s.count == 1 && is(&s.r[0], 100, 305));
    return NULL;
}

static const char *subtracting(void)
{
    struct range_set s = { 0 };
    CHECK(range_set_add(&s, 100, 100) && range_set_add(&s, 300, 100));
    CHECK(range_set_subtract(&s, 120, 10) && s.count == 3 && is(&s.r[0], 100, 20) && is(&s.r[1], 130, 70));
    CHECK(range_set_subtract(&s, 200, 100) && s.count == 3);
    CHECK(range_set_subtract(&s, 150, 200) && s.count == 3 && is(&s.r[1], 130, 20) && is(&s.r[2], 350, 50));
    CHECK(range_set_subtract(&s, 100, 20) && s.count == 2 && is(&s.r[0], 130, 20));
    CHECK(range_set_subtract(&s, 0, 1000) && s.count == 0 && range_set_subtract(&s, 0, 1000));
    return NULL;
}

static const char *edges(void)
{
    struct range_set s = { 0 };
    CHECK(range_set_add(&s, 5, 0) && range_set_add(&s, UINT64_MAX, 0) && s.count == 0);
    CHECK(!range_set_add(&s, UINT64_MAX, 1) && !range_set_add(&s, 2, UINT64_MAX) && s.count == 0);
    CHECK(range_set_add(&s, UINT64_MAX - 10, 10) && s.count == 1 && range_set_add(&s, 0, 1) && s.count == 2);
    CHECK(!range_set_subtract(&s, UINT64_MAX, 1) && s.count == 2);
    CHECK(range_set_subtract(&s, 0, 0) && s.count == 2);
    CHECK(range_set_contains(&s, UINT64_MAX - 10, 10) && !range_set_contains(&s, UINT64_MAX - 11, 2));
    CHECK(!range_set_contains(&s, 0, 0) && !range_set_contains(&s, 0, UINT64_MAX) && !range_set_contains(&s, 1, UINT64_MAX));
    return NULL;
}

static const char *full_table(void)
{
    struct range_set s = { 0 };
    for (uint64_t i = 0; i < BOOT_RANGES; i++)
        CHECK(range_set_add(&s, 100 * i, 50));
    struct range_set before = s;
    CHECK(!range_set_add(&s, 100 * BOOT_RANGES, 50) && !range_set_add(&s, 60, 10) && !range_set_subtract(&s, 10, 10));
    CHECK(memcmp(&before, &s, sizeof s) == 0);
    CHECK(range_set_subtract(&s, 100 * BOOT_RANGES, 50) && !range_set_contains(&s, 100 * BOOT_RANGES, 1));
    range_set_align(&s, 1);
    CHECK(memcmp(&before, &s, sizeof s) == 0);
    CHECK(range_set_add(&s, 50, 50) && s.count == BOOT_RANGES - 1 && range_set_subtract(&s, 10, 10) && s.count == BOOT_RANGES);
    return NULL;
}

static const char *aligning(void)
{
    struct range_set s = { 0 };
    CHECK(range_set_add(&s, 1, 4095) && range_set_add(&s, 8191, 8194) && range_set_add(&s, 40960, 4096));
    CHECK(range_set_add(&s, UINT64_MAX - 5000, 5000));
    range_set_align(&s, 4096);
    CHECK(s.count == 2 && is(&s.r[0], 8192, 8192) && is(&s.r[1], 40960, 4096));
    CHECK(range_set_subtract(&s, 40960, 4096)); /* what lies in the table behind the last entry is not of the set */
    range_set_align(&s, 4096);
    CHECK(s.count == 1 && !range_set_contains(&s, 40960, 4096));
    s = (struct range_set){ 0 };
    CHECK(range_set_add(&s, UINT64_MAX - 10, 10));
    range_set_align(&s, 4096);
    CHECK(s.count == 0);
    return NULL;
}

/* 256 addresses, and random operations on both. */
static const char *model(void)
{
    struct range_set s = { 0 };
    bool in[256] = { 0 };
    for (int round = 0; round < 200000; round++) {
        uint64_t base = random_below(256), size = random_below(257 - base) >> random_below(6);
        bool add = random_below(2);
        if (add ? range_set_add(&s, base, size) : range_set_subtract(&s, base, size))
            memset(in + base, add, size);
        else
            CHECK(s.count == BOOT_RANGES);
        uint64_t at = 0;
        for (uint32_t i = 0; i < s.count; i++) {
            CHECK(s.r[i].size != 0 && (i == 0 || s.r[i].base > s.r[i - 1].base + s.r[i - 1].size));
            while (at < s.r[i].base)
                CHECK(!in[at++]);
            while (at < s.r[i].base + s.r[i].size)
                CHECK(in[at++]);
        }
        while (at < 256)
            CHECK(!in[at++]);
    }
    return NULL;
}

int main(void)
{
    static const struct group groups[] = {
        { "ranges: add", adding },          { "ranges: subtract", subtracting }, { "ranges: wrap-around and empty", edges },
        { "ranges: full table", full_table }, { "ranges: align", aligning },       { "ranges: like a bitmap", model },
    };
    return run_groups(groups, sizeof groups / sizeof groups[0]);
}
