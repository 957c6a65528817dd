#include <stdlib.h>
#include <sys/socket.h>

#include "web/private.h"

struct web_client {
	struct web_client *before, *after;
	int fd;
	bool listed;
};

static void leave(struct web_clients *all, struct web_client *k)
{
	if (!k->listed)
		return;
	*(k->before ? &k->before->after : &all->first) = k->after;
	*(k->after ? &k->after->before : &all->last) = k->before;
	k->before = k->after = NULL;
	k->listed = false;
	all->n--;
}

static void join(struct web_clients *all, struct web_client *k)
{
	k->before = all->last;
	*(all->last ? &all->last->after : &all->first) = k;
	all->last = k;
	k->listed = true;
	all->n++;
}

void clients_progress(struct web_clients *all, struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct web_client *k = i ? i->socket_context : NULL;

	if (!k || !k->listed)
		return;
	leave(all, k);
	join(all, k);
}

/* libmicrohttpd closes the socket itself, after the end that it then reads. */
static void make_room(struct web_clients *all)
{
	struct web_client *k = all->first;

	if (all->n < all->max || !k)
		return;
	leave(all, k);
	shutdown(k->fd, SHUT_RDWR);
}

static void arrive(struct web_clients *all, struct MHD_Connection *c, void **state)
{
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct web_client *k = i ? calloc(1, sizeof(*k)) : NULL;

	if (!k)
		return; /* served all the same */
	k->fd = i->connect_fd;
	make_room(all);
	join(all, k);
	*state = k;
}

void clients_notify(void *web, struct MHD_Connection *c, void **state,
		    enum MHD_ConnectionNotificationCode what)
{
	struct web_clients *all = &((struct web *)web)->clients;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		arrive(all, c, state);
	} else if (*state) {
		leave(all, *state);
		free(*state);
		*state = NULL;
	}
}
