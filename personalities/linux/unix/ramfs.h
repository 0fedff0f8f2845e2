/* The RAM file system: making, removing and renaming names.
 *
 * Every function checks permissions for `who` and answers 0 or -errno, having changed nothing if it fails. */
#pragma once

#include "personalities/linux/unix/inode.h"

/* A name in a directory: what path_parent finds. */
struct place {
	struct inode *dir;
	const char *name;
	size_t length;          /* 1 to LINUX_NAME_MAX */
};

extern const struct inode_ops ramfs_ops;

/* A directory that is its own parent, with a reference; null if there is no memory. */
struct inode *ramfs_root(uint64_t device, uint32_t mode);

/* An inode without a name, with a reference: O_TMPFILE, memfd.  Null: no memory. */
struct inode *ramfs_nameless(const struct inode *dir, uint32_t mode, const struct creds *who);
/* A file, directory, FIFO or device: by the type in mode.  A reference goes to *out unless that is null. */
int ramfs_create(const struct place *at, uint32_t mode, uint64_t rdev, const struct creds *who, struct inode **out);
int ramfs_symlink(const struct place *at, const char *target, size_t length, const struct creds *who);
int ramfs_link(const struct place *at, struct inode *inode, const struct creds *who);
/* Removes a name; `directory` tells which of unlink and rmdir it is. */
int ramfs_unlink(const struct place *at, bool directory, const struct creds *who);
int ramfs_rename(const struct place *from, const struct place *to, unsigned flags, const struct creds *who);
/* Puts another file system's root at a name: there is no way back. */
int ramfs_mount(const struct place *at, struct inode *root);
