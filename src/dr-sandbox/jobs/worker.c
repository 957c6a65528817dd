#include "jobs/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LIMIT_MEMORY 0 /* sanitizers reserve terabytes of addresses */
#else
#define LIMIT_MEMORY 1
#endif

#define CPU_GRACE_S 5 /* from SIGXCPU to SIGKILL */

static char *const environment[] = {
	(char *)"PATH=/usr/bin:/bin",      (char *)"LC_ALL=C.UTF-8",
	(char *)"OMP_NUM_THREADS=1",       (char *)"OPENBLAS_NUM_THREADS=1",
	(char *)"OMP_WAIT_POLICY=passive", NULL,
};

static void set_limit(int what, rlim_t most, rlim_t hard)
{
	struct rlimit l = {most, hard};

	setrlimit(what, &l);
}

/*
 * Between fork and exec in a process with threads: only what signal-safety(7)
 * allows.  The parent may have died before prctl, hence the look at its id.
 */
static _Noreturn void become(const char *const *argv, const int fd[3], pid_t parent,
			     const struct worker_limits *limits)
{
	rlim_t bytes = (rlim_t)limits->memory_mb << 20;
	sigset_t none;
	int oom;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	for (int i = 0; i < 3; i++)
		if (dup2(fd[i], i) < 0)
			_exit(127);
	close_range(3, ~0U, 0);
	set_limit(RLIMIT_CORE, 0, 0);
	/* The files of a process that cannot be dumped are root's: proc(5). */
	prctl(PR_SET_DUMPABLE, 1);
	/* Where memory is short, a job goes before the service. */
	oom = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (oom >= 0) {
		ssize_t n = write(oom, "500", 3);

		(void)n;
		close(oom);
	}
	if (LIMIT_MEMORY)
		set_limit(RLIMIT_AS, bytes, bytes);
	/* SIGXCPU says why; with both limits alike it would be SIGKILL at once. */
	set_limit(RLIMIT_CPU, (rlim_t)limits->cpu_s, (rlim_t)limits->cpu_s + CPU_GRACE_S);
	signal(SIGPIPE, SIG_DFL);
	/* SIGXFSZ stays ignored: a limit on files is like a full disk. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(argv[0], (char *const *)argv, environment);
	_exit(127);
}

static void drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool three_pipes(int p[3][2], struct err *e)
{
	for (int i = 0; i < 3; i++)
		if (pipe2(p[i], O_CLOEXEC) < 0)
			return err_errno(e, "pipe");
	return true;
}

bool worker_start(struct worker *w, const char *const *argv, char *line,
		  const struct worker_limits *limits, struct err *e)
{
	int p[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
	pid_t parent = getpid();

	*w = WORKER_NONE;
	w->memory_mb = limits->memory_mb;
	w->line = line;
	w->len = strlen(line);
	w->answer_max = limits->answer_max;
	if (!three_pipes(p, e))
		goto out;
	w->pid = fork();
	if (w->pid == 0)
		become(argv, (int[]){p[0][0], p[1][1], p[2][1]}, parent, limits);
	if (w->pid < 0) {
		err_errno(e, "fork");
		goto out;
	}
	setpgid(w->pid, w->pid); /* whoever comes first, it is done before a signal */
	w->in = p[0][1];
	w->out = p[1][0];
	w->err = p[2][0];
	p[0][1] = p[1][0] = p[2][0] = -1;
	fcntl(w->in, F_SETFL, O_NONBLOCK);
	fcntl(w->out, F_SETFL, O_NONBLOCK);
	fcntl(w->err, F_SETFL, O_NONBLOCK);
	w->pidfd = pidfd_open(w->pid, 0);
	if (w->pidfd < 0)
		err_errno(e, "pidfd_open");
out:
	for (int i = 0; i < 3; i++) {
		drop(&p[i][0]);
		drop(&p[i][1]);
	}
	if (w->pidfd < 0)
		worker_release(w);
	return w->pidfd >= 0;
}

static void feed(struct worker *w)
{
	while (w->in >= 0 && w->sent < w->len) {
		ssize_t n = write(w->in, w->line + w->sent, w->len - w->sent);

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			return;
		if (n < 0)
			break; /* it does not listen; its end will say why */
		w->sent += (size_t)n;
	}
	drop(&w->in);
}

