/* stdio: reading, formatting, files, seeking, directories, getenv, time. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int is_file(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

int main(void)
{
	char line[100];
	struct stat st;
	struct dirent **entry;

	while (fgets(line, sizeof line, stdin))
		printf("read %zu: %s", strlen(line), line);
	printf("%5d|%-8s|%08.3f|%x|%e|%c|%%|%lld\n", -42, "left", 3.14159, 48879, 12345.678, 'q', 1ll << 40);
	FILE *f = fopen("file", "w+");

	for (int i = 0; i < 1000; i++)
		fprintf(f, "line %d\n", i);
	fseek(f, 5000, SEEK_SET);
	if (fgets(line, sizeof line, f))
		printf("at 5000: %s", line);
	printf("ends at %ld\n", (fseek(f, 0, SEEK_END), ftell(f)));
	fclose(f);
	printf("stat %d", stat("file", &st));
	printf(", size %ld, mode %o\n", (long)st.st_size, st.st_mode & 0777 & ~022);
	mkdir("dir", 0755);
	printf("rename %d", rename("file", "dir/moved"));
	printf(", link %d, symlink %d\n", link("dir/moved", "hard"), symlink("dir/moved", "soft"));
	int n = scandir(".", &entry, is_file, alphasort);

	for (int i = 0; i < n; i++)
		printf("entry %s\n", entry[i]->d_name);
	printf("open of nothing: %d", open("nothing", O_RDONLY));
	printf(", %s\n", strerror(errno));
	printf("unlink %d %d %d", unlink("hard"), unlink("soft"), unlink("dir/moved"));
	printf(", rmdir %d\n", rmdir("dir"));
	printf("HOME=%s\n", getenv("HOME"));
	time_t then = 951782400; /* 29 February 2000 */

	strftime(line, sizeof line, "%Y-%m-%d %j %a", gmtime(&then));
	printf("%s, now %s\n", line, time(NULL) > 1600000000 ? "after 2020" : "long ago");
	fprintf(stderr, "to standard error\n");
	return 3;
}
