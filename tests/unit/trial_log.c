/* trial_log: what crashes leave, who else writes, and who may not. */
#include "trial/log.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "json/json.h"

#include "tap.h"

static char folder[] = "/tmp/trial-log-XXXXXX", path[64];

static void put(const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len || close(fd))
		abort();
}

static cJSON *record(int i, const char *state)
{
	char text[160];

	snprintf(text, sizeof(text),
		 "{\"trial\":\"%016x\",\"state\":\"%s\",\"params\":{\"trial\":{\"a\":1}}}",
		 (unsigned)i, state);
	return json_parse(text, strlen(text), NULL, &(struct err){0});
}

static bool append(struct trial_log *log, int i, const char *state, struct err *e)
{
	cJSON *rec = record(i, state);
	bool good = trial_log_append(log, rec, e);

	cJSON_Delete(rec);
	return good;
}

/* trials, torn lines, and the state of trial 1 of the file, or the error */
static const char *reads(const char *text, size_t len)
{
	static char seen[ERR_TEXT_MAX];
	struct err e = {0};
	struct trial_log *log;
	const cJSON *first;

	put(text, len);
	if (!(log = trial_log_open(path, TRIAL_READER, &e))) {
		snprintf(seen, sizeof(seen), "%s", e.text + strlen(path));
		return seen;
	}
	first = trial_log_find(log, "0000000000000001");
	snprintf(seen, sizeof(seen), "%zu %zu %s", trial_log_count(log), trial_log_torn(log),
		 first ? json_str(first, "state") : "-");
	trial_log_free(log);
	return seen;
}

#define GOOD "{\"trial\":\"0000000000000001\",\"state\":\"submitted\",\"params\":{\"a\":{}}}"
#define READS(text) reads(text, sizeof(text) - 1)

static void glued(void)
{
	size_t len = sizeof(GOOD) - 1;
	char text[4 * sizeof(GOOD)];
	bool all = true;

	for (size_t cut = 1; cut < len; cut++) {
		int n = snprintf(text, sizeof(text), "%.*s%s\n", (int)cut, GOOD, GOOD);

		all = all && strcmp(reads(text, (size_t)n), "1 1 submitted") == 0;
	}
	ok(all, "a record behind one that was cut short, at any byte, is found");
	for (size_t cut = 1; cut < len; cut++) {
		int n = snprintf(text, sizeof(text), "%.*s%.*s\n%s\n", 30, GOOD, (int)cut, GOOD,
				 GOOD);

		all = all && reads(text, (size_t)n)[0] == '1';
	}
	ok(all, "two that were cut short are passed over");
	is_str(READS("{\"by\":\"x\",\"par{\"by\":\"x\",\"params\":{},\"state\":\"failed\","
		     "\"trial\":\"0000000000000001\"}\n"),
	       "1 1 failed", "the order of fields does not matter");
	is_str(READS("{\"trial\":\"0000000000000001\",\"params\":" GOOD "\n" GOOD),
	       "1 1 submitted", "a whole last line without its newline counts");
}

static void garbage(void)
{
	is_str(READS(GOOD "\n\0\0\0\0\0\0"), "1 1 submitted",
	       "NULs at the end are passed over");
	is_str(READS("{\"trial\":\"00\0\0\0\0" GOOD "\n"), "1 1 submitted",
	       "NULs in front of a record are");
	is_str(READS("\0\0\0\0\"params\":{}}\n" GOOD "\n"), "1 1 submitted",
	       "NULs in place of the first half are");
	is_str(READS("hello {\n"), ":1: not JSON at byte 1",
	       "what never was a record is an error");
	is_str(READS("[1,2\n"), ":1: not JSON at byte 4", "... a list too");
	is_str(READS("{\"a\":1}}\n"), ":1: more text behind the value at byte 8",
	       "... and a brace too many");
}

