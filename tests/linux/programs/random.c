/* Random system calls: random SEED CHILDREN CALLS.  Children make them, with arguments that are often nearly right; whatever
 * becomes of a child, this process must find the system as it was: it says so at the end, and nothing else. */
#include "show.h"

#include <sys/time.h>
#include <time.h>

#define HIGHEST_CALL 460
#define CHILD_LIMIT_ms 1000

static uint64_t state;

static uint64_t random_u64(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 0x2545f4914f6cdd1d;
}

static uint64_t below(uint64_t n)
{
    return random_u64() % n;
}

/* What would end this test, not the system: signals to others, endings, and children that nobody counts. */
static const int left_out[] = { SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_exit, SYS_exit_group,
    SYS_rt_sigreturn, SYS_clone, SYS_clone3, SYS_reboot, SYS_execve, SYS_execveat,
#ifdef SYS_fork
    SYS_fork, SYS_vfork,
#endif
};

static int is_left_out(int number)
{
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (left_out[i] == number)
            return 1;
    return 0;
}

static char text[8][64] = { "/tmp/random/a", "/tmp/random/b/c", "/dev/null", "/proc/self/stat", "", ".", "/", "/tmp/random" };
static uint64_t area[1024];

static uint64_t argument(void)
{
    switch (below(12)) {
    case 0:
        return below(4);
    case 1:
        return below(70);
    case 2:
        return (uint64_t)-(int64_t)below(200);
    case 3:
    case 4:
        return (uint64_t)(uintptr_t)text[below(8)];
    case 5:
    case 6:
    case 7:
        return (uint64_t)(uintptr_t)&area[below(1024)];
    case 8:
        return below(1 << 20) & ~0xfffull;
    case 9:
        return 1ull << below(64);
    case 10:
        return (uint64_t)(uintptr_t)area + 8192 - below(16);
    default:
        return random_u64();
    }
}

static _Noreturn void child(uint64_t seed, unsigned long calls)
{
    state = seed;
    setitimer(ITIMER_REAL, &(struct itimerval){ .it_value = { 0, 300000 } }, NULL);
    close(0);
    close(1);
    close(2);
    mkdir("/tmp/random", 0777);
    for (unsigned long i = 0; i < calls; i++) {
        int number = (int)below(HIGHEST_CALL);

        for (int k = 0; k < 16; k++)
            area[below(1024)] = argument();
        if (!is_left_out(number))
            syscall(number, argument(), argument(), argument(), argument(), argument(), argument());
    }
    _exit(0);
}

static void wait_for(pid_t pid)
{
    struct timespec t = { 0, 2000000 };
    int status;

    for (int ms = 0; ms < CHILD_LIMIT_ms; ms += 2) {
        pid_t got = waitpid(pid, &status, WNOHANG);

        if (got == pid || (got < 0 && errno == ECHILD))
            return;
        nanosleep(&t, NULL);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
}

/* Is the system as it was? */
static int is_sound(void)
{
    int p[2], status;
    char byte = 0;
    pid_t pid;

    if (pipe(p))
        return 0;
    pid = fork();
    if (!pid) {
        void *m = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memset(m, 'k', 1 << 20);
        write(p[1], m, 1);
        _exit(7);
    }
    close(p[1]);
    if (read(p[0], &byte, 1) != 1 || byte != 'k' || waitpid(pid, &status, 0) != pid)
        return 0;
    close(p[0]);
    return WIFEXITED(status) && WEXITSTATUS(status) == 7;
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    unsigned long children = argc > 2 ? strtoul(argv[2], NULL, 0) : 100, calls = argc > 3 ? strtoul(argv[3], NULL, 0) : 200;

    for (unsigned long i = 0; i < children; i++) {
        pid_t pid = fork();

        if (!pid)
            child(seed * 1000003 + i * 7919 + 1, calls);
        if (pid < 0)
            return printf("child %lu: fork: %s\n", i, strerror(errno)), 1;
        wait_for(pid);
        if (i % 20 == 19 && !is_sound())
            return printf("unsound after child %lu\n", i), 1;
    }
    printf("%s\n", is_sound() ? "sound" : "unsound");
    return 0;
}
