/* Memory: mapping, protection, the break, and moving. */
#include "show.h"

#define PAGE 4096
#define SIZE (16 * PAGE)
#define USER_BAD 0x7fffffffe000

static char *anonymous(size_t size)
{
    return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static char *at;
static void touch(void) { *(volatile char *)at = 1; }
static void look(void) { *(volatile char *)at; }

static void mapping(void)
{
    int zero = 0;

    at = anonymous(SIZE);
    TRUE(at != MAP_FAILED && (uintptr_t)at % PAGE == 0);
    for (int i = 0; i < SIZE; i++)
        zero |= at[i];
    SHOW(zero);
    memset(at, 7, SIZE);
    SHOW(munmap(at + PAGE, PAGE));
    TRUE(at[0] == 7 && at[2 * PAGE] == 7);
    at += PAGE;
    in_child("unmapped", look);
    TRUE(mmap(at, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == at);
    TRUE(at[0] == 0 && at[-1] == 7);
    WORKS(mmap(at, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED ? -1 : 0);
    at -= PAGE;
    SHOW(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
    SHOW(mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
    SHOW(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0) == MAP_FAILED ? -1 : 0);
    SHOW(mmap((void *)(uintptr_t)(PAGE + 1), PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED ? -1 : 0);
    SHOW(munmap(at, SIZE));
    SHOW(munmap(at, SIZE));
    SHOW(munmap(at + 1, SIZE));
    SHOW(munmap(at, 0));
}

static void protecting(void)
{
    at = anonymous(SIZE);
    memset(at, 5, SIZE);
    SHOW(mprotect(at, PAGE, PROT_READ));
    in_child("read only", touch);
    in_child("read only, read", look);
    SHOW(mprotect(at, PAGE, PROT_NONE));
    in_child("none", look);
    SHOW(mprotect(at, SIZE, PROT_READ | PROT_WRITE));
    TRUE(at[0] == 5);
    in_child("again", touch);
    SHOW(mprotect(at + 1, PAGE, PROT_READ));
    SHOW(mprotect(at, 0, PROT_READ));
    SHOW(munmap(at, SIZE));
    SHOW(mprotect(at, PAGE, PROT_READ));
}

static void files(void)
{
    char name[] = "/tmp/map-XXXXXX", back[10] = { 0 };
    int fd = mkstemp(name);
    char *private, *shared;

    unlink(name);
    ftruncate(fd, 2 * PAGE);
    pwrite(fd, "abc", 3, PAGE);
    private = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, PAGE);
    TRUE(!memcmp(private + PAGE, "abc", 3) && !memcmp(shared, "abc", 3));
    private[PAGE] = 'X';
    TRUE(shared[0] == 'a');
    shared[1] = 'Y';
    SHOW(pread(fd, back, 3, PAGE));
    printf("%s\n", back);
    pwrite(fd, "Z", 1, PAGE + 2);
    TRUE(shared[2] == 'Z');
    SHOW(msync(shared, PAGE, MS_SYNC));
    SHOW(msync(shared + 1, PAGE, MS_SYNC));
    SHOW(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 1) == MAP_FAILED ? -1 : 0);
    munmap(private, 2 * PAGE);
    munmap(shared, PAGE);
    close(fd);
}

static void sharing(void)
{
    volatile int *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    volatile int *private = (int *)(void *)anonymous(PAGE);
    pid_t pid;

    *shared = *private = 1;
    pid = fork();
    if (!pid) {
        *shared = *private = 2;
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    printf("shared %d private %d\n", *shared, *private);
}

static char *set_break(char *to)
{
    return (char *)syscall(SYS_brk, to);
}

/* The C library may have moved it; pages from the next whole one are this test's. */
static void the_break(void)
{
    char *old = set_break(NULL), *start = (char *)(((uintptr_t)old + PAGE - 1) / PAGE * PAGE);

    TRUE(set_break(start + 3 * PAGE) == start + 3 * PAGE);
    TRUE(start[0] == 0);
    memset(start, 9, 3 * PAGE);
    TRUE(set_break(start + PAGE) == start + PAGE);
    TRUE(start[0] == 9);
    at = start + PAGE;
    in_child("behind the break", look);
    TRUE(set_break(start + 2 * PAGE) == start + 2 * PAGE);
    TRUE(start[PAGE] == 0);
    TRUE(set_break(NULL) == start + 2 * PAGE);
    TRUE(set_break((char *)1) == start + 2 * PAGE);
    TRUE(set_break((char *)USER_BAD) == start + 2 * PAGE);
    TRUE(set_break(old) == old);
}

static void moving(void)
{
    char *a = anonymous(4 * PAGE), *b, *c;

    memset(a, 3, 4 * PAGE);
    b = mremap(a, 4 * PAGE, 100 * PAGE, MREMAP_MAYMOVE);
    TRUE(b != MAP_FAILED && b[0] == 3 && b[4 * PAGE - 1] == 3 && b[4 * PAGE] == 0);
    memset(b, 4, 100 * PAGE);
    TRUE(mremap(b, 100 * PAGE, 2 * PAGE, 0) == b);
    at = b + 2 * PAGE;
    in_child("cut off", look);
    c = anonymous(10 * PAGE);
    TRUE(mremap(b, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, c + 4 * PAGE) == c + 4 * PAGE);
    TRUE(c[4 * PAGE] == 4 && c[3 * PAGE] == 0);
    SHOW(mremap(c + 1, PAGE, PAGE, 0) == MAP_FAILED ? -1 : 0);
    SHOW(mremap(c, PAGE, 0, 0) == MAP_FAILED ? -1 : 0);
    SHOW(mremap(c, PAGE, PAGE, 64) == MAP_FAILED ? -1 : 0);
    SHOW(mremap(c, PAGE, PAGE, MREMAP_FIXED, c) == MAP_FAILED ? -1 : 0);
    memset(c, 8, PAGE);
    SHOW(madvise(c, PAGE, MADV_DONTNEED));
    SHOW(c[0]);
    SHOW(madvise(c + 1, PAGE, MADV_DONTNEED));
    SHOW(madvise(c, PAGE, 9999));
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    mapping();
    protecting();
    files();
    sharing();
    the_break();
    moving();
    return 0;
}
