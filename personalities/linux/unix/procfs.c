#include "personalities/linux/unix/procfs.h"

#include "lib/rt/fmt.h"
#include "lib/rt/mem.h"
#include "personalities/linux/unix/heap.h"
#include "personalities/linux/unix/path.h"

#define PROC_DEVICE 4
#define INO_BASE (1ull << 40)

/* What an inode stands for: its value is pid << 32 | kind << 16 | number within the kind. */
enum kind { ROOT, SELF, SYS, KERNEL, SYSTEM_FILE, KERNEL_FILE, PROCESS, PROCESS_FILE, PROCESS_LINK, FDS, FD };
enum process_link { LINK_EXE, LINK_CWD, LINK_ROOT, LINKS };
static const char *const link_names[LINKS] = { "exe", "cwd", "root" };

static const struct process *reader;

void procfs_set_reader(const struct process *process)
{
	reader = process;
}

static enum kind kind_of(const struct inode *inode)
{
	return (enum kind)(inode->value >> 16 & 0xffff);
}

static unsigned number_of(const struct inode *inode)
{
	return inode->value & 0xffff;
}

/* The process that it is about, or null if that is gone. */
static struct process *process_for(const struct inode *inode)
{
	return process_by_pid((int64_t)(inode->value >> 32));
}

static const struct inode_ops ops;

static int make(struct inode *dir, enum kind kind, uint64_t pid, unsigned number, uint32_t mode, struct inode **out)
{
	struct inode *inode = inode_create(&ops, PROC_DEVICE, mode);
	const struct process *p = pid ? process_by_pid((int64_t)pid) : NULL;

	if (!inode)
		return -ENOMEM;
	inode->value = pid << 32 | (uint64_t)kind << 16 | number;
	inode->ino = INO_BASE + inode->value;
	inode->up = inode_get(dir);
	if (p) {
		inode->uid = p->creds.euid;
		inode->gid = p->creds.egid;
	}
	*out = inode;
	return 0;
}

static void destroy(struct inode *inode)
{
	if (kind_of(inode) != ROOT)
		inode_put(inode->up);
}

/* ---- directories ---- */

static bool is_name(const char *name, size_t length, const char *what)
{
	return strlen(what) == length && memcmp(name, what, length) == 0;
}

/* A decimal number, or -1. */
static int64_t parse_number(const char *name, size_t length)
{
	int64_t value = 0;

	if (!length || length > 9 || (name[0] == '0' && length > 1))
		return -1;
	for (size_t i = 0; i < length; i++) {
		if (name[i] < '0' || name[i] > '9')
			return -1;
		value = value * 10 + (name[i] - '0');
	}
	return value;
}

static int find_file(struct inode *dir, const struct procfs_file *files, enum kind kind, const char *name, size_t length,
		     struct inode **out)
{
	for (unsigned i = 0; files[i].name; i++)
		if (is_name(name, length, files[i].name))
			return make(dir, kind, dir->value >> 32, i, LINUX_S_IFREG | 0444, out);
	return -ENOENT;
}

static int find_in_root(struct inode *dir, const char *name, size_t length, struct inode **out)
{
	int64_t pid = parse_number(name, length);

	if (pid > 0 && process_by_pid(pid))
		return make(dir, PROCESS, (uint64_t)pid, 0, LINUX_S_IFDIR | 0555, out);
	if (is_name(name, length, "self"))
		return make(dir, SELF, 0, 0, LINUX_S_IFLNK | 0777, out);
	if (is_name(name, length, "sys"))
		return make(dir, SYS, 0, 0, LINUX_S_IFDIR | 0555, out);
	return find_file(dir, procfs_system_files, SYSTEM_FILE, name, length, out);
}

static int find_in_process(struct inode *dir, const char *name, size_t length, struct inode **out)
{
	uint64_t pid = dir->value >> 32;

	if (!process_for(dir))
		return -ENOENT;
	if (is_name(name, length, "fd"))
		return make(dir, FDS, pid, 0, LINUX_S_IFDIR | 0500, out);
	for (unsigned i = 0; i < LINKS; i++)
		if (is_name(name, length, link_names[i]))
			return make(dir, PROCESS_LINK, pid, i, LINUX_S_IFLNK | 0777, out);
	return find_file(dir, procfs_process_files, PROCESS_FILE, name, length, out);
}

