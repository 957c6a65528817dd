#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static _Noreturn void become(const char *line, int in, int out, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		_exit(127);
	unsetenv("DATAROBOT_API_TOKEN");
	signal(SIGPIPE, SIG_DFL);
	execl("/bin/sh", "sh", "-c", line, (char *)NULL);
	_exit(127);
}

bool command_start(struct command *c, const char *line, struct err *e)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1};
	pid_t parent = getpid();

	*c = (struct command){.pid = -1, .in = -1, .out = -1};
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0) {
		err_errno(e, "pipe");
		drop(&in[0]);
		drop(&in[1]);
		return false;
	}
	c->pid = fork();
	if (c->pid == 0)
		become(line, in[0], out[1], parent);
	c->in = in[1];
	c->out = out[0];
	close(in[0]);
	close(out[1]);
	if (c->pid < 0) {
		err_errno(e, "fork");
		command_drop(c);
		return false;
	}
	fcntl(c->in, F_SETFL, O_NONBLOCK);
	return true;
}

/* Take what it has printed; at its end out is closed.  What it prints stays short of
 * COMMAND_OUTPUT_MAX, so an end for the text has room. */
static bool take(struct command *c, struct err *e)
{
	ssize_t got = read(c->out, c->text + c->len, COMMAND_OUTPUT_MAX - c->len);

	if (got < 0)
		return errno == EINTR || err_errno(e, "metric command: read");
	if (got == 0)
		drop(&c->out);
	c->len += (size_t)got;
	return c->len < COMMAND_OUTPUT_MAX ||
	       err_set(e, ERR_INPUT, "the metric command printed more than one number");
}

bool command_feed(struct command *c, const char *s, size_t len, struct err *e)
{
	while (len > 0 && c->in >= 0) {
		struct pollfd fd[] = {{.fd = c->in, .events = POLLOUT},
				      {.fd = c->out, .events = POLLIN}};
		ssize_t n;

		if (poll(fd, 2, -1) < 0 && errno != EINTR)
			return err_errno(e, "metric command: poll");
		if (fd[1].revents && !take(c, e))
			return false;
		if (!fd[0].revents)
			continue;
		n = write(c->in, s, len);
		if (n >= 0) {
			s += n;
			len -= (size_t)n;
		} else if (errno == EPIPE) {
			drop(&c->in);
		} else if (errno != EAGAIN && errno != EINTR) {
			return err_errno(e, "metric command: write");
		}
	}
	return true;
}

static bool check_end(int status, struct err *e)
{
	if (WIFSIGNALED(status))
		return err_set(e, ERR_INPUT, "the metric command was ended by signal %d",
			       WTERMSIG(status));
	return WEXITSTATUS(status) == 0 ||
	       err_set(e, ERR_INPUT, "the metric command ended with status %d%s",
		       WEXITSTATUS(status), WEXITSTATUS(status) == 127 ? " (not found)" : "");
}

static bool read_number(struct command *c, double *number, struct err *e)
{
	char *s = c->text, *end;

	c->text[c->len] = '\0';
	while (isspace((unsigned char)*s))
		s++;
	*number = strtod(s, &end);
	while (isspace((unsigned char)*end))
		end++;
	if (!*s)
		return err_set(e, ERR_INPUT, "the metric command printed no number");
	if (end == s || *end || end != c->text + c->len) {
		for (char *p = s; *p; p++)
			if (iscntrl((unsigned char)*p))
				*p = ' ';
		return err_set(e, ERR_INPUT,
			       "the metric command printed '%.60s%s', not one number", s,
			       strlen(s) > 60 ? "..." : "");
	}
	return true;
}

bool command_finish(struct command *c, double *number, struct err *e)
{
	int status;

	drop(&c->in);
	while (c->out >= 0)
		if (!take(c, e))
			return false;
	while (waitpid(c->pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_errno(e, "metric command: wait");
	c->pid = -1;
	return check_end(status, e) && read_number(c, number, e);
}

void command_drop(struct command *c)
{
	drop(&c->in);
	drop(&c->out);
	if (c->pid > 0) {
		kill(c->pid, SIGTERM);
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	c->pid = -1;
}
