// sources: personalities/linux/unix/inode.c personalities/linux/unix/directory.c personalities/linux/unix/ramfs.c
// sources: personalities/linux/unix/path.c personalities/linux/unix/store.c
/* The RAM file system: random operations against a model that is a list of paths, and bytes of files against arrays. */
#include "personalities/linux/unix/directory.h"
#include "personalities/linux/unix/path.h"

#include "tests/unit/unix_fake.h"

static const struct creds root_creds, user_creds = { .uid = 1000, .euid = 1000, .suid = 1000, .gid = 100, .egid = 100 };
static struct inode *root;
static struct path_start start;

static void begin(void)
{
	root = ramfs_root(1, 0755);
	start = (struct path_start){ root, root, &root_creds };
}

/* Removes everything below a directory. */
static void remove_below(struct inode *dir)
{
	while (dir->dir->first) {
		struct entry *e = dir->dir->first;
		struct place at = { dir, e->name, e->length };
		bool is_dir = mode_is(e->inode->mode, LINUX_S_IFDIR);
		char name[LINUX_NAME_MAX + 1];

		memcpy(name, e->name, e->length);
		at.name = name;
		if (is_dir)
			remove_below(e->inode);
		if (ramfs_unlink(&at, is_dir, &root_creds) != 0)
			abort();
	}
}

static void finish(void)
{
	remove_below(root);
	root->nlink = 0;
	inode_put(root);
}

/* ---- helpers by path ---- */

static int make(const char *path, uint32_t mode)
{
	struct path_last last;
	int error = path_parent(&start, NULL, path, false, &last);

	if (error < 0)
		return error;
	error = ramfs_create(&last.place, mode, 0, start.who, NULL);
	path_last_put(&last);
	return error;
}

static int link_to(const char *target, const char *path)
{
	struct path_last last;
	int error = path_parent(&start, NULL, path, false, &last);

	if (error < 0)
		return error;
	error = ramfs_symlink(&last.place, target, strlen(target), start.who);
	path_last_put(&last);
	return error;
}

static int drop(const char *path, bool directory)
{
	struct path_last last;
	int error = path_parent(&start, NULL, path, false, &last);

	if (error < 0)
		return error;
	error = ramfs_unlink(&last.place, directory, start.who);
	path_last_put(&last);
	return error;
}

static int move(const char *from, const char *to, unsigned flags)
{
	struct path_last a, b;
	int error = path_parent(&start, NULL, from, false, &a);

	if (error < 0)
		return error;
	error = path_parent(&start, NULL, to, false, &b);
	if (error == 0) {
		error = ramfs_rename(&a.place, &b.place, flags, start.who);
		path_last_put(&b);
	}
	path_last_put(&a);
	return error;
}

/* The inode's number, or an error. */
static int64_t find(const char *path, bool follow)
{
	struct inode *inode;
	int error = path_find(&start, NULL, path, follow, &inode);
	int64_t ino;

	if (error < 0)
		return error;
	ino = (int64_t)inode->ino;
	inode_put(inode);
	return ino;
}

#define DIR (LINUX_S_IFDIR | 0755)
#define REG (LINUX_S_IFREG | 0644)

static void test_paths(void)
{
	char deep[LINUX_PATH_MAX + 10], name[300];

	begin();
	CHECK("paths", make("/a", DIR) == 0 && make("a/b", DIR) == 0 && make("/a/b/f", REG) == 0);
	CHECK("paths", find("/a/b/../b/./f", true) == find("a/b/f", true) && find("/a/b/f", true) > 0);
	CHECK("paths", find("/../../a", true) == find("a", true));
	CHECK("paths", find("/a/b/f/", true) == -ENOTDIR && find("/a/b/f/x", true) == -ENOTDIR && find("/a/x", true) == -ENOENT);
	CHECK("paths", find("", true) == -ENOENT && find("//a///b/", true) == find("/a/b", true));
	CHECK("paths", make("/a/b", DIR) == -EEXIST && make("/", DIR) == -EBUSY && make("/x/y", REG) == -ENOENT);
	memset(name, 'n', sizeof name);
	name[LINUX_NAME_MAX + 1] = 0;
	CHECK("paths", find(name, true) == -ENAMETOOLONG);
	name[LINUX_NAME_MAX] = 0;
	CHECK("paths", find(name, true) == -ENOENT && make(name, REG) == 0 && find(name, true) > 0);
	memset(deep, '/', sizeof deep);
	deep[LINUX_PATH_MAX] = 0;
	CHECK("paths", find(deep, true) == -ENAMETOOLONG);
	finish();
	PASSED("paths");
}

