/*
 * drive: run a tool again and again, and make another of its calls fail each time.
 *
 *	drive [OPTION...] -- TOOL ARGUMENT...
 *
 *	-l FILE    the library fault.so
 *	-d DIR     folder to work in
 *	-w DIR     copied to be the tool's current folder, anew for each run
 *	-i FILE    the tool's standard input
 *	-L NAME    the trial log in that folder: nothing of it may be lost, and after a run
 *	           without a fault it holds what it would hold had there been none
 *	-p         lines of the input may be passed on as they are, where the tool stops
 *	-u PORT    the server: what it says is learned once, then told by mock.c
 *	-c         the tool has the server's address from a configuration file
 *	-2         learn what it says the second time, too
 *	-a LIST    further exit statuses that are right, `1,3`
 *	-x LIST    `LIBRARY=lost`, `LIBRARY=ends`: where it was this library's own allocation
 *that failed, it may lose memory, or end the program by a signal -s SORTS   only these, as
 *`alloc/once,write/ENOSPC` -e N       every N-th call only -k K       the K-th call only, and
 *all that is known of what happens -j N       so many at once -f N       the clock goes so many
 *times faster
 *
 * Prints a line for each sort of fault; fails if a run ended as it should not:
 * by a signal, not at all, with another status, without one message in one line, with memory
 * lost or written to where it is not its own, with output that is not of the run without a
 * fault, with status 0 and without all of it, or with a log that cannot be gone on with.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"
#include "lines.h"
#include "mock.h"

#define HANG_MS 20000
#define SHOWN 40 /* failures that are told in full, of each sort and process */

static const struct sort {
	const char *name;
	enum fault_kind kind;
	int error;
	bool ever;
} sorts[] = {
	{"alloc/once", FAULT_ALLOC, ENOMEM, false},
	{"alloc/ever", FAULT_ALLOC, ENOMEM, true},
	{"open/EMFILE", FAULT_OPEN, EMFILE, false},
	{"open/ever", FAULT_OPEN, EMFILE, true},
	{"read/EIO", FAULT_READ, EIO, false},
	{"read/EINTR", FAULT_READ, EINTR, false},
	{"read/short", FAULT_READ, FAULT_SHORT, false},
	{"write/ENOSPC", FAULT_WRITE, ENOSPC, false},
	{"write/ever", FAULT_WRITE, ENOSPC, true},
	{"write/EIO", FAULT_WRITE, EIO, false},
	{"write/EINTR", FAULT_WRITE, EINTR, false},
	{"write/short", FAULT_WRITE, FAULT_SHORT, false},
	{"sync/EIO", FAULT_SYNC, EIO, false},
	{"sync/ENOSPC", FAULT_SYNC, ENOSPC, true},
	{"connect/ETIMEDOUT", FAULT_CONNECT, ETIMEDOUT, false},
	{"connect/EINTR", FAULT_CONNECT, EINTR, false},
};

#define SORTS (sizeof(sorts) / sizeof(sorts[0]))

static const char *library, *dir, *world, *input, *log_name, *statuses = "", *excused = "",
							     *only = "";
static long every = 1, single, processes = 2, faster = 50;
static int upstream;
static bool twice, passes, by_file;
static char *const *command;
static const char *tool;

/* What the processes have done; shared. */
struct tally {
	uint64_t runs, injected, unharmed, ended[9], excused, failed;
};

static struct tally *tally;

/* One process of several: a folder, a page, a server. */
struct place {
	char folder[512], page_path[600], out[600], err[600], log[600];
	struct fault_page *page;
	struct mock *mock;
	char seen[SHOWN][FAULT_TEXT]; /* failures that were told: why, and where in the tool */
	int shown;
};

static struct lines expected, allowed, expected_log; /* allowed: on standard output */
static size_t expected_jobs;

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "drive: %s: %s\n", what, strerror(errno));
	exit(6);
}

/* ---- one run ---- */

static void shell(const char *format, const char *a, const char *b)
{
	char line[2048];

	snprintf(line, sizeof(line), format, a, b);
	if (system(line) != 0)
		fail(line);
}

static void renew(const struct place *p)
{
	if (world)
		shell("rm -rf '%2$s' && cp -a '%1$s' '%2$s'", world, p->folder);
	else if (unlink(p->log) != 0 && errno != ENOENT)
		fail(p->log);
	if (p->mock)
		mock_restart(p->mock);
}

static void redirect(const char *path, int flags, int to)
{
	int fd = open(path, flags, 0600);

	if (fd < 0 || dup2(fd, to) < 0)
		_exit(99);
}

