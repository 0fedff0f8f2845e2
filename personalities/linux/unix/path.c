#include "personalities/linux/unix/path.h"

#include "lib/rt/mem.h"

/* A walk in progress.  The rest of the path is kept in a buffer of its own, since symbolic links are put before it. */
struct walk {
	const struct path_start *start;
	struct inode *at;               /* with a reference */
	char *rest;
	unsigned links;
	/* The component in hand. */
	const char *name;
	size_t length;
	bool is_last, slash_follows;
};

/* One walk at a time: the server has one thread, and a walk never waits. */
static char buffer[2 * LINUX_PATH_MAX];

static void move_to(struct walk *walk, struct inode *next)
{
	inode_put(walk->at);
	walk->at = next;
}

struct inode *path_up(const struct inode *root, struct inode *dir)
{
	if (dir == root)
		return dir;
	if (dir->up)
		return dir->up;
	return dir->dir && dir->dir->parent ? dir->dir->parent : dir;
}

static int walk_begin(struct walk *walk, const struct path_start *start, struct inode *base, const char *path)
{
	size_t length = strnlen(path, LINUX_PATH_MAX);

	if (!length)
		return -ENOENT;
	if (length == LINUX_PATH_MAX)
		return -ENAMETOOLONG;
	/* Right-aligned, so that links can be put before it. */
	walk->rest = buffer + sizeof buffer - length - 1;
	memmove(walk->rest, path, length + 1);
	walk->start = start;
	walk->links = 0;
	walk->at = inode_get(*path == '/' ? start->root : base ? base : start->cwd);
	return 0;
}

/* Cuts the next component off the rest.  0; 1 if there is none; -ENAMETOOLONG. */
static int next_component(struct walk *walk)
{
	while (*walk->rest == '/')
		walk->rest++;
	if (!*walk->rest)
		return 1;
	walk->name = walk->rest;
	while (*walk->rest && *walk->rest != '/')
		walk->rest++;
	walk->length = walk->rest - walk->name;
	walk->slash_follows = *walk->rest == '/';
	for (const char *c = walk->rest; ; c++) {
		if (*c == '/')
			continue;
		walk->is_last = !*c;
		return walk->length > LINUX_NAME_MAX ? -ENAMETOOLONG : 0;
	}
}

/* Whether the component in hand can be looked for where the walk is. */
static int may_search(const struct walk *walk)
{
	if (!mode_is(walk->at->mode, LINUX_S_IFDIR))
		return -ENOTDIR;
	return inode_allows(walk->at, walk->start->who, INODE_EXECUTE);
}

static bool is_dot(const struct walk *walk)
{
	return walk->length == 1 && walk->name[0] == '.';
}

static bool is_dot_dot(const struct walk *walk)
{
	return walk->length == 2 && walk->name[0] == '.' && walk->name[1] == '.';
}

/* Goes on with the link's target and then the rest. */
static int follow_link(struct walk *walk, struct inode *link)
{
	static char target[LINUX_PATH_MAX];
	struct inode *direct;
	int length;

	if (++walk->links > LINUX_SYMLINKS_MAX)
		return -ELOOP;
	if (link->ops->follow) {
		length = link->ops->follow(link, &direct);
		if (length == 0)
			move_to(walk, direct);
		return length;
	}
	if (!link->ops->read_link)
		return -EINVAL;
	length = link->ops->read_link(link, target, sizeof target);
	if (length <= 0)
		return length < 0 ? length : -ENOENT;
	if (length > walk->rest - buffer)
		return -ENAMETOOLONG;
	walk->rest -= length;
	memcpy(walk->rest, target, length);
	if (*walk->rest == '/')
		move_to(walk, inode_get(walk->start->root));
	return 0;
}

/* Takes one step into what the component names; `follow` if a link is to be followed. */
static int step(struct walk *walk, bool follow)
{
	struct inode *next;
	int error;

	if (is_dot(walk))
		return 0;
	if (is_dot_dot(walk)) {
		move_to(walk, inode_get(path_up(walk->start->root, walk->at)));
		return 0;
	}
	if (!walk->at->ops->lookup)
		return -ENOTDIR;
	error = walk->at->ops->lookup(walk->at, walk->name, walk->length, &next);
	if (error < 0)
		return error;
	if (follow && mode_is(next->mode, LINUX_S_IFLNK)) {
		error = follow_link(walk, next);
		inode_put(next);
		return error;
	}
	move_to(walk, next);
	return 0;
}

