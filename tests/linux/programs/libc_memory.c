/* malloc, realloc, calloc, brk, mmap, mprotect, qsort: memory from the C library and from the system. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static unsigned long sum(const unsigned char *p, size_t n)
{
	unsigned long s = 0;

	for (size_t i = 0; i < n; i++)
		s = s * 31 + p[i];
	return s;
}

static int by_value(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	enum { BLOCKS = 200, NUMBERS = 50000 };
	static unsigned char *block[BLOCKS];
	static unsigned number[NUMBERS];
	unsigned long total = 0;

	for (int i = 0; i < argc; i++)
		printf("%d: %s\n", i, i ? argv[i] : "program");
	for (int i = 0; i < BLOCKS; i++)
		memset(block[i] = malloc(1000 + 977 * i), i, 1000 + 977 * i);
	for (int i = 0; i < BLOCKS; i += 2)
		block[i] = realloc(block[i], 50 + 5000 * i);
	for (int i = 0; i < BLOCKS; i++) {
		total += sum(block[i], 50);
		free(block[i]);
	}
	unsigned char *zeros = calloc(3000, 1000);

	printf("blocks %lu, zeros %lu\n", total, sum(zeros, 3000000));
	free(zeros);
	for (unsigned i = 0; i < NUMBERS; i++)
		number[i] = i * 2654435761u;
	qsort(number, NUMBERS, sizeof number[0], by_value);
	printf("sorted: %u %u %u\n", number[0], number[NUMBERS / 2], number[NUMBERS - 1]);

	long page = sysconf(_SC_PAGESIZE);
	char *map = mmap(NULL, 8 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	strcpy(map + page, "mapped");
	printf("page %ld, protect %d", page, mprotect(map + page, page, PROT_READ));
	printf(", %s", map + page);
	printf(", unmap %d\n", munmap(map, 8 * page));
#ifdef __GLIBC__ /* musl's sbrk refuses */
	char *before = sbrk(0);

	if (sbrk(3 * page) == before)
		memset(before, 7, 3 * page);
	printf("brk %s\n", (char *)sbrk(0) == before + 3 * page && before[2 * page] == 7 ? "moved" : "stayed");
#endif
	return 0;
}
