/* Signals: handlers and what they are told, masks, stacks, restarting, faults, and the registers that must survive. */
#include "show.h"

#include <setjmp.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>

static volatile int count, depth, deepest, last_code;
static volatile pid_t last_pid;
static void *volatile last_address;

static void counting(int signal)
{
    count++;
    depth++;
    if (depth > deepest)
        deepest = depth;
    depth--;
}

static void telling(int signal, siginfo_t *info, void *context)
{
    count++;
    last_code = info->si_code;
    last_pid = info->si_pid;
    last_address = info->si_addr;
    if (info->si_signo != signal || !context)
        _exit(44);
}

static void on(int signal, void (*handler)(int), int flags)
{
    struct sigaction a = { .sa_handler = handler, .sa_flags = flags };

    if (sigaction(signal, &a, NULL))
        printf("sigaction %d: %s\n", signal, strerror(errno));
}

static void on_info(int signal, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction a = { .sa_sigaction = handler, .sa_flags = flags | SA_SIGINFO };

    sigaction(signal, &a, NULL);
}

static void mask(int how, int signal)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, signal);
    sigprocmask(how, &set, NULL);
}

static void basics(void)
{
    struct sigaction a;
    sigset_t set;

    on(SIGUSR1, counting, 0);
    SHOW(raise(SIGUSR1));
    SHOW(count);
    mask(SIG_BLOCK, SIGUSR1);
    raise(SIGUSR1);
    raise(SIGUSR1);
    SHOW(count);
    sigpending(&set);
    TRUE(sigismember(&set, SIGUSR1) && !sigismember(&set, SIGUSR2));
    mask(SIG_UNBLOCK, SIGUSR1);
    SHOW(count);
    on(SIGUSR1, counting, SA_RESETHAND);
    raise(SIGUSR1);
    sigaction(SIGUSR1, NULL, &a);
    TRUE(a.sa_handler == SIG_DFL && count == 3);
    SHOW(sigaction(SIGKILL, &a, NULL));
    SHOW(sigaction(SIGSTOP, &a, NULL));
    SHOW(sigaction(SIGKILL, NULL, &a));
    SHOW(sigaction(65, &a, NULL));
    SHOW(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4));
    SHOW(syscall(SYS_rt_sigaction, SIGUSR1, BAD, NULL, 8));
    SHOW(syscall(SYS_rt_sigprocmask, 77, &set, NULL, 8));
    SHOW(syscall(SYS_rt_sigprocmask, 77, NULL, &set, 8));
    sigfillset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    sigprocmask(SIG_SETMASK, NULL, &set);
    TRUE(!sigismember(&set, SIGKILL) && !sigismember(&set, SIGSTOP) && sigismember(&set, SIGTERM));
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
}

static void sending_again(int signal)
{
    depth++;
    if (depth > deepest)
        deepest = depth;
    if (++count < 3)
        raise(signal);
    depth--;
}

static void nesting(void)
{
    count = deepest = 0;
    on(SIGUSR1, sending_again, 0);
    raise(SIGUSR1);
    printf("blocked: %d times, depth %d\n", count, deepest);
    count = deepest = 0;
    on(SIGUSR1, sending_again, SA_NODEFER);
    raise(SIGUSR1);
    printf("not deferred: %d times, depth %d\n", count, deepest);
}

static void information(void)
{
    union sigval value = { .sival_int = 42 };
    int status;
    pid_t pid;

    on_info(SIGUSR2, telling, 0);
    kill(getpid(), SIGUSR2);
    TRUE(last_code == SI_USER && last_pid == getpid());
    SHOW(sigqueue(getpid(), SIGUSR2, value));
    TRUE(last_code == SI_QUEUE && last_pid == getpid());
    syscall(SYS_tgkill, getpid(), getpid(), SIGUSR2);
    TRUE(last_code == SI_TKILL);
    on_info(SIGCHLD, telling, SA_RESTART);
    pid = fork();
    if (!pid)
        _exit(3);
    TRUE(waitpid(pid, &status, 0) == pid);
    TRUE(last_code == CLD_EXITED && last_pid == pid);
    signal(SIGCHLD, SIG_DFL);
}

