#include "personalities/linux/unix/exec.h"

#include "lib/rt/mem.h"
#include "personalities/linux/unix/call.h"
#include "personalities/linux/unix/elf.h"
#include "personalities/linux/unix/heap.h"
#include "personalities/linux/unix/signal.h"

#define HEAD_BYTES 4096
#define SCRIPT_LINE 256         /* of a #! line, as Linux has it */
#define SCRIPT_DEPTH 4

/* Strings, each ended by NUL: argc arguments, envc of the environment. */
struct strings {
	char *text;
	size_t size, room;
	uint64_t argc, envc;
};

/* All that is found out before anything is changed. */
struct plan {
	struct inode *program, *interpreter;    /* with references; the second may be null */
	struct linux_elf elf, interpreter_elf;
	struct strings strings;
	char path[LINUX_PATH_MAX];      /* of the program, absolute */
	size_t path_size;
};

/* One execve at a time: it never waits. */
static struct plan plan;
static uint8_t head[HEAD_BYTES];

/* ---- strings ---- */

static int strings_append(struct strings *s, const char *from, size_t bytes)
{
	size_t room = s->room ? s->room : 4096;
	char *text;

	if (s->size + bytes > EXEC_STRINGS_MOST)
		return -E2BIG;
	while (room < s->size + bytes)
		room *= 2;
	if (room != s->room) {
		text = heap_alloc(room);
		if (!text)
			return -ENOMEM;
		if (s->size)
			memcpy(text, s->text, s->size);
		heap_free(s->text, s->room);
		s->text = text;
		s->room = room;
	}
	memcpy(s->text + s->size, from, bytes);
	s->size += bytes;
	return 0;
}

static void strings_free(struct strings *s)
{
	heap_free(s->text, s->room);
	*s = (struct strings){ 0 };
}

/* Where the string with that number begins. */
static size_t strings_at(const struct strings *s, uint64_t number)
{
	size_t at = 0;

	while (number-- && at < s->size)
		at += strnlen(s->text + at, s->size - at) + 1;
	return at < s->size ? at : s->size;
}

/* Whether there are as many as the counts say, and all are ended. */
static bool strings_are_sound(const struct strings *s)
{
	uint64_t count = 0;

	for (size_t i = 0; i < s->size; i++)
		count += !s->text[i];
	return count == s->argc + s->envc && s->argc <= EXEC_STRINGS_MOST && s->envc <= EXEC_STRINGS_MOST &&
	       (!s->size || !s->text[s->size - 1]);
}

/* Puts the interpreter of a script, its argument if there is one, and the script's path in the place of argument 0. */
static int strings_for_script(struct strings *s, const char *interpreter, const char *argument, const char *script)
{
	struct strings new = { .argc = s->argc + 1 + (*argument != 0) + (s->argc == 0), .envc = s->envc };
	size_t rest = s->argc ? strings_at(s, 1) : 0;
	int error = strings_append(&new, interpreter, strlen(interpreter) + 1);

	if (error == 0 && *argument)
		error = strings_append(&new, argument, strlen(argument) + 1);
	if (error == 0)
		error = strings_append(&new, script, strlen(script) + 1);
	if (error == 0 && s->size > rest)
		error = strings_append(&new, s->text + rest, s->size - rest);
	if (error < 0) {
		strings_free(&new);
		return error;
	}
	strings_free(s);
	*s = new;
	return 0;
}

/* ---- finding the program ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Takes a #! line apart.  -ENOEXEC if it names nothing. */
static int script_parse(const char *text, size_t size, char *interpreter, char *argument)
{
	const char *end = memchr(text, '\n', size < SCRIPT_LINE ? size : SCRIPT_LINE);
	const char *at = text + 2, *name;

	if (!end)
		end = text + (size < SCRIPT_LINE ? size : SCRIPT_LINE - 1);
	while (end > at && is_blank(end[-1]))
		end--;
	while (at < end && is_blank(*at))
		at++;
	for (name = at; at < end && !is_blank(*at); at++)
		;
	if (name == at)
		return -ENOEXEC;
	memcpy(interpreter, name, at - name);
	interpreter[at - name] = 0;
	while (at < end && is_blank(*at))
		at++;
	memcpy(argument, at, end - at);
	argument[end - at] = 0;
	return 0;
}

static int may_execute(const struct process *process, const struct inode *inode)
{
	if (!mode_is(inode->mode, LINUX_S_IFREG) || !inode->store)
		return -EACCES;
	if (inode->writers)
		return -ETXTBSY;
	return inode_allows(inode, &process->creds, INODE_EXECUTE);
}

