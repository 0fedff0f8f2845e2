/* The kernel's own page tables.
 *
 * What is mapped: the image (text read and execute, constants read, data read and write, each to the page), a core's area
 * with guard pages, the direct map (RAM only, without the image, never executable), device pages, and what
 * arch_map_kernel() is asked for.  Everything is global; nothing is writable and executable.
 *
 * The image's tables are static.  Tables of the direct map come out of RAM, once. */
#include "kernel/arch/x86_64/boot.h"
#include "kernel/arch/x86_64/cpu_features.h"
#include "kernel/state.h"

#define GIB (1ul << 30)
#define KERNEL_DATA (PTE_PRESENT | PTE_WRITE | PTE_USED | PTE_GLOBAL | PTE_NO_EXECUTE)
#define KERNEL_CONSTANT (PTE_PRESENT | PTE_USED | PTE_GLOBAL | PTE_NO_EXECUTE)
#define KERNEL_TEXT (PTE_PRESENT | PTE_USED | PTE_GLOBAL)
#define KERNEL_TABLE (PTE_PRESENT | PTE_WRITE | PTE_USED)

#define PAGE_TABLE __attribute__((aligned(4096)))
uint64_t kernel_root[TABLE_ENTRIES] PAGE_TABLE;
static uint64_t kernel_upper[TABLE_ENTRIES] PAGE_TABLE;   /* the last 512 GiB */
static uint64_t kernel_gib[2][TABLE_ENTRIES] PAGE_TABLE;  /* the last two GiB */
static uint64_t image_table[TABLE_ENTRIES] PAGE_TABLE;
static uint64_t cores_table[TABLE_ENTRIES] PAGE_TABLE;    /* all per-core areas */
static uint64_t device_table[TABLE_ENTRIES] PAGE_TABLE;

uint64_t kernel_space;
bool mmu_has_pcid, mmu_has_invpcid;
uint32_t mmu_cores;
uint32_t *pcid_root[MAX_CORES];
static uint32_t device_pages;

_Static_assert(CORES_BASE % (2ul << 20) == 0 && MAX_CORES * CORE_AREA <= 2ul << 20, "one table, and layout.h's arithmetic");
_Static_assert((KERNEL_DEVICES & ((2ul << 20) - 1)) == 0, "one table");

/* ---- the upper two GiB ---- */

static uint64_t image_physical(const void *p) { return (uint64_t)p - KERNEL_IMAGE; }

static uint64_t *directory_entry(uint64_t address)
{
    return &kernel_gib[arch_table_index(address, 3) - (TABLE_ENTRIES - 2)][arch_table_index(address, 2)];
}

static void map_image_part(const char *start, const char *end, uint64_t flags)
{
    for (uint64_t a = (uint64_t)start; a < (uint64_t)end; a += PAGE_SIZE)
        image_table[arch_table_index(a, 1)] = (a - KERNEL_IMAGE) | flags;
}

static void map_image(void)
{
    map_image_part(image_start, text_end, KERNEL_TEXT);
    map_image_part(text_end, rodata_end, KERNEL_CONSTANT);
    map_image_part(rodata_end, image_end, KERNEL_DATA);
    *directory_entry((uint64_t)image_start) = image_physical(image_table) | KERNEL_TABLE;
    *directory_entry(CORES_BASE) = image_physical(cores_table) | KERNEL_TABLE;
    *directory_entry(KERNEL_DEVICES) = image_physical(device_table) | KERNEL_TABLE;
    kernel_upper[TABLE_ENTRIES - 2] = image_physical(kernel_gib[0]) | KERNEL_TABLE;
    kernel_upper[TABLE_ENTRIES - 1] = image_physical(kernel_gib[1]) | KERNEL_TABLE;
    kernel_root[ROOT_KERNEL] = image_physical(kernel_upper) | KERNEL_TABLE;
}

/* The area's pages but the guards; and the core's PCIDs. */
static void map_core(uint32_t core)
{
    uint64_t *entry = &cores_table[core * (CORE_AREA / PAGE_SIZE)];
    for (uint32_t page = 0; page < CORE_AREA / PAGE_SIZE; page++)
        if (page != 0 && page != CORE_GUARD_2 / PAGE_SIZE)
            entry[page] = boot_page() | KERNEL_DATA;
    if (mmu_has_pcid)
        pcid_root[core] = (uint32_t *)(ARCH_DIRECT_MAP + boot_pages(PCIDS * sizeof(uint32_t) / PAGE_SIZE));
    mmu_cores = core + 1;
}

uint64_t mmu_map_device(uint64_t physical)
{
    if (device_pages == DEVICE_PAGES)
        panic("more than %u pages of interrupt controllers", (unsigned)DEVICE_PAGES);
    uint64_t address = KERNEL_DEVICES + (uint64_t)device_pages * PAGE_SIZE;
    device_table[device_pages++] = (physical & PTE_PAGE) | KERNEL_DATA | PTE_UNCACHED;
    return address + physical % PAGE_SIZE;
}

void arch_map_kernel(uint64_t address, uint64_t physical, uint64_t size)
{
    for (uint64_t done = 0; done < size; done += 1ul << ISTHMUS_LARGE_BITS)
        *directory_entry(address + done) = (physical + done) | KERNEL_DATA | PTE_LARGE;
}

/* ---- the direct map ---- */

/* The table below an entry, made if there is none.  Boot's own tables map all below 4 GiB at ARCH_DIRECT_MAP too. */
static uint64_t *table_below(uint64_t *entry)
{
    if (!*entry)
        *entry = boot_page() | KERNEL_TABLE;
    return (uint64_t *)(ARCH_DIRECT_MAP + (*entry & PTE_PAGE));
}

static bool fits(uint64_t at, uint64_t end, uint64_t size) { return at % size == 0 && end - at >= size; }

/* Maps one page at `at`, as large as fits before `end`, and answers its size. */
static uint64_t map_direct(uint64_t at, uint64_t end)
{
    static uint64_t largest;
    if (!largest)
        largest = cpu_has_gigabyte_pages() ? GIB : 1ul << ISTHMUS_LARGE_BITS;
    uint64_t address = ARCH_DIRECT_MAP + at, flags = KERNEL_DATA;
    uint64_t *table = table_below(&kernel_root[ROOT_DIRECT_MAP]);
    for (unsigned level = 3; level > 1; level--) {
        uint64_t size = 1ul << (ISTHMUS_PAGE_BITS + 9 * (level - 1));
        uint64_t *entry = &table[arch_table_index(address, level)];
        if (size <= largest && fits(at, end, size)) {
            *entry = at | flags | PTE_LARGE;
            return size;
        }
        table = table_below(entry);
    }
    table[arch_table_index(address, 1)] = at | flags;
    return PAGE_SIZE;
}

/* pre: page-aligned */
static void map_ram(const struct range_set *ram)
{
    for (uint32_t i = 0; i < ram->count; i++) {
        uint64_t end = ram->r[i].base + ram->r[i].size;
        for (uint64_t at = ram->r[i].base; at < end;)
            at += map_direct(at, end);
    }
}

/* ---- all of it ---- */

uint64_t mmu_init(const struct range_set *ram)
{
    mmu_has_pcid = cpu_has_pcid();
    mmu_has_invpcid = cpu_has_invpcid();
    map_image();
    map_ram(ram);
    map_core(0);
    kernel_space = image_physical(kernel_root);
    return kernel_space;
}
