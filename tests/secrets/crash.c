/*
 * crash MILLISECONDS COMMAND...: let the command run until it has set its limit of cores
 * to 0, and so long at most; end it by SIGSEGV, and say what the kernel says: `core`, `no
 * core`, or `ended` where it was over before.
 */
#include <signal.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static bool wants_none(pid_t pid)
{
	char path[64], line[256];
	bool none = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/limits", (int)pid);
	if (!(f = fopen(path, "re")))
		return false;
	while (fgets(line, sizeof(line), f))
		none = none || strncmp(line, "Max core file size        0 ", 28) == 0;
	fclose(f);
	return none;
}

int main(int argc, char **argv)
{
	struct rlimit any = {RLIM_INFINITY, RLIM_INFINITY};
	int status;
	pid_t pid;

	if (argc < 3)
		return 2;
	setrlimit(RLIMIT_CORE, &any);
	if ((pid = fork()) == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	for (long ms = strtol(argv[1], NULL, 10); ms > 0 && !wants_none(pid); ms -= 5)
		usleep(5000);
	usleep(100000);
	kill(pid, SIGSEGV);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 6;
	puts(!WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV ? "ended"
	     : WCOREDUMP(status)                                 ? "core"
								 : "no core");
	return 0;
}