/* The wait status; -1: it hung. */
static int run(const struct place *p)
{
	struct rlimit none = {0, 0};
	struct pollfd end;
	pid_t pid;
	int status;

	p->page->injected = p->page->blocks = p->page->bytes = 0;
	p->page->checked = 0;
	p->page->frames = p->page->leak_frames = 0;
	p->page->broken[0] = '\0';
	memset(p->page->calls, 0, sizeof(p->page->calls));
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		redirect(input ? input : "/dev/null", O_RDONLY, 0);
		redirect(p->out, O_WRONLY | O_CREAT | O_TRUNC, 1);
		redirect(p->err, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 2);
		setrlimit(RLIMIT_CORE, &none);
		if (chdir(p->folder) != 0)
			_exit(99);
		close_range(3, ~0U, 0);
		execvp(command[0], command);
		_exit(99);
	}
	end = (struct pollfd){.fd = pidfd_open(pid, 0), .events = POLLIN};
	if (end.fd < 0)
		fail("pidfd_open");
	while (poll(&end, 1, HANG_MS) < 0 && errno == EINTR)
		;
	close(end.fd);
	if (!end.revents)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return end.revents ? status : -1;
}

/* ---- what it should be like ---- */

static bool listed(const char *list, int status)
{
	char text[8], all[128];

	snprintf(text, sizeof(text), ",%d,", status);
	snprintf(all, sizeof(all), ",%s,", list);
	return strstr(all, text);
}

/* Messages that are no warnings or notes, in *n; NULL or what is wrong with them. */
static const char *messages(const struct lines *err, size_t *n)
{
	size_t len = strlen(tool);

	*n = 0;
	for (size_t i = 0; i < err->n; i++) {
		const char *s = err->line[i];

		if (strncmp(s, tool, len) != 0 || strncmp(s + len, ": ", 2) != 0)
			return "a message that is not the tool's own";
		*n += strncmp(s + len + 2, "warning: ", 9) && strncmp(s + len + 2, "note: ", 6);
	}
	return err->torn ? "half a message" : NULL;
}

/* NULL or what is wrong; the last line may be cut where writing was what failed. */
static const char *check_output(const struct place *p, const struct sort *s, int status)
{
	struct lines out = lines_read(p->out), err = lines_read(p->err);
	struct lines log = log_name ? lines_read(p->log) : (struct lines){0};
	bool cut = s->kind == FAULT_WRITE;
	const char *wrong;
	size_t said;

	if ((wrong = messages(&err, &said)))
		;
	else if (status >= 2 && said != 1)
		wrong = said ? "more than one message" : "no message";
	else if (status == 0 && said > 0)
		wrong = "status 0 and a message";
	else if (out.torn && !cut)
		wrong = "half a line of output";
	else if (!lines_within(&out, &allowed))
		wrong = "output that was not expected";
	else if (status == 0 && !lines_equal(&out, &expected))
		wrong = "status 0 without all of the output";
	else if (log_name && log.torn && !cut && s->kind != FAULT_SYNC)
		wrong = "half a line in the log";
	else if (log_name && !lines_within(&log, &expected_log))
		wrong = "lines in the log that were not expected";
	else if (log_name && status == 0 && !lines_equal(&log, &expected_log))
		wrong = "status 0 without all lines in the log";
	lines_free(&out);
	lines_free(&err);
	lines_free(&log);
	return wrong;
}

static const char *check_memory(const struct place *p)
{
	static char text[FAULT_TEXT + 64];

	if (p->page->broken[0]) {
		snprintf(text, sizeof(text), "memory: %.150s", p->page->broken);
		return text;
	}
	if (p->page->blocks) {
		snprintf(text, sizeof(text), "%llu bytes in %llu blocks are lost",
			 (unsigned long long)p->page->bytes,
			 (unsigned long long)p->page->blocks);
		return text;
	}
	return NULL;
}

/* The run after it, without a fault, on the same log and server. */
static const char *check_again(const struct place *p)
{
	struct lines first = lines_read(p->out), second, log;
	int32_t kind = p->page->kind;
	const char *wrong = NULL;
	size_t jobs = 0, doubled = 0;
	int status;

	p->page->kind = -1;
	status = run(p);
	p->page->kind = kind;
	second = lines_read(p->out);
	log = lines_read(p->log);
	if (p->mock)
		mock_accepted(p->mock, &jobs, &doubled);
	if (status != 0)
		wrong = "the run after it did not end well";
	else if (!lines_settle_as(&log, &expected_log))
		wrong = "after the next run the log is not complete";
	else if (!lines_have_trials(&first, &second, &expected))
		wrong = "the output of both runs is not complete";
	else if (doubled || jobs > expected_jobs)
		wrong = "a job was started twice";
	lines_free(&first);
	lines_free(&second);
	lines_free(&log);
	return wrong;
}

