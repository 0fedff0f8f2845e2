#include "personalities/linux/unix/inode.h"

#include "personalities/linux/unix/heap.h"

static uint64_t next_ino = 1, count;

struct inode *inode_create(const struct inode_ops *ops, uint64_t device, uint32_t mode)
{
	struct inode *inode = heap_alloc(sizeof *inode);

	if (!inode)
		return NULL;
	*inode = (struct inode){ .ops = ops, .device = device, .ino = next_ino++, .mode = mode, .refs = 1 };
	inode->atime = inode->mtime = inode->ctime = (int64_t)host_realtime();
	count++;
	return inode;
}

struct inode *inode_get(struct inode *inode)
{
	inode->refs++;
	return inode;
}

void inode_check(struct inode *inode)
{
	if (inode->refs || inode->nlink)
		return;
	if (inode->ops->destroy)
		inode->ops->destroy(inode);
	heap_free(inode, sizeof *inode);
	count--;
}

void inode_put(struct inode *inode)
{
	if (!inode)
		return;
	inode->refs--;
	inode_check(inode);
}

static bool is_in_group(const struct creds *who, uint32_t gid)
{
	if (who->egid == gid)
		return true;
	for (uint32_t i = 0; i < who->group_count; i++)
		if (who->groups[i] == gid)
			return true;
	return false;
}

int inode_allows(const struct inode *inode, const struct creds *who, unsigned access)
{
	unsigned shift = who->euid == inode->uid ? 6 : is_in_group(who, inode->gid) ? 3 : 0;

	/* The super-user may all but execute what nobody may execute. */
	if (who->euid == 0)
		return !(access & INODE_EXECUTE) || mode_is(inode->mode, LINUX_S_IFDIR) || inode->mode & 0111 ? 0 : -EACCES;
	return (inode->mode >> shift & access) == access ? 0 : -EACCES;
}

uint64_t inode_size(const struct inode *inode)
{
	if (inode->store)
		return inode->store->size;
	if (inode->target)
		return inode->target_length;
	return inode->dir ? 40 + inode->dir->count * 20 : 0;
}

void inode_touch(struct inode *inode, bool access, bool modify)
{
	int64_t now = (int64_t)host_realtime();

	if (access)
		inode->atime = now;
	if (modify)
		inode->mtime = inode->ctime = now;
}

uint64_t inode_count(void)
{
	return count;
}