/* The absolute path of what was found at `path`, for /proc. */
static void remember_path(struct process *process, const struct inode *inode, struct inode *base, const char *path)
{
	struct path_start start = process_paths(process);
	struct path_last last;
	int length;

	plan.path_size = 0;
	/* A program that executes itself, by /proc/self/exe too, is where it was. */
	if (inode == process->executable && process->path_size <= sizeof plan.path) {
		memcpy(plan.path, process->path, process->path_size);
		plan.path_size = process->path_size;
		return;
	}
	if (path_parent(&start, base, path, true, &last) < 0)
		return;
	length = path_of(process->root, last.place.dir, plan.path, sizeof plan.path - LINUX_NAME_MAX - 2);
	if (length > 0) {
		size_t at = (size_t)length - 1;

		if (at > 1)
			plan.path[at++] = '/';
		memcpy(plan.path + at, last.name, last.place.length + 1);
		plan.path_size = at + last.place.length + 1;
	}
	path_last_put(&last);
}

static int find_file(struct process *process, struct inode *base, const char *path, bool follow, struct inode **out)
{
	struct path_start start = process_paths(process);
	int error = path_find(&start, base, path, follow, out);

	if (error < 0)
		return error;
	error = may_execute(process, *out);
	if (error < 0)
		inode_put(*out);
	else
		remember_path(process, *out, base, path);
	return error;
}

static int read_head(const void *from, size_t size, uint64_t file_size, struct linux_elf *out)
{
	/* What can be put anywhere goes to PIE_BASE or among the mappings: as long as both leave room for. */
	struct linux_elf_limits limits = { USER_START, MMAP_END - PIE_BASE, host_elf_machine };

	return linux_elf_read(from, size, file_size, &limits, out);
}

static int read_elf(struct inode *inode, struct linux_elf *out)
{
	size_t size = store_read(inode->store, 0, head, sizeof head);

	return read_head(head, size, inode->store->size, out);
}

/* The program's interpreter (the dynamic linker), if it names one. */
static int find_interpreter(struct process *process)
{
	char name[LINUX_PATH_MAX];
	size_t size = plan.elf.interpreter_size;
	struct path_start start = process_paths(process);
	int error;

	plan.interpreter = NULL;
	if (!size)
		return 0;
	if (size > sizeof name || store_read(plan.program->store, plan.elf.interpreter, name, size) != size || name[size - 1])
		return -ENOEXEC;
	error = path_find(&start, NULL, name, true, &plan.interpreter);
	if (error < 0)
		return error;
	error = may_execute(process, plan.interpreter);
	if (error == 0)
		error = read_elf(plan.interpreter, &plan.interpreter_elf) < 0 || plan.interpreter_elf.interpreter_size ? -ELIBBAD : 0;
	if (error < 0) {
		inode_put(plan.interpreter);
		plan.interpreter = NULL;
	}
	return error;
}

/* Follows scripts to a program.  With a reference in plan.program. */
static int find_program(struct process *process, struct inode *base, const char *path, bool follow)
{
	static char script[LINUX_PATH_MAX], interpreter[SCRIPT_LINE + 1], argument[SCRIPT_LINE + 1];
	int error = find_file(process, base, path, follow, &plan.program);

	memcpy(script, path, strlen(path) + 1);
	for (int depth = 0; error == 0; depth++) {
		size_t size = store_read(plan.program->store, 0, head, sizeof head);

		if (size < 2 || head[0] != '#' || head[1] != '!')
			return read_head(head, size, plan.program->store->size, &plan.elf);
		error = depth == SCRIPT_DEPTH ? -ELOOP : script_parse((char *)head, size, interpreter, argument);
		if (error == 0)
			error = strings_for_script(&plan.strings, interpreter, argument, script);
		if (error < 0)
			return error;
		inode_put(plan.program);
		plan.program = NULL;
		error = find_file(process, NULL, interpreter, true, &plan.program);
		memcpy(script, interpreter, strlen(interpreter) + 1);
	}
	plan.program = NULL;
	return error;
}

static void plan_free(void)
{
	inode_put(plan.program);
	inode_put(plan.interpreter);
	strings_free(&plan.strings);
	plan.program = plan.interpreter = NULL;
}

/* ---- building the new memory ---- */

static uint64_t page_up(uint64_t bytes)
{
	return (bytes + STORE_PAGE - 1) & ~(STORE_PAGE - 1);
}

