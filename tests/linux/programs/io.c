/* Reading, writing, vectors, pipes, descriptors, waiting for them, and their errors. */
#include "show.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <termios.h>

#define BIG 300000
static char big[BIG], back[BIG];

static int file(void)
{
    int fd = open("/tmp/io-test", O_CREAT | O_TRUNC | O_RDWR, 0600);

    unlink("/tmp/io-test");
    return fd;
}

static void large(void)
{
    int fd = file();

    for (int i = 0; i < BIG; i++)
        big[i] = (char)(i * 7 + i / 251);
    SHOW(write(fd, big, BIG));
    SHOW(pread(fd, back, BIG, 0));
    TRUE(!memcmp(big, back, BIG));
    memset(back, 0, BIG);
    lseek(fd, 1, SEEK_SET);
    SHOW(read(fd, back, BIG));
    TRUE(!memcmp(big + 1, back, BIG - 1));
    SHOW(read(fd, back, BIG));
    SHOW(pread(fd, back, 100, BIG - 3));
    SHOW(pread(fd, back, 100, -1));
    SHOW(pwrite(fd, "xyz", 3, 100000));
    SHOW(pread(fd, back, 5, 99999));
    TRUE(!memcmp(back + 1, "xyz", 3) && back[0] == big[99999]);
    SHOW(read(fd, back, 0));
    SHOW(write(fd, big, 0));
    close(fd);
}

static void vectors(void)
{
    struct iovec v[4] = { { (char *)"one ", 4 }, { NULL, 0 }, { (char *)"two ", 4 }, { (char *)"three", 5 } };
    struct iovec in[3] = { { back, 3 }, { back + 100, 1 }, { back + 200, 50 } };
    static struct iovec many[1025];
    int fd = file();

    SHOW(writev(fd, v, 4));
    lseek(fd, 0, SEEK_SET);
    memset(back, 0, 300);
    SHOW(readv(fd, in, 3));
    printf("%s|%s|%s\n", back, back + 100, back + 200);
    SHOW(preadv(fd, in, 2, 4));
    SHOW(pwritev(fd, v, 4, 2));
    SHOW(preadv(fd, in, 3, -2));
    SHOW(syscall(SYS_readv, fd, in, -1));
    SHOW(readv(fd, in, 0));
    SHOW(writev(fd, many, 1025));
    SHOW(writev(fd, many, 1024));
    SHOW(writev(fd, BAD, 1));
    v[1].iov_len = (size_t)-1;
    SHOW(writev(fd, v, 2));
    v[0] = (struct iovec){ big, 100000 };
    v[1] = (struct iovec){ big + 100000, 100000 };
    SHOW(pwritev(fd, v, 2, 0));
    in[0] = (struct iovec){ back, 150000 };
    in[1] = (struct iovec){ back + 150000, 150000 };
    SHOW(preadv(fd, in, 2, 0));
    TRUE(!memcmp(back, big, 200000));
    close(fd);
}

static void pipes(void)
{
    int p[2], q[2];

    SHOW(pipe(BAD));
    SHOW(pipe2(p, 1));
    SHOW(pipe2(p, O_NONBLOCK));
    SHOW(read(p[0], back, 10));
    SHOW(write(p[1], "abcdef", 6));
    SHOW(read(p[0], back, 4));
    SHOW(read(p[0], back, 10));
    SHOW(write(p[0], "x", 1));
    SHOW(read(p[1], back, 1));
    SHOW(lseek(p[0], 0, SEEK_SET));
    SHOW(pread(p[0], back, 1, 0));
    while (write(p[1], big, 4096) == 4096)
        continue;
    SHOW(write(p[1], big, 1));
    close(p[1]);
    while (read(p[0], back, BIG) > 0)
        continue;
    SHOW(read(p[0], back, 10));
    close(p[0]);
    pipe(q);
    signal(SIGPIPE, SIG_IGN);
    close(q[0]);
    SHOW(write(q[1], "x", 1));
    close(q[1]);
}

