/* confine: a fork bomb and a memory hog in a process group of their own.  Meanwhile this process must get its turns, and
 * when the group is killed everything must be back.  Says what was not as it should be, and at the end `confined`. */
#include "show.h"

#include <time.h>

#define TURNS 2
#define TURN_ms 50
#define LATE_ms 30000      /* some 500 processes want the processor, and each gets its share */
#define BACK_ms 60000
#define FULL_ms 60000
/* What servers' tables may have grown by; they do not shrink, but are used again.  The hog has 100,000 pages. */
#define TABLES_pages 4096
#define TABLES_cells 8
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

/* Waits until the hog has everything that there is for it. */
static void wait_until_full(void)
{
    long before, now = number_in("/proc/isthmus", "PagesFree:"), until = now_ms() + FULL_ms;

    do {
        before = now;
        sleep_ms(500);
        now = number_in("/proc/isthmus", "PagesFree:");
    } while (now < before && now_ms() < until);
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

struct account {
    long pages, cells, spaces;
};

static struct account look(void)
{
    return (struct account){ number_in("/proc/isthmus", "PagesFree:"), number_in("/proc/isthmus", "\nCellsFree:"),
        number_in("/proc/isthmus", "Spaces:") };
}

static int is_back(const struct account *before, const struct account *now)
{
    return now->pages >= before->pages - TABLES_pages && now->cells >= before->cells - TABLES_cells && now->spaces == before->spaces;
}

static void together(const char *self, const char *what, void (*one)(void), void (*other)(void))
{
    struct account before = look(), after;
    long late, until;
    pid_t group = start(one, 0);

    if (other)
        start(other, group);
    late = turns();
    if (late > LATE_ms)
        printf("%s: a turn came %ld ms late\n", what, late);
    if (!other)
        wait_until_full();
    if (kill(-group, SIGKILL) < 0)
        printf("%s: no kill: %s\n", what, strerror(errno));
    while (waitpid(-1, NULL, 0) > 0)
        ;
    after = look();
    for (until = now_ms() + BACK_ms; !is_back(&before, &after) && now_ms() < until; after = look())
        sleep_ms(50);
    if (!is_back(&before, &after))
        printf("%s: %ld pages, %ld cells were free, and %ld spaces there; now %ld, %ld, %ld\n", what, before.pages, before.cells,
               before.spaces, after.pages, after.cells, after.spaces);
    if (!can_run(self))
        printf("%s: no program can be run afterwards\n", what);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return 7;
    setvbuf(stdout, NULL, _IONBF, 0);
    can_run(argv[0]);
    together(argv[0], "hog", hog, NULL);
    together(argv[0], "bomb and hog", bomb, hog);
    printf("confined\n");
    return 0;
}
