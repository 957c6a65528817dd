/*
 * sample MARKER-FILE: look for the marker in the arguments and the environment of every
 * process that has come since and descends from the one that started this, again and
 * again until SIGTERM.
 *
 * Then prints what was seen:
 *
 *	looks N             rounds over all processes
 *	processes N         that were seen, by id and start
 *	argv NAME           a program that had the marker in an argument
 *	environ NAME        one that had it in its environment
 *	clean NAME N        processes of a program, and none of them had it there
 *	closed NAME         one whose environment could not be read
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIDS (1 << 22)
#define NAMES 256
#define TEXT (1 << 20)

struct program {
	char name[32];
	bool argv, environ, closed;
	long processes, reads;
};

static struct program programs[NAMES];
static size_t n_programs;
static char marker[256], text[TEXT];
static unsigned *seen; /* the round that a process was seen in last */
static bool *ours;     /* it has come since, and descends from our parent */
static volatile sig_atomic_t over;

static void end(int signal)
{
	(void)signal;
	over = 1;
}

/* The file of a process, whole; -1 where it cannot be read. */
static ssize_t get(const char *pid, const char *file)
{
	char path[64];
	ssize_t n = 0, got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%.16s/%s", pid, file);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return -1;
	while (n < TEXT - 1 && (got = read(fd, text + n, (size_t)(TEXT - 1 - n))) > 0)
		n += got;
	close(fd);
	return n;
}

static struct program *program(const char *name)
{
	for (size_t i = 0; i < n_programs; i++)
		if (strcmp(programs[i].name, name) == 0)
			return &programs[i];
	if (n_programs == NAMES)
		abort();
	snprintf(programs[n_programs].name, sizeof(programs->name), "%.31s", name);
	return &programs[n_programs++];
}

static bool holds(ssize_t n)
{
	return n > 0 && memmem(text, (size_t)n, marker, strlen(marker));
}

/*
 * The name is read first: a process gets its new name after its new arguments and
 * environment, so what a program has is never told of the one that it becomes.
 */
static void look_at(const char *pid, bool is_new)
{
	ssize_t n = get(pid, "comm");
	struct program *p;

	if (n <= 0)
		return;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	p = program(text);
	p->processes += is_new;
	if (holds(get(pid, "cmdline")))
		p->argv = true;
	n = get(pid, "environ");
	p->reads += n > 0;
	if (holds(n))
		p->environ = true;
	/* One that has gone meanwhile has not closed it. */
	if (n < 0 && get(pid, "comm") > 0)
		p->closed = true;
}

static bool descends(long pid)
{
	for (int i = 0; i < 64 && pid > 1; i++) {
		char name[24];
		const char *after;
		ssize_t n;

		if (pid == getppid())
			return true;
		snprintf(name, sizeof(name), "%ld", pid);
		n = get(name, "stat");
		text[n < 0 ? 0 : n] = '\0';
		/* 12 (a name) S 1 ... */
		if (!(after = strrchr(text, ')')) || sscanf(after + 1, " %*c %ld", &pid) != 1)
			return false;
	}
	return false;
}

static void look(unsigned round)
{
	DIR *d = opendir("/proc");
	const struct dirent *entry;

	while (d && (entry = readdir(d))) {
		long pid = strtol(entry->d_name, NULL, 10);
		bool is_new;

		if (pid <= 0 || pid >= PIDS || pid == getpid())
			continue;
		is_new = seen[pid] != round - 1;
		if (is_new)
			ours[pid] = round > 1 && descends(pid);
		if (ours[pid])
			look_at(entry->d_name, is_new);
		seen[pid] = round;
	}
	closedir(d);
}

int main(int argc, char **argv)
{
	FILE *f = argc == 2 ? fopen(argv[1], "re") : NULL;
	unsigned round = 0;
	long processes = 0;

	if (!f || !fgets(marker, sizeof(marker), f))
		return 2;
	fclose(f);
	marker[strcspn(marker, "\n")] = '\0';
	seen = calloc(PIDS, sizeof(*seen));
	ours = calloc(PIDS, sizeof(*ours));
	if (!seen || !ours || strlen(marker) < 16)
		return 2;
	signal(SIGTERM, end);
	while (!over) {
		look(++round);
		if (round == 1) {
			puts("ready");
			fflush(stdout);
		}
		usleep(3000);
	}
	for (size_t i = 0; i < n_programs; i++) {
		const struct program *p = &programs[i];

		processes += p->processes;
		if (p->argv)
			printf("argv %s\n", p->name);
		if (p->environ)
			printf("environ %s\n", p->name);
		else if (p->reads > 0)
			printf("clean %s %ld\n", p->name, p->processes);
		if (p->closed)
			printf("closed %s\n", p->name);
	}
	printf("looks %u\nprocesses %ld\n", round, processes);
	return 0;
}
