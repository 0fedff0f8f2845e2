/* From the port's boot code to the root task: makes the tables out of RAM, gives the rest to the root pool, loads the
 * bundle's first program, and starts it with everything.  After that the kernel never allocates again. */
#include "kernel/start.h"
#include "kernel/boot/boot.h"
#include "kernel/boot/cpio.h"
#include "kernel/boot/elf.h"
#include "kernel/invariant.h"
#include "kernel/pool.h"
#include "kernel/sched.h"
#include "kernel/space.h"
#include "kernel/task.h"
#include "kernel/thread.h"
#include "kernel/trace.h"

struct core core[MAX_CORES];
uint64_t next_id;
uint32_t cell_count, frame_count, core_count;

enum {
    ROOT_POOL = 1,
    FIRST_READY = 2,
    SMALL_LARGE = 8,             /* large frames given to the root pool as small ones at the start */
    ROOT_STACK_PAGES = 16,
    MIN_CELLS = 1024,
    ROUND_ROBIN_PER_SECOND = 100, /* slices of the root budget */
};

static const uint64_t LARGE = 1ul << ISTHMUS_LARGE_BITS;

/* RAM as firmware told, whatever it is used for. */
static struct range_set all_ram;

bool boot_ram_touches(uint64_t base, uint64_t size)
{
    for (uint32_t i = 0; i < BOOT_RANGES && i < all_ram.count; i++) {
        const struct range *r = &all_ram.r[i];

        if (base < r->base + r->size && r->base < base + size)
            return true;
    }
    return false;
}

static uint64_t round_up(uint64_t x, uint64_t to) { return (x + to - 1) & ~(to - 1); }

/* ---- memory for the tables ---- */

/* Takes an aligned piece from the end of the highest range that has one. */
static uint64_t take_ram(struct range_set *ram, uint64_t size)
{
    for (uint32_t i = ram->count; i-- > 0;) {
        uint64_t end = ram->r[i].base + ram->r[i].size;

        if (end - ram->r[i].base < size)
            continue;
        uint64_t base = (end - size) & ~(LARGE - 1);

        if (base >= ram->r[i].base && range_set_subtract(ram, base, size))
            return base;
    }
    panic("boot: no %lu KiB of RAM in one piece for the kernel's tables", size >> 10);
}

static void make_table(struct range_set *ram, void *address, uint64_t bytes)
{
    uint64_t size = round_up(bytes, LARGE), physical = take_ram(ram, size);

    arch_map_kernel((uint64_t)address, physical, size);
    for (uint64_t *p = address, *end = p + size / 8; p < end; p++)
        *p = 0;
}

/* The number after `key=` in the command line, or `otherwise`. */
static uint64_t option(const char *line, const char *key, uint64_t otherwise)
{
    for (; *line; line++) {
        const char *l = line, *k = key;

        while (*k && *l == *k)
            l++, k++;
        if (*k)
            continue;
        uint64_t n = 0;

        for (; *l >= '0' && *l <= '9'; l++)
            n = n * 10 + (uint64_t)(*l - '0');
        return n;
    }
    return otherwise;
}

static uint64_t range_set_bytes(const struct range_set *s)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < s->count; i++)
        sum += s->r[i].size;
    return sum;
}

/* Everything but usable RAM is out of `ram` afterwards. */
static void reserve(struct boot_info *info, struct range r)
{
    uint64_t base = r.base & ~(uint64_t)(PAGE_SIZE - 1), end = round_up(r.base + r.size, PAGE_SIZE);

    if (r.size && !range_set_subtract(&info->ram, base, end - base))
        panic("boot: too many pieces of RAM");
}

