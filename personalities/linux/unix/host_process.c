/* Processes as Isthmus has them: a space of the memory server's with a task, one thread, and an exchange. */
#include "personalities/linux/unix/host_internal.h"

#include <isthmus/proto/memory.h>

#include "lib/rt/mem.h"
#include "personalities/linux/unix/elf.h"
#include "personalities/linux/unix/heap.h"
#include "personalities/linux/unix/port.h"
#include "personalities/linux/unix/signal.h"

/* Of processes: below every service. */
#define PRIORITY 10
#define PRIORITY_PREFERRED 11
#define STATE_PC 0              /* the pc's number for thread_read, on every ISA */
#define SPARE_EXCHANGES 64

/* Indices of process.host. */
enum { SPACE, TASK, POOL, THREAD, REPLY, EXCHANGE };

/* An exchange is used by one process after another. */
struct exchange_page {
	struct host_object object;
	isthmus_slot redirect;  /* frame capability of its redirection page */
	struct exchange_page *next;
};

static struct exchange_page *spare;
static unsigned spare_count;
static struct host_object library;      /* the emulation library's text */
static struct emul_header entries;
static struct emul_fixup *fixups;
static unsigned fixup_count;
static uint64_t space_limit;            /* pages a process may have */

/* ---- the emulation library ---- */

/* Copies its segments into an object that all processes map. */
static void library_load(const void *file, uint64_t size)
{
	struct linux_elf_limits limits = { EMUL_BASE, EMUL_BASE + EMUL_SIZE, host_elf_machine };
	struct linux_elf elf;

	if (linux_elf_read(file, size < HEAP_PAGE ? size : HEAP_PAGE, size, &limits, &elf) < 0)
		host_panic("the emulation library is not one", ISTHMUS_E_ARGUMENT);
	if (host_object_create(&library, (elf.high - elf.low) / HEAP_PAGE) < 0)
		host_panic("no memory for the emulation library", ISTHMUS_E_MEMORY);
	for (unsigned i = 0; i < elf.count; i++) {
		const struct linux_segment *s = &elf.segment[i];

		memcpy(library.bytes + (s->address - EMUL_BASE), (const uint8_t *)file + s->offset, s->file_bytes);
	}
}

static void library_read_header(void)
{
	uint64_t bytes;

	memcpy(&entries, library.bytes + EMUL_HEADER_OFFSET, sizeof entries);
	bytes = entries.fixups_end - entries.fixups_start;
	if (entries.magic != EMUL_HEADER_MAGIC || entries.version != EXCHANGE_VERSION || entries.fixups_start < EMUL_BASE ||
	    entries.fixups_end > EMUL_BASE + library.pages * HEAP_PAGE || entries.fixups_start > entries.fixups_end)
		host_panic("the emulation library has another version", ISTHMUS_E_ARGUMENT);
	fixups = (struct emul_fixup *)(library.bytes + (entries.fixups_start - EMUL_BASE));
	fixup_count = (unsigned)(bytes / sizeof *fixups);
}

void host_process_init(void)
{
	struct host_memory memory;
	uint64_t size;
	const void *file = host_library(&size);

	if (!file)
		host_panic("the bundle has no emulation library", ISTHMUS_E_ARGUMENT);
	library_load(file, size);
	library_read_header();
	host_memory_info(&memory);
	space_limit = memory.total / HEAP_PAGE * 3 / 4;
}

static bool is_in_library(uint64_t pc)
{
	return pc >= EMUL_BASE && pc < EMUL_BASE + EMUL_SIZE;
}

/* ---- exchanges ---- */

static int redirect_frame(struct exchange_page *page)
{
	enum isthmus_error error = slots_take(&host_slots, &page->redirect);

	if (error == ISTHMUS_OK)
		error = isthmus_thread_slots(SERVICE_THREAD, 0, 0, page->redirect);
	if (error == ISTHMUS_OK) {
		isthmus_slot got = 0;

		error = memory_space_frame(host_memory_service, host_own_space, (uint64_t)page->object.bytes + EXCHANGE_REDIRECT, true,
					   &got);
		if (error == ISTHMUS_OK && got != page->redirect)
			error = ISTHMUS_E_SLOT;
	}
	if (isthmus_thread_slots(SERVICE_THREAD, 0, 0, 0) != ISTHMUS_OK)
		return -EINVAL;
	return host_error(error);
}

