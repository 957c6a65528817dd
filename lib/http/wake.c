/* Giving up requests because the process is asked to end. */
#include <poll.h>

#include "http/private.h"

void http_set_wake(struct http *h, int fd)
{
	h->wake = fd;
	h->woken = false;
}

bool wake_look(struct http *h)
{
	struct pollfd p = {.fd = h->wake, .events = POLLIN};

	if (h->wake >= 0 && !h->woken)
		h->woken = poll(&p, 1, 0) > 0;
	return h->woken;
}

bool wake_may_forget(const struct call *c)
{
	return !(c->easy && c->sent && call_starts_work(c));
}

static void give_up(struct call *c)
{
	struct err why = {0};

	err_set(&why, ERR_STOPPED, "not sent: the process was asked to end");
	call_finish(c, &why);
}

/* What callbacks start meanwhile comes behind these. */
void http_withdraw(struct http *h)
{
	struct call *queue = h->queue, *waiting = h->waiting;

	h->queue = h->waiting = NULL;
	h->queue_end = &h->queue;
	for (struct call *c = waiting, *next; c; c = next) {
		next = c->next;
		give_up(c);
	}
	for (struct call *c = queue, *next; c; c = next) {
		next = c->next;
		give_up(c);
	}
}