static int walk_all(struct walk *walk, bool follow)
{
	int error;

	for (;;) {
		error = next_component(walk);
		if (error)
			return error < 0 ? error : 0;
		error = may_search(walk);
		if (error == 0)
			error = step(walk, follow || !walk->is_last || walk->slash_follows);
		if (error < 0)
			return error;
		if (walk->slash_follows && walk->is_last && !mode_is(walk->at->mode, LINUX_S_IFDIR))
			return -ENOTDIR;
	}
}

int path_find(const struct path_start *start, struct inode *base, const char *path, bool follow, struct inode **out)
{
	struct walk walk;
	int error = walk_begin(&walk, start, base, path);

	if (error < 0)
		return error;
	error = walk_all(&walk, follow);
	if (error < 0)
		inode_put(walk.at);
	else
		*out = walk.at;
	return error;
}

/* Tells whether the last component is a link to be followed, and does so. */
static int follow_last(struct walk *walk, bool *followed)
{
	struct inode *next;
	int error;

	*followed = false;
	if (!walk->at->ops->lookup || walk->at->ops->lookup(walk->at, walk->name, walk->length, &next) < 0)
		return 0;
	*followed = mode_is(next->mode, LINUX_S_IFLNK);
	error = *followed ? follow_link(walk, next) : 0;
	inode_put(next);
	return error;
}

static int walk_to_last(struct walk *walk, bool follow)
{
	bool followed;
	int error;

	for (;;) {
		error = next_component(walk);
		if (error)
			return error < 0 ? error : -EBUSY;      /* the root */
		error = may_search(walk);
		if (error < 0)
			return error;
		if (walk->is_last) {
			if (!follow || is_dot(walk) || is_dot_dot(walk))
				return 0;
			error = follow_last(walk, &followed);
			if (error < 0 || !followed)
				return error;
			continue;
		}
		error = step(walk, true);
		if (error < 0)
			return error;
	}
}

int path_parent(const struct path_start *start, struct inode *base, const char *path, bool follow, struct path_last *out)
{
	struct walk walk;
	int error = walk_begin(&walk, start, base, path);

	if (error < 0)
		return error;
	error = walk_to_last(&walk, follow);
	if (error == 0 && (is_dot(&walk) || is_dot_dot(&walk)))
		error = -EEXIST;
	if (error < 0) {
		inode_put(walk.at);
		return error;
	}
	memcpy(out->name, walk.name, walk.length);
	out->name[walk.length] = 0;
	out->must_be_directory = walk.slash_follows;
	out->place = (struct place){ walk.at, out->name, walk.length };
	return 0;
}

void path_last_put(struct path_last *last)
{
	inode_put(last->place.dir);
}

/* The name that a directory has in its parent, put before `end`; how long it is, or 0 if it has none any more. */
static size_t name_before(char *end, size_t room, const struct inode *dir)
{
	char name[LINUX_NAME_MAX];
	size_t length = 0;

	if (dir->dir && dir->dir->self) {
		length = dir->dir->self->length;
		memcpy(name, dir->dir->self->name, length);
	} else if (dir->ops->name) {
		length = dir->ops->name(dir, name, sizeof name);
	}
	if (length > room)
		return 0;
	memcpy(end - length, name, length);
	return length;
}

int path_of(const struct inode *root, struct inode *dir, char *out, size_t size)
{
	char *at = buffer + sizeof buffer - 1;
	size_t length;

	*at = 0;
	while (dir != root && path_up(root, dir) != dir) {
		length = name_before(at, at - buffer - 1, dir);
		if (!length)
			return -ENOENT;
		at -= length;
		*--at = '/';
		dir = path_up(root, dir);
	}
	if (dir != root)
		return -ENOENT;
	if (!*at)
		*--at = '/';
	length = buffer + sizeof buffer - at;
	if (length > size)
		return -ERANGE;
	memcpy(out, at, length);
	return (int)length;
}