static struct exchange_page *exchange_create(void)
{
	struct exchange_page *page = heap_alloc(sizeof *page);

	if (!page || host_object_create(&page->object, EXCHANGE_SIZE / HEAP_PAGE) < 0) {
		heap_free(page, sizeof *page);
		return NULL;
	}
	if (redirect_frame(page) == 0)
		return page;
	slots_drop(&host_slots, page->redirect);
	host_object_destroy(&page->object);
	heap_free(page, sizeof *page);
	return NULL;
}

static struct exchange_page *exchange_take(void)
{
	struct exchange_page *page = spare;

	if (!page)
		return exchange_create();
	spare = page->next;
	spare_count--;
	/* Nothing of another process may be seen. */
	memset(page->object.bytes, 0, EXCHANGE_SIZE);
	return page;
}

static void exchange_give(struct exchange_page *page)
{
	if (spare_count < SPARE_EXCHANGES) {
		page->next = spare;
		spare = page;
		spare_count++;
		return;
	}
	slots_drop(&host_slots, page->redirect);
	host_object_destroy(&page->object);
	heap_free(page, sizeof *page);
}

/* ---- spaces ---- */

static int space_map(const struct process *process, uint64_t address, uint64_t length, uint64_t object, uint64_t offset, uint32_t prot,
		     uint32_t flags)
{
	uint64_t at;

	return host_error(memory_space_map(host_memory_service, process->host[SPACE], address, length, object, offset, prot,
					   flags | MEMORY_FIXED | MEMORY_REPLACE, &at));
}

static int map_exchange(struct process *process)
{
	struct exchange_page *page = (struct exchange_page *)process->host[EXCHANGE];

	return space_map(process, EXCHANGE_BASE, EXCHANGE_SIZE, page->object.handle, 0, MEMORY_PROT_READ | MEMORY_PROT_WRITE,
			 MEMORY_SHARED);
}

static int map_library_data(struct process *process)
{
	return space_map(process, EMUL_DATA, EMUL_DATA_SIZE, 0, 0, MEMORY_PROT_READ | MEMORY_PROT_WRITE, 0);
}

static int map_library(struct process *process)
{
	int error = space_map(process, EMUL_BASE, library.pages * HEAP_PAGE, library.handle, 0, MEMORY_PROT_READ | MEMORY_PROT_EXECUTE,
			      MEMORY_SHARED);

	return error < 0 ? error : map_library_data(process);
}

/* Gets the space, with its task and pool in fresh slots. */
static enum isthmus_error space_make(struct process *process, struct process *parent)
{
	uint64_t *host = process->host;
	isthmus_slot task = 0, pool = 0;
	enum isthmus_error error = slots_take(&host_slots, &host[TASK]);

	if (error == ISTHMUS_OK)
		error = slots_take(&host_slots, &host[POOL]);
	if (error == ISTHMUS_OK)
		error = isthmus_thread_slots(SERVICE_THREAD, 0, host[TASK], host[POOL]);
	if (error != ISTHMUS_OK)
		return error;
	if (parent)
		error = memory_space_fork(host_memory_service, parent->host[SPACE], space_limit, &host[SPACE], &task, &pool);
	else
		error = memory_space_create(host_memory_service, space_limit, USER_START, EXCHANGE_BASE + EXCHANGE_SIZE, &host[SPACE],
					    &task, &pool);
	if (error == ISTHMUS_OK && (task != host[TASK] || pool != host[POOL]))
		error = ISTHMUS_E_SLOT;
	/* What processes send along with their requests is dropped. */
	if (isthmus_thread_slots(SERVICE_THREAD, 0, 0, 0) != ISTHMUS_OK)
		return ISTHMUS_E_STATE;
	return error;
}

/* The task's one capability, and how its calls get to the library. */
static enum isthmus_error task_prepare(struct process *process)
{
	const uint64_t *host = process->host;
	enum isthmus_error error = isthmus_task_leaf(host[TASK], host[POOL], UNIX_SLOT);

