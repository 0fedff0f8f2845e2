/* From paths to files: components, "..", symbolic links, permissions to search. */
#pragma once

#include "personalities/linux/unix/ramfs.h"

/* Where paths begin, and who asks. */
struct path_start {
	struct inode *root, *cwd;
	const struct creds *who;
};

/* The file at `path`, seen from `base` (null: the working directory), with a reference.  `follow`: a symbolic link at the end
 * is followed.  Errors: -ENOENT, -ENOTDIR, -EACCES, -ELOOP, -ENAMETOOLONG. */
int path_find(const struct path_start *start, struct inode *base, const char *path, bool follow, struct inode **out);

/* The directory that has, or is to have, the last name of `path`. */
struct path_last {
	struct place place;             /* dir has a reference: path_last_put */
	char name[LINUX_NAME_MAX + 1];
	bool must_be_directory;         /* the path ends with a slash */
};

/* Errors: as path_find; -EEXIST if the last component is "." or "..", -EBUSY if there is none: the root. */
int path_parent(const struct path_start *start, struct inode *base, const char *path, bool follow, struct path_last *out);
void path_last_put(struct path_last *last);

/* The absolute path of a directory, with NUL.  Returns its length with NUL; -ENOENT if it was removed, -ERANGE. */
int path_of(const struct inode *root, struct inode *dir, char *out, size_t size);
/* The parent of a directory, without a new reference. */
struct inode *path_up(const struct inode *root, struct inode *dir);
