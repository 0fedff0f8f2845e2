/* What root itself has; see machine.h. */
#include "servers/root/machine.h"

#include "lib/cpio/cpio.h"
#include "lib/log/log.h"
#include "lib/rt/mem.h"

enum {
	POOL = ISTHMUS_BOOT_SLOT_POOL,
	TASK = ISTHMUS_BOOT_SLOT_TASK,
	MACHINE = ISTHMUS_BOOT_SLOT_MACHINE,
	FRAMES_IN_LARGE = 1 << (ISTHMUS_LARGE_BITS - ISTHMUS_PAGE_BITS),
	UART_PORTS = 8,
};

static struct slots slots;
static struct space space;
struct task_maker maker = { &slots, &space, POOL };
isthmus_slot root_endpoint;

static isthmus_slot deaths, uart, uart_irq;

static void need(const char *what, enum isthmus_error error)
{
	if (error == ISTHMUS_OK)
		return;
	log_line("root: cannot make %s: %s", what, isthmus_error_name(error));
	machine_stop(false);
}

/* Slots behind those of the bundle's pages. */
static uint64_t first_slot(void)
{
	const struct isthmus_boot_info *info = isthmus_boot_info();
	uint64_t pages = (info->bundle_offset + info->bundle_size + SPACE_PAGE - 1) / SPACE_PAGE;

	return (BUNDLE_SLOT + pages + ISTHMUS_CAP_LEAF_SLOTS) & ~(uint64_t)(ISTHMUS_CAP_LEAF_SLOTS - 1);
}

static void make_uart(void)
{
	const struct isthmus_boot_info *info = isthmus_boot_info();
	uint64_t base = info->uart_ports ? info->uart_base : info->uart_base & ~(SPACE_PAGE - 1);
	uint64_t size = info->uart_ports ? UART_PORTS : SPACE_PAGE;

	if (info->uart_base == 0)
		return;
	need("a slot", slots_take(&slots, &uart));
	need("the console's device", isthmus_pool_create_device(POOL, uart, MACHINE, base, size, info->uart_ports));
	need("a slot", slots_take(&slots, &uart_irq));
	need("the console's interrupt", isthmus_pool_create_irq(POOL, uart_irq, MACHINE, info->uart_irq));
}

void machine_init(void)
{
	slots_init(&slots, TASK, POOL, first_slot(), ISTHMUS_CAP_SLOTS);
	space_init(&space, TASK, POOL, SPACE_WINDOW);
	need("a slot", slots_take(&slots, &root_endpoint));
	need("an endpoint", isthmus_pool_create_endpoint(POOL, root_endpoint));
	need("a slot", slots_take(&slots, &deaths));
	need("a notification", isthmus_pool_create_notification(POOL, deaths));
	make_uart();
}

bool bundle_find(const char *name, const void **out_data, size_t *out_size)
{
	const struct isthmus_boot_info *info = isthmus_boot_info();
	struct cpio_entry entry = { 0 };

	if (!cpio_find((const char *)(ISTHMUS_BOOT_BUNDLE_ADDRESS + info->bundle_offset), info->bundle_size, name,
		       &entry))
		return false;
	*out_data = entry.data;
	*out_size = entry.size;
	return true;
}

static enum isthmus_error grant_if_there(isthmus_slot slot, uint64_t rights, struct grant *out)
{
	*out = (struct grant){ slot, rights, 0 };
	return slot != 0 ? ISTHMUS_OK : ISTHMUS_E_ARGUMENT;
}

enum isthmus_error machine_grant(const struct manifest_cap *cap, struct grant *out)
{
	const uint64_t read_write = ISTHMUS_R_READ | ISTHMUS_R_WRITE;

	switch (cap->kind) {
	case CAP_DEVICE:
		return grant_if_there(uart, read_write, out);
	case CAP_IRQ:
		return grant_if_there(uart_irq, ISTHMUS_R_WRITE | ISTHMUS_R_MANAGE, out);
	case CAP_MACHINE:
		*out = (struct grant){ MACHINE, ISTHMUS_R_WRITE | ISTHMUS_R_COPY, cap->value };
		return ISTHMUS_OK;
	case CAP_NOTIFICATION:
		return grant_if_there(deaths, ISTHMUS_R_READ, out);
	default:
		return ISTHMUS_E_ARGUMENT;
	}
}

void machine_signal_death(void)
{
	(void)!isthmus_signal(deaths);
}

uint64_t machine_free_large(void)
{
	uint64_t large = 0;

	return isthmus_pool_info(POOL, NULL, NULL, &large, NULL, NULL) == ISTHMUS_OK ? large : 0;
}

uint64_t machine_free_cells(void)
{
	uint64_t cells = 0;

	return isthmus_pool_info(POOL, &cells, NULL, NULL, NULL, NULL) == ISTHMUS_OK ? cells : 0;
}

uint64_t machine_free_frames(void)
{
	uint64_t frames = 0;

	if (isthmus_pool_info(POOL, NULL, &frames, NULL, NULL, NULL) != ISTHMUS_OK)
		return 0;
	return frames + machine_free_large() * FRAMES_IN_LARGE;
}

uint64_t machine_ticks(uint64_t us)
{
	return isthmus_boot_info()->ticks_per_second * us / 1000000;
}

_Noreturn void machine_stop(bool restart)
{
	(void)!isthmus_machine_halt(MACHINE, restart);
	for (;;)
		isthmus_yield();
}