/* One read. False: nothing more for now. */
static bool read_some(int *fd, char *buf, size_t size, size_t *len)
{
	ssize_t n;

	if (*fd < 0)
		return false;
	n = read(*fd, buf, size);
	if (n < 0 && errno == EINTR)
		n = read(*fd, buf, size);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		drop(fd);
	*len = n > 0 ? (size_t)n : 0;
	return n > 0;
}

static void keep_tail(struct worker *w, const char *s, size_t len)
{
	if (len > sizeof(w->tail)) {
		s += len - sizeof(w->tail);
		len = sizeof(w->tail);
	}
	if (w->tail_len + len > sizeof(w->tail)) {
		size_t gone = w->tail_len + len - sizeof(w->tail);

		memmove(w->tail, w->tail + gone, w->tail_len - gone);
		w->tail_len -= gone;
	}
	memcpy(w->tail + w->tail_len, s, len);
	w->tail_len += len;
}

void worker_pump(struct worker *w)
{
	siginfo_t info = {0};
	char buf[4096];
	size_t n;

	/* Looked at first: what it wrote before its end is then all in the pipes.
	 * Its group is ended before its number can belong to anyone else. */
	if (!w->ended &&
	    waitid(P_PIDFD, (id_t)w->pidfd, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    info.si_pid == w->pid) {
		kill(-w->pid, SIGKILL);
		waitid(P_PIDFD, (id_t)w->pidfd, &info, WEXITED);
		w->ended = true;
		w->code = info.si_code;
		w->status = info.si_status;
	}
	feed(w);
	while (read_some(&w->out, buf, sizeof(buf), &n))
		if (w->answer.len + n <= w->answer_max)
			json_text_add(&w->answer, buf, n);
		else
			w->answer.failed = true;
	while (read_some(&w->err, buf, sizeof(buf), &n))
		keep_tail(w, buf, n);
}

void worker_signal(const struct worker *w, int signal)
{
	/* One that never started has the number 0, which would name our own group. */
	if (w->pid > 0 && !w->ended)
		kill(-w->pid, signal);
}

/* The last line on standard error that is not empty. */
static void last_words(const struct worker *w, char *out, size_t size)
{
	size_t end = w->tail_len, start;

	while (end > 0 && strchr("\r\n ", w->tail[end - 1]))
		end--;
	for (start = end; start > 0 && w->tail[start - 1] != '\n';)
		start--;
	snprintf(out, size, "%.*s", (int)(end - start), w->tail + start);
	out[json_utf8_prefix(out, strlen(out))] = '\0';
	for (char *s = out; *s; s++)
		if ((unsigned char)*s < ' ')
			*s = '?';
}

cJSON *worker_result(const struct worker *w, char *why, size_t size, bool *crashed)
{
	char words[256];
	struct err e = {0};
	const char *said;
	cJSON *v = NULL;

	*crashed = w->code != CLD_EXITED;
	last_words(w, words, sizeof(words));
	if (*crashed) {
		snprintf(why, size, "the worker was ended by signal %d (%s)%s%s", w->status,
			 strsignal(w->status), words[0] ? ": " : "", words);
		return NULL;
	}
	if (w->answer.s && !w->answer.failed)
		v = json_parse(w->answer.s, w->answer.len, NULL, &e);
	said = json_str(v, "error");
	if (said)
		snprintf(why, size, "%s", said);
	else if (w->status != 0 &&
		 (strstr(words, "out of memory") || strstr(words, "bad_alloc")))
		snprintf(why, size,
			 "the job needs more memory than the %ld MiB that it may use",
			 w->memory_mb);
	else if (w->status != 0)
		snprintf(why, size, "the worker ended with status %d%s%s", w->status,
			 words[0] ? ": " : "", words);
	else if (!cJSON_IsObject(v))
		snprintf(why, size, "the worker's answer is not a JSON object");
	else
		return v;
	why[json_utf8_prefix(why, strlen(why))] = '\0';
	cJSON_Delete(v);
	return NULL;
}

void worker_release(struct worker *w)
{
	if (w->pid > 0 && !w->ended) {
		kill(-w->pid, SIGKILL);
		kill(w->pid, SIGKILL);
		while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	drop(&w->pidfd);
	drop(&w->in);
	drop(&w->out);
	drop(&w->err);
	free(w->line);
	json_text_release(&w->answer);
	*w = WORKER_NONE;
}
