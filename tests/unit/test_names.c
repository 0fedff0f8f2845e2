// sources: servers/names/tree.c
/* Names and directories against a model: a list of (directory, name, slot). */
#include "servers/names/tree.h"
#include <stdio.h>
#include <string.h>

enum { ROOM = 300, NAMES = 200, CLIENTS = 3, ROUNDS = 100000 };

static struct entry table[ROOM];
static struct names names = { .entry = table };
static struct { uint32_t i, directory; uint64_t name, slot; } model[NAMES];
static int dropped;
static uint64_t state = 88172645463325252;

static uint64_t below(uint64_t n)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state % n;
}

static void drop(uint64_t slot)
{
    for (int k = 0; k < NAMES; k++)
        if (model[k].i && model[k].slot == slot)
            dropped++;
}

/* Whether entry k of the model is below directory i, or is it. */
static int is_below(int k, uint32_t i)
{
    for (uint32_t at = model[k].i; at;) {
        if (at == i)
            return 1;
        uint32_t up = 0;
        for (int p = 0; p < NAMES; p++)
            if (model[p].i == at)
                up = model[p].directory;
        at = up;
    }
    return 0;
}

#define MUST(c) do { if (!(c)) { printf("not ok random operations: line %d: %s\n", __LINE__, #c); return 1; } } while (0)

static int add(uint32_t directory)
{
    uint64_t name[NAME_WORDS] = { 1 + below(30), 0, 5 }, slot = below(2) ? 1000 + below(1000000) : 0;
    int k = 0, taken = 0;
    while (k < NAMES && model[k].i)
        k++;
    for (int j = 0; j < NAMES; j++)
        taken |= model[j].i && model[j].directory == directory && model[j].name == name[0];
    MUST((names_find(&names, directory, name) != 0) == taken);
    if (taken || k == NAMES)
        return 0;
    uint32_t i = names_add(&names, directory, name, slot);
    MUST(i && names_find(&names, directory, name) == i);
    model[k].i = i, model[k].directory = directory, model[k].name = name[0], model[k].slot = slot;
    return 0;
}

static int remove_one(int k)
{
    uint32_t i = model[k].i;
    uint64_t handle = names_handle(&names, i);
    int gone[NAMES], expected = 0;
    for (int j = 0; j < NAMES; j++) {
        gone[j] = model[j].i && is_below(j, i);
        expected += gone[j] && model[j].slot;
    }
    dropped = 0;
    names_remove(&names, i, drop);
    MUST(dropped == expected && names_of_handle(&names, handle) == 0);
    for (int j = 0; j < NAMES; j++)
        if (gone[j])
            model[j].i = 0;
    return 0;
}

static int list(uint32_t directory)
{
    int count = 0, expected = 0;
    uint64_t position = 0;
    for (uint32_t i; (i = names_after(&names, directory, position)) != 0; count++)
        position = table[i].order;
    for (int j = 0; j < NAMES; j++)
        expected += model[j].i && model[j].directory == directory;
    MUST(count == expected);
    return 0;
}

int main(void)
{
    names_extend(&names, ROOM / 2);
    names_extend(&names, ROOM);
    for (int round = 0; round < ROUNDS; round++) {
        int k = (int)below(NAMES);
        uint32_t directory = names_root(&names, 1 + below(CLIENTS));
        MUST(directory);
        if (model[k].i && !model[k].slot && below(2))
            directory = names_of_handle(&names, names_handle(&names, model[k].i));
        MUST(directory);
        if (below(50) == 0 ? model[k].i && remove_one(k) : below(10) ? add(directory) : list(directory))
            return 1;
    }
    for (int k = 0; k < NAMES; k++)
        if (model[k].i)
            MUST(remove_one(k) == 0);
    for (uint64_t c = 1; c <= CLIENTS; c++)
        MUST(names_count(&names, names_root(&names, c)) == 0);
    printf("ok random operations\n");
    return 0;
}
