#include "kernel/arch/riscv64/sbi.h"

enum {
    BASE = 0x10,             /* chapter 4 */
    BASE_PROBE = 3,
    LEGACY_PUTCHAR = 0x01,   /* chapter 5 */
    TIME = 0x54494d45,       /* chapter 6 */
    SRST = 0x53525354,       /* chapter 10 */
    DBCN = 0x4442434e,       /* chapter 12 */
    DBCN_WRITE_BYTE = 2,
};

struct sbi_result {
    int64_t error;
    uint64_t value;
};

/* Chapter 3: only a0 and a1 change. */
static struct sbi_result sbi_call(uint64_t extension, uint64_t function, uint64_t first, uint64_t second)
{
    register uint64_t a0 __asm__("a0") = first;
    register uint64_t a1 __asm__("a1") = second;
    register uint64_t a6 __asm__("a6") = function;
    register uint64_t a7 __asm__("a7") = extension;
    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
    return (struct sbi_result){ (int64_t)a0, a1 };
}

/* The debug console replaced the legacy call; firmware has one of them. */
void sbi_putchar(uint8_t byte)
{
    struct sbi_result probe = sbi_call(BASE, BASE_PROBE, DBCN, 0);
    if (probe.error == 0 && probe.value != 0)
        sbi_call(DBCN, DBCN_WRITE_BYTE, byte, 0);
    else
        sbi_call(LEGACY_PUTCHAR, 0, byte, 0);
}

void sbi_set_timer(uint64_t deadline)
{
    sbi_call(TIME, 0, deadline, 0);
}

void sbi_reset(enum sbi_reset type, enum sbi_reason reason)
{
    sbi_call(SRST, 0, type, reason);
}
