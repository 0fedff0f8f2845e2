/* cycles COUNT: fork, exec and exit so many times, and whether memory is as it was after the first hundred.
 *
 * Says `even`, or what /proc/isthmus told before and after: free pages and cells, spaces, objects. */
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
    look(&before, "/proc/isthmus");    /* the look itself takes memory the first time */
    for (long i = 0; i < count; i++) {
        if (i == WARM_UP)
            look(&before, "/proc/isthmus");
        if (!cycle(argv[0], (int)i)) {
            printf("cycle %ld went wrong: %s\n", i, strerror(errno));
            return 1;
        }
    }
    look(&after, "/proc/isthmus");
    if (*before.text && !strcmp(before.text, after.text))
        printf("even\n");
    else
        printf("after %d:\n%safter %ld:\n%s", WARM_UP, before.text, count, after.text);
    return 0;
}
