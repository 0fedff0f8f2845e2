/* What stat(2) tells, in the program's shapes. */
#pragma once

#include "personalities/linux/protocol.h"

/* struct stat of x86-64. */
struct stat_x86_64 {
	uint64_t dev, ino, nlink;
	uint32_t mode, uid, gid, pad;
	uint64_t rdev;
	int64_t size, blksize, blocks;
	int64_t atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns, unused[3];
};

/* struct stat of asm-generic, and so of riscv64. */
struct stat_generic {
	uint64_t dev, ino;
	uint32_t mode, nlink, uid, gid;
	uint64_t rdev, pad;
	int64_t size;
	int32_t blksize, pad2;
	int64_t blocks, atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
	uint32_t unused[2];
};

struct linux_statx_time {
	int64_t s;
	uint32_t ns;
	int32_t pad;
};

struct linux_statx {
	uint32_t mask, blksize;
	uint64_t attributes;
	uint32_t nlink, uid, gid;
	uint16_t mode, pad;
	uint64_t ino, size, blocks, attributes_mask;
	struct linux_statx_time atime, btime, ctime, mtime;
	uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
	uint64_t spare[14];
};

_Static_assert(sizeof(struct stat_x86_64) == 144, "arch/x86/include/uapi/asm/stat.h");
_Static_assert(sizeof(struct stat_generic) == 128, "include/uapi/asm-generic/stat.h");
_Static_assert(sizeof(struct linux_statx) == 256, "include/uapi/linux/stat.h");

void stat_make_x86_64(struct stat_x86_64 *to, const struct unix_stat *from);
void stat_make_generic(struct stat_generic *to, const struct unix_stat *from);
void statx_make(struct linux_statx *to, const struct unix_stat *from);