static void make_tables(struct boot_info *info)
{
    const struct range *last = &info->ram.r[info->ram.count - 1];
    uint64_t frames = (last->base + last->size - ARCH_RAM_BASE) >> ISTHMUS_PAGE_BITS;
    uint64_t cells = option(info->command_line, "cells=", range_set_bytes(&info->ram) >> ISTHMUS_PAGE_BITS);

    if (cells < MIN_CELLS)
        cells = MIN_CELLS;
    if (cells > KERNEL_MAX_CELLS)
        cells = KERNEL_MAX_CELLS;
    frame_count = (uint32_t)(frames < MAX_TABLE_FRAMES ? frames : MAX_TABLE_FRAMES);
    cell_count = (uint32_t)cells;
    make_table(&info->ram, cell, cells * sizeof cell[0]);
    make_table(&info->ram, cell_cold, cells * sizeof cell_cold[0]);
    make_table(&info->ram, frame, frame_count * sizeof frame[0]);
}

/* ---- the root pool ---- */

static const cell_ix root_pool = { ROOT_POOL };

static frame_ix frame_of(uint64_t physical) { return (frame_ix){ (uint32_t)((physical - ARCH_RAM_BASE) >> ISTHMUS_PAGE_BITS) }; }

static void add_range(struct range r, unsigned *small)
{
    uint64_t at = r.base, end = r.base + r.size;

    while (at < end) {
        if (!(at % LARGE) && end - at >= LARGE && !*small) {
            pool_add_large(root_pool, frame_of(at));
            at += LARGE;
            continue;
        }
        if (!(at % LARGE) && *small)
            --*small;
        if (frame_of(at).i)
            pool_add_frame(root_pool, frame_of(at), FRAME_FREE);
        at += PAGE_SIZE;
    }
}

/* Frames above the tables' reach are left out, and the last range is where they are. */
static void make_root_pool(const struct boot_info *info)
{
    uint64_t limit = ARCH_RAM_BASE + ((uint64_t)frame_count << ISTHMUS_PAGE_BITS);
    unsigned small = SMALL_LARGE;

    cell_at(root_pool)->kind = CELL_POOL;
    cell_at(root_pool)->id = fresh_id();
    for (uint32_t i = 0; i < info->ram.count; i++) {
        struct range r = info->ram.r[i];

        if (r.base >= limit)
            break;
        if (r.size > limit - r.base)
            r.size = limit - r.base;
        add_range(r, &small);
    }
}

static void make_cores(void)
{
    uint32_t c = FIRST_READY;

    core_count = 1;
    for (uint32_t i = 0; i < core_count; i++) {
        core[i].ready = c;
        core[i].deadline = core[i].armed = ~0ul;
        for (int p = 0; p < ISTHMUS_PRIORITIES; p++, c++)
            cell[c].kind = CELL_READY;
    }
    for (uint32_t last = cell_count - 1; last >= c; last--)
        pool_add_cell(root_pool, (cell_ix){ last });
}

/* ---- the root task ---- */

static void must(error e, const char *what)
{
    if (e)
        panic("boot: %s: error %u; more memory may help", what, e);
}

static frame_ix must_take(enum frame_kind kind)
{
    frame_ix f = frame_take(root_pool, kind);

    if (!f.i)
        panic("boot: not enough memory for the root task");
    return f;
}

static void map_page(cell_ix task, frame_ix f, uint64_t address, unsigned flags)
{
    for (unsigned level = ARCH_TABLE_LEVELS - 1; level; level--)
        if (!table_walk(task, address, level).i)
            must(space_add_table(task, root_pool, address, level), "page table of the root task");
    must(space_map_frame(task, f, address, flags), "mapping of the root task");
}

static void map_fresh(cell_ix task, uint64_t address, uint64_t pages, unsigned flags)
{
    for (uint64_t i = 0; i < pages; i++)
        map_page(task, must_take(FRAME_DATA), address + i * PAGE_SIZE, flags);
}

static struct slot *root_slot(cell_ix task, uint64_t n)
{
    struct slot *s = slot_at(task, n);

    if (!s) {
        must(task_add_leaf(task, root_pool, n), "capability table of the root task");
        s = slot_at(task, n);
    }
    return s;
}

enum { ALL_RIGHTS = ISTHMUS_R_READ | ISTHMUS_R_WRITE | ISTHMUS_R_EXECUTE | ISTHMUS_R_COPY | ISTHMUS_R_MANAGE };

