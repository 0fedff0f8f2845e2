/* Linux's numbers and structures of processes, memory, time and the system, the same on x86_64 and riscv64. */
#pragma once

#include <stdint.h>

enum linux_wait {
	LINUX_WNOHANG = 1, LINUX_WUNTRACED = 2, LINUX_WSTOPPED = 2, LINUX_WEXITED = 4, LINUX_WCONTINUED = 8,
	LINUX_WNOWAIT = 0x01000000,
	LINUX_P_ALL = 0, LINUX_P_PID = 1, LINUX_P_PGID = 2,
};
#define LINUX_WAIT_CONTINUED 0xffff

enum linux_clone {
	LINUX_CSIGNAL = 0xff, LINUX_CLONE_VM = 0x100, LINUX_CLONE_FS = 0x200, LINUX_CLONE_FILES = 0x400,
	LINUX_CLONE_SIGHAND = 0x800, LINUX_CLONE_VFORK = 0x4000, LINUX_CLONE_THREAD = 0x10000,
	LINUX_CLONE_SETTLS = 0x80000, LINUX_CLONE_PARENT_SETTID = 0x100000, LINUX_CLONE_CHILD_CLEARTID = 0x200000,
	LINUX_CLONE_CHILD_SETTID = 0x1000000,
};

enum linux_rlimit_resource {
	LINUX_RLIMIT_CPU, LINUX_RLIMIT_FSIZE, LINUX_RLIMIT_DATA, LINUX_RLIMIT_STACK, LINUX_RLIMIT_CORE, LINUX_RLIMIT_RSS,
	LINUX_RLIMIT_NPROC, LINUX_RLIMIT_NOFILE, LINUX_RLIMIT_MEMLOCK, LINUX_RLIMIT_AS, LINUX_RLIMIT_LOCKS,
	LINUX_RLIMIT_SIGPENDING, LINUX_RLIMIT_MSGQUEUE, LINUX_RLIMIT_NICE, LINUX_RLIMIT_RTPRIO, LINUX_RLIMIT_RTTIME,
	LINUX_RLIMITS,
};
#define LINUX_RLIM_INFINITY UINT64_MAX

struct linux_rlimit { uint64_t current, maximum; };
struct linux_timespec { int64_t s, ns; };
struct linux_timeval { int64_t s, us; };

struct linux_rusage {
	struct linux_timeval utime, stime;
	int64_t maxrss, ixrss, idrss, isrss, minflt, majflt, nswap, inblock, oublock, msgsnd, msgrcv, nsignals, nvcsw, nivcsw;
};
enum linux_rusage_who { LINUX_RUSAGE_SELF = 0, LINUX_RUSAGE_CHILDREN = -1, LINUX_RUSAGE_THREAD = 1 };

struct linux_tms { int64_t utime, stime, cutime, cstime; };
#define LINUX_CLOCK_TICKS 100   /* a second, in times and /proc */

struct linux_sysinfo {
	int64_t uptime;
	uint64_t loads[3], totalram, freeram, sharedram, bufferram, totalswap, freeswap;
	uint16_t procs, pad;
	uint32_t pad2;
	uint64_t totalhigh, freehigh;
	uint32_t mem_unit, pad3;
};

struct linux_utsname { char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65]; };

enum linux_priority { LINUX_PRIO_PROCESS, LINUX_PRIO_PGRP, LINUX_PRIO_USER };
enum linux_itimer { LINUX_ITIMER_REAL, LINUX_ITIMER_VIRTUAL, LINUX_ITIMER_PROF };

enum linux_mman {
	LINUX_PROT_READ = 1, LINUX_PROT_WRITE = 2, LINUX_PROT_EXEC = 4,
	LINUX_MAP_SHARED = 1, LINUX_MAP_PRIVATE = 2, LINUX_MAP_SHARED_VALIDATE = 3, LINUX_MAP_TYPE = 0xf, LINUX_MAP_FIXED = 0x10,
	LINUX_MAP_ANONYMOUS = 0x20, LINUX_MAP_GROWSDOWN = 0x100, LINUX_MAP_NORESERVE = 0x4000, LINUX_MAP_FIXED_NOREPLACE = 0x100000,
	LINUX_MREMAP_MAYMOVE = 1, LINUX_MREMAP_FIXED = 2,
	LINUX_MADV_DONTNEED = 4, LINUX_MADV_FREE = 8,
};

enum linux_auxv {
	LINUX_AT_NULL, LINUX_AT_IGNORE, LINUX_AT_EXECFD, LINUX_AT_PHDR, LINUX_AT_PHENT, LINUX_AT_PHNUM, LINUX_AT_PAGESZ,
	LINUX_AT_BASE, LINUX_AT_FLAGS, LINUX_AT_ENTRY, LINUX_AT_NOTELF, LINUX_AT_UID, LINUX_AT_EUID, LINUX_AT_GID,
	LINUX_AT_EGID, LINUX_AT_PLATFORM, LINUX_AT_HWCAP, LINUX_AT_CLKTCK, LINUX_AT_SECURE = 23, LINUX_AT_RANDOM = 25,
	LINUX_AT_EXECFN = 31,
};
