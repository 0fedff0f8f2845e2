/* Directories in memory: names, found by hash and listed in the order in which they were made. */
#pragma once

#include "personalities/linux/unix/inode.h"

/* The entry, or null. */
struct entry *directory_find(struct inode *dir, const char *name, size_t length);
/* Adds a name for the inode (nlink is the caller's affair).  0 or -ENOSPC. */
int directory_add(struct inode *dir, const char *name, size_t length, struct inode *inode);
void directory_remove(struct entry *entry);
/* Makes the name stand for another inode. */
void directory_replace(struct entry *entry, struct inode *inode);
/* As inode_ops.list, without "." and "..". */
void directory_list(struct inode *dir, uint64_t after, inode_emit *emit, void *context);
/* Whether `dir` is `above` or below it. */
bool directory_is_below(const struct inode *dir, const struct inode *above);
