#include "personalities/linux/unix/ramfs.h"

#include "lib/rt/mem.h"
#include "personalities/linux/unix/directory.h"
#include "personalities/linux/unix/heap.h"

static int lookup(struct inode *dir, const char *name, size_t length, struct inode **out)
{
	struct entry *entry = directory_find(dir, name, length);

	if (!entry)
		return -ENOENT;
	*out = inode_get(entry->inode);
	return 0;
}

static int list(struct inode *dir, uint64_t after, inode_emit *emit, void *context)
{
	directory_list(dir, after, emit, context);
	return 0;
}

static int read_link(struct inode *inode, char *out, size_t size)
{
	size_t length = inode->target_length < size ? inode->target_length : size;

	if (!inode->target)
		return -EINVAL;
	memcpy(out, inode->target, length);
	return (int)length;
}

static void destroy(struct inode *inode)
{
	if (inode->store) {
		store_free(inode->store);
		heap_free(inode->store, sizeof *inode->store);
	}
	heap_free(inode->dir, sizeof *inode->dir);
	heap_free(inode->target, inode->target_length);
}

const struct inode_ops ramfs_ops = {
	.lookup = lookup, .list = list, .read_link = read_link, .destroy = destroy, .writable = true, .magic = LINUX_TMPFS_MAGIC,
};

/* An inode with what its type needs, or null. */
static struct inode *make(uint64_t device, uint32_t mode)
{
	struct inode *inode = inode_create(&ramfs_ops, device, mode);

	if (!inode)
		return NULL;
	if (mode_is(mode, LINUX_S_IFREG))
		inode->store = heap_alloc(sizeof *inode->store);
	if (mode_is(mode, LINUX_S_IFDIR))
		inode->dir = heap_alloc(sizeof *inode->dir);
	if ((mode_is(mode, LINUX_S_IFREG) && !inode->store) || (mode_is(mode, LINUX_S_IFDIR) && !inode->dir)) {
		inode_put(inode);
		return NULL;
	}
	return inode;
}

struct inode *ramfs_root(uint64_t device, uint32_t mode)
{
	struct inode *root = make(device, LINUX_S_IFDIR | mode);

	if (root) {
		root->dir->parent = root;
		root->nlink = 2;
	}
	return root;
}

struct inode *ramfs_nameless(const struct inode *dir, uint32_t mode, const struct creds *who)
{
	struct inode *inode = make(dir->device, mode);

	if (!inode)
		return NULL;
	inode->uid = who->euid;
	inode->gid = who->egid;
	if (dir->mode & LINUX_S_ISGID) {
		inode->gid = dir->gid;
		if (mode_is(mode, LINUX_S_IFDIR))
			inode->mode |= LINUX_S_ISGID;
	}
	return inode;
}

/* Whether a name can be made here. */
static int may_add(const struct place *at, const struct creds *who)
{
	if (!at->dir->ops->writable)
		return -EPERM;
	if (!at->dir->dir->parent)      /* removed, but still somebody's working directory */
		return -ENOENT;
	if (directory_find(at->dir, at->name, at->length))
		return -EEXIST;
	return inode_allows(at->dir, who, INODE_WRITE | INODE_EXECUTE);
}

/* Adds the name and counts it. */
static int add(const struct place *at, struct inode *inode)
{
	int error = directory_add(at->dir, at->name, at->length, inode);

	if (error < 0)
		return error;
	inode->nlink++;
	if (inode->dir) {
		inode->nlink++;
		at->dir->nlink++;
	}
	inode_touch(at->dir, false, true);
	return 0;
}

int ramfs_create(const struct place *at, uint32_t mode, uint64_t rdev, const struct creds *who, struct inode **out)
{
	struct inode *inode;
	int error = may_add(at, who);

	if (error < 0)
		return error;
	inode = ramfs_nameless(at->dir, mode, who);
	if (!inode)
		return -ENOSPC;
	inode->rdev = rdev;
	error = add(at, inode);
	if (error == 0 && out)
		*out = inode_get(inode);
	inode_put(inode);
	return error;
}

int ramfs_symlink(const struct place *at, const char *target, size_t length, const struct creds *who)
{
	struct inode *inode;
	int error = may_add(at, who);

	if (error < 0)
		return error;
	inode = ramfs_nameless(at->dir, LINUX_S_IFLNK | 0777, who);
	if (!inode)
		return -ENOSPC;
	inode->target = heap_alloc(length);
	inode->target_length = (uint32_t)length;
	if (inode->target)
		memcpy(inode->target, target, length);
	error = inode->target ? add(at, inode) : -ENOSPC;
	inode_put(inode);
	return error;
}

int ramfs_link(const struct place *at, struct inode *inode, const struct creds *who)
{
	int error;

	if (mode_is(inode->mode, LINUX_S_IFDIR))
		return -EPERM;
	if (inode->device != at->dir->device)
		return -EXDEV;
	error = may_add(at, who);
	if (error < 0)
		return error;
	error = add(at, inode);
	if (error == 0)
		inode->ctime = at->dir->mtime;
	return error;
}

/* Whether this name can be taken away: write permission, and in a sticky directory the owner only. */
static int may_remove(const struct place *at, const struct inode *inode, const struct creds *who)
{
	int error = inode_allows(at->dir, who, INODE_WRITE | INODE_EXECUTE);

	if (error < 0)
		return error;
	if (at->dir->mode & LINUX_S_ISVTX && who->euid != 0 && who->euid != inode->uid && who->euid != at->dir->uid)
		return -EPERM;
	return 0;
}

