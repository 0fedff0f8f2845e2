// sources: servers/memory/vm.c servers/memory/fault.c servers/memory/fork.c servers/memory/region.c
// sources: servers/memory/object.c servers/memory/tree.c servers/memory/page.c
/* Spaces and objects of the memory server against a model that copies everything and shares nothing. */
#include "servers/memory/object.h"
#include "servers/memory/vm.h"
#include "tests/unit/memory_fake.h"

enum { SPACES = 6, OBJECTS = 4, PAGES = 96, LOW = FAKE_BASE_page };

/* A page of the model: what is mapped there, and its value if it is not the object's. */
struct model_page {
    bool mapped, shared, own;
    unsigned prot, max_prot;
    int object; /* -1: anonymous */
    uint64_t offset;
    uint64_t value;
};

static struct {
    struct vm space;
    bool lives;
    struct model_page page[PAGES];
} model[SPACES];

static struct {
    struct object *object;
    uint64_t pages, value[PAGES];
} objects[OBJECTS];

static struct account account;

static void space_begin(int s)
{
    memset(&model[s], 0, sizeof model[s]);
    model[s].lives = true;
    model[s].space = (struct vm){ .kernel = { .task = (isthmus_slot)s + 1 }, .account = { .limit = 1 << 20, .parent = &account },
                                     .low = LOW * PAGE_BYTES, .high = (LOW + PAGES) * PAGE_BYTES };
}

static void space_end(int s)
{
    vm_discard(&model[s].space, random_below(2));
    memset(fake.entry[s + 1], 0, sizeof fake.entry[s + 1]);
    MUST(model[s].space.account.used == 0 && model[s].space.tree.root == NULL);
    model[s].lives = false;
}

static uint64_t *model_value(struct model_page *p)
{
    return p->own || p->object < 0 ? &p->value : &objects[p->object].value[p->offset];
}

/* What the model says an access must bring. */
static enum fault expected(const struct model_page *p, unsigned access)
{
    if (!p->mapped)
        return FAULT_UNMAPPED;
    if (!(p->prot & access))
        return FAULT_DENIED;
    if (p->object >= 0 && !p->own && p->offset >= objects[p->object].pages)
        return FAULT_BUS;
    return FAULT_DONE;
}

/* One access, as a processor would do it. Returns the page's first word, or null if there was a fault that stays. */
static uint64_t *access_word(int s, int n, unsigned access)
{
    struct absent absent;
    uint64_t address = (uint64_t)(LOW + n) * PAGE_BYTES + random_below(PAGE_BYTES);
    enum fault want = expected(&model[s].page[n], access), got;
    if (!fake.entry[s + 1][n].page || !(fake.entry[s + 1][n].flags & access)) {
        got = vm_fault(&model[s].space, address, access, &absent);
        MUST(got == want);
    }
    if (want != FAULT_DONE)
        MUST(!fake.entry[s + 1][n].page || !(fake.entry[s + 1][n].flags & access));
    if (want != FAULT_DONE)
        return NULL;
    MUST(fake.entry[s + 1][n].page && fake.entry[s + 1][n].flags & access);
    return kernel_page_bytes(fake.entry[s + 1][n].page);
}

static void do_access(int s, int n)
{
    struct model_page *p = &model[s].page[n];
    unsigned access = 1u << random_below(3);
    uint64_t *word = access_word(s, n, access);
    if (!word)
        return;
    MUST(*word == *model_value(p));
    if (access != PROT_WRITE)
        return;
    if (p->object >= 0 && !p->shared)
        p->own = true;
    *word = *model_value(p) = random_below(UINT64_MAX);
}

static void do_map(int s, int n, int count)
{
    int o = (int)random_below(OBJECTS + 2) - 2;
    uint64_t address = 0;
    struct mapping m = { .length = (uint64_t)count * PAGE_BYTES - random_below(PAGE_BYTES), .prot = (unsigned)random_below(8),
                         .max_prot = 7, .fixed = random_below(2), .replace = random_below(2) };
    if (o >= 0) {
        m.object = objects[o].object;
        m.offset = random_below(PAGES - (uint64_t)count);
        m.shared = random_below(2);
    }
    m.address = (uint64_t)(LOW + n) * PAGE_BYTES;
    bool busy = false;
    for (int i = n; i < n + count; i++)
        busy |= model[s].page[i].mapped;
    enum isthmus_error error = vm_map(&model[s].space, &m, &address);
    if (m.fixed || !busy)
        MUST(error == (busy && m.fixed && !m.replace ? ISTHMUS_E_BUSY : ISTHMUS_OK));
    if (error != ISTHMUS_OK)
        return;
    MUST((m.fixed || !busy) == (address == m.address) || !m.fixed);
    n = (int)(address / PAGE_BYTES) - LOW;
    MUST(n >= 0 && n + count <= PAGES);
    for (int i = 0; i < count; i++) {
        MUST(m.fixed || !model[s].page[n + i].mapped);
        unsigned prot = m.prot ? m.prot | PROT_READ : 0;
        model[s].page[n + i] = (struct model_page){ .mapped = true, .shared = m.shared, .prot = prot, .max_prot = 7,
                                                    .object = o < 0 ? -1 : o, .offset = m.offset + (uint64_t)i };
    }
}

