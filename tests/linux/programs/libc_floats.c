/* Floating point over switches between processes: each of several processes computes while the others do. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static double series(int n, double x)
{
	double s = 0, t = 1;

	for (int i = 1; i < n; i++) {
		s += t * sin(i * x) / sqrt(i);
		t *= 0.999999;
	}
	return s;
}

int main(void)
{
	enum { PROCESSES = 4 };
	int fd[PROCESSES][2];

	for (int i = 0; i < PROCESSES; i++) {
		if (pipe(fd[i]))
			return 1;
		if (!fork()) {
			char text[64];
			int n = snprintf(text, sizeof text, "%d: %.12f\n", i, series(200000, 0.1 * (i + 1)));

			return write(fd[i][1], text, n) != n;
		}
		close(fd[i][1]);
	}
	for (int i = 0; i < PROCESSES; i++) {
		char text[64];
		ssize_t n = read(fd[i][0], text, sizeof text);

		fwrite(text, 1, n > 0 ? n : 0, stdout);
		wait(NULL);
	}
	printf("%.6f %.6f %g %g\n", exp(1), pow(2, 0.5), 1.0 / 0.0, strtod("1e-310", NULL));
	return 0;
}