/* Whether the call that failed was made by one of the libraries for which this is known. */
static bool is_excused(const struct place *p, const char *what)
{
	char list[1024], *save, *item;
	int by = 0;

	while (by < p->page->frames && strstr(p->page->frame[by], "/libc.so"))
		by++;
	snprintf(list, sizeof(list), "%s", excused);
	for (item = strtok_r(list, ",", &save); item && by < p->page->frames;
	     item = strtok_r(NULL, ",", &save)) {
		size_t n = strcspn(item, "=");

		if (strcmp(item + n, what) != 0)
			continue;
		item[n] = '\0';
		if (strstr(p->page->frame[by], item))
			return true;
	}
	return false;
}

/* Whether one of these libraries failed to get memory and has lost what it had made itself. */
static bool is_excused_leak(const struct place *p)
{
	return p->page->frames && strstr(excused, "libc.so.6=made") &&
	       strstr(p->page->frame[0], "/libc.so.6") &&
	       strstr(p->page->leak[0], "/libc.so.6");
}

/* ---- telling ---- */

/* From the call to main; of the libraries in front of the tool the first few. */
static void show_frames(const char frame[][FAULT_TEXT], int n)
{
	int own = 0;

	for (int i = 0; i < n && !strstr(frame[i], " begin"); i++) {
		char line[1024], text[256] = "";
		const char *name = strchr(frame[i], ' '), *plus = strrchr(frame[i], '+');
		FILE *f;

		if (strstr(frame[i], tool))
			own++;
		else if (!single && !own && i >= 3)
			continue;
		snprintf(line, sizeof(line), "addr2line -fpse '%.*s' %.*s 2>/dev/null",
			 (int)(plus - frame[i]), frame[i], (int)(name - plus - 1), plus + 1);
		if ((f = popen(line, "r"))) {
			if (!fgets(text, sizeof(text), f))
				*text = '\0';
			pclose(f);
		}
		text[strcspn(text, "\n")] = '\0';
		if (!*text || *text == '?')
			snprintf(text, sizeof(text), "%s", frame[i]);
		printf("\t\t%s\n", text);
	}
}

static void show_file(const char *name, const char *path)
{
	struct lines l = lines_read(path);

	for (size_t i = 0; i < l.n; i++)
		printf("\t%s: %.400s\n", name, l.line[i]);
	lines_free(&l);
}

/* Each is told once: for the same reason, from the same line of the tool. */
static bool is_new(struct place *p, const char *wrong)
{
	char text[FAULT_TEXT];
	size_t len = strcspn(wrong, "0123456789");
	const char *at = "";

	for (int i = p->page->frames - 1; i >= 0; i--)
		if (strstr(p->page->frame[i], tool))
			at = p->page->frame[i];
	snprintf(text, sizeof(text), "%.*s%s %s", len > 0 ? (int)len : 20, wrong,
		 strstr(wrong, "status") ? wrong : "",
		 strrchr(at, '/') ? strrchr(at, '/') : at);
	for (int i = 0; i < p->shown; i++)
		if (strcmp(p->seen[i], text) == 0)
			return false;
	if (p->shown == SHOWN)
		return false;
	strcpy(p->seen[p->shown++], text);
	return true;
}

static void tell(struct place *p, const struct sort *s, uint64_t k, const char *wrong)
{
	if (!single && !is_new(p, wrong))
		return;
	printf("\t%s %s at call %llu: %s\n", tool, s->name, (unsigned long long)k, wrong);
	show_file("stderr", p->err);
	if (single)
		show_file("stdout", p->out);
	show_frames(p->page->frame, p->page->frames);
	if (p->page->leak_frames) {
		puts("\t    lost:");
		show_frames(p->page->leak, p->page->leak_frames);
	}
}

/* ---- all runs ---- */

