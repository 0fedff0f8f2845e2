/* cycles COUNT: fork, exec and exit so many times, and whether memory is as it was after the first hundred.
 *
 * Says `even`, or by how much free memory, in kB, changed: as /proc/meminfo and as /proc/isthmus tell it. */
#include "show.h"

#define WARM_UP 100

struct account {
    char text[512];
};

static void look(struct account *account, const char *path)
{
    int fd = open(path, O_RDONLY);
    ssize_t count = fd < 0 ? -1 : read(fd, account->text, sizeof account->text - 1);

    account->text[count > 0 ? count : 0] = 0;
    close(fd);
}

static long free_kB(const struct account *account)
{
    const char *line = strstr(account->text, "MemFree:");

    return line ? atol(line + strlen("MemFree:")) : -1;
}

static int cycle(char *self, int i)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        execl(self, self, "child", i % 2 ? "odd" : NULL, NULL);
        _exit(99);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 7;
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 0;
    struct account before, after;

    if (!count)
        return 7;
    for (long i = 0; i < count; i++) {
        if (i == WARM_UP)
            look(&before, "/proc/meminfo");
        if (!cycle(argv[0], (int)i)) {
            printf("cycle %ld went wrong: %s\n", i, strerror(errno));
            return 1;
        }
    }
    look(&after, "/proc/meminfo");
    if (free_kB(&before) == free_kB(&after))
        printf("even\n");
    else
        printf("%ld kB free after %d, %ld after %ld\n", free_kB(&before), WARM_UP, free_kB(&after), count);
    return 0;
}
