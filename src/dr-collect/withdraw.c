#include "withdraw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "dr/cancel.h"
#include "ndjson/ndjson.h"
#include "trial/trial.h"

struct withdrawn {
	struct withdrawn *next;
	struct withdraw *w;
	cJSON *rec;
	char *project, *job;
};

static void free_one(struct withdrawn *t)
{
	cJSON_Delete(t->rec);
	free(t->project);
	free(t->job);
	free(t);
}

void withdraw_init(struct withdraw *w)
{
	w->end = &w->list;
}

void withdraw_release(struct withdraw *w)
{
	while (w->list) {
		struct withdrawn *t = w->list;

		w->list = t->next;
		free_one(t);
	}
	w->end = &w->list;
}

static bool is_known(const struct withdraw *w, const struct withdrawn *t)
{
	for (const struct withdrawn *k = w->list; k; k = k->next)
		if (strcmp(k->job, t->job) == 0 && strcmp(k->project, t->project) == 0)
			return true;
	return false;
}

bool withdraw_add(struct withdraw *w, cJSON *rec, const char *project, struct err *e)
{
	struct withdrawn *t = calloc(1, sizeof(*t));

	if (!t) {
		cJSON_Delete(rec);
		return err_nomem(e);
	}
	t->w = w;
	t->rec = rec;
	if (!(t->job = dr_id(rec, "job"))) {
		err_set(e, ERR_INPUT, "trial %s: 'job' is missing", trial_id(rec));
		free_one(t);
		return false;
	}
	if (!(t->project = strdup(project))) {
		free_one(t);
		return err_nomem(e);
	}
	if (is_known(w, t)) {
		free_one(t);
		return true;
	}
	*w->end = t;
	w->end = &t->next;
	w->n++;
	return true;
}

void withdraw_forget(struct withdraw *w, const char *trial)
{
	struct withdrawn **p = &w->list;

	while (*p) {
		struct withdrawn *t = *p;

		if (strcmp(trial_id(t->rec), trial) != 0) {
			p = &t->next;
			continue;
		}
		*p = t->next;
		free_one(t);
		w->n--;
	}
	w->end = p;
}

static void answered(struct dr_cancel *c)
{
	struct withdrawn *t = c->ctx;
	struct withdraw *w = t->w;
	struct err e = {0};
	bool ok;

	w->cancelled += c->how == DR_CANCELLED;
	w->over += c->how == DR_WAS_OVER;
	w->failed += c->how == DR_NOT_CANCELLED;
	if (c->how == DR_NOT_CANCELLED)
		cli_error("trial %s: %s", trial_id(t->rec), c->why.text);
	if (c->how == DR_CANCELLED)
		ok = trial_withdraw(t->rec, &e) && trial_log_emit(w->log, t->rec, stdout, &e);
	else
		ok = ndjson_put(stdout, t->rec, &e);
	if (!ok && w->stop.kind == ERR_NONE)
		w->stop = e;
}

bool withdraw_run(struct withdraw *w, struct err *e)
{
	struct dr_cancel *c = calloc(w->n + 1, sizeof(*c));
	size_t n = 0;
	bool ok;

	if (!c)
		return err_nomem(e);
	for (struct withdrawn *t = w->list; t; t = t->next)
		c[n++] = (struct dr_cancel){.project = t->project, .job = t->job, .ctx = t};
	ok = dr_cancel_jobs(w->dr, c, n, answered, e);
	if (ok && w->stop.kind != ERR_NONE) {
		*e = w->stop;
		ok = false;
	}
	free(c);
	return ok;
}
