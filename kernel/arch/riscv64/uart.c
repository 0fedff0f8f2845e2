/* Registers: 16550 data sheet (National Semiconductor PC16550D), section 8.  Speed and format are the firmware's. */
#include "kernel/arch/riscv64/uart.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/riscv64/mmio.h"
#include "kernel/arch/riscv64/mmu.h"
#include "kernel/arch/riscv64/sbi.h"

enum {
    THR = 0,            /* W: transmitter holding register */
    LSR = 5,            /* R: line status */
    LSR_TAKEN = 1 << 5, /* the holding register is empty */
    LSR_SENT = 1 << 6,  /* and so is the shift register */
    PATIENCE = 1 << 20, /* polls; a UART that is not there or stuck must not stop the kernel */
};

static uint64_t registers; /* kernel address; 0: none yet */
static uint8_t shift, width;

static uint32_t uart_read(unsigned n)
{
    uint64_t at = registers + ((uint64_t)n << shift);
    return width == 1 ? mmio_read8(at) : width == 2 ? mmio_read16(at) : mmio_read32(at);
}

static void uart_write(unsigned n, uint8_t value)
{
    uint64_t at = registers + ((uint64_t)n << shift);
    if (width == 1)
        mmio_write8(at, value);
    else if (width == 2)
        mmio_write16(at, value);
    else
        mmio_write32(at, value);
}

static void wait_for(uint32_t status)
{
    for (uint32_t i = 0; i < PATIENCE && (uart_read(LSR) & status) == 0; i++)
        ;
}

/* Eight registers at the greatest shift take 128 bytes; one that crosses a page is not used. */
void uart_init(const struct boot_uart *uart)
{
    uint64_t bytes = 8ul << uart->reg_shift;
    if (!uart->present || uart->port_io || uart->base % PAGE_SIZE + bytes > PAGE_SIZE) {
        log_line("no UART for the log: the firmware's console is used");
        return;
    }
    shift = uart->reg_shift;
    width = uart->reg_width;
    registers = mmu_map_device(DEVICE_UART, uart->base);
}

void uart_flush(void)
{
    if (registers)
        wait_for(LSR_SENT);
}

void arch_log_byte(uint8_t byte)
{
    if (!registers) {
        sbi_putchar(byte);
        return;
    }
    wait_for(LSR_TAKEN);
    uart_write(THR, byte);
}
