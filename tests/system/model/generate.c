/* Chooses operations: mostly such that they succeed, often such that they nearly do.  See turn.h.
 *
 * Slots are parted by the kind that is usually made in them, so that a choice needs no memory of what came before. */
#include "lib/sys/sys.h"
#include <arch/isa.h>
#include "turn.h"

/* ---- chance ---- */

static uint64_t state;

static uint64_t chance(void) /* splitmix64 */
{
	uint64_t z = (state += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint64_t below(uint64_t n)
{
	return chance() % n;
}

static bool percent(unsigned p)
{
	return below(100) < p;
}

/* ---- slots ---- */

enum { ARENA = 256, ARENA_END = 384, /* slots of the root task that anybody uses; a leaf of their own */
       POOL = 8, WAKER = 9, IDLE = 10, PLENTY_OF_TIME = ISTHMUS_BOOT_SLOT_BUDGET };

static const struct { uint16_t first, count; } slots_of[] = {
	[ISTHMUS_NULL] = { ARENA, ARENA_END - ARENA },
	[ISTHMUS_POOL] = { 256, 4 },
	[ISTHMUS_TASK] = { 264, 4 },
	[ISTHMUS_THREAD] = { 268, 12 },
	[ISTHMUS_ENDPOINT] = { 288, 3 },
	[ISTHMUS_NOTIFICATION] = { 300, 4 },
	[ISTHMUS_BUDGET] = { 308, 3 },
	[ISTHMUS_FORWARDER] = { 316, 6 },
	[ISTHMUS_IRQ] = { 326, 4 },
	[ISTHMUS_FRAME] = { 332, 8 },
	[ISTHMUS_DEVICE] = { 346, 2 },
	[ISTHMUS_MACHINE] = { 352, 3 },
	[ISTHMUS_REPLY] = { 356, 5 },
};

static uint64_t plain(unsigned kind)
{
	return slots_of[kind].first + below(slots_of[kind].count);
}

static uint64_t odd_slot(void)
{
	switch (below(6)) {
	case 0: return 0;
	case 1: return ISTHMUS_CAP_SLOTS - 1 - below(3);
	case 2: return ARENA_END + below(600);
	case 3: return chance();
	case 4: return (uint64_t)plain(ISTHMUS_NULL) << ISTHMUS_SLOT_PATH_SHIFT | plain(ISTHMUS_NULL);
	default: return plain(ISTHMUS_TASK) << ISTHMUS_SLOT_PATH_SHIFT;
	}
}

/* A slot that probably holds this kind. */
static uint64_t slot(unsigned kind)
{
	uint64_t p = below(100);

	if (p < 86)
		return plain(kind);
	if (p < 90)
		return plain(ISTHMUS_FORWARDER);
	if (p < 93)
		return plain(ISTHMUS_NULL);
	if (p < 95)
		return (uint64_t)ISTHMUS_BOOT_SLOT_TASK << ISTHMUS_SLOT_PATH_SHIFT | plain(kind);
	if (p < 99)
		return plain(ISTHMUS_TASK) << ISTHMUS_SLOT_PATH_SHIFT | (1 + below(12));
	return odd_slot();
}

/* A slot where something of this kind shall go. */
static uint64_t free_slot(unsigned kind)
{
	return percent(95) ? plain(kind) : slot(kind);
}

static uint64_t pool(struct turn *t)
{
	return t->name == ROOT_NAME && percent(85) ? POOL : slot(ISTHMUS_POOL);
}

static uint64_t some_kind(void)
{
	return 1 + below(ISTHMUS_REPLY);
}

static uint64_t rights(void)
{
	return percent(70) ? 31 : chance() & (percent(90) ? 31 : ~0ul);
}

static uint64_t badge(void)
{
	return percent(60) ? 0 : percent(80) ? below(8) : chance();
}

static uint64_t tag(void)
{
	uint64_t label = percent(50) ? below(3) : chance();

	return label << ISTHMUS_TAG_LABEL_SHIFT | (percent(50) ? 0 : chance() & 0xffff);
}

static uint64_t small_or_any(void)
{
	return percent(80) ? below(16) : chance();
}

/* ---- operations ---- */

typedef void maker(struct turn *t);

static void message(struct turn *t)
{
	unsigned caps = percent(70) ? 0 : (unsigned)below(4);

	t->tag = (tag() & ~(uint64_t)ISTHMUS_TAG_CAPS_MASK) | caps;
	for (unsigned i = 0; i < ISTHMUS_MESSAGE_WORDS; i++)
		t->word[i] = percent(50) ? 0 : percent(50) ? below(100) : chance();
	for (unsigned i = 0; i < caps; i++)
		t->word[ISTHMUS_MESSAGE_WORDS - 1 - i] = slot(some_kind());
}

static void make_call(struct turn *t) { t->slot = slot(ISTHMUS_ENDPOINT); message(t); }
static void make_receive(struct turn *t) { t->slot = slot(percent(80) ? ISTHMUS_ENDPOINT : ISTHMUS_NOTIFICATION); }

/* The label of a reply to a fault: most go on where the thread began. */
static void make_reply(struct turn *t)
{
	t->slot = percent(70) ? 0 : slot(ISTHMUS_REPLY);
	message(t);
	if (percent(60)) {
		t->tag = (t->tag & 0xffff) | ISTHMUS_FAULT_RESUME_AT << ISTHMUS_TAG_LABEL_SHIFT;
		t->word[0] = (uint64_t)turn_entry;
	} else if (t->tag >> ISTHMUS_TAG_LABEL_SHIFT == ISTHMUS_FAULT_RESUME_AT) {
		t->word[0] = (uint64_t)turn_fault;
	}
}

static void make_reply_recv(struct turn *t)
{
	make_reply(t);
	t->slot = slot(ISTHMUS_ENDPOINT);
}

static void make_save(struct turn *t) { t->word[0] = free_slot(ISTHMUS_REPLY); }
static void make_signal(struct turn *t) { t->slot = percent(20) ? WAKER : slot(ISTHMUS_NOTIFICATION); }
static void make_nothing(struct turn *t) { }
static void make_cancel(struct turn *t) { t->slot = slot(ISTHMUS_ENDPOINT); t->word[0] = badge(); }

static void make_created(struct turn *t, unsigned kind)
{
	t->slot = pool(t);
	t->word[0] = free_slot(kind);
}

static void make_pool(struct turn *t) { make_created(t, ISTHMUS_POOL); }
static void make_task(struct turn *t) { make_created(t, ISTHMUS_TASK); }
static void make_endpoint(struct turn *t) { make_created(t, ISTHMUS_ENDPOINT); }
static void make_notification(struct turn *t) { make_created(t, ISTHMUS_NOTIFICATION); }
static void make_budget(struct turn *t) { make_created(t, ISTHMUS_BUDGET); }

static void make_thread(struct turn *t)
{
	make_created(t, ISTHMUS_THREAD);
	t->word[1] = percent(85) ? ISTHMUS_BOOT_SLOT_TASK : slot(ISTHMUS_TASK);
	t->word[2] = small_or_any();
}

static void make_forwarder(struct turn *t)
{
	make_created(t, ISTHMUS_FORWARDER);
	t->word[1] = slot(some_kind());
	t->word[2] = rights();
	t->word[3] = badge();
}

static uint64_t machine(void)
{
	return percent(85) ? ISTHMUS_BOOT_SLOT_MACHINE : slot(ISTHMUS_MACHINE);
}

static void make_irq(struct turn *t)
{
	make_created(t, ISTHMUS_IRQ);
	t->word[1] = machine();
	t->word[2] = percent(95) ? 13 + below(3) : chance(); /* lines without a device */
}

static void make_device(struct turn *t)
{
	make_created(t, ISTHMUS_DEVICE);
	t->word[1] = machine();
	t->word[2] = percent(90) ? (1ul << 40) + below(4) * 4096 : chance();
	t->word[3] = percent(90) ? (1 + below(3)) * 4096 : below(3);
	t->word[4] = percent(90) ? 0 : 1 + below(2);
}

static void make_frame(struct turn *t)
{
	make_created(t, ISTHMUS_FRAME);
	t->word[1] = percent(96) ? 0 : below(3);
}

static void make_give(struct turn *t)
{
	t->slot = pool(t);
	t->word[0] = slot(ISTHMUS_POOL);
	t->word[1] = percent(98) ? below(24) : below(80);
	t->word[2] = percent(98) ? below(30) : below(80);
	t->word[3] = percent(95) ? 0 : below(3);
}

static void make_on_pool(struct turn *t) { t->slot = pool(t); }
static void make_reap(struct turn *t) { t->slot = slot(ISTHMUS_POOL); }
static void make_destroy(struct turn *t) { t->slot = pool(t); t->word[0] = slot(percent(60) ? ISTHMUS_THREAD : some_kind()); }

static uint64_t task(void)
{
	return percent(70) ? ISTHMUS_BOOT_SLOT_TASK : slot(ISTHMUS_TASK);
}

/* A slot of a task: of a child the first few, of the root the arena. */
static uint64_t slot_in(uint64_t task_slot)
{
	return task_slot == ISTHMUS_BOOT_SLOT_TASK || percent(5) ? plain(percent(70) ? some_kind() : ISTHMUS_NULL) : 1 + below(12);
}

static uint64_t address(void)
{
	if (percent(5))
		return chance();
	return (percent(60) ? 1ul << 28 : below(4) << 30) + (below(3) << 21) + (percent(60) ? below(6) << 12 : 0);
}

static void make_map(struct turn *t)
{
	t->slot = slot(ISTHMUS_TASK);
	t->word[0] = slot(percent(90) ? ISTHMUS_FRAME : ISTHMUS_DEVICE);
	t->word[1] = address();
	t->word[2] = percent(90) ? 1 + 2 * below(3) : below(17);
	t->word[3] = percent(90) ? 0 : below(3) << 12;
}

static void make_unmap(struct turn *t)
{
	t->slot = slot(ISTHMUS_TASK);
	t->word[0] = address();
	t->word[1] = percent(95) ? 1 + below(4) : below(18);
	t->word[2] = percent(90) ? 1 + 2 * below(3) : below(17);
}

static void make_table(struct turn *t)
{
	t->slot = slot(ISTHMUS_TASK);
	t->word[0] = pool(t);
	t->word[1] = address();
	t->word[2] = percent(98) ? 1 + below(3) : below(6);
}

static void make_leaf(struct turn *t)
{
	t->slot = slot(ISTHMUS_TASK);
	t->word[0] = pool(t);
	t->word[1] = percent(80) ? below(128) : chance() & 0x1ffff;
}

static void make_copy(struct turn *t)
{
	t->slot = task();
	t->word[0] = slot_in(t->slot);
	t->word[1] = percent(95) ? slot(some_kind()) : ISTHMUS_BOOT_SLOT_MACHINE;
	t->word[2] = rights();
	t->word[3] = badge();
}

static void make_move(struct turn *t) /* the machine's capability stays: the log needs it */
{
	make_copy(t);
	t->word[1] = slot(some_kind());
}

static void make_identify(struct turn *t) { t->slot = task(); t->word[0] = slot_in(t->slot); }
static void make_handler(struct turn *t) { t->slot = task(); t->word[0] = percent(90) ? slot(ISTHMUS_ENDPOINT) : 0; }

static void make_window(struct turn *t)
{
	t->slot = slot(ISTHMUS_TASK);
	t->word[0] = below(4) << 12;
	t->word[1] = percent(90) ? below(4) << 12 : chance();
}

static void make_start(struct turn *t)
{
	t->slot = slot(ISTHMUS_THREAD);
	t->word[0] = percent(97) ? (uint64_t)turn_entry : chance() | ISTHMUS_USER_LIMIT;
	t->word[1] = percent(97) ? below(1000) : chance() | ISTHMUS_USER_LIMIT << 1;
	t->word[2] = 16 + below(1ul << 20);
}

static void make_on_thread(struct turn *t) { t->slot = slot(ISTHMUS_THREAD); }

static void make_read(struct turn *t)
{
	t->slot = slot(ISTHMUS_THREAD);
	t->word[0] = below(REGISTERS_READ);
	t->word[1] = percent(95) ? 1 + below(8) : below(12);
	if (t->word[0] + t->word[1] > REGISTERS_READ)
		t->word[1] = percent(90) ? REGISTERS_READ - t->word[0] : 40;
}

/* Programs counters are only those that the driver knows. */
static void make_write(struct turn *t)
{
	make_read(t);
	t->word[0] = below(REGISTERS_WRITTEN);
	if (t->word[0] + t->word[1] > REGISTERS_WRITTEN)
		t->word[1] = percent(90) ? REGISTERS_WRITTEN - t->word[0] : 40;
	for (unsigned i = 2; i < ISTHMUS_MESSAGE_WORDS; i++)
		t->word[i] = percent(50) ? below(1000) : chance();
	if (t->word[0] == 0)
		t->word[2] = (uint64_t)(percent(50) ? turn_entry : percent(50) ? turn_after : turn_fault);
}

static void make_priority(struct turn *t)
{
	make_on_thread(t);
	t->word[0] = percent(80) ? below(4) * 20 : percent(80) ? below(64) : chance();
}

static void make_core(struct turn *t) { make_on_thread(t); t->word[0] = percent(80) ? 0 : chance(); }
static void make_bind_budget(struct turn *t) 
{
	make_on_thread(t);
	t->word[0] = percent(50) ? PLENTY_OF_TIME : percent(90) ? slot(ISTHMUS_BUDGET) : 0;
}

static void make_bind_notification(struct turn *t)
{
	make_on_thread(t);
	t->word[0] = percent(80) ? slot(ISTHMUS_NOTIFICATION) : 0;
}

static void make_slots(struct turn *t)
{
	make_on_thread(t);
	for (int i = 0; i < 3; i++)
		t->word[i] = percent(97) ? plain(ISTHMUS_NULL) : chance() & 0x1ffff;
}

static void make_redirect(struct turn *t)
{
	make_on_thread(t);
	t->word[0] = percent(80) ? slot(ISTHMUS_FRAME) : 0;
	t->word[1] = percent(90) ? below(8) << 12 : chance();
}

/* Amounts of time are such that time that passes makes no difference: see tests/model/. */
static void make_refill(struct turn *t)
{
	t->slot = machine();
	t->word[0] = slot(ISTHMUS_BUDGET);
	t->word[1] = percent(80) ? (1 + below(3)) << 56 : percent(50) ? 0 : 1ul << 63;
	t->word[2] = percent(80) ? 0 : percent(50) ? 1ul << 55 : 1ul << 63;
}

static void make_move_time(struct turn *t)
{
	t->slot = slot(ISTHMUS_BUDGET);
	t->word[0] = slot(ISTHMUS_BUDGET);
	t->word[1] = percent(80) ? (1 + below(3)) * (3ul << 53) : percent(50) ? 0 : 1ul << 63;
}

static void make_on_budget(struct turn *t) { t->slot = slot(ISTHMUS_BUDGET); t->word[0] = slot(ISTHMUS_NOTIFICATION); }
static void make_on_irq(struct turn *t) { t->slot = slot(ISTHMUS_IRQ); t->word[0] = slot(ISTHMUS_NOTIFICATION); }
static void make_frame_info(struct turn *t) { t->slot = slot(ISTHMUS_FRAME); }

/* ---- the mix ---- */

#define WAITS 1  /* the root task's own thread does not: who would wake it? */

static const struct choice { uint16_t operation; uint8_t weight, flags; maker *make; } choices[] = {
	{ ISTHMUS_OP_CALL, 60, WAITS, make_call },
	{ ISTHMUS_OP_REPLY_RECV, 60, WAITS, make_reply_recv },
	{ ISTHMUS_OP_SEND, 20, WAITS, make_call },
	{ ISTHMUS_OP_TRY_SEND, 12, 0, make_call },
	{ ISTHMUS_OP_RECV, 40, WAITS, make_receive },
	{ ISTHMUS_OP_TRY_RECV, 12, WAITS, make_receive },
	{ ISTHMUS_OP_REPLY, 25, 0, make_reply },
	{ ISTHMUS_OP_SAVE_REPLY, 12, 0, make_save },
	{ ISTHMUS_OP_SIGNAL, 20, 0, make_signal },
	{ ISTHMUS_OP_YIELD, 15, 0, make_nothing },
	{ ISTHMUS_OP_ENDPOINT_CANCEL, 8, 0, make_cancel },
	{ ISTHMUS_OP_REDIRECT_RESUME, 2, WAITS, make_nothing },
	{ ISTHMUS_OP_POOL_CREATE_POOL, 6, 0, make_pool },
	{ ISTHMUS_OP_POOL_CREATE_TASK, 8, 0, make_task },
	{ ISTHMUS_OP_POOL_CREATE_THREAD, 44, 0, make_thread },
	{ ISTHMUS_OP_POOL_CREATE_ENDPOINT, 24, 0, make_endpoint },
	{ ISTHMUS_OP_POOL_CREATE_NOTIFICATION, 10, 0, make_notification },
	{ ISTHMUS_OP_POOL_CREATE_BUDGET, 8, 0, make_budget },
	{ ISTHMUS_OP_POOL_CREATE_FORWARDER, 20, 0, make_forwarder },
	{ ISTHMUS_OP_POOL_CREATE_IRQ, 6, 0, make_irq },
	{ ISTHMUS_OP_POOL_CREATE_DEVICE, 6, 0, make_device },
	{ ISTHMUS_OP_POOL_CREATE_FRAME, 16, 0, make_frame },
	{ ISTHMUS_OP_POOL_GIVE, 10, 0, make_give },
	{ ISTHMUS_OP_POOL_SPLIT, 4, 0, make_on_pool },
	{ ISTHMUS_OP_POOL_DESTROY, 24, 0, make_destroy },
	{ ISTHMUS_OP_POOL_REAP, 1, 0, make_reap },
	{ ISTHMUS_OP_POOL_INFO, 6, 0, make_on_pool },
	{ ISTHMUS_OP_TASK_MAP, 30, 0, make_map },
	{ ISTHMUS_OP_TASK_UNMAP, 6, 0, make_unmap },
	{ ISTHMUS_OP_TASK_PROTECT, 6, 0, make_unmap },
	{ ISTHMUS_OP_TASK_TABLE, 30, 0, make_table },
	{ ISTHMUS_OP_TASK_LEAF, 8, 0, make_leaf },
	{ ISTHMUS_OP_TASK_COPY, 50, 0, make_copy },
	{ ISTHMUS_OP_TASK_MOVE, 8, 0, make_move },
	{ ISTHMUS_OP_TASK_DELETE, 10, 0, make_identify },
	{ ISTHMUS_OP_TASK_IDENTIFY, 20, 0, make_identify },
	{ ISTHMUS_OP_TASK_HANDLER, 8, 0, make_handler },
	{ ISTHMUS_OP_TASK_WINDOW, 4, 0, make_window },
	{ ISTHMUS_OP_THREAD_START, 50, 0, make_start },
	{ ISTHMUS_OP_THREAD_SUSPEND, 30, 0, make_on_thread },
	{ ISTHMUS_OP_THREAD_RESUME, 50, 0, make_on_thread },
	{ ISTHMUS_OP_THREAD_READ, 16, 0, make_read },
	{ ISTHMUS_OP_THREAD_WRITE, 16, 0, make_write },
	{ ISTHMUS_OP_THREAD_PRIORITY, 16, 0, make_priority },
	{ ISTHMUS_OP_THREAD_CORE, 4, 0, make_core },
	{ ISTHMUS_OP_THREAD_BUDGET, 24, 0, make_bind_budget },
	{ ISTHMUS_OP_THREAD_NOTIFICATION, 12, 0, make_bind_notification },
	{ ISTHMUS_OP_THREAD_SLOTS, 10, 0, make_slots },
	{ ISTHMUS_OP_THREAD_HANDOFF, 24, 0, make_on_thread },
	{ ISTHMUS_OP_THREAD_REDIRECT, 4, 0, make_redirect },
	{ ISTHMUS_OP_BUDGET_MOVE, 8, 0, make_move_time },
	{ ISTHMUS_OP_BUDGET_READ, 6, 0, make_on_budget },
	{ ISTHMUS_OP_BUDGET_NOTIFY, 6, 0, make_on_budget },
	{ ISTHMUS_OP_MACHINE_REFILL, 16, 0, make_refill },
	{ ISTHMUS_OP_IRQ_BIND, 5, 0, make_on_irq },
	{ ISTHMUS_OP_IRQ_ACK, 5, 0, make_on_irq },
	{ ISTHMUS_OP_FRAME_INFO, 3, 0, make_frame_info },
	{ 999, 2, 0, make_nothing },
};

enum { CHOICES = sizeof(choices) / sizeof(choices[0]) };

static const struct choice *choose(void)
{
	unsigned sum = 0, n;

	for (unsigned i = 0; i < CHOICES; i++)
		sum += choices[i].weight;
	n = (unsigned)below(sum);
	for (unsigned i = 0;; n -= choices[i++].weight)
		if (n < choices[i].weight)
			return &choices[i];
}

/* ---- what the root task prepares ---- */

static const uint64_t PLENTY = 1ul << 60;

static const struct turn prelude[] = {
	{ .operation = ISTHMUS_OP_MACHINE_REFILL, .slot = ISTHMUS_BOOT_SLOT_MACHINE, .word = { ISTHMUS_BOOT_SLOT_BUDGET, PLENTY, 0 } },
	{ .operation = ISTHMUS_OP_TASK_LEAF, .slot = ISTHMUS_BOOT_SLOT_TASK, .word = { ISTHMUS_BOOT_SLOT_POOL, ARENA } },
	{ .operation = ISTHMUS_OP_POOL_CREATE_POOL, .slot = ISTHMUS_BOOT_SLOT_POOL, .word = { POOL } },
	{ .operation = ISTHMUS_OP_POOL_GIVE, .slot = ISTHMUS_BOOT_SLOT_POOL, .word = { POOL, 64, 64, 2 } },
	{ .operation = ISTHMUS_OP_POOL_GIVE, .slot = ISTHMUS_BOOT_SLOT_POOL, .word = { POOL, 64, 64, 0 } },
	{ .operation = ISTHMUS_OP_POOL_GIVE, .slot = ISTHMUS_BOOT_SLOT_POOL, .word = { POOL, 64, 64, 0 } },
	{ .operation = ISTHMUS_OP_POOL_CREATE_NOTIFICATION, .slot = ISTHMUS_BOOT_SLOT_POOL, .word = { WAKER } },
	{ .operation = ISTHMUS_OP_POOL_CREATE_THREAD, .slot = ISTHMUS_BOOT_SLOT_POOL, .word = { IDLE, ISTHMUS_BOOT_SLOT_TASK, 7 } },
	{ .operation = ISTHMUS_OP_THREAD_BUDGET, .slot = IDLE, .word = { ISTHMUS_BOOT_SLOT_BUDGET } },
	{ .operation = ISTHMUS_OP_THREAD_START, .slot = IDLE, .word = { (uint64_t)turn_entry, 0, IDLE_NAME } },
};
enum { PRELUDE_GIVE = 3 };
const unsigned prelude_steps = sizeof(prelude) / sizeof(prelude[0]);

/* ---- */

/* The root task's thread makes things, and every few steps it waits until the others have come to rest: then the idle thread, whose
 * priority is 0, signals it.  Now and then it takes everything apart. */
static bool root_rests(struct turn *t)
{
	if (percent(12)) {
		t->operation = ISTHMUS_OP_RECV;
		t->slot = WAKER;
		return true;
	}
	if (below(50) == 0) {
		*t = prelude[PRELUDE_GIVE];
		t->name = ROOT_NAME;
		return true;
	}
	if (below(600) == 0) {
		t->operation = ISTHMUS_OP_POOL_REAP;
		t->slot = POOL;
		return true;
	}
	return false;
}

void generate(uint64_t seed, uint64_t step, struct turn *t)
{
	uint64_t name = t->name;

	state = seed * 0x2545f4914f6cdd1d ^ step;
	chance();
	*t = step < prelude_steps ? prelude[step] : (struct turn){ 0 };
	t->name = name;
	if (step < prelude_steps)
		return;
	if (name == IDLE_NAME) {
		t->operation = ISTHMUS_OP_SIGNAL;
		t->slot = WAKER;
		return;
	}
	if (name == ROOT_NAME && root_rests(t))
		return;
	if (name != ROOT_NAME && percent(2)) {
		t->fault = 1;
		t->operation = chance();
		message(t);
		return;
	}
	const struct choice *c;

	do
		c = choose();
	while (name == ROOT_NAME ? c->flags & WAITS : c->flags & WAITS && percent(35));
	t->operation = c->operation;
	c->make(t);
	if (percent(1))
		t->slot = odd_slot();
	if (percent(1)) /* never amounts of time */
		t->word[below(t->operation == ISTHMUS_OP_MACHINE_REFILL || t->operation == ISTHMUS_OP_BUDGET_MOVE ? 1 : 2)] =
			percent(50) ? chance() : odd_slot();
}