	if (error == ISTHMUS_OK || error == ISTHMUS_E_BUSY)
		error = isthmus_task_copy(host[TASK], UNIX_SLOT, SERVICE_ENDPOINT, ISTHMUS_R_WRITE, process->index);
	if (error == ISTHMUS_OK)
		error = isthmus_task_window(host[TASK], EMUL_BASE, EMUL_SIZE);
	return error;
}

static enum isthmus_error thread_make(struct process *process)
{
	const struct exchange_page *page = (struct exchange_page *)process->host[EXCHANGE];
	uint64_t *host = process->host;
	enum isthmus_error error = slots_take(&host_slots, &host[THREAD]);

	if (error == ISTHMUS_OK)
		error = slots_take(&host_slots, &host[REPLY]);
	if (error == ISTHMUS_OK)
		error = isthmus_pool_create_thread(host[POOL], host[THREAD], host[TASK], process->index);
	if (error == ISTHMUS_OK)
		error = isthmus_thread_priority(host[THREAD], PRIORITY);
	if (error == ISTHMUS_OK)
		error = isthmus_thread_budget(host[THREAD], SERVICE_BUDGET);
	if (error == ISTHMUS_OK) {
		error = isthmus_thread_redirect(host[THREAD], page->redirect, EXCHANGE_BASE + EXCHANGE_REDIRECT);
		if (error == ISTHMUS_E_OPERATION)       /* an ISA that needs no frame */
			error = ISTHMUS_OK;
	}
	return error;
}

static void tell_clock(struct exchange *exchange)
{
	exchange->ticks_per_second = service_start()->boot.ticks_per_second;
	exchange->boot_ticks = host_boot_ticks();
	exchange->realtime_ns = host_realtime() - host_now();
}

int host_process_create(struct process *process, struct process *parent)
{
	struct exchange_page *page = exchange_take();
	enum isthmus_error error;
	int result;

	if (!page)
		return -ENOMEM;
	process->host[EXCHANGE] = (uint64_t)page;
	process->exchange = (struct exchange *)page->object.bytes;
	error = space_make(process, parent);
	if (error == ISTHMUS_OK)
		error = task_prepare(process);
	if (error == ISTHMUS_OK)
		error = thread_make(process);
	result = host_error(error);
	if (result == 0 && !parent)
		result = map_library(process);
	if (result == 0)
		result = map_exchange(process);
	tell_clock(process->exchange);
	if (result < 0) {
		host_log("unix: no process: kernel error %u, %d", error, result);
		host_process_destroy(process);
	}
	return result;
}

void host_process_destroy(struct process *process)
{
	uint64_t *host = process->host;

	if (host[SPACE] && memory_space_destroy(host_memory_service, host[SPACE]) != ISTHMUS_OK)
		host_log("unix: the space of process %d is lost", process->pid);
	for (int i = TASK; i <= REPLY; i++)
		if (host[i])
			slots_drop(&host_slots, host[i]);
	if (host[EXCHANGE])
		exchange_give((struct exchange_page *)host[EXCHANGE]);
	memset(process->host, 0, sizeof process->host);
	process->exchange = NULL;
}

uint64_t host_process_pages(const struct process *process)
{
	uint64_t used = 0;

	if (!process->host[SPACE] || memory_space_info(host_memory_service, process->host[SPACE], &used, NULL, NULL, NULL) != ISTHMUS_OK)
		return 0;
	return used;
}

int host_process_clear(struct process *process)
{
	int error = host_error(isthmus_thread_suspend(process->host[THREAD]));

	if (error == 0)
		error = host_error(memory_space_clear(host_memory_service, process->host[SPACE], EMUL_BASE,
						      EXCHANGE_BASE + EXCHANGE_SIZE - EMUL_BASE));
	return error == 0 ? map_library_data(process) : error;
}

/* ---- threads ---- */

int host_thread_start(struct process *process, enum host_start where)
{
	isthmus_slot thread = process->host[THREAD];
	uint64_t entry = where == HOST_START_EXEC ? entries.exec_entry : entries.child_entry;
	enum isthmus_error error = isthmus_thread_suspend(thread);

	if (error == ISTHMUS_OK)
		error = isthmus_thread_start(thread, entry, EMUL_DATA + EMUL_DATA_SIZE, 0);
	return host_error(error);
}

