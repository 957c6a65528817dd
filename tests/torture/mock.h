/*
 * mock: a server that answers as another one did.
 *
 * What it has not been asked before it asks the other server, on a port of 127.0.0.1, and
 * remembers the answer: the first, the second and so on to the same request (method, path
 * and body; of an upload the path alone), the last for ever after.  mock_restart begins
 * again with the first ones, as if nothing had been asked yet.
 *
 * Its own address, which the other server repeats, is what it is at the time of telling.
 */
#ifndef MOCK_H
#define MOCK_H

#include <stdbool.h>
#include <stddef.h>

struct mock;

/* While `learning`, every request goes to the other server. NULL: see errno. */
struct mock *mock_start(int upstream_port);
int mock_port(const struct mock *m);
void mock_learn(struct mock *m, bool learning);
void mock_restart(struct mock *m);

/* Answers of 2xx to POST since then; those that were not the first to their request. */
void mock_accepted(struct mock *m, size_t *all, size_t *doubled);

/* In the child of a fork: serve what has been learned on a port of its own. */
struct mock *mock_fork(struct mock *m);

#endif
