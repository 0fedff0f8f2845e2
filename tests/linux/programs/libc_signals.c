/* Handlers, masks, alarm, faults and how they are told, siglongjmp out of a handler, an alternate stack. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t count;
static sigjmp_buf back;

static void counted(int signal)
{
	count += signal;
}

static void fault(int signal, siginfo_t *info, void *context)
{
	(void)context;
	printf("signal %d, code %d, address %p\n", signal, info->si_code, info->si_addr);
	siglongjmp(back, 1);
}

static void overflow(int signal)
{
	(void)signal;
	siglongjmp(back, 2);
}

static void child(void (*what)(void))
{
	int status;

	fflush(stdout);
	if (!fork()) {
		what();
		_exit(0);
	}
	wait(&status);
	printf("child: %s %d\n", WIFSIGNALED(status) ? "signal" : "exit", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static void store_to_null(void) { *(volatile int *)NULL = 1; }
static void illegal(void) { __asm__ volatile(".long 0xffffffff"); } /* defined on no ISA */
static void aborts(void) { abort(); }

static volatile char sink;

__attribute__((noinline)) static void deep(int n)
{
	volatile char local[4096];

	local[0] = (char)n;
	if (n)
		deep(n - 1);
	sink = local[0];
}

int main(void)
{
	struct sigaction sa = { .sa_handler = counted };
	sigset_t set, old;
	volatile uintptr_t address = 16;

	sigaction(SIGUSR1, &sa, NULL);
	sigaction(SIGUSR2, &sa, NULL);
	raise(SIGUSR1);
	kill(getpid(), SIGUSR2);
	printf("counted %d\n", (int)count);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &old);
	raise(SIGUSR1);
	printf("blocked %d", (int)count);
	sigpending(&set);
	printf(", pending %d", sigismember(&set, SIGUSR1));
	sigprocmask(SIG_SETMASK, &old, NULL);
	printf(", then %d\n", (int)count);

	sa.sa_handler = counted;
	sigaction(SIGALRM, &sa, NULL);
	alarm(1);
	pause();
	printf("alarm %d\n", (int)count);

	sa = (struct sigaction){ .sa_sigaction = fault, .sa_flags = SA_SIGINFO };
	sigaction(SIGSEGV, &sa, NULL);
	if (!sigsetjmp(back, 1))
		*(volatile int *)(uintptr_t)address = 1;
	char *page = mmap((void *)0x10000000, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (!sigsetjmp(back, 1))
		page[5] = 1;

	stack_t stack = { .ss_sp = malloc(SIGSTKSZ * 4), .ss_size = SIGSTKSZ * 4 };

	sigaltstack(&stack, NULL);
	sa = (struct sigaction){ .sa_handler = overflow, .sa_flags = SA_ONSTACK };
	sigaction(SIGSEGV, &sa, NULL);
	if (!sigsetjmp(back, 1))
		deep(1 << 20);
	printf("the stack was too small\n");
	signal(SIGSEGV, SIG_DFL);
	child(store_to_null);
	child(illegal);
	child(aborts);
	return 0;
}
