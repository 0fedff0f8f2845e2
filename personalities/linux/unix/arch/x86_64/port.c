#include "personalities/linux/unix/port.h"

#include "personalities/linux/unix/host.h"

#define PC 0            /* number of the pc in abi/isthmus.toml, registers.x86_64.state */

const char host_machine[] = "x86_64";
const uint16_t host_elf_machine = 62;
const int32_t port_illegal_code = 2;    /* ILL_ILLOPN */

uint64_t port_ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

enum isthmus_error port_divert(isthmus_slot thread, struct exchange *exchange, uint64_t pc, uint64_t signal_entry)
{
	uint64_t values[6] = { signal_entry };

	exchange->signal_pc = pc;
	return isthmus_thread_write(thread, PC, 1, values);
}
