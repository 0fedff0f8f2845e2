// sources: personalities/linux/emul/iovec.c personalities/linux/emul/fdset.c personalities/linux/emul/wait_status.c personalities/linux/emul/stat.c personalities/linux/emul/duration.c
/* The parts of the emulation library that only compute. */
#include "personalities/linux/emul/clock.h"
#include "personalities/linux/emul/fdset.h"
#include "personalities/linux/emul/iovec.h"
#include "personalities/linux/emul/stat.h"
#include "personalities/linux/emul/wait_status.h"
#include "tests/unit/boot_check.h"

#include <sys/sysmacros.h>
#include <sys/wait.h>

static const char *vectors(void)
{
    struct linux_iovec v[3] = { { 1, 10 }, { 2, 0 }, { 3, 5 } };

    CHECK(iovec_clip(v, 3) == 15 && iovec_clip(v, 0) == 0);
    v[1].size = 1ull << 63;
    CHECK(iovec_clip(v, 3) == -22);
    v[1].size = INT64_MAX;
    CHECK(iovec_clip(v, 3) == RW_MAX);
    CHECK(v[0].size == 10 && v[1].size == RW_MAX - 10 && v[2].size == 0);
    return NULL;
}

static struct fd_sets sets_of(unsigned count, int in, int out, int except)
{
    struct fd_sets s = { .count = count };
    int fds[3] = { in, out, except };

    for (int i = 0; i < 3; i++)
        if (fds[i] >= 0) {
            s.there[i] = true;
            s.set[i][fds[i] / 64] |= 1ull << fds[i] % 64;
        }
    return s;
}

static const char *sets_to_list(void)
{
    static struct linux_pollfd list[POLL_MAX];
    struct fd_sets s = sets_of(130, 129, 0, 64);

    CHECK(fd_sets_to_poll(&s, list) == 3);
    CHECK(list[0].fd == 0 && list[1].fd == 64 && list[2].fd == 129);
    CHECK(list[0].events & LINUX_POLLOUT && list[1].events == LINUX_POLLPRI && list[2].events & LINUX_POLLIN);
    s.count = 129;
    CHECK(fd_sets_to_poll(&s, list) == 2);
    CHECK(fd_set_bytes(0) == 0 && fd_set_bytes(1) == 8 && fd_set_bytes(64) == 8 && fd_set_bytes(65) == 16);
    return NULL;
}

static const char *list_to_sets(void)
{
    static struct linux_pollfd list[POLL_MAX];
    struct fd_sets s = sets_of(70, 5, 5, 69);
    unsigned count = fd_sets_to_poll(&s, list);

    CHECK(count == 2);
    list[0].revents = LINUX_POLLHUP;        /* readable, not writable */
    CHECK(fd_sets_from_poll(&s, list, count) == 1 && s.set[0][0] == 1 << 5 && s.set[1][0] == 0 && s.set[2][1] == 0);
    list[0].revents = LINUX_POLLERR;        /* both */
    list[1].revents = LINUX_POLLPRI;
    CHECK(fd_sets_from_poll(&s, list, count) == 3 && s.set[1][0] == 1 << 5 && s.set[2][1] == 1 << 5);
    list[1].revents = LINUX_POLLNVAL;
    CHECK(fd_sets_from_poll(&s, list, count) == -9);
    return NULL;
}

/* Every status that the C library's macros can take apart. */
static const char *statuses(void)
{
    int32_t code, value;

    for (unsigned i = 0; i < 256; i++) {
        wait_status_split(i << 8, &code, &value);
        CHECK(code == CLD_EXITED && value == WEXITSTATUS((int)(i << 8)));
        wait_status_split(i << 8 | 0x7f, &code, &value);
        CHECK(code == CLD_STOPPED && value == WSTOPSIG((int)(i << 8 | 0x7f)));
    }
    for (unsigned i = 1; i < 127; i++) {
        wait_status_split(i, &code, &value);
        CHECK(code == CLD_KILLED && value == (int)i);
        wait_status_split(i | 0x80, &code, &value);
        CHECK(code == CLD_DUMPED && value == (int)i);
    }
    wait_status_split(0xffff, &code, &value);
    CHECK(code == CLD_CONTINUED && value == 18);
    return NULL;
}

static const char *devices(void)
{
    struct unix_stat s = { .dev = makedev(8, 1), .rdev = makedev(0xabc, 0x12345), .mode = 020666, .nlink = 1ull << 33, .size = 5 };
    struct linux_statx x;
    struct stat_generic g;
    struct stat_x86_64 o;

    statx_make(&x, &s);
    CHECK(x.dev_major == 8 && x.dev_minor == 1 && x.rdev_major == 0xabc && x.rdev_minor == 0x12345 && x.mode == 020666);
    stat_make_generic(&g, &s);
    stat_make_x86_64(&o, &s);
    CHECK(g.rdev == s.rdev && o.rdev == s.rdev && o.nlink == 1ull << 33 && g.size == 5 && o.size == 5);
    return NULL;
}

static const char *durations(void)
{
    struct linux_timespec far = { INT64_MAX, 999999999 };

    CHECK(ticks_to_ns(0, 0) == 0 && ticks_to_ns(5, 0) == 0);
    CHECK(ticks_to_ns(10000000, 10000000) == NS && ticks_to_ns(1, 10000000) == 100);
    /* A century at 5 GHz neither overflows nor loses. */
    CHECK(ticks_to_ns(5000000000ull * 3155760000, 5000000000ull) == 3155760000ull * NS);
    CHECK(ticks_to_ns(4999999999ull, 5000000000ull) == 999999999);
    CHECK(timespec_is_valid(&far) && timespec_ns(&far) < INT64_MAX / 2);
    CHECK(!timespec_is_valid(&(struct linux_timespec){ 0, NS }) && !timespec_is_valid(&(struct linux_timespec){ -1, 0 }));
    CHECK(timespec_of(1500000000).s == 1 && timespec_of(1500000000).ns == 500000000 && timeval_of(1500000999).us == 500000);
    return NULL;
}

int main(void)
{
    static const struct group groups[] = {
        { "vectors", vectors }, { "sets to list", sets_to_list }, { "list to sets", list_to_sets }, { "statuses", statuses },
        { "devices", devices }, { "durations", durations },
    };

    return run_groups(groups, sizeof groups / sizeof *groups);
}