static int map_segment(struct process *process, struct inode *inode, const struct linux_segment *s, uint64_t base)
{
	uint64_t address = base + s->address, skew = address % STORE_PAGE;
	uint64_t file_end = s->file_bytes ? page_up(address + s->file_bytes) : address - skew;
	struct area file = { .start = address - skew, .end = file_end, .prot = s->prot, .inode = inode, .offset = s->offset - skew };
	struct area zero = { .start = file_end, .end = page_up(address + s->memory_bytes), .prot = s->prot };
	int64_t result = 0;

	if (file.end > file.start)
		result = map_area(process, file);
	if (result >= 0 && zero.end > zero.start)
		result = map_area(process, zero);
	return result < 0 ? (int)result : 0;
}

/* Maps a program; `zero` is what of a page with file bytes is to be zeroed. */
static int map_elf(struct process *process, struct inode *inode, const struct linux_elf *elf, uint64_t base,
		   uint64_t *zero_start, uint64_t *zero_end)
{
	*zero_start = *zero_end = 0;
	for (unsigned i = 0; i < elf->count; i++) {
		const struct linux_segment *s = &elf->segment[i];
		int error = map_segment(process, inode, s, base);

		if (error < 0)
			return error;
		if (s->file_bytes && s->file_bytes < s->memory_bytes && (base + s->address + s->file_bytes) % STORE_PAGE) {
			if (*zero_end)
				return -ENOEXEC;
			*zero_start = base + s->address + s->file_bytes;
			*zero_end = page_up(*zero_start);
		}
	}
	return 0;
}

static int map_stack(struct process *process, struct exec_facts *facts)
{
	const uint32_t prot = LINUX_PROT_READ | LINUX_PROT_WRITE;
	uint64_t bytes = page_up(plan.strings.size);
	struct host_object object;
	struct host_mapping mapping = { .address = USER_END - bytes, .length = bytes, .prot = prot, .object = &object };
	struct area stack = { .start = USER_END - STACK_SIZE, .end = USER_END - bytes, .prot = prot, .name = "[stack]" };
	int64_t result = map_area(process, stack);
	int error;

	if (result < 0)
		return (int)result;
	error = memory_map_reserve(&process->map);
	if (error == 0)
		error = host_object_create(&object, bytes / STORE_PAGE);
	if (error < 0)
		return error;
	memcpy(object.bytes, plan.strings.text, plan.strings.size);
	error = host_map(process, &mapping);
	host_object_destroy(&object);
	if (error < 0)
		return error;
	stack.start = stack.end;
	stack.end = USER_END;
	memory_map_add(&process->map, stack);
	facts->stack_top = facts->strings = USER_END - bytes;
	facts->strings_size = plan.strings.size;
	facts->argc = plan.strings.argc;
	facts->envc = plan.strings.envc;
	return 0;
}

/* Maps everything into the empty space. */
static int build(struct process *process, struct exec_facts *facts)
{
	uint64_t base = plan.elf.anywhere ? PIE_BASE : 0, place;
	int error = map_elf(process, plan.program, &plan.elf, base, &facts->zero[0].start, &facts->zero[0].end);

	if (error == 0)
		error = map_stack(process, facts);
	if (error < 0)
		return error;
	facts->entry = facts->program_entry = base + plan.elf.entry;
	facts->phdr = plan.elf.phdr ? base + plan.elf.phdr : 0;
	facts->phnum = plan.elf.phnum;
	facts->phent = 56;
	facts->brk = process->map.brk_start = process->map.brk = base + plan.elf.high;
	if (!plan.interpreter)
		return 0;
	place = memory_map_place(&process->map, plan.interpreter_elf.high - plan.interpreter_elf.low);
	if (!place)
		return -ENOMEM;
	facts->base = place - plan.interpreter_elf.low;
	facts->entry = facts->base + plan.interpreter_elf.entry;
	return map_elf(process, plan.interpreter, &plan.interpreter_elf, facts->base, &facts->zero[1].start, &facts->zero[1].end);
}

/* ---- becoming the new program ---- */

static void take_identity(struct process *process, const struct inode *inode)
{
	if (inode->mode & LINUX_S_ISUID)
		process->creds.euid = inode->uid;
	if (inode->mode & LINUX_S_ISGID)
		process->creds.egid = inode->gid;
	process->creds.suid = process->creds.euid;
	process->creds.sgid = process->creds.egid;
}

static void take_executable(struct process *process, struct inode *inode)
{
	inode_get(inode)->executors++;
	if (process->executable)
		process->executable->executors--;
	inode_put(process->executable);
	process->executable = inode;
}