static void judge(struct place *p, const struct sort *s, uint64_t k)
{
	const char *wrong = NULL;
	char text[64];
	int got, status;

	p->page->kind = s->kind;
	p->page->error = s->error;
	p->page->ever = s->ever;
	p->page->at = k;
	renew(p);
	got = run(p);
	__atomic_fetch_add(&tally->runs, 1, __ATOMIC_RELAXED);
	if (p->page->injected)
		__atomic_fetch_add(&tally->injected, 1, __ATOMIC_RELAXED);
	status = got >= 0 && WIFEXITED(got) ? WEXITSTATUS(got) : -1;
	if (p->page->broken[0] == '\0' &&
	    ((got >= 0 && status < 0 && is_excused(p, "=ends")) ||
	     (p->page->blocks && (is_excused(p, "=lost") || is_excused_leak(p))))) {
		__atomic_fetch_add(&tally->excused, 1, __ATOMIC_RELAXED);
		return;
	}
	if (got < 0) {
		wrong = "it did not end";
	} else if (status < 0) {
		snprintf(text, sizeof(text), "ended by signal %d (%s)", WTERMSIG(got),
			 strsignal(WTERMSIG(got)));
		wrong = p->page->broken[0] ? check_memory(p) : text;
	} else if (status != 0 && status != 5 && status != 6 && !listed(statuses, status)) {
		snprintf(text, sizeof(text), "ended with status %d", status);
		wrong = text;
	} else if (!p->page->checked) {
		wrong = "ended without its end";
	} else if (!(wrong = check_memory(p)) && !(wrong = check_output(p, s, status)) &&
		   log_name) {
		wrong = check_again(p);
	}
	if (wrong) {
		__atomic_fetch_add(&tally->failed, 1, __ATOMIC_RELAXED);
		tell(p, s, k, wrong);
	} else if (status == 0) {
		__atomic_fetch_add(&tally->unharmed, 1, __ATOMIC_RELAXED);
	} else {
		__atomic_fetch_add(&tally->ended[status], 1, __ATOMIC_RELAXED);
	}
	if (single && !wrong)
		tell(p, s, k, "as it should be");
}

static void set_endpoint(const struct place *p)
{
	char text[64], path[600];
	FILE *f;

	setenv("TORTURE_PAGE", p->page_path, 1);
	if (!p->mock)
		return;
	snprintf(text, sizeof(text), "http://127.0.0.1:%d/api/v2", mock_port(p->mock));
	setenv("DATAROBOT_ENDPOINT", text, 1);
	if (!by_file)
		return;
	snprintf(path, sizeof(path), "%s.yaml", p->folder);
	if (!(f = fopen(path, "we")) || fchmod(fileno(f), 0600) != 0)
		fail(path);
	fprintf(f, "endpoint: %s\ntoken: %s\nmax_retries: 3\n", text,
		getenv("DATAROBOT_API_TOKEN"));
	fclose(f);
	setenv("DATAROBOT_CONFIG_FILE", path, 1);
}

static void place_init(struct place *p, int number)
{
	int fd;

	snprintf(p->folder, sizeof(p->folder), "%.400s/run%d", dir, number);
	snprintf(p->page_path, sizeof(p->page_path), "%s.page", p->folder);
	snprintf(p->out, sizeof(p->out), "%s.out", p->folder);
	snprintf(p->err, sizeof(p->err), "%s.err", p->folder);
	snprintf(p->log, sizeof(p->log), "%s/%s", p->folder, log_name ? log_name : "none");
	if (mkdir(p->folder, 0700) != 0 && errno != EEXIST)
		fail(p->folder);
	fd = open(p->page_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof(*p->page)) != 0)
		fail(p->page_path);
	p->page = mmap(NULL, sizeof(*p->page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p->page == MAP_FAILED)
		fail("mmap");
	close(fd);
	snprintf(p->page->tool, sizeof(p->page->tool), "%s", tool);
	p->page->kind = -1;
	p->page->speed = (int32_t)faster;
}

/* Shares of the work: those of other processes are left out. */
static void work(struct mock *mock, const struct sort *s, uint64_t calls, int number)
{
	struct place p = {0};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	place_init(&p, number + 1);
	if (mock && !(p.mock = mock_fork(mock)))
		fail("mock");
	set_endpoint(&p);
	for (uint64_t i = 0, k = single ? (uint64_t)single : 1; k <= calls;
	     i++, k += (uint64_t)every) {
		if (i % (uint64_t)processes == (uint64_t)number)
			judge(&p, s, k);
		if (single)
			break;
	}
	fflush(stdout);
	_exit(0);
}

static bool torture(struct mock *mock, const struct sort *s, uint64_t calls)
{
	struct tally *t = tally;

	*t = (struct tally){0};
	for (int i = 0; i < processes; i++)
		if (fork() == 0)
			work(mock, s, calls, i);
	while (wait(NULL) > 0 || errno == EINTR)
		;
	printf("%-13s %-18s %6llu calls %6llu faults  5: %llu  6: %llu  unharmed: %llu", tool,
	       s->name, (unsigned long long)calls, (unsigned long long)t->injected,
	       (unsigned long long)t->ended[5], (unsigned long long)t->ended[6],
	       (unsigned long long)t->unharmed);
	for (int i = 1; i < 9; i++)
		if (t->ended[i] && i != 5 && i != 6)
			printf("  %d: %llu", i, (unsigned long long)t->ended[i]);
	if (t->excused)
		printf("  excused: %llu", (unsigned long long)t->excused);
	if (t->failed)
		printf("  FAILED: %llu", (unsigned long long)t->failed);
	putchar('\n');
	fflush(stdout);
	return !t->failed;
}