static void give_cell(cell_ix task, uint64_t n, cell_ix c)
{
    slot_fill(root_slot(task, n), cell_at(c)->kind, c.i, cell_at(c)->id, ALL_RIGHTS, 0);
}

/* Turns a physical range that is in use already into data frames of the root pool, with capabilities from slot n on. */
static void give_range(cell_ix task, uint64_t n, struct range r)
{
    if (!r.size)
        return;
    uint64_t last = frame_of(r.base + r.size - 1).i;

    for (uint64_t f = frame_of(r.base).i; f <= last && n < ISTHMUS_CAP_SLOTS; f++, n++) {
        pool_add_frame(root_pool, (frame_ix){ (uint32_t)f }, FRAME_DATA);
        slot_fill(root_slot(task, n), ISTHMUS_FRAME, (uint32_t)f, frame[f].id, ISTHMUS_R_READ | ISTHMUS_R_EXECUTE | ISTHMUS_R_COPY, 0);
    }
}

static void map_bundle(cell_ix task, struct range r)
{
    uint64_t first = frame_of(r.base).i, last = frame_of(r.base + r.size - 1).i;

    for (uint64_t f = first; f <= last; f++)
        map_page(task, (frame_ix){ (uint32_t)f }, ISTHMUS_BOOT_BUNDLE_ADDRESS + (f - first) * PAGE_SIZE, ISTHMUS_MAP_READ);
}

static void fill_info(struct isthmus_boot_info *out, const struct boot_info *info, uint64_t ram)
{
    uint32_t n = 0;

    *out = (struct isthmus_boot_info){ .version = ISTHMUS_VERSION, .cores = core_count };
    out->ticks_per_second = arch_ticks_per_second();
    out->ram_bytes = ram;
    out->bundle_offset = info->bundle.base % PAGE_SIZE;
    out->bundle_size = info->bundle.size;
    out->firmware_offset = info->firmware.base % PAGE_SIZE;
    out->firmware_size = info->firmware.size;
    out->acpi_rsdp = info->acpi_rsdp;
    out->uart_base = info->uart.present ? info->uart.base : 0;
    out->uart_irq = info->uart.irq;
    out->uart_ports = info->uart.port_io;
    out->uart_shift = info->uart.reg_shift;
    for (; n < sizeof out->command_line - 1 && info->command_line[n]; n++)
        out->command_line[n] = info->command_line[n];
    out->command_line_size = n;
}

static void copy(void *to, const void *from, uint64_t bytes)
{
    uint8_t *t = to;
    const uint8_t *f = from;

    while (bytes--)
        *t++ = *f++;
}

static void load_segment(cell_ix task, const uint8_t *image, const struct elf_segment *s)
{
    unsigned flags = ISTHMUS_MAP_READ | (s->flags & ELF_W ? ISTHMUS_MAP_WRITE : 0) | (s->flags & ELF_X ? ISTHMUS_MAP_EXECUTE : 0);
    uint64_t end = s->vaddr + s->memory_size, file_end = s->vaddr + s->file_size;

    for (uint64_t page = s->vaddr & ~(uint64_t)(PAGE_SIZE - 1); page < end; page += PAGE_SIZE) {
        frame_ix f = must_take(FRAME_DATA);
        uint64_t from = page < s->vaddr ? s->vaddr : page, to = page + PAGE_SIZE < file_end ? page + PAGE_SIZE : file_end;

        if (from < to)
            copy((uint8_t *)frame_bytes(f) + (from - page), image + s->offset + (from - s->vaddr), to - from);
        map_page(task, f, page, flags);
    }
}

