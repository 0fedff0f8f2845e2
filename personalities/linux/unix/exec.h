/* execve. */
#pragma once

#include "personalities/linux/unix/process.h"

#define EXEC_STRINGS_MOST (1u << 20)    /* bytes of arguments and environment */

/* Starts the first program of a process that has none.  The strings: argc arguments, then envc of the environment. */
int exec_first(struct process *process, const char *path, const char *strings, size_t size, uint64_t argc, uint64_t envc);
