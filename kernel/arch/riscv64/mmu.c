/* Static tables: one for each 2 MiB where the image, the stacks and the devices are, two for the top 2 GiB, and a few
 * for the edges of RAM. */
#include "kernel/arch/riscv64/mmu.h"
#include "kernel/state.h"

enum { EDGE_TABLES = 12 };

#define TABLE_ALIGNED __attribute__((aligned(4096)))
#define MIB2 (1ul << ISTHMUS_LARGE_BITS)
#define GIB (1ul << 30)

enum {
    KERNEL_DATA = ENTRY_VALID | ENTRY_READ | ENTRY_WRITE | ENTRY_GLOBAL | ENTRY_ACCESSED | ENTRY_DIRTY,
    KERNEL_CONST = ENTRY_VALID | ENTRY_READ | ENTRY_GLOBAL | ENTRY_ACCESSED,
    KERNEL_TEXT = KERNEL_CONST | ENTRY_EXECUTE,
    DIRECT_FIRST = TABLE_ENTRIES / 2, /* entry of ARCH_DIRECT_MAP in the root */
    TOP_FIRST = TABLE_ENTRIES - 2,    /* entry of KERNEL_IMAGE */
};
_Static_assert(sizeof(struct table) == PAGE_SIZE, "hardware's table");
_Static_assert(ARCH_DIRECT_MAP == ~0ul << 38, "DIRECT_FIRST");
_Static_assert(KERNEL_IMAGE == ~0ul << 31, "TOP_FIRST");
_Static_assert(BOOT_RAM_BASE == ARCH_RAM_BASE && KERNEL_IMAGE - ARCH_RAM_BASE == IMAGE_OFFSET, "entry.S");
_Static_assert(KERNEL_STACKS % MIB2 == 0 && (MAX_CORES << STACK_STRIDE_BITS) == MIB2, "one table of stacks");

extern uint8_t kernel_start[], kernel_text_end[], kernel_rodata_end[], kernel_data_end[], boot_stack[];

static struct table root TABLE_ALIGNED;
static struct table top[2] TABLE_ALIGNED; /* 2 MiB entries of the top 2 GiB */
static struct table image_pages TABLE_ALIGNED;
static struct table stack_pages TABLE_ALIGNED;
static struct table device_pages TABLE_ALIGNED;
static struct table edge[EDGE_TABLES] TABLE_ALIGNED;
static unsigned edges_used;

uint64_t kernel_space;
uint32_t asid_mask;
uint32_t asid_owner[PORT_CORES][ASIDS];

/* ---- entries ---- */

static uint64_t image_physical(const void *p) { return (uint64_t)p - IMAGE_OFFSET; }
static uint64_t leaf(uint64_t physical, unsigned bits) { return physical >> ISTHMUS_PAGE_BITS << ENTRY_PAGE_SHIFT | bits; }
static uint64_t refer(const struct table *t) { return leaf(image_physical(t), ENTRY_VALID); }

/* The 2 MiB entry of an address in the top 2 GiB. */
static uint64_t *top_entry(uint64_t address)
{
    uint64_t i = (address - KERNEL_IMAGE) / MIB2;
    return &top[i / TABLE_ENTRIES].entry[i % TABLE_ENTRIES];
}

static void map_pages(struct table *t, uint64_t from, uint64_t to, uint64_t physical, unsigned bits)
{
    for (; from < to; from += PAGE_SIZE, physical += PAGE_SIZE)
        t->entry[arch_table_index(from, 1)] = leaf(physical, bits);
}

/* ---- image, stacks, devices ---- */

static void map_section(const uint8_t *from, const uint8_t *to, unsigned bits)
{
    map_pages(&image_pages, (uint64_t)from, (uint64_t)to, image_physical(from), bits);
}

static void map_image(void)
{
    map_section(kernel_start, kernel_text_end, KERNEL_TEXT);
    map_section(kernel_text_end, kernel_rodata_end, KERNEL_CONST);
    map_section(kernel_rodata_end, kernel_data_end, KERNEL_DATA);
    *top_entry((uint64_t)kernel_start) = refer(&image_pages);
}

static void map_boot_stack(void)
{
    uint64_t end = KERNEL_STACKS + (1ul << STACK_STRIDE_BITS);
    map_pages(&stack_pages, end - STACK_BYTES, end, image_physical(boot_stack), KERNEL_DATA);
    *top_entry(KERNEL_STACKS) = refer(&stack_pages);
}