static void do_unmap(int s, int n, int count)
{
    MUST(vm_unmap(&model[s].space, (uint64_t)(LOW + n) * PAGE_BYTES, (uint64_t)count * PAGE_BYTES) == ISTHMUS_OK);
    memset(&model[s].page[n], 0, (size_t)count * sizeof model[s].page[n]);
    for (int i = n; i < n + count; i++)
        MUST(!fake.entry[s + 1][i].page);
}

static void do_protect(int s, int n, int count)
{
    unsigned prot = (unsigned)random_below(8);
    bool holes = false;
    for (int i = n; i < n + count; i++)
        holes |= !model[s].page[i].mapped;
    enum isthmus_error error =
        vm_protect(&model[s].space, (uint64_t)(LOW + n) * PAGE_BYTES, (uint64_t)count * PAGE_BYTES, prot);
    MUST(error == (holes ? ISTHMUS_E_MEMORY : ISTHMUS_OK));
    for (int i = n; i < n + count && !holes; i++)
        model[s].page[i].prot = prot ? prot | PROT_READ : 0;
}

static void do_fork(int s, int child)
{
    if (child == s)
        return;
    if (model[child].lives)
        space_end(child);
    space_begin(child);
    MUST(vm_fork(&model[s].space, &model[child].space) == ISTHMUS_OK);
    memcpy(model[child].page, model[s].page, sizeof model[s].page);
}

static void do_resize(int o)
{
    uint64_t pages = random_below(PAGES);
    object_resize(objects[o].object, pages);
    for (int s = 0; s < SPACES; s++)
        for (int n = 0; n < PAGES; n++) {
            struct model_page *p = &model[s].page[n];
            if (model[s].lives && p->mapped && p->object == o && p->offset >= pages && pages < objects[o].pages)
                p->own = false;
        }
    for (uint64_t i = pages; i < PAGES; i++)
        objects[o].value[i] = 0;
    objects[o].pages = pages;
}

/* What must hold between records and kernel at any time. */
static void check_space(int s)
{
    struct vm *space = &model[s].space;
    uint64_t own = 0;
    for (uint32_t i = 0; i < space->regions.count; i++) {
        const struct region *r = space->regions.at[i];
        MUST(r->start < r->end && r->space == space && r->start >= space->low && r->end <= space->high);
        MUST(i == 0 || space->regions.at[i - 1]->end <= r->start);
    }
    for (int n = 0; n < FAKE_ENTRIES; n++) {
        uint32_t entry = n < PAGES ? tree_get(&space->tree, (uint64_t)(LOW + n)) : 0;
        bool mapped = fake.entry[s + 1][n].page != 0, writable = mapped && fake.entry[s + 1][n].flags & PROT_WRITE;
        own += (entry & ENTRY_OWN) != 0;
        MUST(mapped == ((entry & ENTRY_MAPPED) != 0));
        MUST(!mapped || fake.entry[s + 1][n].page == (entry & ENTRY_PAGE));
        MUST(entry_flags(entry) == (mapped ? fake.entry[s + 1][n].flags : 0));
        MUST(!(writable && entry & ENTRY_OWN) || page_refs(entry & ENTRY_PAGE) == 1);
        MUST(!mapped || regions_find(&space->regions, (uint64_t)(LOW + n) * PAGE_BYTES));
        MUST(entry == 0 || page_refs(entry & ENTRY_PAGE) > 0);
    }
    MUST(own == space->account.used);
}

static void step(void)
{
    int s = (int)random_below(SPACES), n = (int)random_below(PAGES);
    int count = 1 + (int)random_below(PAGES - (uint64_t)n < 20 ? PAGES - (uint64_t)n : 20);
    if (!model[s].lives)
        space_begin(s);
    switch (random_below(40)) {
    case 0: case 1: case 2: case 3: case 4: do_map(s, n, count); break;
    case 5: case 6: do_unmap(s, n, count); break;
    case 7: case 8: case 9: do_protect(s, n, count); break;
    case 10: do_fork(s, (int)random_below(SPACES)); break;
    case 11: if (random_below(4) == 0) space_end(s); break;
    case 12: do_resize((int)random_below(OBJECTS)); break;
    case 13: page_shrink(random_below(8)); break;
    default: do_access(s, n);
    }
}