static void test_links(void)
{
	struct inode *dir;
	char text[64];

	begin();
	CHECK("links", make("/d", DIR) == 0 && make("/d/f", REG) == 0 && link_to("d", "/l") == 0 && link_to("/l/f", "/d/g") == 0);
	CHECK("links", find("/d/g", true) == find("/d/f", true) && find("/d/g", false) != find("/d/f", true));
	CHECK("links", find("/l/", false) == find("/d", true) && find("/l", false) != find("/d", true));
	CHECK("links", link_to("loop", "/loop") == 0 && find("/loop", true) == -ELOOP && find("/loop", false) > 0);
	CHECK("links", link_to("../../../d", "/d/up") == 0 && find("/d/up/up/up/f", true) == find("/d/f", true));
	CHECK("links", path_find(&start, NULL, "/l", true, &dir) == 0 && path_of(root, dir, text, sizeof text) == 3 && !strcmp(text, "/d"));
	CHECK("links", path_of(root, root, text, sizeof text) == 2 && path_of(root, dir, text, 2) == -ERANGE);
	inode_put(dir);
	finish();
	PASSED("links");
}

static void test_rename(void)
{
	begin();
	CHECK("rename", make("/a", DIR) == 0 && make("/a/b", DIR) == 0 && make("/c", DIR) == 0 && make("/f", REG) == 0);
	CHECK("rename", move("/a", "/a/b/x", 0) == -EINVAL && move("/a", "/a", 0) == 0 && move("/a", "/f", 0) == -ENOTDIR);
	CHECK("rename", move("/f", "/c", 0) == -EISDIR && move("/c", "/a", 0) == -ENOTEMPTY && move("/f", "/c/f", 1) == 0);
	CHECK("rename", move("/c/f", "/a/b", 1) == -EEXIST && move("/a/b", "/c", 0) == -ENOTEMPTY);
	CHECK("rename", root->nlink == 4 && move("/a/b", "/b", 0) == 0 && root->nlink == 5 && find("/b/..", true) == (int64_t)root->ino);
	CHECK("rename", move("/b", "/c/f", LINUX_RENAME_EXCHANGE) == 0 && drop("/b", false) == 0 && drop("/c/f", true) == 0);
	CHECK("rename", move("/c", "/a", 0) == 0 && find("/c", true) == -ENOENT && root->nlink == 3);
	finish();
	PASSED("rename");
}

static void test_permissions(void)
{
	begin();
	CHECK("permissions", make("/open", LINUX_S_IFDIR | 01777) == 0 && make("/open/roots", REG) == 0 && make("/shut", LINUX_S_IFDIR | 0700) == 0);
	CHECK("permissions", make("/shut/f", REG) == 0);
	start.who = &user_creds;
	CHECK("permissions", make("/mine", REG) == -EACCES && find("/shut/f", true) == -EACCES && find("/shut", true) > 0);
	CHECK("permissions", make("/open/mine", REG) == 0 && drop("/open/roots", false) == -EPERM && drop("/open/mine", false) == 0);
	CHECK("permissions", move("/open/roots", "/open/x", 0) == -EPERM);
	start.who = &root_creds;
	finish();
	PASSED("permissions");
}

/* ---- names at random ---- */

enum { NAMES = 40, NAME_STEPS = 60000 };
static const char *const parts[] = { "a", "b", "c" };
/* Every path of up to three parts; what is there: 0 nothing, 1 directory, 2 file. */
static struct { char path[16]; int kind; uint64_t file; int parent; } model[NAMES];
static int model_count;

