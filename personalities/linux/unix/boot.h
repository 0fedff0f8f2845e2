/* From the bundle to the first process. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inode;

/* What run.conf says (its format: tools/isthmus_tool/bundle.py). */
struct boot_conf {
	bool terminal;
	const char *exec, *cwd;
	uint64_t argc, envc;
	uint64_t realtime_s;            /* 0: not said */
	char *strings;                  /* arguments, then environment, each ended by NUL; heap memory of `room` bytes */
	size_t strings_size, room;
};

/* 0, -EINVAL for what is no configuration, -ENOMEM. */
int boot_conf_parse(const char *text, size_t size, struct boot_conf *out);
/* Puts the bundle's fs/... into a root directory.  Bytes of files stay where they are. */
int boot_fill(struct inode *root, const void *bundle, uint64_t size);
/* Makes the file systems and starts the first process; says why and ends the system if that fails. */
void boot(const void *bundle, uint64_t size);
