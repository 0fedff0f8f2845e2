#include "personalities/linux/unix/boot.h"

#include "lib/cpio/cpio.h"
#include "lib/rt/fmt.h"
#include "lib/rt/mem.h"
#include "personalities/linux/unix/device.h"
#include "personalities/linux/unix/exec.h"
#include "personalities/linux/unix/heap.h"
#include "personalities/linux/unix/path.h"
#include "personalities/linux/unix/procfs.h"
#include "personalities/linux/unix/terminal.h"

#define ROOT_DEVICE 1
#define FS_PREFIX "fs/"
#define NOT_FOUND 127
#define NOT_EXECUTABLE 126
#define NS_PER_SECOND 1000000000ll

static const struct creds root_creds;

/* ---- run.conf ---- */

/* The value if the field has that key, or null. */
static const char *value_of(const char *field, const char *key)
{
	size_t length = strlen(key);

	return strncmp(field, key, length) == 0 && field[length] == '=' ? field + length + 1 : NULL;
}

static uint64_t parse_number(const char *text)
{
	uint64_t value = 0;

	while (*text >= '0' && *text <= '9')
		value = value * 10 + (uint64_t)(*text++ - '0');
	return value;
}

static void take_string(struct boot_conf *conf, const char *value, uint64_t *count)
{
	size_t bytes = strlen(value) + 1;

	memcpy(conf->strings + conf->strings_size, value, bytes);
	conf->strings_size += bytes;
	++*count;
}

static void take_field(struct boot_conf *conf, const char *field)
{
	const char *value;

	if ((value = value_of(field, "mode")))
		conf->terminal = strcmp(value, "terminal") == 0;
	else if ((value = value_of(field, "exec")))
		conf->exec = value;
	else if ((value = value_of(field, "cwd")))
		conf->cwd = value;
	else if ((value = value_of(field, "time")))
		conf->realtime_s = parse_number(value);
}

int boot_conf_parse(const char *text, size_t size, struct boot_conf *out)
{
	const char *end = text + size, *value;

	*out = (struct boot_conf){ .cwd = "/" };
	if (!size || end[-1])
		return -EINVAL;
	out->room = size;
	out->strings = heap_alloc(size);
	if (!out->strings)
		return -ENOMEM;
	for (const char *field = text; field < end; field += strlen(field) + 1) {
		take_field(out, field);
		if ((value = value_of(field, "arg")))
			take_string(out, value, &out->argc);
	}
	for (const char *field = text; field < end; field += strlen(field) + 1)
		if ((value = value_of(field, "env")))
			take_string(out, value, &out->envc);
	return out->exec && out->argc ? 0 : -EINVAL;
}

/* ---- the root file system ---- */

static void set_attributes(struct inode *inode, const struct cpio_entry *entry)
{
	inode->mode = (inode->mode & LINUX_S_IFMT) | (entry->mode & 07777);
	inode->uid = entry->uid;
	inode->gid = entry->gid;
	inode->atime = inode->mtime = inode->ctime = entry->mtime * NS_PER_SECOND;
}

static int add_entry(const struct path_start *start, const char *path, const struct cpio_entry *entry)
{
	struct path_last last;
	struct inode *inode = NULL;
	int error = path_parent(start, NULL, path, false, &last);

	if (error < 0)
		return error;
	if (mode_is(entry->mode, LINUX_S_IFLNK))
		error = ramfs_symlink(&last.place, entry->data, entry->size, start->who);
	else
		error = ramfs_create(&last.place, entry->mode, linux_device(entry->rdev_major, entry->rdev_minor), start->who, &inode);
	path_last_put(&last);
	if (error == -EEXIST && mode_is(entry->mode, LINUX_S_IFDIR))
		error = path_find(start, NULL, path, false, &inode);
	if (error == 0 && !inode)
		error = path_find(start, NULL, path, false, &inode);
	if (error < 0)
		return error;
	set_attributes(inode, entry);
	if (inode->store) {
		inode->store->borrowed = entry->data;
		inode->store->borrowed_size = inode->store->size = entry->size;
	}
	inode_put(inode);
	return 0;
}