static int find_fd(struct inode *dir, const char *name, size_t length, struct inode **out)
{
	const struct process *p = process_for(dir);
	int64_t fd = parse_number(name, length);

	if (!p || fd < 0 || !fd_file(&p->fds, (uint64_t)fd))
		return -ENOENT;
	return make(dir, FD, dir->value >> 32, (unsigned)fd, LINUX_S_IFLNK | 0700, out);
}

static int lookup(struct inode *dir, const char *name, size_t length, struct inode **out)
{
	switch (kind_of(dir)) {
	case ROOT: return find_in_root(dir, name, length, out);
	case SYS: return is_name(name, length, "kernel") ? make(dir, KERNEL, 0, 0, LINUX_S_IFDIR | 0555, out) : -ENOENT;
	case KERNEL: return find_file(dir, procfs_kernel_files, KERNEL_FILE, name, length, out);
	case PROCESS: return find_in_process(dir, name, length, out);
	case FDS: return find_fd(dir, name, length, out);
	default: return -ENOTDIR;
	}
}

/* One listing: cookies are 1 for the first name, and so on; fixed names first, then numbers by value. */
struct list {
	uint64_t after, at;
	inode_emit *emit;
	void *context;
	bool full;
};

static void list_name(struct list *l, const char *name, uint32_t mode)
{
	l->at++;
	if (!l->full && l->at > l->after)
		l->full = !l->emit(l->context, name, strlen(name), INO_BASE + l->at, mode, l->at);
}

static void list_files(struct list *l, const struct procfs_file *files)
{
	for (unsigned i = 0; files[i].name; i++)
		list_name(l, files[i].name, LINUX_S_IFREG);
}

/* Numbers have cookies by value, so that a listing goes on in the right place whatever ended meanwhile. */
static void list_number(struct list *l, uint64_t first, uint64_t number, uint32_t mode)
{
	char name[16];

	l->at = first + number;
	if (l->full || l->at <= l->after)
		return;
	fmt_string(name, sizeof name, "%lu", (unsigned long)number);
	l->full = !l->emit(l->context, name, strlen(name), INO_BASE + l->at, mode, l->at);
}

/* The processes in the order of their numbers. */
static void list_processes(struct list *l)
{
	uint64_t first = l->at;
	int32_t last = 0;

	while (!l->full) {
		struct process *p = NULL, *next = NULL;

		while ((p = process_next(p)))
			if (p->pid > last && (!next || p->pid < next->pid))
				next = p;
		if (!next)
			return;
		last = next->pid;
		list_number(l, first, (uint64_t)last, LINUX_S_IFDIR);
	}
}

static void list_process(struct list *l)
{
	list_name(l, "fd", LINUX_S_IFDIR);
	for (unsigned i = 0; i < LINKS; i++)
		list_name(l, link_names[i], LINUX_S_IFLNK);
	list_files(l, procfs_process_files);
}

static void list_fds(struct list *l, const struct process *p)
{
	for (unsigned i = 0; p && i < p->fds.size; i++)
		if (p->fds.slot[i].file)
			list_number(l, 1, i, LINUX_S_IFLNK);
}

static int list(struct inode *dir, uint64_t after, inode_emit *emit, void *context)
{
	struct list l = { .after = after, .emit = emit, .context = context };

	switch (kind_of(dir)) {
	case ROOT:
		list_name(&l, "self", LINUX_S_IFLNK);
		list_name(&l, "sys", LINUX_S_IFDIR);
		list_files(&l, procfs_system_files);
		list_processes(&l);
		break;
	case SYS: list_name(&l, "kernel", LINUX_S_IFDIR); break;
	case KERNEL: list_files(&l, procfs_kernel_files); break;
	case PROCESS: list_process(&l); break;
	case FDS: list_fds(&l, process_for(dir)); break;
	default: return -ENOTDIR;
	}
	return 0;
}

