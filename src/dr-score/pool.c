#include "pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>

#include "cli/cli.h"
#include "json/json.h"

struct work {
	struct work *next;
	cJSON *rec;
	pid_t pid;
	int fd; /* its outcome comes from here */
};

bool pool_room(const struct pool *p)
{
	return p->running < p->parallel;
}

/* ---- in the process of a trial ---- */

static _Noreturn void do_work(const struct pool *p, const cJSON *rec, const char *project,
			      const char *partition, int fd, pid_t parent)
{
	struct outcome o = {0};
	struct dr *dr;
	ssize_t n;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(6);
	/* A command that has seen enough is no reason to die. */
	signal(SIGPIPE, SIG_IGN);
	dr = dr_open(cli_trace, NULL, &o.e);
	if (dr && score_model(dr, p->plan, project, json_str(rec, "tuned_model"), partition,
			      &o.number, &o.gone, &o.e))
		o.e.kind = ERR_NONE;
	dr_close(dr);
	n = write(fd, &o, sizeof(o));
	_exit(n == sizeof(o) ? 0 : 6);
}

/* ---- in the parent ---- */

bool pool_start(struct pool *p, cJSON *rec, const char *project, const char *partition,
		struct err *e)
{
	struct work *w = calloc(1, sizeof(*w));
	pid_t parent = getpid();
	int fd[2];

	if (!w)
		return err_nomem(e);
	if (pipe2(fd, O_CLOEXEC) < 0) {
		free(w);
		return err_errno(e, "pipe");
	}
	w->pid = fork();
	if (w->pid == 0)
		do_work(p, rec, project, partition, fd[1], parent);
	close(fd[1]);
	if (w->pid < 0) {
		close(fd[0]);
		free(w);
		return err_errno(e, "fork");
	}
	w->fd = fd[0];
	w->rec = rec;
	w->next = p->work;
	p->work = w;
	p->running++;
	return true;
}

static void reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Its outcome, or that there is none. */
static void finish(struct pool *p, struct work **at, cJSON **rec, struct outcome *o)
{
	struct work *w = *at;
	ssize_t n;

	do
		n = read(w->fd, o, sizeof(*o));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(*o)) {
		*o = (struct outcome){0};
		err_set(&o->e, ERR_SYSTEM, "the process that scores it has died");
	}
	reap(w->pid);
	close(w->fd);
	*rec = w->rec;
	*at = w->next;
	p->running--;
	free(w);
}

bool pool_wait(struct pool *p, int fd, bool *readable, cJSON **rec, struct outcome *o,
	       struct err *e)
{
	struct pollfd *fds = calloc(p->running + 1, sizeof(*fds));
	struct work **at = &p->work;
	size_t n = 1;
	bool ok = true;

	*rec = NULL;
	*readable = false;
	if (!fds)
		return err_nomem(e);
	fds[0] = (struct pollfd){.fd = fd, .events = POLLIN};
	for (const struct work *w = p->work; w; w = w->next)
		fds[n++] = (struct pollfd){.fd = w->fd, .events = POLLIN};
	if (poll(fds, n, -1) < 0) {
		ok = errno == EINTR || err_errno(e, "poll");
	} else {
		*readable = fds[0].revents != 0;
		for (n = 1; *at && !fds[n].revents; n++)
			at = &(*at)->next;
		if (*at)
			finish(p, at, rec, o);
	}
	free(fds);
	return ok;
}

void pool_release(struct pool *p)
{
	while (p->work) {
		struct work *w = p->work;

		kill(w->pid, SIGTERM);
		reap(w->pid);
		close(w->fd);
		cJSON_Delete(w->rec);
		p->work = w->next;
		free(w);
	}
	p->running = 0;
}