/* What is device memory, and so uncached and ordered, is a property of its physical address: nothing to say here. */
uint64_t mmu_map_device(unsigned page, uint64_t physical)
{
    uint64_t address = KERNEL_DEVICES + page * (uint64_t)PAGE_SIZE;
    device_pages.entry[page % TABLE_ENTRIES] = leaf(physical, KERNEL_DATA);
    fence_translations();
    return address + physical % PAGE_SIZE;
}

/* ---- direct map ---- */

static uint64_t direct_physical(uint64_t gib) { return ARCH_RAM_BASE + gib * GIB; }

static bool touches(const struct range_set *set, uint64_t base, uint64_t size)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (set->r[i].base < base + size && base < set->r[i].base + set->r[i].size)
            return true;
    return false;
}

/* A table for the edge that [base, base + size) is, or nil: then that RAM is left out. */
static struct table *edge_table(struct range_set *ram, uint64_t base, uint64_t size)
{
    if (edges_used < EDGE_TABLES)
        return &edge[edges_used++];
    log_line("RAM is in too many pieces: nothing used of %lx to %lx", base, base + size);
    if (!range_set_subtract(ram, base, size))
        panic("RAM is in too many pieces");
    return NULL;
}

/* Each of the three maps what `ram` has of one entry's reach: with one entry if it has all, through a table if some. */
static uint64_t direct_page(const struct range_set *ram, uint64_t base)
{
    return range_set_contains(ram, base, PAGE_SIZE) ? leaf(base, KERNEL_DATA) : 0;
}

static uint64_t direct_large(struct range_set *ram, uint64_t base)
{
    if (range_set_contains(ram, base, MIB2))
        return leaf(base, KERNEL_DATA);
    struct table *t = touches(ram, base, MIB2) ? edge_table(ram, base, MIB2) : NULL;
    if (!t)
        return 0;
    for (unsigned i = 0; i < TABLE_ENTRIES; i++)
        t->entry[i] = direct_page(ram, base + i * (uint64_t)PAGE_SIZE);
    return refer(t);
}

static uint64_t direct_gib(struct range_set *ram, uint64_t base)
{
    if (range_set_contains(ram, base, GIB))
        return leaf(base, KERNEL_DATA);
    struct table *t = touches(ram, base, GIB) ? edge_table(ram, base, GIB) : NULL;
    if (!t)
        return 0;
    for (unsigned i = 0; i < TABLE_ENTRIES; i++)
        t->entry[i] = direct_large(ram, base + i * MIB2);
    return refer(t);
}

void mmu_init(struct range_set *ram)
{
    map_image();
    map_boot_stack();
    *top_entry(KERNEL_DEVICES) = refer(&device_pages);
    for (unsigned i = 0; i < 2; i++)
        root.entry[TOP_FIRST + i] = refer(&top[i]);
    for (unsigned i = 0; i < DIRECT_MAP_GIB; i++)
        root.entry[DIRECT_FIRST + i] = direct_gib(ram, direct_physical(i));
    kernel_space = SATP_SV39 | image_physical(&root) >> ISTHMUS_PAGE_BITS;
}

/* ---- hooks ---- */

void arch_map_kernel(uint64_t address, uint64_t physical, uint64_t size)
{
    if ((address | physical | size) % MIB2 != 0 || address < KERNEL_CELLS || size > KERNEL_DEVICES - address)
        panic("arch_map_kernel(%lx, %lx, %lx)", address, physical, size);
    for (uint64_t done = 0; done < size; done += MIB2)
        *top_entry(address + done) = leaf(physical + done, KERNEL_DATA);
    fence_translations();
}

/* Only the entries that can be in use: the tables below them are the same for every root, so that whatever the kernel
 * maps later is in all of them. */
void arch_root_init(uint64_t *to)
{
    for (unsigned i = 0; i < DIRECT_MAP_GIB; i++)
        to[DIRECT_FIRST + i] = root.entry[DIRECT_FIRST + i];
    for (unsigned i = 0; i < 2; i++)
        to[TOP_FIRST + i] = root.entry[TOP_FIRST + i];
}

/* The implemented bits of satp.ASID are the ones that keep a 1 (privileged specification, section 4.1.11). */
void mmu_probe_asid(void)
{
    csr_write(satp, kernel_space | (uint64_t)SATP_ASID_MASK << SATP_ASID_SHIFT);
    asid_mask = csr_read(satp) >> SATP_ASID_SHIFT & SATP_ASID_MASK & (ASIDS - 1);
    csr_write(satp, kernel_space);
    fence_translations();
}
