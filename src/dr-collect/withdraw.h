/*
 * withdraw: trials whose jobs are to be cancelled.
 *
 * One whose job was cancelled is handed on as proposed, in the log too, so that the next
 * run sends it anew.  One whose job was over is handed on as it came: it can be
 * collected.
 */
#ifndef WITHDRAW_H
#define WITHDRAW_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "dr/dr.h"
#include "trial/log.h"

struct withdrawn;

struct withdraw {
	/* Set by the caller; borrowed. */
	struct dr *dr;
	struct trial_log *log; /* or NULL */

	/* Results. */
	size_t n, cancelled, over, failed;
	struct err stop; /* the first record that could not be written */

	/* Private. */
	struct withdrawn *list, **end;
};

void withdraw_init(struct withdraw *w);
void withdraw_release(struct withdraw *w);

/* Remember a submitted trial of this project; takes rec over.  The same job twice counts
 * once.  ERR_INPUT for a trial without a job that can be asked for. */
bool withdraw_add(struct withdraw *w, cJSON *rec, const char *project, struct err *e);

/* Somebody else has withdrawn this trial. */
void withdraw_forget(struct withdraw *w, const char *trial);

/* Cancel them all; what could not be cancelled is told and handed on as it came. */
bool withdraw_run(struct withdraw *w, struct err *e);

#endif