static void model_make(void)
{
	model_count = 0;
	for (int level = 1, first = -1, end = 0; level <= 3; level++) {
		int begin = model_count;

		for (int p = first; p < end; p++)
			for (int i = 0; i < 3; i++) {
				if (level > 1 && p < 0)
					continue;
				snprintf(model[model_count].path, 16, "%s/%s", p < 0 ? "" : model[p].path, parts[i]);
				model[model_count].kind = 0;
				model[model_count++].parent = p;
			}
		first = begin;
		end = model_count;
	}
}

static int children(int of)
{
	int count = 0;

	for (int i = 0; i < model_count; i++)
		count += model[i].parent == of && model[i].kind;
	return count;
}

/* What is wrong with a path's beginning. */
static int model_parent(int i)
{
	int p = model[i].parent, error;

	if (p < 0)
		return 0;
	error = model_parent(p);
	return error ? error : model[p].kind == 1 ? 0 : model[p].kind ? -ENOTDIR : -ENOENT;
}

static bool is_below(int i, int above)
{
	while (i >= 0 && i != above)
		i = model[i].parent;
	return i == above;
}

static int model_rename(int from, int to)
{
	int error = model_parent(from);

	if (!error)
		error = model_parent(to);
	if (error)
		return error;
	if (!model[from].kind)
		return -ENOENT;
	if (model[from].kind == 1 && to != from && is_below(to, from))
		return -EINVAL;
	if (model[to].kind == 1 && to != from && is_below(from, to))
		return -ENOTEMPTY;
	if (from == to || !model[to].kind)
		return 0;
	if (model[from].kind == 1 && model[to].kind != 1)
		return -ENOTDIR;
	if (model[from].kind != 1 && model[to].kind == 1)
		return -EISDIR;
	return model[to].kind == 1 && children(to) ? -ENOTEMPTY : 0;
}

static int at_path(const char *path)
{
	for (int i = 0; i < model_count; i++)
		if (!strcmp(model[i].path, path))
			return i;
	return -1;
}

/* Whether all that is below `from` has a place below `to`. */
static bool fits(int from, int to)
{
	return strlen(model[from].path) >= strlen(model[to].path) || !children(from);
}

static void model_move(int from, int to)
{
	char path[48];

	for (int i = 0; i < 3; i++) {
		int a, b;

		snprintf(path, sizeof path, "%s/%s", model[from].path, parts[i]);
		a = at_path(path);
		snprintf(path, sizeof path, "%s/%s", model[to].path, parts[i]);
		b = at_path(path);
		if (a >= 0 && model[a].kind && b >= 0)
			model_move(a, b);
	}
	model[to].kind = model[from].kind;
	model[from].kind = 0;
}

static bool one_step(void)
{
	int i = rand() % model_count, j = rand() % model_count, want = model_parent(i), got;

	switch (rand() % 5) {
	case 0:
	case 1: {
		int kind = 1 + rand() % 2;

		want = want ? want : model[i].kind ? -EEXIST : 0;
		got = make(model[i].path, kind == 1 ? DIR : REG);
		if (!want)
			model[i].kind = kind;
		return got == want;
	}
	case 2:
		want = want ? want : !model[i].kind ? -ENOENT : model[i].kind == 1 ? -EISDIR : 0;
		got = drop(model[i].path, false);
		if (!want)
			model[i].kind = 0;
		return got == want;
	case 3:
		want = want ? want : !model[i].kind ? -ENOENT : model[i].kind != 1 ? -ENOTDIR : children(i) ? -ENOTEMPTY : 0;
		got = drop(model[i].path, true);
		if (!want)
			model[i].kind = 0;
		return got == want;
	default:
		if (!fits(i, j))
			return true;
		want = model_rename(i, j);
		got = move(model[i].path, model[j].path, 0);
		if (!want && i != j)
			model_move(i, j);
		return got == want;
	}
}

static bool emit(void *context, const char *name, size_t length, uint64_t ino, uint32_t mode, uint64_t cookie)
{
	++*(int *)context;
	return true;
}

