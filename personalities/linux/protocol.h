/* The unix server's interface to the emulation library in each process: one method for each thing that Linux does.
 *
 * A request is a call on UNIX_SLOT: the label is the method, words 0 to 7 are its arguments as listed here.  The answer's
 * word 0 is Linux's result: 0 or more, or -errno; further words where it says so.  Pointers into user memory become
 * offsets into the exchange (`@`: from EXCHANGE_BULK up to EXCHANGE_BULK_END; text ends with NUL; `@?` may be 0: none).
 * A deadline is an absolute time of CLOCK_MONOTONIC in nanoseconds, all ones for none.
 *
 * The server never touches user memory: the library copies in before, and out after, and splits what is longer than
 * EXCHANGE_BULK_SIZE.
 *
 * A call that waits can be interrupted by a signal.  Then exchange.pending & ~blocked is not 0 and the answer is -EINTR or
 * one of the codes below, with which Linux's kernel tells itself whether the call is to be made again.  If the kernel
 * answers `cancelled`, the server never saw the request: make it again.
 *
 * pselect, ppoll and sigsuspend: set exchange.blocked, call, let handlers run with the old mask to restore. */
#pragma once

#include <stdint.h>

#define UNIX_RESTART_SYS (-512)         /* make the call again unless a handler without SA_RESTART runs; then EINTR */
#define UNIX_RESTART_ALWAYS (-513)      /* make it again in any case */
#define UNIX_RESTART_NO_HANDLER (-514)  /* make it again only if no handler runs; else EINTR */

enum unix_method {
	/* ---- files ---- */
	UNIX_READ = 1,          /* fd, @data, length, position (-1: the file's own) -> count; w1: READ_MORE */
	UNIX_WRITE = 2,         /* fd, @data, length, position -> count */
	UNIX_OPEN = 3,          /* dirfd, @path, O_ flags, mode -> fd */
	UNIX_CLOSE = 4,         /* fd */
	UNIX_CLOSE_RANGE = 5,   /* first, last, flags */
	UNIX_SEEK = 6,          /* fd, offset, whence -> position */
	UNIX_DUP = 7,           /* fd, least, O_CLOEXEC or 0 -> fd   (dup, F_DUPFD, F_DUPFD_CLOEXEC) */
	UNIX_DUP_TO = 8,        /* fd, to, O_CLOEXEC or 0 -> to      (dup2, dup3; equal ones are the library's affair) */
	UNIX_FCNTL = 9,         /* fd, command, argument, @?struct flock -> result; not F_DUPFD */
	UNIX_IOCTL = 10,        /* fd, request, argument, @?data: as many bytes as linux_ioctl_sizes() says, both ways */
	UNIX_STAT = 11,         /* dirfd, @path, AT_ flags, @out struct unix_stat */
	UNIX_STATFS = 12,       /* fd, @?path, @out struct linux_statfs */
	UNIX_ACCESS = 13,       /* dirfd, @path, mode, AT_ flags */
	UNIX_READLINK = 14,     /* dirfd, @path, @out, size -> length */
	UNIX_GETDENTS = 15,     /* fd, @out, size -> bytes of struct linux_dirent64 */
	UNIX_MKDIR = 16,        /* dirfd, @path, mode */
	UNIX_MKNOD = 17,        /* dirfd, @path, mode, device */
	UNIX_UNLINK = 18,       /* dirfd, @path, AT_REMOVEDIR or 0 */
	UNIX_LINK = 19,         /* dirfd, @path, new dirfd, @new path, AT_ flags */
	UNIX_SYMLINK = 20,      /* @target, dirfd, @path */
	UNIX_RENAME = 21,       /* dirfd, @path, new dirfd, @new path, RENAME_ flags */
	UNIX_CHMOD = 22,        /* dirfd, @?path, mode, AT_ flags; without a path: of the file dirfd itself */
	UNIX_CHOWN = 23,        /* dirfd, @?path, uid, gid, AT_ flags */
	UNIX_UTIMENS = 24,      /* dirfd, @?path, @?struct linux_timespec[2], AT_ flags */
	UNIX_TRUNCATE = 25,     /* fd, @?path, length */
	UNIX_FALLOCATE = 26,    /* fd, mode, offset, length */
	UNIX_SYNC = 27,         /* fd, or -1 for everything */
	UNIX_CHDIR = 28,        /* fd, @?path */
	UNIX_CHROOT = 29,       /* @path */
	UNIX_GETCWD = 30,       /* @out, size -> length with NUL */
	UNIX_UMASK = 31,        /* mask -> old mask */
	UNIX_PIPE = 32,         /* O_ flags -> 0; w1: read end, w2: write end */
	UNIX_SENDFILE = 33,     /* out fd, in fd, position (-1: the file's own), length -> count; w1: READ_MORE */
	UNIX_FLOCK = 34,        /* fd, operation */
	UNIX_POLL = 35,         /* @struct linux_pollfd, count, deadline -> ready; select is made of it */
	UNIX_FSTAT = 36,        /* fd, @out struct unix_stat */
	UNIX_MEMFD = 37,        /* @name, flags -> fd */
	UNIX_EVENTFD = 38,      /* value, flags -> fd */

