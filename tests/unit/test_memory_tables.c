// sources: servers/memory/tree.c servers/memory/heap.c servers/memory/page.c servers/memory/handle.c
/* The memory server's heap, sparse arrays, pages and handles against simple models. */
#define REAL_HEAP
#include "servers/memory/handle.h"
#include "servers/memory/heap.h"
#include "servers/memory/page.h"
#include "servers/memory/tree.h"
#include "tests/unit/memory_fake.h"

/* Indices that differ in every digit of the radix, so that searches climb and descend. */
enum { KEYS = 400 };
static uint64_t key[KEYS];
static uint32_t value[KEYS];

static uint64_t some_index(void)
{
    uint64_t bits = 1 + random_below(36);
    return random_below((uint64_t)1 << bits);
}

static uint64_t model_next(uint64_t from, uint64_t end)
{
    uint64_t best = UINT64_MAX;
    for (int i = 0; i < KEYS; i++)
        if (value[i] && key[i] >= from && key[i] < end && key[i] < best)
            best = key[i];
    return best;
}

static const char *sparse_array(void)
{
    struct tree tree = { 0 };
    uint32_t *entry;
    for (int i = 0; i < KEYS; i++) {
        do
            key[i] = some_index();
        while (tree_get(&tree, key[i]));
        value[i] = 1 + (uint32_t)i;
        CHECK((entry = tree_need(&tree, key[i])) != NULL && *entry == 0);
        *entry = value[i];
        CHECK(tree_get(&tree, key[i]) == value[i]);
    }
    for (int round = 0; round < 20000; round++) {
        uint64_t from = random_below(2) ? key[random_below(KEYS)] + random_below(3) : some_index(), at = from;
        uint64_t end = random_below(2) ? TREE_LIMIT : some_index(), want = model_next(from, end);
        bool found = tree_next(&tree, &at, end);
        CHECK(found == (want != UINT64_MAX) && (!found || at == want));
        if (random_below(20) == 0) {
            int i = (int)random_below(KEYS);
            if ((entry = tree_find(&tree, key[i])) != NULL)
                *entry = value[i] = 0;
        }
        if (random_below(500) == 0)
            tree_prune(&tree);
    }
    for (int i = 0; i < KEYS; i++)
        CHECK(tree_get(&tree, key[i]) == value[i]);
    CHECK(tree_need(&tree, TREE_LIMIT) == NULL && tree_get(&tree, UINT64_MAX) == 0);
    tree_clear(&tree);
    CHECK(tree.root == NULL && !tree_find(&tree, key[0]));
    return NULL;
}

static const char *blocks(void)
{
    enum { BLOCKS = 64 };
    static struct { uint8_t *at; size_t size; uint8_t fill; } block[BLOCKS];
    for (int round = 0; round < 20000; round++) {
        int i = (int)random_below(BLOCKS);
        if (block[i].at) {
            for (size_t n = 0; n < block[i].size; n += 1 + block[i].size / 64)
                CHECK(block[i].at[n] == block[i].fill);
            heap_put(block[i].at, block[i].size);
            block[i].at = NULL;
            continue;
        }
        block[i].size = 1 + random_below(1 + random_below(20000));
        block[i].fill = (uint8_t)(1 + random_below(255));
        block[i].at = heap_take(block[i].size);
        CHECK(block[i].at && (uintptr_t)block[i].at % 16 == 0);
        for (size_t n = 0; n < block[i].size; n++)
            CHECK(block[i].at[n] == 0);
        memset(block[i].at, block[i].fill, block[i].size);
    }
    CHECK(heap_take(HEAP_LARGEST + 1) == NULL && heap_take(SIZE_MAX) == NULL);
    return NULL;
}

static const char *pages(void)
{
    enum { MOST = 2000 };
    static page_no page[MOST];
    uint64_t count = 0;
    fake.limit = MOST;
    while (count < MOST && (page[count] = page_take(true)) != 0)
        count++;
    CHECK(count == MOST && page_take(true) == 0 && pages_used() == MOST);
    for (int i = 0; i < MOST; i++)
        *(uint64_t *)kernel_page_bytes(page[i]) = 7;
    page_ref(page[1]);
    for (int i = 0; i < MOST; i++)
        page_unref(page[i]);
    CHECK(pages_used() == 1 && pages_spare() == MOST - 1 && page_refs(page[1]) == 1);
    page_lend(page[1]);
    page_unref(page[1]);
    CHECK(fake.made == MOST - 1);
    CHECK(page_shrink(500) == 500 && fake.made == MOST - 501);
    for (int i = 0; i < MOST; i++) {
        CHECK((page[i] = page_take(true)) != 0);
        CHECK(*(uint64_t *)kernel_page_bytes(page[i]) == 0);
    }
    for (int i = 0; i < MOST; i++)
        page_unref(page[i]);
    page_shrink(UINT64_MAX);
    CHECK(fake.made == 0);
    return NULL;
}

static const char *handles(void)
{
    enum { HANDLES = 1000 };
    static uint64_t handle[HANDLES];
    int one, two;
    for (int i = 0; i < HANDLES; i++)
        CHECK((handle[i] = handle_make(HANDLE_OBJECT, &handle[i], i % 2 ? &one : &two)) != 0 && handle[i] >> HANDLE_BITS == 0);
    for (int i = 0; i < HANDLES; i++) {
        CHECK(handle_get(handle[i], HANDLE_OBJECT, i % 2 ? &one : &two) == &handle[i]);
        CHECK(handle_get(handle[i], HANDLE_OBJECT, i % 2 ? &two : &one) == NULL);
        CHECK(handle_get(handle[i], HANDLE_SPACE, NULL) == NULL && handle_get(handle[i], HANDLE_OBJECT, NULL) == &handle[i]);
    }
    uint64_t old = handle[5];
    handle_drop(old);
    CHECK(handle_get(old, HANDLE_OBJECT, NULL) == NULL);
    handle_drop(old);
    CHECK((handle[5] = handle_make(HANDLE_OBJECT, &one, &one)) != old && handle_get(old, HANDLE_OBJECT, NULL) == NULL);
    for (int i = 0; i < 100000; i++)
        CHECK(handle_get(random_below(UINT64_MAX), HANDLE_OBJECT, &handle) == NULL);
    CHECK(handle_get(0, HANDLE_OBJECT, NULL) == NULL);
    handle_drop(0);
    return NULL;
}

int main(void)
{
    static const struct group groups[] = {
        { "sparse array", sparse_array }, { "blocks", blocks }, { "pages", pages }, { "handles", handles },
    };
    return run_groups(groups, sizeof groups / sizeof groups[0]);
}
