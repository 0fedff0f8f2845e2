#include "personalities/linux/unix/port.h"

#include "personalities/linux/unix/host.h"

/* Numbers in abi/isthmus.toml, registers.riscv64.state. */
#define PC 0
#define T0 5

const char host_machine[] = "riscv64";
const uint16_t host_elf_machine = 243;
const int32_t port_illegal_code = 1;    /* ILL_ILLOPC */

uint64_t port_ticks(void)
{
	uint64_t ticks;

	__asm__ volatile(".option push; .option arch, +zicsr; rdtime %0; .option pop" : "=r"(ticks));
	return ticks;
}

enum isthmus_error port_divert(isthmus_slot thread, struct exchange *exchange, uint64_t pc, uint64_t signal_entry)
{
	/* As if the thread had been redirected: its pc and t0 in the redirection frame, and t0 the frame's address. */
	volatile uint64_t *redirect = (volatile uint64_t *)((uint8_t *)exchange + EXCHANGE_REDIRECT);
	uint64_t values[8] = { 0 }, entry[6] = { signal_entry }, frame[6] = { EXCHANGE_BASE + EXCHANGE_REDIRECT };
	enum isthmus_error error = isthmus_thread_read(thread, T0, 1, values);

	if (error != ISTHMUS_OK)
		return error;
	exchange->signal_pc = pc;
	redirect[0] = pc;
	redirect[1] = values[0];
	error = isthmus_thread_write(thread, PC, 1, entry);
	return error == ISTHMUS_OK ? isthmus_thread_write(thread, T0, 1, frame) : error;
}
