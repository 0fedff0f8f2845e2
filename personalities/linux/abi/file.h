/* Linux's numbers and structures of files and file systems, the same on x86_64 and riscv64. */
#pragma once

#include <stdint.h>

enum linux_open {
	LINUX_O_ACCMODE = 3, LINUX_O_RDONLY = 0, LINUX_O_WRONLY = 1, LINUX_O_RDWR = 2,
	LINUX_O_CREAT = 0x40, LINUX_O_EXCL = 0x80, LINUX_O_NOCTTY = 0x100, LINUX_O_TRUNC = 0x200, LINUX_O_APPEND = 0x400,
	LINUX_O_NONBLOCK = 0x800, LINUX_O_DSYNC = 0x1000, LINUX_O_ASYNC = 0x2000, LINUX_O_DIRECT = 0x4000,
	LINUX_O_LARGEFILE = 0x8000, LINUX_O_DIRECTORY = 0x10000, LINUX_O_NOFOLLOW = 0x20000, LINUX_O_NOATIME = 0x40000,
	LINUX_O_CLOEXEC = 0x80000, LINUX_O_PATH = 0x200000, LINUX_O_TMPFILE = 0x400000,
};

enum linux_at {
	LINUX_AT_FDCWD = -100,
	LINUX_AT_SYMLINK_NOFOLLOW = 0x100, LINUX_AT_REMOVEDIR = 0x200, LINUX_AT_EACCESS = 0x200,
	LINUX_AT_SYMLINK_FOLLOW = 0x400, LINUX_AT_NO_AUTOMOUNT = 0x800, LINUX_AT_EMPTY_PATH = 0x1000,
};

enum linux_mode {
	LINUX_S_IFMT = 0170000, LINUX_S_IFSOCK = 0140000, LINUX_S_IFLNK = 0120000, LINUX_S_IFREG = 0100000,
	LINUX_S_IFBLK = 0060000, LINUX_S_IFDIR = 0040000, LINUX_S_IFCHR = 0020000, LINUX_S_IFIFO = 0010000,
	LINUX_S_ISUID = 04000, LINUX_S_ISGID = 02000, LINUX_S_ISVTX = 01000,
};

enum linux_seek { LINUX_SEEK_SET, LINUX_SEEK_CUR, LINUX_SEEK_END, LINUX_SEEK_DATA, LINUX_SEEK_HOLE };
enum linux_rename { LINUX_RENAME_NOREPLACE = 1, LINUX_RENAME_EXCHANGE = 2 };
enum linux_fallocate { LINUX_FALLOC_KEEP_SIZE = 1, LINUX_FALLOC_PUNCH_HOLE = 2 };

enum linux_fcntl {
	LINUX_F_DUPFD = 0, LINUX_F_GETFD = 1, LINUX_F_SETFD = 2, LINUX_F_GETFL = 3, LINUX_F_SETFL = 4, LINUX_F_GETLK = 5,
	LINUX_F_SETLK = 6, LINUX_F_SETLKW = 7, LINUX_F_SETOWN = 8, LINUX_F_GETOWN = 9, LINUX_F_DUPFD_CLOEXEC = 1030,
	LINUX_F_SETPIPE_SZ = 1031, LINUX_F_GETPIPE_SZ = 1032,
	LINUX_F_RDLCK = 0, LINUX_F_WRLCK = 1, LINUX_F_UNLCK = 2,
	LINUX_FD_CLOEXEC = 1,
};

struct linux_flock {
	int16_t type, whence;
	int32_t pad;
	int64_t start, length;
	int32_t pid, pad2;
};

enum linux_poll {
	LINUX_POLLIN = 1, LINUX_POLLPRI = 2, LINUX_POLLOUT = 4, LINUX_POLLERR = 8, LINUX_POLLHUP = 16, LINUX_POLLNVAL = 32,
	LINUX_POLLRDNORM = 64, LINUX_POLLRDBAND = 128, LINUX_POLLWRNORM = 256, LINUX_POLLWRBAND = 512,
};

struct linux_pollfd {
	int32_t fd;
	int16_t events, revents;
};

/* The name follows, ended by NUL; the whole is a multiple of 8 bytes. */
struct linux_dirent64 {
	uint64_t ino;
	int64_t position;
	uint16_t size;
	uint8_t type;           /* mode >> 12 */
	char name[];
};
#define LINUX_DIRENT_NAME 19    /* offset of the name */

struct linux_statfs {
	uint64_t type, bsize, blocks, bfree, bavail, files, ffree;
	int32_t fsid[2];
	uint64_t namelen, frsize, flags, spare[4];
};

#define LINUX_TMPFS_MAGIC 0x01021994
#define LINUX_PROC_MAGIC  0x9fa0

#define LINUX_PATH_MAX 4096     /* with NUL */
#define LINUX_NAME_MAX 255      /* without */
#define LINUX_PIPE_BUF 4096
#define LINUX_SYMLINKS_MAX 40
#define LINUX_UTIME_NOW  0x3fffffff
#define LINUX_UTIME_OMIT 0x3ffffffe

/* A device number as stat and mknod have it. */
static inline uint64_t linux_device(uint32_t major, uint32_t minor)
{
	return ((uint64_t)(major & 0xfff) << 8) | (minor & 0xff) | ((uint64_t)(minor & ~0xffu) << 12);
}
