/* Files as the file systems keep them, whatever their type. */
#pragma once

#include "personalities/linux/abi/errno.h"
#include "personalities/linux/abi/file.h"
#include "personalities/linux/unix/store.h"
#include "personalities/linux/unix/wait.h"

struct file;
struct inode;
struct pipe;

/* One name in a directory; of RAM directories only (directory.c). */
struct entry {
	struct entry *bucket_next, *next, *previous;
	struct inode *parent, *inode;
	uint64_t cookie;                /* its place when the directory is listed: counts up */
	uint32_t hash;
	uint16_t length;
	char name[];
};

struct directory {
	struct inode *parent;           /* the root's is itself; null once removed */
	struct entry *self;             /* its name there; null for the root */
	struct entry *first, *last;
	uint64_t next_cookie, count;
};

/* Called for each name of a directory; false ends the listing before this one. */
typedef bool inode_emit(void *context, const char *name, size_t length, uint64_t ino, uint32_t mode, uint64_t cookie);

/* What differs between file systems.  A null function: the operation is answered with the error beside it. */
struct inode_ops {
	/* Directories.  lookup gives a reference.  [ENOTDIR] */
	int (*lookup)(struct inode *dir, const char *name, size_t length, struct inode **out);
	/* Lists names with cookies above `after`. [ENOTDIR] */
	int (*list)(struct inode *dir, uint64_t after, inode_emit *emit, void *context);
	/* Symbolic links: writes the target, not ended by NUL, returns its length.  [EINVAL] */
	int (*read_link)(struct inode *inode, char *out, size_t size);
	/* Links that lead to a file itself and not to a path: gives a reference.  [read_link's text is followed] */
	int (*follow)(struct inode *inode, struct inode **out);
	/* The name of a directory in its parent, if it is not a RAM directory; its length. */
	size_t (*name)(const struct inode *dir, char *out, size_t size);
	/* Called when the file is opened; may set file->ops.  [nothing to be done] */
	int (*open)(struct inode *inode, struct file *file);
	/* The last reference is gone. */
	void (*destroy)(struct inode *inode);
	bool writable;                  /* names can be made and removed: a RAM directory */
	uint64_t magic;                 /* for statfs */
};

struct inode {
	const struct inode_ops *ops;
	uint64_t ino, device, rdev;
	uint32_t mode, uid, gid, nlink;
	uint32_t refs;                  /* names do not count: an inode dies with nlink and refs both 0 */
	uint32_t writers, executors;    /* open for writing; being executed */
	int64_t atime, mtime, ctime;    /* ns since 1970 */
	struct directory *dir;          /* of a RAM directory */
	struct inode *up;               /* of another directory: its parent */
	struct store *store;            /* of a regular file */
	char *target;                   /* of a symbolic link, length in target_length */
	uint32_t target_length;
	struct pipe *pipe;              /* of a FIFO or pipe, while it is open */
	uint32_t lock_shared;           /* flock: open files that have it shared, ... */
	bool lock_exclusive;            /* ... or one has it alone */
	struct wait_queue unlocked;
	uint64_t value;                 /* for the file system's own use */
};

/* Who asks: for permissions. */
struct creds {
	uint32_t uid, euid, suid, gid, egid, sgid;
	uint32_t group_count, groups[32];
};

static inline bool mode_is(uint32_t mode, uint32_t type)
{
	return (mode & LINUX_S_IFMT) == type;
}

/* A new inode with a reference for the caller, or null. */
struct inode *inode_create(const struct inode_ops *ops, uint64_t device, uint32_t mode);
struct inode *inode_get(struct inode *inode);
/* Gives a reference back; null is passed over. */
void inode_put(struct inode *inode);
/* Destroys it if nothing refers to it; after a change of nlink. */
void inode_check(struct inode *inode);

enum inode_access { INODE_EXECUTE = 1, INODE_WRITE = 2, INODE_READ = 4 };
/* 0 or -EACCES. */
int inode_allows(const struct inode *inode, const struct creds *who, unsigned access);
uint64_t inode_size(const struct inode *inode);
void inode_touch(struct inode *inode, bool access, bool modify);
/* Inodes that exist, for statfs and tests. */
uint64_t inode_count(void);