static void descriptors(void)
{
    int fd = file(), other;

    SHOW(dup(-1));
    WORKS(other = dup(fd));
    SHOW(dup2(fd, fd) == fd ? 0 : -1);
    SHOW(dup2(fd, 100));
    SHOW(dup2(-1, 100));
    SHOW(dup2(fd, 1 << 30));
    SHOW(dup3(fd, fd, 0));
    SHOW(dup3(fd, 101, O_CLOEXEC));
    SHOW(dup3(fd, 101, 5));
    SHOW(fcntl(101, F_GETFD));
    SHOW(fcntl(100, F_GETFD));
    SHOW(fcntl(100, F_SETFD, FD_CLOEXEC));
    SHOW(fcntl(100, F_GETFD));
    SHOW(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
    SHOW(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK));
    SHOW(fcntl(other, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
    SHOW(fcntl(fd, F_DUPFD, 200));
    SHOW(fcntl(fd, F_DUPFD_CLOEXEC, 200));
    SHOW(fcntl(fd, F_DUPFD, -1));
    SHOW(fcntl(777, F_GETFD));
    SHOW(close_range(100, 101, 0));
    SHOW(close_range(9, 5, 0));
    SHOW(fcntl(100, F_GETFD));
    SHOW(fsync(fd));
    SHOW(fsync(-1));
    SHOW(posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED));
    SHOW(posix_fadvise(fd, 0, 0, 77) == EINVAL ? 0 : -1);
    close(fd);
    close(other);
}

static void copies(void)
{
    int from = file(), to = file(), p[2];
    off_t at = 10;
    loff_t in = 5, out = 7;

    write(from, big, 100000);
    lseek(from, 0, SEEK_SET);
    SHOW(sendfile(to, from, NULL, 60000));
    SHOW(lseek(from, 0, SEEK_CUR));
    SHOW(sendfile(to, from, &at, 200000));
    printf("at %ld\n", (long)at);
    SHOW(pread(to, back, 160000, 0));
    TRUE(!memcmp(back, big, 60000) && !memcmp(back + 60000, big + 10, 99990));
    SHOW(copy_file_range(from, &in, to, &out, 50000, 0));
    printf("in %ld out %ld\n", (long)in, (long)out);
    pread(to, back, 50007, 0);
    TRUE(!memcmp(back + 7, big + 5, 50000));
    SHOW(copy_file_range(from, &in, to, &out, 1, 1));
    SHOW(sendfile(to, -1, NULL, 1));
    pipe(p);
    lseek(from, 0, SEEK_SET);
    SHOW(sendfile(p[1], from, NULL, 1000));
    SHOW(copy_file_range(p[0], NULL, to, NULL, 1, 0));
    close(p[0]);
    close(p[1]);
    close(from);
    close(to);
}

static void waiting(void)
{
    struct timespec little = { 0, 20000000 }, wrong = { 0, 1000000000 };
    struct timeval short_time = { 0, 20000 }, negative = { -1, 0 };
    struct pollfd f[3];
    fd_set in, out;
    int p[2];

    pipe(p);
    f[0] = (struct pollfd){ p[0], POLLIN, 0 };
    f[1] = (struct pollfd){ p[1], POLLOUT, 0 };
    f[2] = (struct pollfd){ 999, POLLIN, 0 };
    SHOW(poll(f, 1, 0));
    SHOW(poll(f, 1, 20));
    SHOW(poll(f, 2, -1));
    printf("%d %d\n", f[0].revents, f[1].revents);
    SHOW(poll(f, 3, -1));
    printf("%d %d %d\n", f[0].revents, f[1].revents, f[2].revents);
    f[2].fd = -1;
    write(p[1], "x", 1);
    SHOW(poll(f, 3, -1));
    printf("%d %d %d\n", f[0].revents, f[1].revents, f[2].revents);
    SHOW(poll(BAD, 1, 0));
    SHOW(ppoll(f, 0, &little, NULL));
    SHOW(ppoll(f, 1, &wrong, NULL));
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(p[0], &in);
    FD_SET(p[1], &out);
    SHOW(select(p[1] + 1, &in, &out, NULL, NULL));
    TRUE(FD_ISSET(p[0], &in) && FD_ISSET(p[1], &out));
    read(p[0], back, 10);
    FD_SET(p[0], &in);
    SHOW(select(p[0] + 1, &in, NULL, NULL, &short_time));
    TRUE(!FD_ISSET(p[0], &in));
    SHOW(select(-1, NULL, NULL, NULL, NULL));
    SHOW(select(0, NULL, NULL, NULL, &negative));
    FD_SET(150, &in);
    SHOW(select(151, &in, NULL, NULL, NULL));
    SHOW(pselect(0, NULL, NULL, NULL, &little, NULL));
    close(p[1]);
    f[0].revents = 0;
    SHOW(poll(f, 1, -1));
    printf("%d\n", f[0].revents);
    close(p[0]);
}

static void controls(void)
{
    struct termios t;
    struct winsize w;
    int fd = file(), p[2], n = -1;

    pipe(p);
    write(p[1], "12345", 5);
    SHOW(ioctl(p[0], FIONREAD, &n));
    printf("%d\n", n);
    SHOW(ioctl(fd, TCGETS, &t));
    SHOW(ioctl(fd, TIOCGWINSZ, &w));
    SHOW(ioctl(-1, TCGETS, &t));
    SHOW(ioctl(p[0], FIONREAD, BAD));
    SHOW(ioctl(p[0], FIOCLEX));
    SHOW(fcntl(p[0], F_GETFD));
    n = 1;
    SHOW(ioctl(p[0], FIONBIO, &n));
    SHOW(fcntl(p[0], F_GETFL) & O_NONBLOCK);
    SHOW(isatty(fd));
    close(fd);
    close(p[0]);
    close(p[1]);
}

static void faults(void)
{
    int fd = file();
    char *edge;

    SHOW(write(fd, BAD, 5));
    SHOW(write(fd, BEHIND, 5));
    write(fd, "0123456789", 10);
    lseek(fd, 0, SEEK_SET);
    SHOW(read(fd, BAD, 5));
    SHOW(lseek(fd, 0, SEEK_CUR));
    edge = (char *)mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) + 4092;
    munmap(edge + 4, 4096);
    SHOW(read(fd, edge, 10));
    SHOW(lseek(fd, 0, SEEK_CUR));
    TRUE(!memcmp(edge, "0123", 4));
    SHOW(write(fd, edge, 10));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(read(-1, back, 5));
    SHOW(write(-1, back, 5));
    SHOW(syscall(SYS_fstat, fd, BAD));
    SHOW(syscall(SYS_newfstatat, AT_FDCWD, "/", BAD, 0));
    close(fd);
}

int main(void)
{
    large();
    vectors();
    pipes();
    descriptors();
    copies();
    waiting();
    controls();
    faults();
    return 0;
}
