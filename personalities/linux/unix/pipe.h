/* Pipes and FIFOs. */
#pragma once

#include "personalities/linux/unix/file.h"

#define PIPE_SIZE 65536u

struct pipe {
	uint8_t *buffer;                /* null until the first write */
	uint32_t first, count;          /* bytes */
	uint32_t readers, writers;      /* open files */
	uint64_t reader_opens, writer_opens;    /* ever: who waits to open a FIFO counts these */
	uint32_t refs;
	struct wait_queue change;
};

/* Two open files, with a reference each.  0 or -errno. */
int pipe_create(uint32_t flags, struct file **out_read, struct file **out_write);
/* Makes an open file an end of its inode's FIFO.  0, or -ENXIO for a writer that must not wait and has no reader. */
int pipe_open(struct file *file);
/* Whether the FIFO's other end has been opened; if not, the waiter is put into its queue. */
bool pipe_is_connected(struct file *file, struct waiter *waiter);
bool file_is_pipe(const struct file *file);