/* A file that may not grow takes the first part of a record, as a full disk does. */
static void full(void)
{
	struct rlimit old, now;
	struct err e = {0};
	struct trial_log *log, *other;

	unlink(path);
	log = trial_log_open(path, TRIAL_SUBMITTER, &e);
	other = trial_log_open(path, TRIAL_COLLECTOR, &e);
	ok(log && other && append(log, 1, "proposed", &e), "a record is appended");
	getrlimit(RLIMIT_FSIZE, &old);
	now = (struct rlimit){.rlim_cur = 100, .rlim_max = old.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &now);
	ok(!append(log, 1, "submitted", &e) && e.kind == ERR_SYSTEM,
	   "one that the disk takes half of is an error");
	is_str(e.text + strlen(path), ": write: File too large", "... with the system's words");
	is_str(json_str(trial_log_find(log, "0000000000000001"), "state"), "proposed",
	       "... and is not remembered");
	setrlimit(RLIMIT_FSIZE, &old);
	e = (struct err){0};
	ok(append(other, 2, "completed", &e) && append(log, 1, "submitted", &e),
	   "another process and this one go on");
	trial_log_free(other);
	trial_log_free(log);
	log = trial_log_open(path, TRIAL_READER, &e);
	ok(log && trial_log_count(log) == 2 && trial_log_torn(log) == 1,
	   "... and all but that one is there");
	trial_log_free(log);
}

/* Children that append over and over and are killed in the middle of it. */
static void killed(void)
{
	static const enum trial_role roles[] = {TRIAL_SUBMITTER, TRIAL_COLLECTOR,
						TRIAL_TRAINER};
	struct err e = {0};
	struct trial_log *log;
	bool good = true;

	unlink(path);
	for (int round = 0; round < 10 && good; round++) {
		pid_t child[3];

		for (int k = 0; k < 3; k++) {
			if ((child[k] = fork()) != 0)
				continue;
			log = trial_log_open(path, roles[k], &e);
			for (int i = 0; log && append(log, 1000 * k + i % 50, "proposed", &e);)
				i++;
			fprintf(stderr, "%s\n", e.text);
			_exit(1);
		}
		usleep(20000);
		for (int k = 0; k < 3; k++)
			kill(child[k], SIGKILL);
		for (int k = 0, status; k < 3; k++)
			good = waitpid(child[k], &status, 0) == child[k] &&
			       WIFSIGNALED(status) && good;
	}
	ok(good, "three that append are killed, ten times, and nothing holds the next ones up");
	log = trial_log_open(path, TRIAL_READER, &e);
	ok(log && trial_log_count(log) > 0 && trial_log_count(log) <= 150,
	   "the log is readable: %zu trials, %zu torn", log ? trial_log_count(log) : 0,
	   log ? trial_log_torn(log) : 0);
	trial_log_free(log);
}

static pid_t hold(enum trial_role role)
{
	int ready[2];
	char c;
	pid_t child;

	if (pipe(ready) || (child = fork()) < 0)
		abort();
	if (child == 0) {
		struct err e = {0};

		close(ready[0]);
		if (trial_log_open(path, role, &e) && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		abort();
	close(ready[0]);
	return child;
}

static void roles(void)
{
	struct err e = {0};
	char text[ERR_TEXT_MAX];
	pid_t child;
	struct trial_log *log;

	put(GOOD "\n", sizeof(GOOD));
	child = hold(TRIAL_SUBMITTER);
	ok(!trial_log_open(path, TRIAL_SUBMITTER, &e) && e.kind == ERR_UNAVAILABLE,
	   "a second submitter is refused");
	snprintf(text, sizeof(text),
		 "%s: another run is at work on it: it has a submitter, process %ld", path,
		 (long)child);
	is_str(e.text, text, "... and told who has it");
	e = (struct err){0};
	for (enum trial_role r = TRIAL_READER; r <= TRIAL_TRAINER; r++) {
		if (r == TRIAL_SUBMITTER)
			continue;
		log = trial_log_open(path, r, &e);
		ok(log && trial_log_count(log) == 1, "role %d is free beside it", (int)r);
		trial_log_free(log);
	}
	log = trial_log_open(path, TRIAL_PROPOSER, &e);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	trial_log_free(log);
	log = trial_log_open(path, TRIAL_SUBMITTER, &e);
	ok(log, "killed with -9, it holds nothing");
	trial_log_free(log);
}

int main(void)
{
	if (!mkdtemp(folder))
		return 6;
	snprintf(path, sizeof(path), "%s/log", folder);
	glued();
	garbage();
	full();
	killed();
	roles();
	unlink(path);
	rmdir(folder);
	return tap_end();
}