	/* ---- processes ---- */
	UNIX_FORK = 60,         /* clone flags without sharing, exit signal -> pid; the child begins at child_entry */
	UNIX_EXEC_DATA = 61,    /* @data, length: appends to the strings of the coming execve; length 0 drops them */
	UNIX_EXECVE = 62,       /* dirfd, @path, AT_ flags, argc, envc, @?data, length: appends like the above; no answer on success */
	UNIX_EXIT = 63,         /* status 0 to 255; no answer */
	UNIX_WAIT = 64,         /* P_ALL, P_PID or P_PGID; id; W options as waitid has them; @?struct linux_rusage
				   -> pid or 0; w1: status as wait has it, w2: uid */
	UNIX_GETPGID = 65,      /* pid */
	UNIX_SETPGID = 66,      /* pid, pgid */
	UNIX_GETSID = 67,       /* pid */
	UNIX_SETSID = 68,       /* -> sid */
	UNIX_GETPRIORITY = 69,  /* which, who -> 20 - nice, as the system call has it */
	UNIX_SETPRIORITY = 70,  /* which, who, nice */
	UNIX_SETUID = 71,       /* real, effective, saved; -1: as it is.  The exchange's header has the new ones */
	UNIX_SETGID = 72,       /* the same */
	UNIX_GETGROUPS = 73,    /* size, @uint32_t[size] -> count */
	UNIX_SETGROUPS = 74,    /* size, @uint32_t[size] */
	UNIX_RLIMIT = 75,       /* pid, resource, @?new struct linux_rlimit, @?old */
	UNIX_RUSAGE = 76,       /* who, @out struct linux_rusage */
	UNIX_TIMES = 77,        /* @out struct linux_tms -> clock ticks */
	UNIX_SYSINFO = 78,      /* @out struct linux_sysinfo */
	UNIX_UNAME = 79,        /* @out struct linux_utsname */
	UNIX_SETHOSTNAME = 80,  /* @name, length */
	UNIX_PRCTL_NAME = 81,   /* @name of 16 bytes, 0: get or 1: set */
	UNIX_CPU_TIME = 82,     /* pid, 0 for the caller -> 0; w1: nanoseconds */
	UNIX_REBOOT = 83,       /* command */
	UNIX_SYSLOG = 84,       /* type, @?data, length */

	/* ---- signals ---- */
	UNIX_SIGNAL_ACTION = 100, /* signal, 0: get or 1: set, handler, SA_ flags, mask, restorer
				     -> 0; w1..w4: the old handler, flags, mask, restorer */
	UNIX_SIGNAL_NEXT = 102, /* -> signal to handle now, or 0; w1: handler, w2: SA_ flags, w3: mask, w4: restorer;
				   exchange.siginfo.  Default actions are done, SA_RESETHAND too; blocking is the library's */
	UNIX_PAUSE = 105,       /* -> UNIX_RESTART_NO_HANDLER (pause, sigsuspend) */
	UNIX_SIGNAL_WAIT = 106, /* mask, deadline -> signal; exchange.siginfo; -EAGAIN at the deadline */
	UNIX_KILL = 107,        /* pid, signal */
	UNIX_TKILL = 108,       /* tgid or -1, tid, signal */
	UNIX_SIGQUEUE = 109,    /* pid, signal, code, value */
	UNIX_ITIMER = 110,      /* ITIMER_ which, 0: get or 1: set, value, interval, in ns -> 0; w1: old value, w2: old interval */
	UNIX_FAULT = 111,       /* signal, code, address: the library found that the program faulted (bad stack for a handler) */

	/* ---- time ---- */
	UNIX_SLEEP = 120,       /* deadline -> 0, or UNIX_RESTART_NO_HANDLER */
	UNIX_CLOCK_SET = 121,   /* CLOCK_REALTIME in ns since 1970; exchange.realtime_ns of every process changes */

	/* ---- memory ---- */
	UNIX_MMAP = 140,        /* address, length, PROT_, MAP_, fd, offset -> address */
	UNIX_MUNMAP = 141,      /* address, length */
	UNIX_MPROTECT = 142,    /* address, length, PROT_ */
	UNIX_BRK = 143,         /* address -> the break as it is now, never an error */
	UNIX_MREMAP = 144,      /* address, old length, new length -> address: in place only, else -ENOMEM; the library moves */
	UNIX_MADVISE = 145,     /* address, length, advice */
	UNIX_MSYNC = 146,       /* address, length, flags */

	/* ---- the rest ---- */
	UNIX_GETRANDOM = 160,   /* @out, length -> length */
	UNIX_UNSUPPORTED = 161, /* the ISA-neutral number of a call that the library answers with ENOSYS: it is counted */
	UNIX_METHODS = 176,
};

#define UNIX_READ_MORE 1u       /* a further read would neither block nor be the end of the file */

/* What stat tells, wide enough for every struct stat and statx. */
struct unix_stat {
	uint64_t dev, ino, rdev, nlink;
	uint32_t mode, uid, gid, blksize;
	uint64_t size, blocks;          /* blocks of 512 bytes */
	int64_t atime_s, mtime_s, ctime_s, btime_s;
	uint32_t atime_ns, mtime_ns, ctime_ns, btime_ns;
};
