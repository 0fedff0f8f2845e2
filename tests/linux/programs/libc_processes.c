/* fork, exec, wait, pipes, poll, dup, process groups, shared and private memory, times. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd[2], status;
	char text[64] = "";

	if (argc > 1 && !strcmp(argv[1], "child")) {
		printf("executed: %s %s\n", argv[2], getenv("GIVEN"));
		return 23;
	}
	int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), private = 1;

	fflush(stdout);
	if (pipe(fd))
		return 1;
	if (!fork()) {
		*shared = 42;
		private = 42;
		dup2(fd[1], 1);
		close(fd[0]);
		printf("through the pipe from a child of %s\n", getppid() > 0 ? "someone" : "nobody");
		exit(5);
	}
	close(fd[1]);
	while (read(fd[0], text + strlen(text), sizeof text - 1 - strlen(text)) > 0)
		;
	wait(&status);
	printf("%sstatus %d, shared %d, private %d\n", text, WEXITSTATUS(status), *shared, private);

	fflush(stdout);
	if (!fork()) {
		char *args[] = { argv[0], "child", "given", NULL }, *environment[] = { "GIVEN=environment", NULL };

		execve("/proc/self/exe", args, environment);
		execve(argv[0], args, environment);
		_exit(1);
	}
	wait(&status);
	printf("status %d\n", WEXITSTATUS(status));

	struct pollfd p;

	if (pipe(fd))
		return 1;
	p = (struct pollfd){ .fd = fd[0], .events = POLLIN };
	printf("poll %d", poll(&p, 1, 10));
	if (write(fd[1], "x", 1) == 1)
		printf(", then %d", poll(&p, 1, 1000));
	printf(" %d", p.revents);
	fcntl(fd[0], F_SETFL, O_NONBLOCK);
	printf(", read %zd", read(fd[0], text, 10));
	printf(", read %zd", read(fd[0], text, 10));
	printf(" %s\n", strerror(errno));

	fflush(stdout);
	pid_t stopped = fork();

	if (!stopped) {
		setpgid(0, 0);
		raise(SIGSTOP);
		_exit(9);
	}
	waitpid(stopped, &status, WUNTRACED);
	printf("stopped %d by %d", WIFSTOPPED(status), WSTOPSIG(status));
	kill(stopped, SIGCONT);
	waitpid(stopped, &status, 0);
	printf(", exited with %d\n", WEXITSTATUS(status));
	printf("no more: %d", wait(NULL));
	printf(" %s\n", strerror(errno));

	struct timespec before, after, nap = { 0, 20000000 };

	clock_gettime(CLOCK_MONOTONIC, &before);
	nanosleep(&nap, NULL);
	clock_gettime(CLOCK_MONOTONIC, &after);
	long slept = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;

	printf("slept %s\n", slept >= 19 && slept < 5000 ? "long enough" : "wrongly");
	for (int i = 0; i < 50; i++) {
		fflush(stdout);
		if (!fork())
			_exit(i);
		wait(&status);
		if (WEXITSTATUS(status) != i)
			printf("child %d ended with %d\n", i, WEXITSTATUS(status));
	}
	return 7;
}