void host_thread_prefer(struct process *process, bool preferred)
{
	if (isthmus_thread_priority(process->host[THREAD], preferred ? PRIORITY_PREFERRED : PRIORITY) != ISTHMUS_OK)
		host_log("unix: process %d keeps its priority", process->pid);
}

void host_thread_suspend(struct process *process)
{
	if (isthmus_thread_suspend(process->host[THREAD]) != ISTHMUS_OK)
		host_log("unix: process %d does not stop", process->pid);
}

void host_thread_resume(struct process *process)
{
	if (isthmus_thread_resume(process->host[THREAD]) != ISTHMUS_OK)
		host_log("unix: process %d does not go on", process->pid);
}

void host_thread_interrupt(struct process *process)
{
	isthmus_slot thread = process->host[THREAD];
	uint64_t pc[8] = { 0 }, restart[6] = { entries.leave_restart };
	enum isthmus_error error = isthmus_thread_suspend(thread);

	if (error == ISTHMUS_OK)
		error = isthmus_thread_read(thread, STATE_PC, 1, pc);
	if (error == ISTHMUS_OK && pc[0] >= entries.leave_start && pc[0] < entries.leave_end)
		error = isthmus_thread_write(thread, STATE_PC, 1, restart);
	else if (error == ISTHMUS_OK && !is_in_library(pc[0]))
		error = port_divert(thread, process->exchange, pc[0], entries.signal_entry);
	if (error != ISTHMUS_OK)
		host_log("unix: process %d is not interrupted: %u", process->pid, error);
	host_thread_resume(process);
}

/* ---- mappings ---- */

static uint32_t prot_of(uint32_t prot)
{
	return (prot & LINUX_PROT_READ ? MEMORY_PROT_READ : 0) | (prot & LINUX_PROT_WRITE ? MEMORY_PROT_READ | MEMORY_PROT_WRITE : 0) |
	       (prot & LINUX_PROT_EXEC ? MEMORY_PROT_READ | MEMORY_PROT_EXECUTE : 0);
}

/* Shared memory without a file: an object that lives as long as it is mapped. */
static int map_shared_zeroes(struct process *process, const struct host_mapping *m)
{
	uint64_t object = 0;
	int error = host_error(memory_object_create(host_memory_service, m->length / HEAP_PAGE, &object));

	if (error < 0)
		return error;
	error = space_map(process, m->address, m->length, object, 0, prot_of(m->prot), MEMORY_SHARED);
	if (memory_object_destroy(host_memory_service, object) != ISTHMUS_OK)
		host_log("unix: an object is lost");
	return error;
}

int host_map(struct process *process, const struct host_mapping *m)
{
	if (m->shared && !m->object)
		return map_shared_zeroes(process, m);
	return space_map(process, m->address, m->length, m->object ? m->object->handle : 0, m->offset, prot_of(m->prot),
			 m->shared ? MEMORY_SHARED : 0);
}

int host_unmap(struct process *process, uint64_t address, uint64_t length)
{
	return host_error(memory_space_unmap(host_memory_service, process->host[SPACE], address, length));
}

int host_protect(struct process *process, uint64_t address, uint64_t length, uint32_t prot)
{
	return host_error(memory_space_protect(host_memory_service, process->host[SPACE], address, length, prot_of(prot)));
}

/* ---- replies ---- */

static void message_of(const struct process *process, struct isthmus_message *m)
{
	m->tag = isthmus_tag(0, 0);
	memcpy(m->word, process->call.out, sizeof m->word);
}

void host_reply_save(struct process *process)
{
	enum isthmus_error error = isthmus_save_reply(process->host[REPLY]);

	if (error != ISTHMUS_OK)
		host_log("unix: the call of process %d is lost: %u", process->pid, error);
}

