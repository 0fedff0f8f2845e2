#include "personalities/linux/emul/stat.h"

void stat_make_x86_64(struct stat_x86_64 *to, const struct unix_stat *s)
{
	*to = (struct stat_x86_64){
		.dev = s->dev, .ino = s->ino, .nlink = s->nlink, .mode = s->mode, .uid = s->uid, .gid = s->gid, .rdev = s->rdev,
		.size = (int64_t)s->size, .blksize = s->blksize, .blocks = (int64_t)s->blocks,
		.atime = s->atime_s, .atime_ns = s->atime_ns, .mtime = s->mtime_s, .mtime_ns = s->mtime_ns,
		.ctime = s->ctime_s, .ctime_ns = s->ctime_ns,
	};
}

void stat_make_generic(struct stat_generic *to, const struct unix_stat *s)
{
	*to = (struct stat_generic){
		.dev = s->dev, .ino = s->ino, .nlink = (uint32_t)s->nlink, .mode = s->mode, .uid = s->uid, .gid = s->gid,
		.rdev = s->rdev, .size = (int64_t)s->size, .blksize = (int32_t)s->blksize, .blocks = (int64_t)s->blocks,
		.atime = s->atime_s, .atime_ns = s->atime_ns, .mtime = s->mtime_s, .mtime_ns = s->mtime_ns,
		.ctime = s->ctime_s, .ctime_ns = s->ctime_ns,
	};
}

#define STATX_BASIC_STATS 0x7ffu
#define STATX_BTIME 0x800u

/* A device number of stat(2) is MMMmmmmmMMMmm in nibbles (include/linux/kdev_t.h, new_encode_dev). */
static uint32_t device_major(uint64_t device)
{
	return (uint32_t)(device >> 8 & 0xfff);
}

static uint32_t device_minor(uint64_t device)
{
	return (uint32_t)((device & 0xff) | (device >> 12 & 0xfff00));
}

void statx_make(struct linux_statx *to, const struct unix_stat *s)
{
	*to = (struct linux_statx){
		.mask = STATX_BASIC_STATS | STATX_BTIME, .blksize = s->blksize, .nlink = (uint32_t)s->nlink,
		.uid = s->uid, .gid = s->gid, .mode = (uint16_t)s->mode, .ino = s->ino, .size = s->size, .blocks = s->blocks,
		.atime = { s->atime_s, s->atime_ns, 0 }, .btime = { s->btime_s, s->btime_ns, 0 },
		.ctime = { s->ctime_s, s->ctime_ns, 0 }, .mtime = { s->mtime_s, s->mtime_ns, 0 },
		.rdev_major = device_major(s->rdev), .rdev_minor = device_minor(s->rdev),
		.dev_major = device_major(s->dev), .dev_minor = device_minor(s->dev),
	};
}
