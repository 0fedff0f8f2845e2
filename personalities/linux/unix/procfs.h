/* /proc: what programs read about processes and the system.  Text is made when a file is opened. */
#pragma once

#include "personalities/linux/unix/process.h"
#include "personalities/linux/unix/text.h"

/* The root directory, with a reference; null if there is no memory. */
struct inode *procfs_root(void);

/* Who is looking, for /proc/self: set while a request runs. */
void procfs_set_reader(const struct process *process);

/* A file's text.  `process` is null for files that are not of a process. */
typedef void procfs_writer(struct text *text, const struct process *process);

struct procfs_file {
	const char *name;
	procfs_writer *write;
};

/* procfs_system.c and procfs_process.c; lists end with a null name. */
extern const struct procfs_file procfs_system_files[], procfs_kernel_files[], procfs_process_files[];