static size_t name(const struct inode *dir, char *out, size_t size)
{
	switch (kind_of(dir)) {
	case ROOT: return fmt_string(out, size, "proc");
	case SYS: return fmt_string(out, size, "sys");
	case KERNEL: return fmt_string(out, size, "kernel");
	case FDS: return fmt_string(out, size, "fd");
	default: return fmt_string(out, size, "%lu", (unsigned long)(dir->value >> 32));
	}
}

/* ---- links ---- */

static struct inode *linked_inode(const struct inode *link)
{
	const struct process *p = process_for(link);
	struct file *file;

	if (!p || p->state != PROCESS_ALIVE)
		return NULL;
	if (kind_of(link) == FD) {
		file = fd_file(&p->fds, number_of(link));
		return file ? file->inode : NULL;
	}
	switch (number_of(link)) {
	case LINK_EXE: return p->executable;
	case LINK_CWD: return p->cwd;
	default: return p->root;
	}
}

static int follow(struct inode *link, struct inode **out)
{
	struct inode *inode;

	if (kind_of(link) == SELF)
		return reader ? make(link->up, PROCESS, (uint64_t)reader->pid, 0, LINUX_S_IFDIR | 0555, out) : -ENOENT;
	inode = linked_inode(link);
	if (!inode)
		return -ENOENT;
	*out = inode_get(inode);
	return 0;
}

/* What a link to a file without a known path shows. */
static int describe(const struct inode *inode, char *out, size_t size)
{
	const char *type = mode_is(inode->mode, LINUX_S_IFIFO) ? "pipe" : mode_is(inode->mode, LINUX_S_IFCHR) ? "device" : "file";

	if (mode_is(inode->mode, LINUX_S_IFCHR))
		return (int)fmt_string(out, size, "/dev/console");
	return (int)fmt_string(out, size, "%s:[%lu]", type, (unsigned long)inode->ino);
}

static int read_link(struct inode *link, char *out, size_t size)
{
	const struct process *p = process_for(link);
	struct inode *inode;
	int length;

	if (kind_of(link) == SELF)
		return reader ? (int)fmt_string(out, size, "%d", reader->pid) : -ENOENT;
	inode = linked_inode(link);
	if (!inode)
		return -ENOENT;
	if (mode_is(inode->mode, LINUX_S_IFDIR)) {
		length = path_of(p->root, inode, out, size);
		return length < 0 ? length : length - 1;
	}
	if (kind_of(link) == PROCESS_LINK && p->path_size && p->path_size <= size) {
		memcpy(out, p->path, p->path_size);
		return (int)p->path_size - 1;
	}
	return describe(inode, out, size);
}

/* ---- files ---- */

static int64_t text_read(struct file *file, struct io *io)
{
	size_t left = io->position < file->value ? file->value - io->position : 0;
	size_t count = io->length < left ? io->length : left;

	memcpy(io->data, file->text + io->position, count);
	return (int64_t)count;
}

static const struct file_ops text_ops = { .read = text_read, .has_position = true };

static procfs_writer *writer_of(const struct inode *inode)
{
	switch (kind_of(inode)) {
	case SYSTEM_FILE: return procfs_system_files[number_of(inode)].write;
	case KERNEL_FILE: return procfs_kernel_files[number_of(inode)].write;
	case PROCESS_FILE: return procfs_process_files[number_of(inode)].write;
	default: return NULL;
	}
}

static int open(struct inode *inode, struct file *file)
{
	procfs_writer *write = writer_of(inode);
	const struct process *p = process_for(inode);
	struct text text = { 0 };

	if (!write)
		return 0;
	if (file_can_write(file))
		return -EACCES;
	if (kind_of(inode) == PROCESS_FILE && !p)
		return -ESRCH;
	write(&text, p);
	file->ops = &text_ops;
	file->text = text.data;
	file->text_size = text.room;
	file->value = text.size;
	return text.failed ? -ENOMEM : 0;
}

static const struct inode_ops ops = {
	.lookup = lookup, .list = list, .read_link = read_link, .follow = follow, .name = name, .open = open, .destroy = destroy,
	.magic = LINUX_PROC_MAGIC,
};

struct inode *procfs_root(void)
{
	struct inode *inode = inode_create(&ops, PROC_DEVICE, LINUX_S_IFDIR | 0555);

	if (inode) {
		inode->value = ROOT << 16;
		inode->ino = 1;
	}
	return inode;
}