/* ---- the handler's stack ---- */
static char *volatile stack_at;

static void where(int signal)
{
    char here;

    __asm__ volatile("" : "=r"(stack_at) : "0"(&here));
}

static void stacks(void)
{
    static char memory[65536];
    stack_t s = { .ss_sp = memory, .ss_size = sizeof memory }, old;

    on(SIGUSR1, where, SA_ONSTACK);
    raise(SIGUSR1);
    TRUE(stack_at < memory || stack_at >= memory + sizeof memory);
    SHOW(sigaltstack(&s, NULL));
    raise(SIGUSR1);
    TRUE(stack_at >= memory && stack_at < memory + sizeof memory);
    SHOW(sigaltstack(NULL, &old));
    TRUE(old.ss_sp == memory && old.ss_flags == 0);
    s.ss_size = 100;
    SHOW(sigaltstack(&s, NULL));
    s.ss_flags = 77;
    SHOW(sigaltstack(&s, NULL));
    s.ss_flags = SS_DISABLE;
    SHOW(sigaltstack(&s, &old));
    SHOW(sigaltstack(NULL, &old));
    TRUE(old.ss_flags == SS_DISABLE);
}

/* ---- calls that a signal finds waiting ---- */
static void after(long microseconds, int signal)
{
    struct itimerval t = { .it_value = { 0, microseconds } };

    setitimer(ITIMER_REAL, &t, NULL);
}

static void restarting(void)
{
    struct timespec second = { 1, 0 }, left = { 0, 0 };
    sigset_t set;
    int p[2];
    char byte;
    pid_t pid;

    pipe(p);
    count = 0;
    on(SIGALRM, counting, 0);
    after(30000, SIGALRM);
    SHOW(read(p[0], &byte, 1));
    after(30000, SIGALRM);
    SHOW(nanosleep(&second, &left));
    TRUE(left.tv_sec == 0 && left.tv_nsec > 500000000);
    on(SIGALRM, counting, SA_RESTART);
    pid = fork();
    if (!pid) {
        usleep(100000);
        write(p[1], "z", 1);
        _exit(0);
    }
    after(30000, SIGALRM);
    SHOW(read(p[0], &byte, 1));
    TRUE(byte == 'z' && count == 3);
    waitpid(pid, NULL, 0);
    after(30000, SIGALRM);
    SHOW(nanosleep(&second, NULL));
    after(30000, SIGALRM);
    SHOW(pause());
    mask(SIG_BLOCK, SIGALRM);
    after(10000, SIGALRM);
    sigemptyset(&set);
    SHOW(sigsuspend(&set));
    sigprocmask(SIG_SETMASK, NULL, &set);
    TRUE(sigismember(&set, SIGALRM) && count == 6);
    after(10000, SIGALRM);
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    SHOW(sigtimedwait(&set, NULL, NULL));
    SHOW(sigtimedwait(&set, NULL, &(struct timespec){ 0, 10000000 }));
    TRUE(count == 6);
    mask(SIG_UNBLOCK, SIGALRM);
    close(p[0]);
    close(p[1]);
}

/* A program that never enters the system is interrupted, too; and its registers survive. */
static void computing(void)
{
    volatile double sum = 0;
    double x = 1.5, y = 0.25;
    uint64_t a = 1, b = 2, c = 3, rounds = 0;

    count = 0;
    on(SIGALRM, counting, 0);
    after(20000, SIGALRM);
    while (!count || rounds < 1000) {
        a = a * 6364136223846793005u + b;
        b ^= a >> 7;
        c += b;
        x = x * 0.5 + y;
        rounds++;
    }
    sum = x;
    TRUE(sum > 0.4 && sum < 1.6);
    a = 1, b = 2, c = 3;
    for (int i = 0; i < 1000; i++) {
        a = a * 6364136223846793005u + b;
        b ^= a >> 7;
        c += b;
    }
    printf("%llx\n", (unsigned long long)c);
}

