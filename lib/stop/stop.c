#include "stop/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SAME_EVENT_S 0.5

static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
#define N_CAUGHT (sizeof(caught) / sizeof(*caught))

static volatile sig_atomic_t first;
static struct timespec first_at;
static int wake[2] = {-1, -1};
static unsigned limit;

/* Safe in a handler. */
static void die(int sig)
{
	sigset_t set;

	signal(sig, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	kill(getpid(), sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static double since_first(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - first_at.tv_sec) +
	       (double)(now.tv_nsec - first_at.tv_nsec) / 1e9;
}

static void asked(int sig)
{
	int saved = errno;

	if (sig == SIGALRM) {
		die(first);
	} else if (!first) {
		clock_gettime(CLOCK_MONOTONIC, &first_at);
		first = sig;
		alarm(limit);
		(void)!write(wake[1], "", 1);
	} else if (since_first() >= SAME_EVENT_S) {
		die(sig);
	}
	errno = saved;
}

bool stop_catch(unsigned limit_s, struct err *e)
{
	struct sigaction act = {.sa_handler = asked, .sa_flags = SA_RESTART}, old;

	if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) != 0)
		return err_errno(e, "pipe");
	limit = limit_s;
	sigemptyset(&act.sa_mask);
	sigaddset(&act.sa_mask, SIGALRM);
	for (size_t i = 0; i < N_CAUGHT; i++)
		sigaddset(&act.sa_mask, caught[i]);
	sigaction(SIGALRM, &act, NULL);
	for (size_t i = 0; i < N_CAUGHT; i++) {
		sigaction(caught[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			sigaction(caught[i], &act, NULL);
	}
	return true;
}

int stop_signal(void)
{
	if (first)
		signal(SIGPIPE, SIG_IGN);
	return first;
}

const char *stop_name(void)
{
	switch (first) {
	case SIGINT:
		return "SIGINT";
	case SIGTERM:
		return "SIGTERM";
	default:
		return "SIGHUP";
	}
}

int stop_fd(void)
{
	return wake[0];
}

_Noreturn void stop_die(void)
{
	for (;;) {
		die(first ? first : SIGTERM);
		pause();
	}
}
