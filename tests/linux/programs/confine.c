/* confine: a fork bomb and a memory hog in a process group of their own.  Meanwhile this process must get its turns, and
 * when the group is killed everything must be back.  Says what was not as it should be, and at the end `confined`. */
#include "show.h"

#include <time.h>

#define TURNS 2
#define TURN_ms 50
#define LATE_ms 30000      /* some 500 processes want the processor, and each gets its share */
#define BACK_ms 60000
#define CHUNK (1 << 20)

static long now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void sleep_ms(long ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

    nanosleep(&t, NULL);
}

static long number_in(const char *path, const char *label)
{
    char text[4096];
    int fd = open(path, O_RDONLY);
    ssize_t count = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    const char *line;

    close(fd);
    text[count > 0 ? count : 0] = 0;
    line = strstr(text, label);
    return line ? atol(line + strlen(label)) : -1;
}

static void bomb(void)
{
    for (;;)
        fork();
}

static void hog(void)
{
    for (;;) {
        char *more = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (more == MAP_FAILED)
            sleep_ms(10);
        else
            for (long i = 0; i < CHUNK; i += 4096)
                more[i] = 1;
    }
}

/* A member of the group, which its first member makes. */
static pid_t start(void (*function)(void), pid_t group)
{
    pid_t pid = fork();

    if (pid == 0) {
        setpgid(0, group);
        function();
    }
    setpgid(pid, group);
    return pid;
}

static int can_run(const char *self)
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        execl(self, self, "child", NULL);
        _exit(99);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 7;
}

static long turns(void)
{
    long worst = 0;

    for (int i = 0; i < TURNS; i++) {
        long before = now_ms(), late;

        sleep_ms(TURN_ms);
        if (number_in("/proc/meminfo", "MemTotal:") <= 0)
            printf("/proc/meminfo cannot be read\n");
        late = now_ms() - before - TURN_ms;
        worst = late > worst ? late : worst;
    }
    return worst;
}

static void together(const char *self, const char *what, void (*one)(void), void (*other)(void))
{
    long before = number_in("/proc/meminfo", "MemFree:"), after = 0, late;
    pid_t group = start(one, 0);

    if (other)
        start(other, group);
    late = turns();
    if (what && late > LATE_ms)
        printf("%s: a turn came %ld ms late\n", what, late);
    if (kill(-group, SIGKILL) < 0)
        printf("%s: no kill: %s\n", what ? what : "the first time", strerror(errno));
    while (waitpid(-1, NULL, 0) > 0)
        ;
    for (long until = now_ms() + BACK_ms; what && now_ms() < until; sleep_ms(50)) {
        after = number_in("/proc/meminfo", "MemFree:");
        if (after == before)
            break;
    }
    if (what && after != before)
        printf("%s: %ld kB were free, and are %ld\n", what, before, after);
    if (!can_run(self))
        printf("%s: no program can be run afterwards\n", what ? what : "the first time");
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return 7;
    setvbuf(stdout, NULL, _IONBF, 0);
    /* The first time makes tables as large as they get; they are kept. */
    together(argv[0], NULL, bomb, hog);
    together(argv[0], "hog", hog, NULL);
    together(argv[0], "bomb and hog", bomb, hog);
    printf("confined\n");
    return 0;
}
