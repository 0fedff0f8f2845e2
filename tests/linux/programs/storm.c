/* storm SEED COUNT: makes so many random system calls, in one child after another; who ends or waits too long is replaced.
 * Afterwards a normal program must run as ever: then it says `sound`.
 *
 * Numbers, values and pointers are random, nearly right, or as the call before had them with one bit changed.  Left out is
 * what would end this process or the machine.  Children fork too, and everything they leave is removed. */
#include "show.h"

#include <dirent.h>
#include <limits.h>
#include <time.h>

#define HIGHEST_CALL 460
#define STUCK_ms 60
#define ONE_CHILD 20000
#define PLACE "/tmp/storm"
#define PAGE 4096

static uint64_t state;
static volatile uint64_t *made;         /* shared: how many calls the child has made */
static char *edge;                      /* the end of a page, behind which nothing is */
static uint64_t area[1024];
static char name[8][32] = { "a", "b/c", "b", "/dev/null", "/proc/self/status", "", ".", PLACE "/d" };

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

static const int left_out[] = { SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_exit, SYS_exit_group,
    SYS_reboot, SYS_rt_sigreturn, SYS_prlimit64, SYS_pidfd_send_signal,
#ifdef SYS_pause
    SYS_pause,
#endif
};

static int is_left_out(int number)
{
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (left_out[i] == number)
            return 1;
    return 0;
}

static uint64_t argument(void)
{
    switch (below(13)) {
    case 0: return below(4);
    case 1: return below(70);
    case 2: return (uint64_t)-(int64_t)below(200);
    case 3:
    case 4: return (uint64_t)(uintptr_t)name[below(8)];
    case 5:
    case 6: return (uint64_t)(uintptr_t)&area[below(1024)];
    case 7: return below(1 << 20) & ~0xfffull;
    case 8: return 1ull << below(64);
    case 9: return (uint64_t)(uintptr_t)edge - below(130);  /* reaches over the edge */
    case 10: return (uint64_t)(uintptr_t)edge + below(PAGE); /* not mapped */
    case 11: return 0x3f00000000 + (below(3) << 28) + below(0x8000); /* where the emulation has its own */
    default: return random_u64();
    }
}

static void one_call(void)
{
    static uint64_t last[7];

    if (below(4)) {
        last[0] = below(HIGHEST_CALL);
        for (int i = 1; i < 7; i++)
            last[i] = argument();
    } else {
        last[below(7)] ^= 1ull << below(64);
    }
    for (int i = 0; i < 4; i++)
        area[below(1024)] = argument();
    if (!is_left_out((int)last[0]))
        syscall((long)last[0], last[1], last[2], last[3], last[4], last[5], last[6]);
}

static _Noreturn void child(uint64_t seed, uint64_t count)
{
    pid_t self = getpid();

    state = seed;
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    if (chdir(PLACE) < 0)
        _exit(1);
    for (uint64_t i = 0; i < count; i++) {
        one_call();
        ++*made;
        if (getpid() != self)
            break;              /* a grandchild has had its turn */
    }
    _exit(0);
}

static void pause_ms(long ms)
{
    struct timespec t = { 0, ms * 1000000 };

    nanosleep(&t, NULL);
}

/* Lets the child run until it ends or makes no more calls; then nobody but this process is left. */
static void watch(pid_t pid)
{
    uint64_t before = 0;
    long still = 0;

    while (waitpid(pid, NULL, WNOHANG) == 0 && still < STUCK_ms) {
        pause_ms(5);
        still = *made == before ? still + 5 : 0;
        before = *made;
    }
    kill(-1, SIGKILL);
    while (waitpid(-1, NULL, 0) > 0)
        ;
}

static void clean(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        char below_it[PATH_MAX];

        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        snprintf(below_it, sizeof below_it, "%s/%s", path, entry->d_name);
        if (unlink(below_it) < 0) {
            clean(below_it);
            rmdir(below_it);
        }
    }
    if (dir)
        closedir(dir);
}

/* Is the system as it was? */
static int is_sound(char *self)
{
    int status = -1;
    pid_t pid = fork();

    if (!pid) {
        memset(mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 'k', 1 << 20);
        execl(self, self, NULL);
        _exit(99);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 7;
}

int main(int argc, char **argv)
{
    uint64_t count, done = 0;

    if (argc < 3)
        return 7;
    count = strtoull(argv[2], NULL, 0);
    made = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    edge = (char *)mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) + PAGE;
    munmap(edge, PAGE);
    mkdir(PLACE, 0777);
    for (uint64_t i = 0; done < count; i++) {
        uint64_t most = count - done < ONE_CHILD ? count - done : ONE_CHILD;
        pid_t pid;

        *made = 0;
        pid = fork();
        if (!pid)
            child(strtoull(argv[1], NULL, 0) * 1000003 + i * 7919 + 1, most);
        if (pid < 0)
            return printf("child %lu, after %lu calls: fork: %s\n", (unsigned long)i, (unsigned long)done, strerror(errno)), 1;
        watch(pid);
        done += *made < most ? *made : most;
        clean(PLACE);
        if (i % 100 == 99 && !is_sound(argv[0]))
            return printf("unsound after child %lu\n", (unsigned long)i), 1;
        if (argc > 3)
            printf("child %lu: %lu calls\n", (unsigned long)i, (unsigned long)done), fflush(stdout);
    }
    printf("%s\n", is_sound(argv[0]) ? "sound" : "unsound");
    return 0;
}