static void begin(void)
{
    fake.limit = FAKE_PAGES - 2;
    account = (struct account){ .limit = UINT64_MAX };
    for (int o = 0; o < OBJECTS; o++) {
        memset(&objects[o], 0, sizeof objects[o]);
        objects[o].pages = PAGES / 2;
        objects[o].object = object_create(&account, PAGES / 2);
    }
}

/* Everything is given back, in an order that lets objects outlive their handles. */
static const char *end(void)
{
    for (int o = 0; o < OBJECTS; o += 2)
        object_put(objects[o].object);
    for (int s = 0; s < SPACES; s++)
        if (model[s].lives)
            space_end(s);
    for (int o = 1; o < OBJECTS; o += 2)
        object_put(objects[o].object);
    CHECK(account.used == 0 && pages_used() == 0);
    page_shrink(UINT64_MAX);
    CHECK(fake.made == 0 && pages_spare() == 0);
    return NULL;
}

static const char *random_operations(void)
{
    begin();
    for (int i = 0; i < 200000; i++) {
        step();
        for (int s = 0; s < SPACES && i % 64 == 0; s++)
            if (model[s].lives)
                check_space(s);
    }
    return end();
}

/* Fork shares: one page of RAM for two spaces until one writes, and none more once the other has gone. */
static const char *copy_on_write(void)
{
    uint64_t address = 0;
    begin();
    space_begin(0);
    struct mapping m = { .length = 40 * PAGE_BYTES, .prot = 3, .max_prot = 7 };
    CHECK(vm_map(&model[0].space, &m, &address) == ISTHMUS_OK);
    struct absent absent;
    for (uint64_t i = 0; i < 40; i++)
        CHECK(vm_fault(&model[0].space, address + i * PAGE_BYTES, PROT_WRITE, &absent) == FAULT_DONE);
    CHECK(pages_used() == 40);
    space_begin(1);
    uint64_t calls = fake.calls;
    CHECK(vm_fork(&model[0].space, &model[1].space) == ISTHMUS_OK);
    CHECK(fake.calls - calls == 41); /* one mapping each, and one call that protects them all */
    CHECK(pages_used() == 40 && model[1].space.account.used == 40);
    CHECK(vm_fault(&model[1].space, address, PROT_WRITE, &absent) == FAULT_DONE && pages_used() == 41);
    CHECK(vm_fault(&model[0].space, address, PROT_WRITE, &absent) == FAULT_DONE && pages_used() == 41);
    space_end(1);
    CHECK(pages_used() == 40);
    return end();
}

/* At every count of records and pages that there may be, an operation fails cleanly or succeeds, and nothing is lost. */
static const char *out_of_memory(void)
{
    for (uint64_t left = 0; left < 60; left++) {
        struct absent absent;
        uint64_t address = 0;
        begin();
        space_begin(0);
        space_begin(1);
        heap_left = left;
        struct mapping m = { .length = 20 * PAGE_BYTES, .prot = 3, .max_prot = 7 };
        if (vm_map(&model[0].space, &m, &address) == ISTHMUS_OK) {
            fake.limit = left;
            for (uint64_t i = 0; i < 20; i++)
                (void)!vm_fault(&model[0].space, address + i * PAGE_BYTES, PROT_WRITE, &absent);
            (void)!vm_protect(&model[0].space, address + 4 * PAGE_BYTES, 3 * PAGE_BYTES, 1);
            (void)!vm_unmap(&model[0].space, address + 8 * PAGE_BYTES, PAGE_BYTES);
            (void)!vm_fork(&model[0].space, &model[1].space);
            check_space(0);
            check_space(1);
        }
        heap_left = UINT64_MAX;
        const char *why = end();
        if (why)
            return why;
    }
    return NULL;
}

static const char *quota(void)
{
    struct absent absent;
    uint64_t address = 0;
    begin();
    space_begin(0);
    space_begin(1);
    model[0].space.account.limit = 5;
    account.limit = 8;
    struct mapping m = { .length = 20 * PAGE_BYTES, .prot = 3, .max_prot = 7 };
    CHECK(vm_map(&model[0].space, &m, &address) == ISTHMUS_OK);
    CHECK(vm_map(&model[1].space, &m, &address) == ISTHMUS_OK);
    for (uint64_t i = 0; i < 20; i++)
        CHECK(vm_fault(&model[0].space, address + i * PAGE_BYTES, PROT_READ, &absent) == (i < 5 ? FAULT_DONE : FAULT_MEMORY));
    for (uint64_t i = 0; i < 20; i++)
        CHECK(vm_fault(&model[1].space, address + i * PAGE_BYTES, PROT_READ, &absent) == (i < 3 ? FAULT_DONE : FAULT_MEMORY));
    CHECK(vm_unmap(&model[0].space, address, PAGE_BYTES) == ISTHMUS_OK && account.used == 7);
    CHECK(vm_fault(&model[1].space, address + 9 * PAGE_BYTES, PROT_READ, &absent) == FAULT_DONE);
    return end();
}

