/* Processes: fork, exec, wait, groups, and their errors. */
#include "show.h"

#include <sched.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/times.h>

extern char **environ;
static const char *self;

static void exits(void)
{
    for (int status = 0; status < 300; status += 100) {
        int got;
        pid_t pid = fork();

        if (!pid)
            _exit(status);
        TRUE(waitpid(pid, &got, 0) == pid);
        show_status("exit", got);
    }
    SHOW(waitpid(-1, NULL, 0));
    SHOW(waitpid(-1, NULL, WNOHANG));
    SHOW(waitpid(1 << 29, NULL, 0));
    SHOW(syscall(SYS_wait4, INT32_MIN, NULL, 0, NULL));
    SHOW(syscall(SYS_wait4, -1, NULL, 0x100, NULL));
}

static volatile int shared_not = 1;

/* Memory is a copy, files are shared. */
static void copying(void)
{
    int p[2], status;
    char byte = 0;
    pid_t pid;

    pipe(p);
    pid = fork();
    if (!pid) {
        shared_not = 2;
        write(p[1], "x", 1);
        _exit(getppid() > 0 && getpid() != getppid() ? 0 : 1);
    }
    SHOW(read(p[0], &byte, 1));
    waitpid(pid, &status, 0);
    show_status("copy", status);
    TRUE(shared_not == 1 && byte == 'x');
    close(p[0]);
    close(p[1]);
}

static void deaths(void)
{
    static const int signals[] = { SIGTERM, SIGKILL, SIGUSR1, SIGHUP, SIGALRM };

    for (unsigned i = 0; i < 5; i++) {
        int status;
        pid_t pid = fork();

        if (!pid)
            for (;;)
                pause();
        SHOW(kill(pid, 0));
        SHOW(kill(pid, signals[i]));
        waitpid(pid, &status, 0);
        show_status("death", status);
        SHOW(kill(pid, 0));
    }
    SHOW(kill(getpid(), 99));
    SHOW(kill(getpid(), 0));
}

static void stopping(void)
{
    siginfo_t info = { 0 };
    int status;
    pid_t pid = fork();

    if (!pid)
        for (;;)
            pause();
    SHOW(waitpid(pid, &status, WNOHANG));
    kill(pid, SIGSTOP);
    TRUE(waitpid(pid, &status, WUNTRACED) == pid);
    show_status("stop", status);
    kill(pid, SIGCONT);
    TRUE(waitpid(pid, &status, WCONTINUED) == pid);
    show_status("continue", status);
    SHOW(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG));
    TRUE(info.si_pid == 0);
    kill(pid, SIGKILL);
    SHOW(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
    TRUE(info.si_pid == pid && info.si_signo == SIGCHLD);
    printf("%d %d\n", info.si_code, info.si_status);
    SHOW(waitid(P_ALL, 0, &info, WEXITED));
    TRUE(info.si_pid == pid);
    SHOW(waitid(P_ALL, 0, &info, WEXITED));
    SHOW(waitid(P_ALL, 0, &info, 0));
    SHOW(waitid(77, 0, &info, WEXITED));
}

static void exec_fails(void)
{
    char *argv[] = { (char *)"x", NULL };

    SHOW(execve("/none", argv, environ));
    SHOW(execve("/", argv, environ));
    SHOW(execve("", argv, environ));
    SHOW(execve(BAD, argv, environ));
    SHOW(execve("/dev/null", argv, environ));
    argv[0] = BAD;
    SHOW(execve(self, argv, environ));
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, mode);

    write(fd, text, strlen(text));
    fchmod(fd, mode);
    close(fd);
}

static void scripts(void)
{
    char *argv[] = { (char *)"zero", (char *)"one", NULL };
    static char line[400];
    int status;
    pid_t pid;

    write_file("/tmp/x-noexec", "text", 0755);
    SHOW(execve("/tmp/x-noexec", argv, environ));
    snprintf(line, sizeof line, "#! %s  echo from \nrest\n", self);
    write_file("/tmp/x-script", line, 0755);
    pid = fork();
    if (!pid) {
        execve("/tmp/x-script", argv, environ);
        _exit(99);
    }
    waitpid(pid, &status, 0);
    show_status("script", status);
    write_file("/tmp/x-script", "#!/none\n", 0755);
    SHOW(execve("/tmp/x-script", argv, environ));
    unlink("/tmp/x-script");
    unlink("/tmp/x-noexec");
}

/* A new program keeps the mask, ignored signals and descriptors, but not handlers and what is closed on exec. */
static void exec_keeps(void)
{
    char *argv[] = { (char *)self, (char *)"kept", NULL }, *none[] = { NULL };
    int status;
    pid_t pid = fork();

    if (!pid) {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGUSR2);
        sigprocmask(SIG_BLOCK, &set, NULL);
        signal(SIGUSR1, SIG_IGN);
        signal(SIGTERM, (void (*)(int))exits);
        dup2(1, 50);
        dup3(1, 51, O_CLOEXEC);
        execve(self, argv, none);
        _exit(99);
    }
    waitpid(pid, &status, 0);
    show_status("exec", status);
}