void host_reply(struct process *process)
{
	struct isthmus_message m;

	message_of(process, &m);
	/* Stale if the thread was started anew meanwhile; the slot is empty afterwards in any case. */
	if (isthmus_reply(process->host[REPLY], &m) != ISTHMUS_OK &&
	    isthmus_task_delete(SERVICE_TASK, process->host[REPLY]) != ISTHMUS_OK)
		host_log("unix: the slot of process %d is in use", process->pid);
}

/* ---- faults ---- */

/* What Linux calls a fault. */
static struct unix_siginfo fault_signal(uint64_t cause, uint64_t address)
{
	struct unix_siginfo info = { .signal = LINUX_SIGSEGV, .code = LINUX_SEGV_MAPERR, .address = address };

	switch (cause) {
	case MEMORY_FAULT_DENIED: info.code = LINUX_SEGV_ACCERR; break;
	case ISTHMUS_FAULT_BUS: info.signal = LINUX_SIGBUS, info.code = LINUX_BUS_ADRERR; break;
	case ISTHMUS_FAULT_ALIGNMENT: info.signal = LINUX_SIGBUS, info.code = LINUX_BUS_ADRALN; break;
	case ISTHMUS_FAULT_INSTRUCTION: info.signal = LINUX_SIGILL, info.code = port_illegal_code; break;
	case ISTHMUS_FAULT_BREAKPOINT: info.signal = LINUX_SIGTRAP, info.code = LINUX_TRAP_BRKPT; break;
	case ISTHMUS_FAULT_STEP: info.signal = LINUX_SIGTRAP, info.code = LINUX_TRAP_TRACE; break;
	case ISTHMUS_FAULT_ARITHMETIC: info.signal = LINUX_SIGFPE, info.code = LINUX_FPE_INTDIV; break;
	case ISTHMUS_FAULT_FLOAT: info.signal = LINUX_SIGFPE, info.code = LINUX_SI_KERNEL; break;
	case MEMORY_FAULT_MEMORY: info.signal = LINUX_SIGKILL; break;
	case ISTHMUS_FAULT_OTHER: info.code = LINUX_SI_KERNEL; break;
	}
	return info;
}

/* Where a fault of the library goes on, or 0. */
static uint64_t fixup_of(uint64_t pc)
{
	for (unsigned i = 0; i < fixup_count; i++)
		if (pc >= fixups[i].start && pc < fixups[i].end)
			return fixups[i].target;
	return 0;
}

struct fault {
	uint64_t number, space, cause, address, pc, sp, label;
};

/* Answers a fault of a process; the process may be gone afterwards. */
static void handle_fault(struct process *process, const struct fault *f)
{
	struct unix_siginfo info = fault_signal(f->cause, f->address);
	uint64_t go_on = is_in_library(f->pc) ? fixup_of(f->pc) : 0;
	enum isthmus_error error = ISTHMUS_OK;

	process->faults++;
	if (f->cause == MEMORY_FAULT_MEMORY) {
		host_log("unix: no memory for process %d (%s)", process->pid, process->name);
		go_on = 0;
	} else if (is_in_library(f->pc) && !go_on) {
		host_log("unix: the library of process %d faults: cause %lu at %#lx, address %#lx", process->pid,
			 (unsigned long)f->cause, (unsigned long)f->pc, (unsigned long)f->address);
		info.signal = LINUX_SIGKILL;
	}
	if (!go_on) {
		signal_force(process, &info);
		if (process->state != PROCESS_ALIVE)
			return;
		error = port_divert(process->host[THREAD], process->exchange, f->pc, entries.signal_entry);
	}
	if (error == ISTHMUS_OK)
		error = memory_fault_resume(host_memory_service, f->number, go_on);
	if (error != ISTHMUS_OK)
		host_log("unix: process %d does not go on after a fault: %u", process->pid, error);
}

void host_faults(void)
{
	struct fault f;

	while (memory_next_fault(host_memory_service, &f.number, &f.space, &f.cause, &f.address, &f.pc, &f.sp, &f.label) == ISTHMUS_OK) {
		struct process *process = process_by_index(f.label);

		if (process && process->host[SPACE] == f.space)
			handle_fault(process, &f);
		else
			host_log("unix: a fault at %#lx is nobody's", (unsigned long)f.pc);
	}
}
