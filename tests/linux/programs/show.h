/* Each program of this directory prints the results of system calls, line by line.  It runs on the host and in Isthmus, and
 * both outputs must be the same: so it prints nothing that may differ (ids, addresses, times), only whether it is as it
 * should be. */
#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef __GLIBC__ /* musl 1.2.3 has no functions for these */
#define renameat2(a, b, c, d, e) syscall(SYS_renameat2, a, b, c, d, e)
#define close_range(a, b, c) syscall(SYS_close_range, a, b, c)
#endif

static inline void show_result(const char *what, long result)
{
    if (result < 0)
        printf("%s: error %d, %s\n", what, errno, strerror(errno));
    else
        printf("%s: %ld\n", what, result);
    fflush(stdout);
}

/* The call's result, or its error. */
#define SHOW(call) (errno = 0, show_result(#call, (long)(call)))
/* The same for results that are only good or bad (descriptors, ids, addresses). */
#define WORKS(call) (errno = 0, show_result(#call, (long)(call) < 0 ? -1 : 0))
#define TRUE(condition) (printf("%s: %s\n", #condition, (condition) ? "yes" : "NO"), fflush(stdout))

/* Addresses that nobody has. */
static void *volatile bad_pointer = (void *)8;
#define BAD bad_pointer
#define BEHIND ((void *)0x3ffffffff000)

static inline void show_status(const char *what, int status)
{
    if (WIFEXITED(status))
        printf("%s: exit %d\n", what, WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        printf("%s: signal %d\n", what, WTERMSIG(status));
    else if (WIFSTOPPED(status))
        printf("%s: stopped %d\n", what, WSTOPSIG(status));
    else if (WIFCONTINUED(status))
        printf("%s: continued\n", what);
    fflush(stdout);
}

/* Runs a function in a child and shows how it ended. */
static inline void in_child(const char *what, void (*function)(void))
{
    int status = 0;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        function();
        _exit(0);
    }
    if (waitpid(pid, &status, 0) != pid)
        printf("%s: lost\n", what);
    show_status(what, status);
}
