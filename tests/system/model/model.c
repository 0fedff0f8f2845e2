/* Runs operations and writes them, with what came of them, to channel 'm' of the log; tests/model/ compares with the model.
 *
 * Options on the command line: seed=N, steps=N, log=1 (else nothing is written, and the test is that the kernel survives).  With
 * a file `steps` in the bundle, of 32-bit numbers, only these steps are taken. */
#include "lib/cpio/cpio.h"
#include "lib/log/log.h"
#include "lib/rt/main.h"
#include "lib/test/test.h"
#include <arch/isa.h>
#include "turn.h"

struct turn turn;
__asm__(".bss\n.balign 16\n.skip 8192\n.globl turn_stack_end\nturn_stack_end:\n.skip 16\n.text");

static uint64_t seed, steps, at; /* at: of the steps, or of the file's */
static bool traced;
static const uint32_t *chosen;

/* ---- the log ---- */

static char buffer[4096];
static unsigned used;

static void flush(void)
{
	log_write('m', buffer, used);
	used = 0;
}

static void put_byte(uint8_t byte)
{
	buffer[used++] = (char)byte;
	if (used == sizeof(buffer))
		flush();
}

/* Seven bits a byte, the lowest first. */
static void put_number(uint64_t n)
{
	for (; n >= 128; n >>= 7)
		put_byte((uint8_t)(n | 128));
	put_byte((uint8_t)n);
}

/* A mask of the words that are not zero, and these. */
static void put_turn(const struct turn *t)
{
	const uint64_t *word = &t->name;
	uint64_t mask = 0;

	for (unsigned i = 0; i < sizeof(*t) / 8; i++)
		mask |= (uint64_t)(word[i] != 0) << i;
	put_number(mask);
	for (unsigned i = 0; i < sizeof(*t) / 8; i++)
		if (word[i])
			put_number(word[i]);
}

/* ---- options ---- */

static uint64_t option(const char *key, uint64_t otherwise)
{
	for (const char *line = isthmus_boot_info()->command_line; *line; line++) {
		const char *l = line, *k = key;
		uint64_t n = 0;

		while (*k && *l == *k)
			l++, k++;
		if (*k)
			continue;
		for (; *l >= '0' && *l <= '9'; l++)
			n = n * 10 + (uint64_t)(*l - '0');
		return n;
	}
	return otherwise;
}

static void find_chosen(void)
{
	const struct isthmus_boot_info *info = isthmus_boot_info();
	struct cpio_entry file;

	if (!cpio_find((const char *)(ISTHMUS_BOOT_BUNDLE_ADDRESS + info->bundle_offset), info->bundle_size, "steps", &file))
		return;
	chosen = file.data;
	steps = file.size / sizeof(*chosen);
}

/* ---- what the model must know of the start ---- */

static uint64_t id_of(isthmus_slot slot)
{
	uint64_t id = 0;

	NEED("identify", isthmus_task_identify(ISTHMUS_BOOT_SLOT_TASK, slot, NULL, NULL, NULL, &id));
	return id;
}

static void put_start(void)
{
	enum { PROBE = 11 };
	uint64_t cells, frames, large, used_cells, used_frames, left, slice;

	NEED("probe", isthmus_pool_create_endpoint(ISTHMUS_BOOT_SLOT_POOL, PROBE));
	uint64_t next = id_of(PROBE);

	NEED("end of probe", isthmus_pool_destroy(ISTHMUS_BOOT_SLOT_POOL, PROBE));
	NEED("pool", isthmus_pool_info(ISTHMUS_BOOT_SLOT_POOL, &cells, &frames, &large, &used_cells, &used_frames));
	NEED("budget", isthmus_budget_read(ISTHMUS_BOOT_SLOT_BUDGET, &left, &slice));
	const uint64_t start[] = {
		ISA, (uint64_t)turn_entry, (uint64_t)turn_after, (uint64_t)turn_fault, (uint64_t)turn_stack_end, next,
		id_of(ISTHMUS_BOOT_SLOT_POOL), id_of(ISTHMUS_BOOT_SLOT_TASK), id_of(ISTHMUS_BOOT_SLOT_THREAD),
		id_of(ISTHMUS_BOOT_SLOT_BUDGET), cells, frames, large, used_cells, used_frames, slice,
	};

	for (unsigned i = 0; i < sizeof(start) / sizeof(start[0]); i++)
		put_number(start[i]);
}

/* ---- turns ---- */

static _Noreturn void finish(void)
{
	if (traced)
		flush();
	test_ok("the kernel survives");
	test_done();
}

void turn_take(void)
{
	if (at == steps)
		finish();
	if (traced)
		put_turn(&turn);
	generate(seed, chosen ? chosen[at] : at, &turn);
	at++;
	if (!traced)
		return;
	put_turn(&turn);
	flush(); /* so that the log shows with which call the kernel stopped */
}

void isthmus_main(uint64_t arg)
{
	test_begin();
	seed = option("seed=", 1);
	steps = option("steps=", 20000);
	traced = option("log=", 0);
	find_chosen();
	if (traced)
		put_start();
	turn.name = ROOT_NAME;
	((void (*)(uint64_t))(uintptr_t)turn_entry)(ROOT_NAME);
}
