/* Files by name: creation, kinds, links, modes, times, directories, and their errors. */
#include "show.h"

#include <dirent.h>
#include <sys/statfs.h>
#include <sys/time.h>
#include <utime.h>

static struct stat st;

static void opening(void)
{
    int fd;

    SHOW(open("none", O_RDONLY));
    SHOW(open("", O_RDONLY));
    SHOW(open(BAD, O_RDONLY));
    WORKS(fd = open("a", O_CREAT | O_EXCL | O_RDWR, 0640));
    SHOW(open("a", O_CREAT | O_EXCL | O_RDWR, 0640));
    SHOW(write(fd, "hello", 5));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(lseek(fd, -1, SEEK_SET));
    SHOW(lseek(fd, 2, SEEK_END));
    SHOW(lseek(fd, 0, 99));
    SHOW(write(fd, "!", 1));
    SHOW(fstat(fd, &st));
    TRUE(st.st_size == 8 && S_ISREG(st.st_mode) && (st.st_mode & 0777) == 0640 && st.st_nlink == 1);
    SHOW(ftruncate(fd, 3));
    SHOW(ftruncate(fd, -1));
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(close(fd));
    SHOW(close(fd));
    SHOW(fstat(fd, &st));
    SHOW(truncate("a", 1));
    SHOW(stat("a", &st));
    TRUE(st.st_size == 1);
    SHOW(open("a/b", O_RDONLY));
    SHOW(open("a", O_DIRECTORY));
    SHOW(open(".", O_WRONLY));
    SHOW(openat(-5, "a", O_RDONLY));
    WORKS(openat(-5, "/", O_RDONLY));
}

static void too_long(void)
{
    static char name[5000];

    memset(name, 'x', 300);
    SHOW(open(name, O_RDONLY));
    SHOW(mkdir(name, 0777));
    memset(name, '/', 4999);
    SHOW(stat(name, &st));
    name[4095] = 0;
    SHOW(stat(name, &st));
    name[4096 - 2] = 'x';
    SHOW(stat(name, &st));
}

static void linking(void)
{
    char to[20] = { 0 };

    SHOW(link("a", "b"));
    SHOW(link("a", "b"));
    SHOW(link("none", "c"));
    SHOW(stat("b", &st));
    TRUE(st.st_nlink == 2);
    SHOW(symlink("b", "s"));
    SHOW(symlink("b", "s"));
    SHOW(symlink("", "t"));
    SHOW(readlink("s", to, sizeof to));
    TRUE(!strcmp(to, "b"));
    SHOW(readlink("a", to, sizeof to));
    SHOW(readlink("s", to, 0));
    SHOW(readlink("s", BAD, 5));
    SHOW(lstat("s", &st));
    TRUE(S_ISLNK(st.st_mode) && st.st_size == 1);
    SHOW(stat("s", &st));
    TRUE(S_ISREG(st.st_mode));
    SHOW(symlink("loop", "loop"));
    SHOW(open("loop", O_RDONLY));
    SHOW(open("s", O_RDONLY | O_NOFOLLOW));
    SHOW(unlink("b"));
    SHOW(stat("s", &st));
    SHOW(unlink("s"));
    SHOW(unlink("loop"));
    SHOW(unlink("none"));
}

