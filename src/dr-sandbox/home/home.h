/*
 * home: the folder in which the service keeps its state.
 *
 *	DIR/lock            held while a service runs; holds its process id
 *	DIR/token           the API token, mode 0600, made at the first start
 *	DIR/drconfig.yaml   endpoint and token for clients, mode 0600
 *	DIR/open.html       takes a browser to the page with the token, mode 0600
 *	DIR/sandbox.db      the database
 *	DIR/uploads/        files that are still coming in, and projects that are going
 *	DIR/projects/ID/    data.csv, and what the worker keeps about the project
 *
 * Folders are made with mode 0700.
 */
#ifndef HOME_H
#define HOME_H

#include <stdbool.h>
#include <stdint.h>

#include "err/err.h"

struct home {
	char *dir; /* absolute */
	char *token_file, *config_file, *page_file, *database, *uploads, *projects;
	char token[129];
	int lock;
};

/*
 * Take the folder into use; dir may be NULL for the one of the user
 * ($XDG_DATA_HOME/drtune-sandbox).  ERR_SYSTEM, also where another service runs
 * on it.  Start with {.lock = -1}; home_close in any case.
 */
bool home_open(struct home *h, const char *dir, struct err *e);
void home_close(struct home *h);

/* SHA-256 of the token. */
void home_token_hash(const struct home *h, uint8_t hash[32]);

/* Write DIR/drconfig.yaml and DIR/open.html for this endpoint. */
bool home_write_config(const struct home *h, const char *endpoint, struct err *e);

/* DIR/projects/ID, freed by the caller; NULL: out of memory. */
char *home_project(const char *projects, const char *id);

/* Delete the projects that `there` does not know: what a crash has left of them. */
bool home_sweep(const struct home *h, bool there(const char *id, void *ctx), void *ctx,
		struct err *e);

/*
 * Delete a project's folder.  It is out of the way at once, whatever a job still writes into
 * it; what cannot be deleted now is deleted at the next start.
 */
bool home_discard(const struct home *h, const char *id, struct err *e);

/* Delete a folder with all it holds; what is not there is no error. */
bool home_remove_tree(const char *path, struct err *e);

#endif
