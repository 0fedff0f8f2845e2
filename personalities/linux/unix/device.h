/* Devices: what opening a character device means, by its number; and the standard files of a program without terminal. */
#pragma once

#include "personalities/linux/unix/file.h"
#include "personalities/linux/unix/ramfs.h"

/* Gives the file the operations of its device.  0 or -ENXIO. */
int device_open(struct file *file);
/* Whether opening it asks for the caller's terminal: then the caller says which (device_open_for). */
int device_open_for(struct file *file, struct process *who);
/* Fills /dev. */
int device_populate(struct inode *dev, const struct creds *who);

/* An open file that is one of the console's channels: 'i' to read, 'o' and 'e' to write.  Null: no memory. */
struct file *stream_create(char channel);
/* Input has come, or there is room for output. */
void stream_ready(void);