static void dirtying(int signal)
{
    volatile double d = 1.0 / 3.0;

    for (int i = 0; i < 100; i++)
        d = d * 1.5 + i;
    count = d > 0;
}

/* Floating-point registers, as the compiler keeps them over an asynchronous signal. */
static void floating(void)
{
    struct itimerval t = { { 0, 2000 }, { 0, 2000 } };
    double v[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    int wrong = 0;

    on(SIGALRM, dirtying, 0);
    setitimer(ITIMER_REAL, &t, NULL);
    for (int i = 0; i < 3000000; i++) {
        for (int k = 0; k < 8; k++)
            v[k] = v[k] * 2 - v[k];
        if (v[0] + v[7] != 9)
            wrong++;
    }
    t = (struct itimerval){ 0 };
    setitimer(ITIMER_REAL, &t, NULL);
    SHOW(wrong);
}

/* ---- faults ---- */
static sigjmp_buf back;

static void jumping(int signal, siginfo_t *info, void *context)
{
    last_code = info->si_code;
    last_address = info->si_addr;
    siglongjmp(back, signal);
}

static void fault(const char *what, void (*function)(void))
{
    int signal = sigsetjmp(back, 1);

    if (signal)
        printf("%s: signal %d code %d\n", what, signal, last_code);
    else
        function();
    fflush(stdout);
}

static char *page;

static void read_none(void) { *(volatile char *)BAD; }
static void write_none(void) { *(volatile char *)BAD = 1; }
static void write_constant(void) { *(volatile char *)page = 1; }
static void run_none(void) { ((void (*)(void))BAD)(); }
/* All ones are no instruction on either ISA. */
static void trap(void) { __asm__ volatile(".long 0xffffffff"); }

static void faults(void)
{
    page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    on_info(SIGSEGV, jumping, 0);
    on_info(SIGILL, jumping, 0);
    on_info(SIGFPE, jumping, 0);
    fault("read", read_none);
    TRUE(last_address == BAD);
    fault("write", write_none);
    fault("write a constant", write_constant);
    TRUE(last_address == page);
    fault("run", run_none);
    last_code = 0;
    if (!sigsetjmp(back, 1))
        trap();
    TRUE(last_code == 1 || last_code == 2); /* ILL_ILLOPC or ILL_ILLOPN: the ISAs differ */
    signal(SIGSEGV, SIG_DFL);
    in_child("fault without handler", read_none);
    signal(SIGILL, SIG_DFL);
    in_child("illegal without handler", trap);
    mask(SIG_BLOCK, SIGSEGV);
    on_info(SIGSEGV, jumping, 0);
    in_child("blocked fault", read_none);
    mask(SIG_UNBLOCK, SIGSEGV);
    munmap(page, 4096);
}

/* A handler that changes where the program goes on. */
static void skipping(int signal, siginfo_t *info, void *context)
{
    ucontext_t *u = context;

    sigaddset(&u->uc_sigmask, SIGUSR2);
}

static void contexts(void)
{
    sigset_t set;

    on_info(SIGUSR1, skipping, 0);
    raise(SIGUSR1);
    sigprocmask(SIG_SETMASK, NULL, &set);
    TRUE(sigismember(&set, SIGUSR2) == 1);
    mask(SIG_UNBLOCK, SIGUSR2);
}

static void timers(void)
{
    struct itimerval t = { { 0, 0 }, { 10, 500000 } }, old;

    SHOW(setitimer(ITIMER_REAL, &t, NULL));
    SHOW(getitimer(ITIMER_REAL, &old));
    TRUE(old.it_value.tv_sec == 10 && old.it_interval.tv_sec == 0);
    SHOW(alarm(5));
    SHOW(alarm(0));
    SHOW(alarm(0));
    t.it_value.tv_usec = 1000000;
    SHOW(setitimer(ITIMER_REAL, &t, NULL));
    SHOW(setitimer(77, &t, NULL));
    SHOW(getitimer(77, &t));
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    basics();
    nesting();
    information();
    stacks();
    restarting();
    computing();
    floating();
    faults();
    contexts();
    timers();
    return 0;
}