int boot_fill(struct inode *root, const void *bundle, uint64_t size)
{
	struct path_start start = { root, root, &root_creds };
	struct cpio_entry entry;
	uint64_t offset = 0;
	enum cpio_step step;
	int error;

	while ((step = cpio_next(bundle, size, &offset, &entry)) == CPIO_ENTRY) {
		if (strncmp(entry.name, FS_PREFIX, strlen(FS_PREFIX)) != 0 || !entry.name[strlen(FS_PREFIX)])
			continue;
		error = add_entry(&start, entry.name + strlen(FS_PREFIX), &entry);
		if (error < 0) {
			host_log("unix: %s of the bundle: error %d", entry.name, -error);
			return error;
		}
	}
	return step == CPIO_END ? 0 : -EINVAL;
}

/* The directory of that name in the root, made if it is not there. */
static struct inode *directory(struct inode *root, const char *name)
{
	struct place at = { root, name, strlen(name) };
	struct inode *inode = NULL;

	if (root->ops->lookup(root, name, at.length, &inode) < 0)
		ramfs_create(&at, LINUX_S_IFDIR | 0755, 0, &root_creds, &inode);
	return inode;
}

static int make_file_systems(struct inode *root, const void *bundle, uint64_t size)
{
	struct place proc_place = { root, "proc", 4 };
	struct inode *dev, *proc;
	int error = boot_fill(root, bundle, size);

	if (error < 0)
		return error;
	dev = directory(root, "dev");
	proc = procfs_root();
	if (!dev || !proc)
		return -ENOMEM;
	error = device_populate(dev, &root_creds);
	inode_put(dev);
	return error < 0 ? error : ramfs_mount(&proc_place, proc);
}

/* ---- the first process ---- */

static int open_streams(struct process *process)
{
	static const char channels[] = { 'i', 'o', 'e' };

	for (unsigned fd = 0; fd < 3; fd++) {
		struct file *file = stream_create(channels[fd]);

		if (!file || fd_put(&process->fds, file, fd, false) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int open_terminal(struct process *process)
{
	struct path_start start = process_paths(process);
	struct inode *inode;
	struct file *file = NULL;
	unsigned rows, columns;
	int error = path_find(&start, NULL, "/dev/console", true, &inode);

	if (error == 0) {
		error = file_open(inode, LINUX_O_RDWR, &file);
		inode_put(inode);
	}
	for (unsigned fd = 0; fd < 3 && error >= 0; fd++)
		error = fd_put(&process->fds, fd ? file_get(file) : file, fd, false);
	if (error < 0)
		return error;
	terminal_adopt(terminal_console(), process);
	host_console_size(&rows, &columns);
	if (rows && columns)
		terminal_resize(terminal_console(), rows, columns);
	return 0;
}

static int start_process(struct inode *root, const struct boot_conf *conf)
{
	struct path_start start = { root, root, &root_creds };
	struct process *process;
	struct inode *cwd;
	int error;

	if (path_find(&start, NULL, conf->cwd, true, &cwd) < 0)
		cwd = inode_get(root);
	process = process_first(root, cwd);
	inode_put(cwd);
	if (!process)
		return -ENOMEM;
	error = conf->terminal ? open_terminal(process) : open_streams(process);
	if (error < 0)
		return error;
	return exec_first(process, conf->exec, conf->strings, conf->strings_size, conf->argc, conf->envc);
}

/* Says on the program's standard error why it does not run, and ends. */
static void fail(const struct boot_conf *conf, int error)
{
	char line[256];
	size_t length = fmt_string(line, sizeof line, "isthmus: %.200s: cannot be started (error %d)\n", conf->exec ? conf->exec : "?",
				   -error);

	host_console_write(conf->terminal ? 't' : 'e', line, length < sizeof line ? length : sizeof line - 1);
	host_end(false, error == -ENOENT ? NOT_FOUND : NOT_EXECUTABLE);
}

void boot(const void *bundle, uint64_t size)
{
	struct boot_conf conf = { 0 };
	struct cpio_entry entry;
	struct host_memory memory;
	struct inode *root;
	int error = cpio_find(bundle, size, "run.conf", &entry) ? boot_conf_parse(entry.data, entry.size, &conf) : -EINVAL;

	host_memory_info(&memory);
	store_limit(memory.total / STORE_PAGE / 2);
	if (error == 0) {
		if (conf.realtime_s)
			host_realtime_set(conf.realtime_s * NS_PER_SECOND);
		if (conf.terminal)
			terminal_init();
		root = ramfs_root(ROOT_DEVICE, 0755);
		error = root ? make_file_systems(root, bundle, size) : -ENOMEM;
		if (error == 0)
			error = start_process(root, &conf);
	}
	if (error < 0)
		fail(&conf, error);
	heap_free(conf.strings, conf.room);
}
