/* follow: the asynchronous loop. */
#include "cli/cli.h"
#include "ndjson/ndjson.h"
#include "propose.h"

struct loop {
	struct run *run;
	size_t from;          /* the log's proposed trials before this one were handed on */
	bool closed;          /* standard output is */
	struct err exhausted; /* why nothing is left to propose */
};

/* Is record i of the log in this state, and does the tuner wait for its end? */
static bool unfinished(const struct loop *l, size_t i, enum trial_state state)
{
	const cJSON *rec = trial_log_at(l->run->log, i);
	struct err ignored = {0};

	return trial_state(rec, &ignored) == state &&
	       tuner_waits_for(l->run->tuner, trial_id(rec));
}

static size_t logged(const struct loop *l)
{
	return l->run->log ? trial_log_count(l->run->log) : 0;
}

/* What runs on the server is handed on at once, whatever the limits: it is paid for,
 * and only waits to be collected. */
static bool hand_on_submitted(struct loop *l, struct err *e)
{
	for (size_t i = 0; i < logged(l); i++)
		if (unfinished(l, i, TRIAL_SUBMITTED) &&
		    !ndjson_put(stdout, trial_log_at(l->run->log, i), e))
			return false;
	return true;
}

/* Trials that were proposed, but not submitted when the log ended. */
static size_t waiting(const struct loop *l)
{
	size_t n = 0;

	for (size_t i = l->from; i < logged(l); i++)
		n += unfinished(l, i, TRIAL_PROPOSED);
	return n;
}

/* The first of them. */
static bool hand_on_proposed(struct loop *l, struct err *e)
{
	while (!unfinished(l, l->from, TRIAL_PROPOSED))
		l->from++;
	return ndjson_put(stdout, trial_log_at(l->run->log, l->from++), e);
}

static size_t in_flight(const struct loop *l)
{
	return tuner_open(l->run->tuner) - waiting(l);
}

static bool wants_more(const struct loop *l)
{
	return tuner_done(l->run->tuner) + in_flight(l) < (size_t)l->run->trials;
}

static bool propose_one(struct loop *l, struct err *e)
{
	cJSON *rec = tuner_ask(l->run->tuner, e);
	bool good;

	if (!rec && e->kind == ERR_EXHAUSTED) {
		l->exhausted = *e;
		*e = (struct err){0};
		return true;
	}
	good = rec && ndjson_put(stdout, rec, e);
	cJSON_Delete(rec);
	return good;
}

/* Fill the free places.  After the last proposal, close the output: the tools
 * downstream then see end of file, finish what they hold, and end too. */
static bool top_up(struct loop *l, struct err *e)
{
	while (!l->exhausted.kind && wants_more(l) && in_flight(l) < (size_t)l->run->parallel)
		if (!(waiting(l) ? hand_on_proposed(l, e) : propose_one(l, e)))
			return false;
	if (l->closed || (!l->exhausted.kind && wants_more(l)))
		return true;
	l->closed = true;
	return ndjson_close(stdout, e);
}

static bool learn(cJSON *rec, struct ndjson_reader *in, void *ctx, struct err *e)
{
	struct loop *l = ctx;

	if (trial_state(rec, e) == TRIAL_NONE)
		return !e->kind || ndjson_refuse(in, e);
	if (!tuner_tell(l->run->tuner, rec, e))
		return err_prefix(e, "%s:%zu", in->name, in->line);
	cli_progress("%zu of %ld trials done, %zu open", tuner_done(l->run->tuner),
		     l->run->trials, in_flight(l));
	return top_up(l, e);
}

bool follow(struct run *r, struct ndjson_reader *in, struct err *e)
{
	struct loop l = {.run = r};
	bool good = hand_on_submitted(&l, e) && top_up(&l, e) && ndjson_each(in, learn, &l, e);

	cli_progress("%s", "");
	if (!good)
		return false;
	if (in_flight(&l))
		return err_set(e, ERR_SYSTEM, "<stdin>: ended with %zu trials open",
			       in_flight(&l));
	if (!l.exhausted.kind || !wants_more(&l))
		return true;
	*e = l.exhausted;
	return err_prefix(e, "after %zu trials", tuner_done(r->tuner));
}