/* What happens without a fault; the calls that it takes. */
static void learn(struct place *p, uint64_t calls[FAULT_KINDS])
{
	size_t doubled;

	for (int i = 0; i < (twice ? 3 : 2); i++) {
		if (p->mock) {
			mock_learn(p->mock, i < (twice ? 2 : 1));
			if (i == 0 || i == 2 || !twice)
				mock_restart(p->mock);
		}
		if (world)
			shell("rm -rf '%2$s' && cp -a '%1$s' '%2$s'", world, p->folder);
		else
			unlink(p->log);
		if (run(p) != 0 || check_memory(p)) {
			printf("%s: does not run without a fault: %s\n", tool,
			       check_memory(p) ? check_memory(p) : "its status");
			show_file("stderr", p->err);
			show_frames(p->page->leak, p->page->leak_frames);
			exit(1);
		}
	}
	expected = lines_read(p->out);
	allowed = lines_read(p->out);
	if (passes)
		lines_join(&allowed, input);
	if (log_name)
		expected_log = lines_read(p->log);
	if (p->mock)
		mock_accepted(p->mock, &expected_jobs, &doubled);
	memcpy(calls, p->page->calls, sizeof(p->page->calls));
}

static void usage(void)
{
	fputs("drive: see the head of drive.c\n", stderr);
	exit(2);
}

static bool chosen(const char *name)
{
	size_t n = strlen(name);

	for (const char *s = only; (s = strstr(s, name)); s += n)
		if ((s == only || s[-1] == ',') && (s[n] == ',' || !s[n]))
			return true;
	return !*only;
}

/* Its path: that is how the library can name its lines. */
static char *find_tool(char *name)
{
	static char path[4096], all[8192];
	char *save;

	snprintf(all, sizeof(all), "%s", getenv("PATH"));
	for (char *d = strtok_r(all, ":", &save); d && !strchr(name, '/');
	     d = strtok_r(NULL, ":", &save)) {
		snprintf(path, sizeof(path), "%s/%s", d, name);
		if (access(path, X_OK) == 0)
			return path;
	}
	return name;
}

static void parse(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "+l:d:w:i:L:pcu:2a:x:s:e:k:j:f:")) != -1) {
		switch (c) {
		case 'l':
			library = optarg;
			break;
		case 'd':
			dir = optarg;
			break;
		case 'w':
			world = optarg;
			break;
		case 'i':
			input = optarg;
			break;
		case 'L':
			log_name = optarg;
			break;
		case 'c':
			by_file = true;
			break;
		case 'u':
			upstream = (int)strtol(optarg, NULL, 10);
			break;
		case 'p':
			passes = true;
			break;
		case '2':
			twice = true;
			break;
		case 'a':
			statuses = optarg;
			break;
		case 'x':
			excused = optarg;
			break;
		case 's':
			only = optarg;
			break;
		case 'e':
			every = strtol(optarg, NULL, 10);
			break;
		case 'k':
			single = strtol(optarg, NULL, 10);
			break;
		case 'j':
			processes = strtol(optarg, NULL, 10);
			break;
		case 'f':
			faster = strtol(optarg, NULL, 10);
			break;
		default:
			usage();
		}
	}
	if (optind == argc || !library || !dir || every < 1 || processes < 1)
		usage();
	argv[optind] = find_tool(argv[optind]);
	command = argv + optind;
	tool = strrchr(command[0], '/') ? strrchr(command[0], '/') + 1 : command[0];
}

int main(int argc, char **argv)
{
	uint64_t calls[FAULT_KINDS];
	struct place p = {0};
	bool ok = true;

	parse(argc, argv);
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	if (tally == MAP_FAILED)
		fail("mmap");
	place_init(&p, 0);
	if (upstream && !(p.mock = mock_start(upstream)))
		fail("mock");
	setenv("LD_PRELOAD", library, 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	set_endpoint(&p);
	if (single)
		setenv("TORTURE_TRACE", "1", 1);
	learn(&p, calls);
	for (size_t i = 0; i < SORTS; i++)
		if (chosen(sorts[i].name) && calls[sorts[i].kind])
			ok &= torture(p.mock, &sorts[i], calls[sorts[i].kind]);
	return ok ? 0 : 1;
}