static void kept(void)
{
    struct sigaction a;
    sigset_t set;

    sigprocmask(SIG_SETMASK, NULL, &set);
    TRUE(sigismember(&set, SIGUSR2) == 1 && sigismember(&set, SIGUSR1) == 0);
    sigaction(SIGUSR1, NULL, &a);
    TRUE(a.sa_handler == SIG_IGN);
    sigaction(SIGTERM, NULL, &a);
    TRUE(a.sa_handler == SIG_DFL);
    SHOW(fcntl(50, F_GETFD));
    SHOW(fcntl(51, F_GETFD));
    TRUE(environ[0] == NULL);
}

/* As much as one may give a program. */
static void long_arguments(void)
{
    static char text[131072 + 1];
    char *argv[30] = { (char *)self, (char *)"count" };
    int status;
    pid_t pid;

    memset(text, 'y', sizeof text - 1);
    argv[2] = text;
    SHOW(execve(self, argv, environ));
    text[131071] = 0;
    for (int i = 2; i < 9; i++)
        argv[i] = text;
    fflush(stdout);
    pid = fork();
    if (!pid) {
        execve(self, argv, environ);
        _exit(99);
    }
    waitpid(pid, &status, 0);
    show_status("long", status);
}

static void spawning(void)
{
    char *argv[] = { (char *)self, (char *)"echo", (char *)"spawned", NULL };
    int status;
    pid_t pid;

    fflush(stdout);
    status = posix_spawn(&pid, self, NULL, NULL, argv, environ);
    TRUE(status == 0 && waitpid(pid, &status, 0) == pid);
    show_status("spawn", status);
    pid = vfork();
    if (!pid) {
        execve(self, argv, environ);
        _exit(98);
    }
    waitpid(pid, &status, 0);
    show_status("vfork", status);
    SHOW(system("exit 6") >= 0 ? 0 : -1);
}

/* Two processes that hand a word to each other a hundred times. */
static void futexes(void)
{
    uint32_t *word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct timespec little = { 0, 20000000 };
    pid_t pid;

    SHOW(syscall(SYS_futex, word, 0, 5, NULL));
    SHOW(syscall(SYS_futex, word, 128, 0, &little));
    SHOW(syscall(SYS_futex, word, 1, 1));
    SHOW(syscall(SYS_futex, (char *)word + 1, 1, 1));
    SHOW(syscall(SYS_futex, BAD, 0, 0, NULL));
    fflush(stdout);
    pid = fork();
    for (uint32_t turn = 0; turn < 100; turn++) {
        uint32_t mine = turn * 2 + (pid == 0), now;

        while ((now = __atomic_load_n(word, __ATOMIC_SEQ_CST)) != mine)
            syscall(SYS_futex, word, 0, now, NULL);
        __atomic_store_n(word, mine + 1, __ATOMIC_SEQ_CST);
        syscall(SYS_futex, word, 1, 1);
    }
    if (!pid)
        _exit(0);
    waitpid(pid, NULL, 0);
    SHOW(*word);
}

static void groups(void)
{
    pid_t pid;
    int status;

    TRUE(getpgrp() == getpgid(0) && getsid(0) > 0);
    SHOW(getpgid(1 << 29));
    SHOW(setpgid(0, -1));
    SHOW(setpgid(1 << 29, 0));
    pid = fork();
    if (!pid) {
        SHOW(setpgid(0, 0));
        TRUE(getpgrp() == getpid());
        SHOW(setsid());
        _exit(0);
    }
    waitpid(pid, &status, 0);
    pid = fork();
    if (!pid) {
        TRUE(setsid() == getpid() && getsid(0) == getpid() && getpgrp() == getpid());
        SHOW(setpgid(0, 0));
        _exit(0);
    }
    TRUE(waitpid(-1, &status, 0) == pid);
    SHOW(waitpid(0, &status, 0));
}

static void usage(void)
{
    struct rusage u;
    struct tms t;
    struct rlimit l;

    SHOW(getrusage(RUSAGE_SELF, &u));
    TRUE(u.ru_utime.tv_sec >= 0 && u.ru_utime.tv_usec < 1000000);
    SHOW(getrusage(RUSAGE_CHILDREN, &u));
    SHOW(getrusage(77, &u));
    TRUE(times(&t) != -1 && t.tms_utime >= 0);
    SHOW(getrlimit(RLIMIT_NOFILE, &l));
    TRUE(l.rlim_cur > 10 && l.rlim_cur <= l.rlim_max);
    SHOW(getrlimit(99, &l));
    l.rlim_cur = l.rlim_max + 1;
    SHOW(l.rlim_max == RLIM_INFINITY ? (errno = EINVAL, -1) : setrlimit(RLIMIT_NOFILE, &l));
    SHOW(sched_yield());
    TRUE(getpriority(PRIO_PROCESS, 0) >= 0); /* the host may run its tests niced */
    SHOW(getpriority(9, 0));
}

int main(int argc, char **argv)
{
    self = argv[0];
    if (argc > 1 && !strcmp(argv[1], "kept"))
        return kept(), 5;
    if (argc > 1 && !strcmp(argv[1], "count"))
        return printf("%d %zu\n", argc, strlen(argv[argc - 1])), 0;
    if (argc > 1) {
        for (int i = 1; i < argc; i++)
            printf("[%s]", argv[i]);
        return puts(""), argc;
    }
    setvbuf(stdout, NULL, _IONBF, 0);
    exits();
    copying();
    deaths();
    stopping();
    exec_fails();
    scripts();
    exec_keeps();
    long_arguments();
    spawning();
    futexes();
    groups();
    usage();
    return 0;
}