/* Uncounts a name of this inode in this directory. */
static void uncount(struct inode *dir, struct inode *inode)
{
	inode->nlink--;
	if (inode->dir) {
		inode->nlink--;
		dir->nlink--;
	}
	inode_touch(dir, false, true);
	inode->ctime = dir->ctime;
	inode_check(inode);
}

/* Whether what has this name may be removed as a directory or as something else. */
static int kind_fits(const struct inode *inode, bool directory)
{
	if (!mode_is(inode->mode, LINUX_S_IFDIR))
		return directory ? -ENOTDIR : 0;
	if (!directory)
		return -EISDIR;
	if (inode->up)                  /* another file system's root */
		return -EBUSY;
	return inode->dir && inode->dir->count ? -ENOTEMPTY : 0;
}

int ramfs_unlink(const struct place *at, bool directory, const struct creds *who)
{
	struct entry *entry;
	struct inode *inode;
	int error;

	if (!at->dir->ops->writable)
		return -EPERM;
	entry = directory_find(at->dir, at->name, at->length);
	if (!entry)
		return -ENOENT;
	inode = entry->inode;
	error = may_remove(at, inode, who);
	if (error == 0)
		error = kind_fits(inode, directory);
	if (error < 0)
		return error;
	directory_remove(entry);
	uncount(at->dir, inode);
	return 0;
}

/* Whether `moved` may take the place of what has the new name. */
static int may_replace(const struct place *to, const struct inode *moved, const struct inode *old, const struct creds *who)
{
	int error = may_remove(to, old, who);

	if (error < 0)
		return error;
	if (mode_is(moved->mode, LINUX_S_IFDIR) && !mode_is(old->mode, LINUX_S_IFDIR))
		return -ENOTDIR;
	return kind_fits(old, mode_is(moved->mode, LINUX_S_IFDIR));
}

static int rename_checks(const struct place *from, const struct place *to, unsigned flags, const struct creds *who,
			 struct entry **out_source, struct entry **out_target)
{
	struct entry *source, *target;
	int error;

	if (!from->dir->ops->writable || !to->dir->ops->writable)
		return from->dir->device == to->dir->device ? -EPERM : -EXDEV;
	if (from->dir->device != to->dir->device)
		return -EXDEV;
	*out_source = source = directory_find(from->dir, from->name, from->length);
	*out_target = target = directory_find(to->dir, to->name, to->length);
	if (!source || !to->dir->dir->parent)
		return -ENOENT;
	if (source->inode->up)
		return -EBUSY;
	error = may_remove(from, source->inode, who);
	if (error == 0)
		error = inode_allows(to->dir, who, INODE_WRITE | INODE_EXECUTE);
	if (error < 0)
		return error;
	if (source->inode->dir && directory_is_below(to->dir, source->inode))
		return -EINVAL;
	if (target && flags & LINUX_RENAME_NOREPLACE)
		return -EEXIST;
	if (target && target->inode->dir && directory_is_below(from->dir, target->inode))
		return -ENOTEMPTY;
	return 0;
}

/* Moves the subdirectory counts along with a directory that changes its parent. */
static void count_moved(struct inode *from, struct inode *to, const struct inode *inode)
{
	if (inode->dir) {
		from->nlink--;
		to->nlink++;
	}
	inode_touch(from, false, true);
	inode_touch(to, false, true);
}

static int exchange(struct entry *source, struct entry *target)
{
	struct inode *a = source->inode, *b = target->inode;

	directory_replace(source, b);
	directory_replace(target, a);
	if (a->dir)
		a->dir->self = target, a->dir->parent = target->parent;
	count_moved(source->parent, target->parent, a);
	count_moved(target->parent, source->parent, b);
	return 0;
}

int ramfs_rename(const struct place *from, const struct place *to, unsigned flags, const struct creds *who)
{
	struct entry *source, *target;
	struct inode *inode, *old;
	int error = rename_checks(from, to, flags, who, &source, &target);

	if (error < 0)
		return error;
	if (flags & LINUX_RENAME_EXCHANGE)
		return target ? exchange(source, target) : -ENOENT;
	inode = source->inode;
	if (target && target->inode == inode)
		return 0;
	if (target) {
		old = target->inode;
		error = may_replace(to, inode, old, who);
		if (error < 0)
			return error;
		directory_replace(target, inode);
		uncount(to->dir, old);
	} else if ((error = directory_add(to->dir, to->name, to->length, inode)) < 0) {
		return error;
	}
	directory_remove(source);
	count_moved(from->dir, to->dir, inode);
	inode->ctime = to->dir->ctime;
	return 0;
}

int ramfs_mount(const struct place *at, struct inode *root)
{
	struct entry *entry = directory_find(at->dir, at->name, at->length);
	int error;

	if (!entry) {
		error = directory_add(at->dir, at->name, at->length, root);
		if (error < 0)
			return error;
	} else {
		struct inode *old = entry->inode;

		directory_replace(entry, root);
		old->nlink -= old->nlink;
		inode_check(old);
	}
	root->nlink++;
	root->up = at->dir;
	return 0;
}
