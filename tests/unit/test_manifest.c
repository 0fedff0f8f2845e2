// sources: servers/root/manifest.c
/* Reading the compiled manifest: nothing of a damaged one is believed. */
#include "servers/root/manifest.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERVICES = 3, CAPS = 4, ARGUMENTS = 2, ROUNDS = 200000 };

struct image {
    struct manifest_header header;
    struct manifest_service service[SERVICES];
    struct manifest_cap cap[CAPS];
    char argument[ARGUMENTS][MANIFEST_ARGUMENT_BYTES];
};

static struct image valid(void)
{
    struct image i = { .header = { MANIFEST_MAGIC, MANIFEST_VERSION, SERVICES, CAPS, ARGUMENTS } };
    for (int s = 0; s < SERVICES; s++)
        i.service[s] = (struct manifest_service){ .name = "memory", .program = "servers/memory", .memory = 1 << 20,
                                                  .priority = 50, .restart = RESTART_ALWAYS, .slice_us = 1000, .cells = 64,
                                                  .first_cap = (uint32_t)s, .caps = 2, .arguments = 2 };
    for (int c = 0; c < CAPS; c++)
        i.cap[c] = (struct manifest_cap){ .name = "log", .kind = CAP_SERVICE, .target = 2, .value = 5, .percent = 90 };
    strcpy(i.argument[0], "a=b");
    strcpy(i.argument[1], "c=");
    return i;
}

static int failed;

static void check(const char *name, struct image image, size_t size, const char *expected)
{
    struct manifest m;
    void *copy = malloc(size);
    memcpy(copy, &image, size);
    const char *why = manifest_read(copy, size, &m);
    free(copy);
    if (why == expected || (why && expected && strcmp(why, expected) == 0))
        return;
    printf("not ok %s: wanted %s, got %s\n", name, expected ? expected : "a manifest", why ? why : "a manifest");
    failed = 1;
}

#define BAD(field, wrong, message)                          \
    do {                                                    \
        struct image image = valid();                       \
        image.field = (wrong);                              \
        check(#field, image, sizeof image, message);        \
    } while (0)

static void single_fields(void)
{
    const char *rows = "more rows than there can be, or no service", *range = "a service's priority, restart or slice is out of range";
    const char *outside = "a service's capabilities or arguments are outside of their table";
    check("valid", valid(), sizeof(struct image), NULL);
    check("short", valid(), 8, "shorter than its header");
    check("cut", valid(), sizeof(struct image) - 1, "of another length than its tables");
    BAD(header.magic, 1, "not a manifest of this version");
    BAD(header.version, 2, "not a manifest of this version");
    BAD(header.services, 0, rows);
    BAD(header.services, UINT32_MAX, rows);
    BAD(header.caps, MANIFEST_CAPS + 1, rows);
    BAD(header.arguments, 0x80000000, rows);
    BAD(service[1].name[0], 0, "a service's name or program is no text");
    BAD(service[1].priority, 63, range);
    BAD(service[1].restart, 3, range);
    BAD(service[2].slice_us, 0, range);
    BAD(service[2].memory, (uint64_t)1 << 40, "a service's memory or cells are out of range");
    BAD(service[2].first_cap, 3, outside);
    BAD(service[0].caps, UINT32_MAX, outside);
    BAD(service[0].first_argument, UINT32_MAX, outside);
    BAD(cap[3].kind, 0, "a capability is of an unknown kind");
    BAD(cap[3].kind, 7, "a capability is of an unknown kind");
    BAD(cap[3].target, SERVICES, "a capability of a service that is not there");
    BAD(cap[3].percent, 101, "a capability's quota is out of range");
    BAD(argument[1][0], 0, "an argument is no text");
    struct image endless = valid();
    memset(endless.cap[0].name, 'x', sizeof endless.cap[0].name);
    check("endless name", endless, sizeof endless, "a capability's name is no text");
}

/* Whatever is in it: what is accepted stays within its tables. */
static void random_damage(void)
{
    uint64_t state = 88172645463325252;
    for (int round = 0; round < ROUNDS; round++) {
        struct image image = valid();
        for (int n = 0; n < 3; n++) {
            state ^= state << 13, state ^= state >> 7, state ^= state << 17;
            ((uint8_t *)&image)[state % sizeof image] = (uint8_t)(state >> 40);
        }
        struct image *copy = malloc(sizeof image);
        struct manifest m;
        *copy = image;
        if (!manifest_read(copy, sizeof image, &m))
            for (uint32_t s = 0; s < m.services; s++)
                for (uint32_t c = m.service[s].first_cap; c < m.service[s].first_cap + m.service[s].caps; c++)
                    failed |= strlen(m.cap[c].name) >= sizeof m.cap[c].name;
        free(copy);
    }
}

int main(void)
{
    single_fields();
    random_damage();
    if (!failed)
        printf("ok single fields\nok random damage\n");
    return failed;
}
