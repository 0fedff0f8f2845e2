/*
 * What the boot code learns from firmware, whatever the firmware: RAM, the bundle, the command line, a console.
 *
 * The parsers of this directory (cpio, elf) and of kernel/firmware (fdt, acpi, multiboot2, pvh) are pure functions of the bytes
 * they are given: no state, no allocation, no libc beyond the memset, memcpy and memmove that a compiler may emit anyway.
 * Firmware's bytes are untrusted: each parser answers true with every fact checked, or false with `*why` set to a static
 * message that names the table and the field. After false the out-structure holds nothing of use.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOT_MUST_CHECK __attribute__((warn_unused_result))

enum {
    BOOT_RANGES = 64,       /* entries of a range_set: firmware maps of real machines merge to fewer than 40 */
    BOOT_COMMAND_LINE = 256, /* bytes, with the final NUL; a longer one is refused, never cut */
    BOOT_PAGE = 4096,       /* bytes, on every ISA */
};

/* Physical bytes [base, base + size). The end always fits in 64 bits. */
struct range {
    uint64_t base, size;
};

/* Sorted by base; no entry is empty, and no two overlap or touch. All-zero is the empty set. */
struct range_set {
    uint32_t count;
    uint32_t unused; /* keeps the layout free of hidden padding */
    struct range r[BOOT_RANGES];
};

/*
 * Add or take away [base, base + size). An empty range is dropped: true, nothing changes. False, and nothing changes, when
 * base + size wraps or when the result needs more than BOOT_RANGES entries. A false from subtract must be fatal to the
 * caller: what should have been reserved is still in the set.
 */
bool range_set_add(struct range_set *set, uint64_t base, uint64_t size) BOOT_MUST_CHECK;
bool range_set_subtract(struct range_set *set, uint64_t base, uint64_t size) BOOT_MUST_CHECK;

/* Round every entry inward to multiples of `align`, a power of two, and drop what becomes empty. So after subtracting
 * unaligned reservations, no page that holds a reserved byte is left. */
void range_set_align(struct range_set *set, uint64_t align);

/* Does one entry hold all of [base, base + size)? An empty or a wrapping range is in no set. */
bool range_set_contains(const struct range_set *set, uint64_t base, uint64_t size);

/* A 16550-compatible console. `irq` is the number at the interrupt controller, 0 when not known. */
struct boot_uart {
    uint64_t base; /* physical, or a port number when port_io */
    uint32_t irq;
    uint8_t reg_shift; /* register n is at base + (n << reg_shift) */
    uint8_t reg_width; /* bytes of an access: 1, 2 or 4 */
    bool port_io;
    bool present;
};

/*
 * The facts that the neutral boot code and the root task need. `ram` is usable RAM without what firmware reserves; the
 * kernel image, the bundle and `firmware` are still in it: whoever knows all of them subtracts them, then aligns.
 */
struct boot_info {
    struct range_set memory; /* all RAM, whatever it is used for: what no device can be */
    struct range_set ram;
    struct range bundle;   /* the cpio archive; size 0 when none was handed over */
    struct range firmware; /* the device tree blob, for the root task to read again; size 0 without one */
    uint64_t acpi_rsdp;    /* physical address of the ACPI root pointer; 0 without one */
    struct boot_uart uart;
    char command_line[BOOT_COMMAND_LINE]; /* NUL-terminated */
};

/*
 * Physical memory as the boot code can read it now. `at` returns a pointer to `len` readable bytes at `phys`, valid until
 * the parser returns, or NULL when any of them is outside of readable memory, when phys + len wraps, or when len is 0.
 */
struct boot_memory {
    const void *(*at)(void *ctx, uint64_t phys, uint64_t len);
    void *ctx;
};