static void directories(void)
{
    SHOW(mkdir("d", 0755));
    SHOW(mkdir("d", 0755));
    SHOW(mkdir("none/d", 0755));
    SHOW(mkdir("a/d", 0755));
    SHOW(stat("d", &st));
    TRUE(S_ISDIR(st.st_mode) && (st.st_mode & 0777) == 0755);
    SHOW(unlink("d"));
    SHOW(rmdir("a"));
    SHOW(close(open("d/x", O_CREAT | O_WRONLY, 0600)));
    SHOW(rmdir("d"));
    SHOW(rename("d", "e"));
    SHOW(rename("e", "e/f"));
    SHOW(rename("none", "x"));
    SHOW(rename("a", "e"));
    SHOW(rename("e", "a"));
    SHOW(rename("e/x", "e/y"));
    SHOW(unlink("e/x"));
    SHOW(unlink("e/y"));
    SHOW(rmdir("e"));
    SHOW(rmdir("."));
    SHOW(rmdir("/"));
    SHOW(renameat2(AT_FDCWD, "a", AT_FDCWD, "a2", 1));
    SHOW(renameat2(AT_FDCWD, "a2", AT_FDCWD, "a2", 1));
    SHOW(rename("a2", "a"));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void listing(void)
{
    static char *names[200];
    int count = 0;
    struct dirent *e;
    DIR *d;

    mkdir("many", 0777);
    for (int i = 0; i < 100; i++) {
        char name[50];
        snprintf(name, sizeof name, "many/%d-%.*s", i, i % 20, "abcdefghijklmnopqrst");
        close(open(name, O_CREAT | O_WRONLY, 0600));
    }
    d = opendir("many");
    while ((e = readdir(d)))
        names[count++] = strdup(e->d_name);
    rewinddir(d);
    TRUE(readdir(d) != NULL);
    qsort(names, (size_t)count, sizeof *names, by_name);
    for (int i = 0; i < count; i++)
        printf("%s\n", names[i]);
    SHOW(syscall(SYS_getdents64, dirfd(d), &st, 1));
    SHOW(syscall(SYS_getdents64, 0x7777, &st, 100));
    closedir(d);
}

static void modes(void)
{
    struct timespec t[2] = { { 1000000000, 5 }, { 1234567890, 987654321 } };
    struct timeval v[2] = { { 100, 7 }, { 200, 1000000 } };
    struct utimbuf u = { 11, 12 };

    umask(027);
    SHOW(umask(022));
    SHOW(chmod("a", 04711));
    stat("a", &st);
    TRUE((st.st_mode & 07777) == 04711);
    SHOW(chmod("none", 0));
    SHOW(access("a", F_OK));
    SHOW(access("a", 8));
    SHOW(access("none", R_OK));
    SHOW(utimensat(AT_FDCWD, "a", t, 0));
    stat("a", &st);
    TRUE(st.st_atim.tv_sec == 1000000000 && st.st_atim.tv_nsec == 5 && st.st_mtim.tv_nsec == 987654321);
    t[0].tv_nsec = UTIME_OMIT;
    t[1].tv_nsec = 1000000000;
    SHOW(utimensat(AT_FDCWD, "a", t, 0));
    SHOW(utimes("a", v));
    v[1].tv_usec = 3;
    SHOW(utimes("a", v));
    SHOW(utime("a", &u));
    stat("a", &st);
    TRUE(st.st_mtime == 12 && st.st_atime == 11);
    SHOW(utime("a", NULL));
    SHOW(futimens(-1, NULL));
}

static void places(void)
{
    static char was[4096], now[4096];
#ifdef __GLIBC__
    struct statx x;
#endif
    struct statfs f;

    TRUE(getcwd(was, sizeof was) == was);
    SHOW(mkdir("p", 0700));
    SHOW(chdir("p"));
    getcwd(now, sizeof now);
    TRUE(!strncmp(now, was, strlen(was)) && !strcmp(now + strlen(was), "/p"));
    SHOW(syscall(SYS_getcwd, now, 1));
    SHOW(chdir("none"));
    SHOW(chdir(".."));
    SHOW(fchdir(-1));
#ifdef __GLIBC__
    SHOW(statx(AT_FDCWD, "p", 0, STATX_BASIC_STATS, &x));
    TRUE(S_ISDIR(x.stx_mode) && (x.stx_mode & 0777) == 0700);
    SHOW(statx(AT_FDCWD, "p", 0x6000, STATX_BASIC_STATS, &x));
#endif
    SHOW(statfs(".", &f));
    TRUE(f.f_bsize > 0 && f.f_namelen >= 255);
    SHOW(statfs("none", &f));
    SHOW(rmdir("p"));
}

static void clean(void)
{
    SHOW(unlink("a"));
    for (int i = 0; i < 100; i++) {
        char name[50];
        snprintf(name, sizeof name, "many/%d-%.*s", i, i % 20, "abcdefghijklmnopqrst");
        unlink(name);
    }
    SHOW(rmdir("many"));
}

int main(void)
{
    char place[] = "/tmp/files-XXXXXX";

    if (!mkdtemp(place) || chdir(place))
        return 1;
    opening();
    too_long();
    linking();
    directories();
    listing();
    modes();
    places();
    clean();
    chdir("/");
    SHOW(rmdir(place));
    return 0;
}
