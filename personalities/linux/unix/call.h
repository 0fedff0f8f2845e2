/* Requests: what the functions behind the methods of protocol.h have in common.
 *
 * A function answers Linux's result, or WAITING after putting process->waiter into queues; then it is run again, from its
 * beginning, with the same call, when one of the queues is woken, the deadline passes or a signal comes. */
#pragma once

#include "personalities/linux/protocol.h"
#include "personalities/linux/unix/path.h"
#include "personalities/linux/unix/process.h"

typedef int64_t call_function(struct process *process, struct call *call);

/* ---- the exchange, none of which is to be trusted ---- */

/* Where `length` bytes at that offset are, or null if that is outside of the bulk buffer.  The process can change them at
 * any time: for bytes that nobody looks at. */
void *call_bulk(struct process *process, uint64_t offset, uint64_t length);
/* Copies in or out.  0 or -EFAULT. */
int call_get(struct process *process, uint64_t offset, void *to, size_t bytes);
int call_put(struct process *process, uint64_t offset, const void *from, size_t bytes);
/* Copies text that ends with NUL.  -EFAULT; -ENAMETOOLONG if it has `size` bytes or more. */
int call_text(struct process *process, uint64_t offset, char *out, size_t size);

/* ---- files by descriptor and path ---- */

/* The open file, or null: -EBADF. */
struct file *call_file(struct process *process, uint64_t fd);
/* The directory where a path begins: null for the working directory.  0 or -errno. */
int call_base(struct process *process, int64_t dirfd, const char *path, struct inode **out);
/* The file at a path in the exchange; flags: LINUX_AT_EMPTY_PATH, and `follow` a link at the end.  With a reference. */
int call_find(struct process *process, int64_t dirfd, uint64_t path, uint64_t flags, bool follow, struct inode **out);
/* The same, seen from the working directory, or the descriptor's own file if `path` is 0. */
int call_find_or_fd(struct process *process, int64_t fd, uint64_t path, bool follow, struct inode **out);
/* The place of a path's last name; path_last_put afterwards. */
int call_place(struct process *process, int64_t dirfd, uint64_t path, bool follow, struct path_last *out);

/* The file that stays open while the call waits, whatever the process's descriptors become.  Null: -EBADF. */
struct file *call_hold(struct process *process, struct call *call, uint64_t fd);

/* Maps an area whose place has been checked, instead of what is there.  Its start, or -errno. */
int64_t map_area(struct process *process, struct area area);

/* ---- running ---- */

/* Runs process->call.  WAITING: not to be answered yet (or ever: the process may have ended). */
int64_t call_run(struct process *process);
struct call_method {
	const char *name;
	call_function *run;
	bool takes_file;        /* word 0 is a descriptor, kept open while the call waits */
};
/* Requests run and refused, for /proc. */
uint64_t call_count(void);
uint64_t call_unsupported(unsigned number);
void call_count_unsupported(uint64_t number);
#define CALL_UNSUPPORTED 512

call_function call_read, call_write, call_open, call_close, call_close_range, call_seek, call_dup, call_dup_to, call_fcntl,
	call_ioctl, call_pipe, call_sendfile, call_sync, call_fallocate, call_getdents, call_flock, call_memfd;
call_function call_stat, call_fstat, call_statfs, call_access, call_readlink, call_mkdir, call_mknod, call_unlink, call_link,
	call_symlink, call_rename, call_chmod, call_chown, call_utimens, call_truncate, call_chdir, call_chroot, call_getcwd,
	call_umask;
call_function call_poll;
call_function call_fork, call_exit, call_wait, call_getpgid, call_setpgid, call_getsid, call_setsid, call_getpriority,
	call_setpriority, call_setuid, call_setgid, call_getgroups, call_setgroups, call_rlimit;
call_function call_exec_data, call_execve;
call_function call_rusage, call_times, call_sysinfo, call_uname, call_sethostname, call_prctl_name, call_cpu_time, call_reboot,
	call_syslog, call_getrandom, call_report_unsupported;
call_function call_signal_action, call_signal_next, call_pause, call_signal_wait, call_kill, call_tkill, call_sigqueue,
	call_itimer, call_fault;
call_function call_sleep, call_clock_set;
call_function call_mmap, call_munmap, call_mprotect, call_brk, call_mremap, call_madvise, call_msync;