static uint64_t load_program(cell_ix task, const struct boot_info *info)
{
    const char *why = "no bundle; boot with an initrd";
    struct cpio_file file;
    struct elf_plan plan;
    const void *bundle = (const void *)(ARCH_DIRECT_MAP + (info->bundle.base - ARCH_RAM_BASE));

    if (!info->bundle.size || !cpio_first(bundle, info->bundle.size, &file, &why))
        panic("boot: bundle: %s", why);
    if (!elf_parse(file.data, file.size, ARCH_ELF_MACHINE, ISTHMUS_USER_LIMIT, &plan, &why))
        panic("boot: %s: %s", file.name, why);
    for (uint32_t i = 0; i < plan.count; i++)
        load_segment(task, file.data, &plan.segment[i]);
    return plan.entry;
}

static cell_ix make_root_budget(void)
{
    cell_ix b = cell_take(root_pool, CELL_BUDGET);

    cell_at(b)->budget.slice = cell_at(b)->budget.left = arch_ticks_per_second() / ROUND_ROBIN_PER_SECOND;
    return b;
}

static void start_thread(cell_ix t, cell_ix budget, uint64_t entry)
{
    struct thread_frame *f = thread_frame(t);

    f->own_budget = budget.i;
    f->own_budget_id = cell_at(budget)->id;
    cell_at(t)->priority = ISTHMUS_PRIORITIES - 1;
    cell_at(t)->form = FORM_FULL;
    arch_registers_start(&f->regs, entry, ISTHMUS_BOOT_STACK_TOP, ISTHMUS_BOOT_INFO_ADDRESS);
    sched_ready_own(t);
}

static void make_root(const struct boot_info *info, uint64_t ram)
{
    cell_ix task = task_create(root_pool), budget = make_root_budget();
    cell_ix t = thread_create(root_pool, task, 0);
    frame_ix page = must_take(FRAME_DATA);

    give_cell(task, ISTHMUS_BOOT_SLOT_POOL, root_pool);
    give_cell(task, ISTHMUS_BOOT_SLOT_TASK, task);
    give_cell(task, ISTHMUS_BOOT_SLOT_THREAD, t);
    give_cell(task, ISTHMUS_BOOT_SLOT_BUDGET, budget);
    slot_fill(root_slot(task, ISTHMUS_BOOT_SLOT_MACHINE), ISTHMUS_MACHINE, 0, 0, ALL_RIGHTS,
              ISTHMUS_MACHINE_LOG_BIT | ISTHMUS_MACHINE_TIME_BIT | ISTHMUS_MACHINE_IRQ_BIT | ISTHMUS_MACHINE_DEVICE_BIT |
                  ISTHMUS_MACHINE_HALT_BIT);
    uint64_t entry = load_program(task, info);

    fill_info(frame_bytes(page), info, ram);
    map_page(task, page, ISTHMUS_BOOT_INFO_ADDRESS, ISTHMUS_MAP_READ);
    map_fresh(task, ISTHMUS_BOOT_STACK_TOP - ROOT_STACK_PAGES * PAGE_SIZE, ROOT_STACK_PAGES, ISTHMUS_MAP_READ | ISTHMUS_MAP_WRITE);
    give_range(task, ISTHMUS_BOOT_SLOT_FIRMWARE, info->firmware);
    give_range(task, ISTHMUS_BOOT_SLOT_BUNDLE, info->bundle);
    map_bundle(task, info->bundle);
    start_thread(t, budget, entry);
}

_Noreturn void kernel_main(struct boot_info *info)
{
    uint64_t ram = range_set_bytes(&info->memory);

    all_ram = info->memory;
    reserve(info, info->bundle);
    reserve(info, info->firmware);
    range_set_align(&info->ram, PAGE_SIZE);
    if (!info->ram.count)
        panic("boot: no usable RAM");
    make_tables(info);
    make_root_pool(info);
    make_cores();
    make_root(info, ram);
    log_line("isthmus: %lu MiB of RAM, %u cells, %u core%s", ram >> 20, cell_count, core_count, core_count == 1 ? "" : "s");
    if (CONFIG_DEBUG && option(info->command_line, "check=", 0))
        invariant_check_all_from_now();
    trace_on = option(info->command_line, "trace", ~0ul) != ~0ul;
    sched_leave();
}