/* The point of no return: what fails from here on ends the process. */
static int become(struct process *process)
{
	struct exec_facts facts = { 0 };
	uint64_t blocked = signal_blocked(process);
	int error;

	memory_map_clear(&process->map);
	error = host_process_clear(process);
	if (error == 0)
		error = build(process, &facts);
	if (error < 0)
		return error;
	host_random(facts.random, sizeof facts.random);
	fd_close_on_exec(&process->fds);
	signal_reset_handlers(process);
	take_identity(process, plan.program);
	take_executable(process, plan.program);
	process_set_command(process, plan.strings.text, strings_at(&plan.strings, plan.strings.argc));
	process_set_path(process, plan.path, plan.path_size);
	process->has_executed = true;
	process->exchange->exec = facts;
	process->exchange->blocked = blocked;
	process_publish(process);
	process_release_vfork(process);
	/* The thread that asked is no more: nobody waits for an answer. */
	process->in_call = false;
	return host_thread_start(process, HOST_START_EXEC);
}

/* Finds out all about the program, without changing the process. */
static int prepare(struct process *process, struct inode *base, const char *path, bool follow)
{
	int error = strings_are_sound(&plan.strings) ? find_program(process, base, path, follow) : -EINVAL;

	if (error == 0)
		error = find_interpreter(process);
	/* AT_EXECFN is the path as it was given. */
	if (error == 0)
		error = strings_append(&plan.strings, path, strlen(path) + 1);
	if (error == 0)
		error = store_share(plan.program->store);
	if (error == 0 && plan.interpreter)
		error = store_share(plan.interpreter->store);
	return error;
}

static int execute(struct process *process, struct inode *base, const char *path, bool follow)
{
	int error = prepare(process, base, path, follow);

	if (error == 0) {
		process_rename(process, path);
		if (become(process) < 0) {
			plan_free();
			process_exit(process, LINUX_SIGKILL);
			return 0;
		}
	}
	plan_free();
	return error;
}

/* ---- requests ---- */

static void drop_data(struct process *process)
{
	heap_free(process->exec_data, process->exec_room);
	process->exec_data = NULL;
	process->exec_size = process->exec_room = 0;
}

static int append_data(struct process *process, uint64_t offset, uint64_t length)
{
	struct strings s = { .text = process->exec_data, .size = process->exec_size, .room = process->exec_room };
	const void *from = call_bulk(process, offset, length);
	int error = from ? strings_append(&s, from, length) : -EFAULT;

	process->exec_data = s.text;
	process->exec_size = s.size;
	process->exec_room = s.room;
	return error;
}

int64_t call_exec_data(struct process *process, struct call *call)
{
	int error = 0;

	if (call->w[1])
		error = append_data(process, call->w[0], call->w[1]);
	if (error < 0 || !call->w[1])
		drop_data(process);
	return error;
}

/* The file of a descriptor itself: execveat with an empty path. */
static int execute_fd(struct process *process, uint64_t fd)
{
	struct file *file = call_file(process, (uint32_t)fd);
	char name[32] = "/proc/self/fd/";
	size_t at = strlen(name), digits = 1;

	if (!file || !file->inode)
		return -EBADF;
	for (uint64_t rest = (uint32_t)fd; rest >= 10; rest /= 10)
		digits++;
	name[at + digits] = 0;
	for (uint64_t rest = (uint32_t)fd; digits; rest /= 10)
		name[at + --digits] = (char)('0' + rest % 10);
	return execute(process, NULL, name, true);
}

int64_t call_execve(struct process *process, struct call *call)
{
	static char path[LINUX_PATH_MAX];
	struct inode *base;
	int64_t error = call_text(process, call->w[1], path, sizeof path);

	if (error == 0 && call->w[5])
		error = append_data(process, call->w[5], call->w[6]);
	if (error == 0)
		error = call_base(process, (int64_t)call->w[0], path, &base);
	if (error < 0) {
		drop_data(process);
		return error;
	}
	plan.strings = (struct strings){ process->exec_data, process->exec_size, process->exec_room, call->w[3], call->w[4] };
	process->exec_data = NULL;
	process->exec_size = process->exec_room = 0;
	if (!*path && call->w[2] & LINUX_AT_EMPTY_PATH)
		error = execute_fd(process, call->w[0]);
	else
		error = execute(process, base, path, !(call->w[2] & LINUX_AT_SYMLINK_NOFOLLOW));
	strings_free(&plan.strings);
	return error < 0 ? error : WAITING;
}

int exec_first(struct process *process, const char *path, const char *strings, size_t size, uint64_t argc, uint64_t envc)
{
	int error = strings_append(&plan.strings, strings, size);

	plan.strings.argc = argc;
	plan.strings.envc = envc;
	return error < 0 ? error : execute(process, NULL, path, true);
}
