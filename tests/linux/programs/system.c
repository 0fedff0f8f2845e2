/* What a program is told at its start and may ask of the system: arguments, auxiliary vector, identity, clocks. */
#include "show.h"

#include <sched.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <time.h>

extern char **environ;

static void start(int argc, char **argv)
{
    printf("%d arguments\n", argc);
    TRUE(argv[argc] == NULL && environ == argv + argc + 1);
    TRUE(getauxval(AT_PAGESZ) == 4096 && getauxval(AT_CLKTCK) == 100 && getauxval(AT_SECURE) == 0);
    TRUE(getauxval(AT_PHDR) != 0 && getauxval(AT_PHNUM) > 2 && getauxval(AT_ENTRY) != 0);
    TRUE(getauxval(AT_UID) == getuid() && getauxval(AT_EUID) == geteuid() && getauxval(AT_GID) == getgid());
    TRUE(getauxval(AT_RANDOM) != 0 && getauxval(AT_HWCAP) != 0);
    TRUE(!strcmp((char *)getauxval(AT_EXECFN), argv[0]));
    TRUE(syscall(SYS_gettid) == getpid() && getppid() >= 0);
}

static void names(void)
{
    struct utsname u;

    SHOW(uname(&u));
    puts(u.sysname);
    TRUE(u.machine[0] && u.version[0]);
    TRUE(u.release[0] >= '5' && u.nodename[0]);
    SHOW(syscall(SYS_uname, BAD));
}

static void identity(void)
{
    uid_t r, e, s;

    SHOW(getresuid(&r, &e, &s));
    TRUE(r == getuid() && e == geteuid() && s == e);
    SHOW(syscall(SYS_getresuid, BAD, &e, &s));
    SHOW(syscall(SYS_getgroups, -1, NULL));
    WORKS(getgroups(0, NULL));
    SHOW(setuid(getuid()));
    SHOW(setgid(getgid()));
    SHOW(setreuid((uid_t)-1, (uid_t)-1));
    SHOW(setuid((uid_t)-1));
}

static int64_t ns(const struct timespec *t)
{
    return t->tv_sec * 1000000000ll + t->tv_nsec;
}

static void clocks(void)
{
    struct timespec a, b, t = { 0, 20000000 };
    struct timeval v;

    SHOW(clock_gettime(CLOCK_MONOTONIC, &a));
    SHOW(nanosleep(&t, NULL));
    SHOW(clock_gettime(CLOCK_MONOTONIC, &b));
    TRUE(ns(&b) - ns(&a) >= 20000000 && ns(&b) - ns(&a) < 2000000000);
    SHOW(clock_gettime(CLOCK_REALTIME, &a));
    SHOW(gettimeofday(&v, NULL));
    TRUE(v.tv_sec - a.tv_sec <= 1 && time(NULL) - a.tv_sec <= 1 && a.tv_sec > 1600000000);
    for (int clock = 0; clock < 8; clock++)
        SHOW(syscall(SYS_clock_gettime, clock, &a));
    SHOW(clock_gettime(77, &a));
    SHOW(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, BAD));
    SHOW(clock_getres(CLOCK_MONOTONIC, &a));
    TRUE(a.tv_sec == 0 && a.tv_nsec == 1);
    SHOW(clock_getres(CLOCK_MONOTONIC, NULL));
    t.tv_nsec = 1000000000;
    SHOW(nanosleep(&t, NULL));
    t.tv_nsec = -1;
    SHOW(nanosleep(&t, NULL));
    SHOW(syscall(SYS_nanosleep, BAD, NULL));
    clock_gettime(CLOCK_MONOTONIC, &a);
    a.tv_nsec += a.tv_nsec < 900000000 ? 10000000 : 0;
    SHOW(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &a, NULL));
    clock_gettime(CLOCK_MONOTONIC, &b);
    TRUE(ns(&b) >= ns(&a));
    SHOW(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &(struct timespec){ 5, 0 }, NULL));
    SHOW(clock_nanosleep(77, 0, &b, NULL) == EINVAL ? 0 : -1);
}

static void facts(void)
{
    char random[64] = { 0 }, more[64] = { 0 };
    struct sysinfo i;
    cpu_set_t set;

    SHOW(getrandom(random, sizeof random, 0));
    SHOW(getrandom(more, sizeof more, GRND_NONBLOCK));
    TRUE(memcmp(random, more, sizeof more) != 0);
    SHOW(getrandom(random, 10, 99));
    SHOW(syscall(SYS_getrandom, BAD, 10, 0));
    SHOW(sysinfo(&i));
    TRUE(i.totalram > 0 && i.freeram <= i.totalram && i.mem_unit > 0);
    TRUE(sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) >= 1);
    TRUE(sched_getcpu() >= 0);
    SHOW(syscall(5000));
    SHOW(syscall(-1));
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    start(argc, argv);
    names();
    identity();
    clocks();
    facts();
    return 0;
}