static const char *bad_ranges(void)
{
    uint64_t address = 0, top = (LOW + PAGES) * PAGE_BYTES;
    begin();
    space_begin(0);
    struct vm *space = &model[0].space;
    const struct mapping bad[] = {
        { .length = 0, .prot = 1, .max_prot = 7 },
        { .length = UINT64_MAX, .prot = 1, .max_prot = 7 },
        { .length = PAGE_BYTES, .prot = 8, .max_prot = 15 },
        { .length = PAGE_BYTES, .prot = 3, .max_prot = 1 },
        { .length = PAGE_BYTES, .prot = 3, .max_prot = 7, .shared = true },
        { .address = 1, .length = PAGE_BYTES, .fixed = true, .prot = 1, .max_prot = 7 },
        { .address = 0, .length = PAGE_BYTES, .fixed = true, .prot = 1, .max_prot = 7 },
        { .address = top, .length = PAGE_BYTES, .fixed = true, .prot = 1, .max_prot = 7 },
        { .address = top - PAGE_BYTES, .length = PAGE_BYTES + 1, .fixed = true, .prot = 1, .max_prot = 7 },
        { .address = -PAGE_BYTES, .length = 2 * PAGE_BYTES, .fixed = true, .prot = 1, .max_prot = 7 },
        { .length = PAGE_BYTES, .prot = 1, .max_prot = 7, .object = objects[0].object, .offset = UINT64_MAX },
        { .length = 2 * PAGE_BYTES, .prot = 1, .max_prot = 7, .object = objects[0].object, .offset = TREE_LIMIT - 1 },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(vm_map(space, &bad[i], &address) == ISTHMUS_E_ARGUMENT);
    CHECK(vm_unmap(space, LOW * PAGE_BYTES, UINT64_MAX) == ISTHMUS_E_ARGUMENT);
    CHECK(vm_unmap(space, UINT64_MAX - PAGE_BYTES + 1, 2 * PAGE_BYTES) == ISTHMUS_E_ARGUMENT);
    CHECK(vm_protect(space, LOW * PAGE_BYTES, 0, 1) == ISTHMUS_E_ARGUMENT);
    const struct mapping whole = { .length = PAGES * PAGE_BYTES, .prot = 1, .max_prot = 1 };
    CHECK(vm_map(space, &whole, &address) == ISTHMUS_OK && address == LOW * PAGE_BYTES);
    CHECK(vm_map(space, &whole, &address) == ISTHMUS_E_MEMORY);
    CHECK(vm_protect(space, LOW * PAGE_BYTES, PAGE_BYTES, 3) == ISTHMUS_E_RIGHT);
    return end();
}

static const char *supplied_pages(void)
{
    uint64_t address = 0;
    struct absent absent = { NULL, 0 };
    begin();
    space_begin(0);
    struct object *o = objects[0].object;
    o->pager = (struct pager *)&account; /* only its being there counts */
    struct mapping m = { .length = 8 * PAGE_BYTES, .prot = 3, .max_prot = 7, .object = o, .offset = 2 };
    CHECK(vm_map(&model[0].space, &m, &address) == ISTHMUS_OK);
    CHECK(vm_fault(&model[0].space, address + PAGE_BYTES, PROT_READ, &absent) == FAULT_WAIT);
    CHECK(absent.object == o && absent.index == 3);
    page_no page = page_take(true);
    CHECK(object_supply(o, o->pages, page) == ISTHMUS_E_ARGUMENT && object_supply(o, 3, page) == ISTHMUS_OK);
    CHECK(object_supply(o, 3, page) == ISTHMUS_E_BUSY);
    CHECK(vm_fault(&model[0].space, address + PAGE_BYTES, PROT_WRITE, &absent) == FAULT_DONE);
    CHECK(page_refs(page) == 1 && model[0].space.account.used == 1);
    o->orphan = true;
    CHECK(vm_fault(&model[0].space, address, PROT_READ, &absent) == FAULT_BUS);
    CHECK(vm_fault(&model[0].space, address + PAGE_BYTES, PROT_READ, &absent) == FAULT_DONE);
    o->pager = NULL;
    return end();
}

int main(void)
{
    static const struct group groups[] = {
        { "bad ranges", bad_ranges },         { "copy on write", copy_on_write }, { "quota", quota },
        { "supplied pages", supplied_pages }, { "out of memory", out_of_memory }, { "random operations", random_operations },
    };
    return run_groups(groups, sizeof groups / sizeof groups[0]);
}