static bool agrees(void)
{
	int listed = 0, top = 0;

	for (int i = 0; i < model_count; i++) {
		int64_t ino = find(model[i].path, false);

		if ((ino > 0) != (model[i].kind && !model_parent(i)))
			return false;
		top += model[i].parent < 0 && model[i].kind;
	}
	directory_list(root, 0, emit, &listed);
	return listed == top;
}

static void test_names_random(void)
{
	uint64_t before = inode_count();

	begin();
	model_make();
	for (int i = 0; i < NAME_STEPS; i++) {
		CHECK("random names", one_step());
		CHECK("random names", i % 50 || agrees());
	}
	finish();
	CHECK("random names", inode_count() == before);
	PASSED("random names");
}

/* ---- bytes at random ---- */

enum { BYTES = 5 * STORE_PAGE, BYTE_STEPS = 20000 };
static uint8_t content[BYTES], borrowed[2 * STORE_PAGE + 100], buffer[BYTES];
static uint64_t content_size;

static void fill(uint8_t *at, size_t count)
{
	for (size_t i = 0; i < count; i++)
		at[i] = (uint8_t)(rand() | 1);
}

static bool byte_step(struct store *store)
{
	uint64_t at = (uint64_t)rand() % BYTES, count = (uint64_t)rand() % (BYTES - at) / (1 + (unsigned)rand() % 20);

	switch (rand() % 8) {
	case 0:
	case 1:
	case 2:
		fill(buffer, count);
		if (store_write(store, at, buffer, count) != (int64_t)count)
			return false;
		memcpy(content + at, buffer, count);
		if (count && at + count > content_size)
			content_size = at + count;
		return store->size == content_size;
	case 3:
		if (store_resize(store, at) < 0)
			return false;
		if (at < content_size)
			memset(content + at, 0, content_size - at);
		content_size = at;
		return true;
	case 4:
		if (store_punch(store, at, count) < 0)
			return false;
		if (at < content_size)
			memset(content + at, 0, at + count < content_size ? count : content_size - at);
		return true;
	default: {
		uint64_t have = at < content_size ? content_size - at : 0;
		size_t got = store_read(store, at, buffer, count);

		return got == (have < count ? have : count) && memcmp(buffer, content + at, got) == 0;
	}
	}
}

static void test_bytes_random(void)
{
	for (int round = 0; round < 20; round++) {
		struct store store = { 0 };

		memset(content, 0, sizeof content);
		content_size = 0;
		if (round % 2) {
			fill(borrowed, sizeof borrowed);
			memcpy(content, borrowed, sizeof borrowed);
			content_size = store.size = store.borrowed_size = sizeof borrowed;
			store.borrowed = borrowed;
		}
		for (int i = 0; i < BYTE_STEPS / 20; i++) {
			CHECK("random bytes", byte_step(&store));
			if (round % 4 > 1 && i == 500)
				CHECK("random bytes", store_share(&store) == 0);
		}
		store_free(&store);
	}
	PASSED("random bytes");
}

static void test_no_memory(void)
{
	struct store store = { 0 };
	uint64_t left = fake.heap_left;

	begin();
	CHECK("no memory", make("/a", DIR) == 0);
	for (uint64_t bytes = 0; bytes < 1200; bytes += 16) {
		fake.heap_left = bytes;
		if (make("/a/f", REG) == 0)
			CHECK("no memory", drop("/a/f", false) == 0);
		CHECK("no memory", fake.heap_left == bytes);
	}
	fake.heap_left = 3 * STORE_PAGE;
	CHECK("no memory", store_write(&store, 0, content, sizeof content) <= (int64_t)(2 * STORE_PAGE));
	fake.heap_left = left;
	store_free(&store);
	CHECK("no memory", store_resize(&store, STORE_MOST + 1) == -EFBIG && store_write(&store, STORE_MOST, "x", 1) == -EFBIG);
	finish();
	PASSED("no memory");
}

int main(void)
{
	test_paths();
	test_links();
	test_rename();
	test_permissions();
	test_names_random();
	test_bytes_random();
	test_no_memory();
	return failures != 0;
}
