/* follow: the asynchronous loop. */
#include "cli/cli.h"
#include "json/json.h"
#include "ndjson/ndjson.h"
#include "propose.h"
#include "stop/stop.h"
#include "trial/trial.h"

struct loop {
	struct run *run;
	size_t from;          /* the log's proposed trials before this one were handed on */
	bool closed;          /* standard output is */
	size_t returned;      /* trials that came back unsubmitted when it was */
	bool refused;         /* a trial came back as it was sent: no more are taken */
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
	while (!stop_signal() && !l->closed && !l->refused && !l->exhausted.kind &&
	       wants_more(l) && in_flight(l) < (size_t)l->run->parallel)
		if (!(waiting(l) ? hand_on_proposed(l, e) : propose_one(l, e)))
			return false;
	if (l->closed || stop_signal() || (!l->refused && !l->exhausted.kind && wants_more(l)))
		return true;
	l->closed = true;
	return ndjson_close(stdout, e);
}

/* A trial of ours that comes back as proposed, since the server has lost its job, goes
 * round once more as long as somebody listens. */
static bool send_again(struct loop *l, cJSON *rec, struct err *e)
{
	cJSON_DeleteItemFromObjectCaseSensitive(rec, "withdrawn");
	l->returned += l->closed;
	return l->closed || ndjson_put(stdout, rec, e);
}

/* A trial that is not over.  If it comes as it went, the tools downstream have reached a
 * limit: what would be proposed now would come back likewise. */
static bool comes_back(struct loop *l, cJSON *rec, enum trial_state state, struct err *e)
{
	if (!tuner_waits_for(l->run->tuner, trial_id(rec)))
		return true;
	if (state == TRIAL_PROPOSED && trial_lost(rec) > 0 && json_true(rec, "withdrawn"))
		return send_again(l, rec, e);
	l->refused = true;
	return true;
}

static bool learn(cJSON *rec, struct ndjson_reader *in, void *ctx, struct err *e)
{
	struct loop *l = ctx;
	enum trial_state state = trial_state(rec, e);

	if (state == TRIAL_NONE)
		return !e->kind || ndjson_refuse(in, e);
	if (!trial_is_final(state) && !comes_back(l, rec, state, e))
		return false;
	if (!tuner_tell(l->run->tuner, rec, e))
		return err_prefix(e, "%s:%zu", in->name, in->line);
	cli_progress("%zu of %ld trials done, %zu open", tuner_done(l->run->tuner),
		     l->run->trials, in_flight(l));
	return top_up(l, e);
}

static bool pass_over(cJSON *rec, struct ndjson_reader *in, void *ctx, struct err *e)
{
	(void)rec, (void)in, (void)ctx, (void)e;
	return true;
}

/* A signal came.  The closed output tells the tools downstream, where they have not
 * heard of it themselves; what they say at their end is heard, so that they can. */
static bool end_stopped(struct loop *l, struct ndjson_reader *in, struct err *e)
{
	struct err ignored = {0};

	if (!l->closed)
		ndjson_close(stdout, &ignored);
	in->wake = -1;
	in->skip_bad = true;
	in->on_bad = NULL;
	ndjson_each(in, pass_over, NULL, &ignored);
	cli_note("stopped by %s: %zu of %ld trials done; run the same command again to go on",
		 stop_name(), tuner_done(l->run->tuner), l->run->trials);
	return err_set(e, ERR_STOPPED, "%s", stop_name());
}

bool follow(struct run *r, struct ndjson_reader *in, struct err *e)
{
	struct loop l = {.run = r};
	bool good;

	in->wake = stop_fd();
	good = hand_on_submitted(&l, e) && top_up(&l, e) && ndjson_each(in, learn, &l, e);
	cli_progress("%s", "");
	if (stop_signal() && (!good || in_flight(&l)))
		return end_stopped(&l, in, e);
	if (!good)
		return false;
	if (l.returned && in_flight(&l))
		return err_set(e, ERR_UNAVAILABLE,
			       "the server lost the jobs of %zu trials: run the same command "
			       "again",
			       in_flight(&l));
	if (l.refused && in_flight(&l))
		return err_set(e, ERR_LIMIT,
			       "%zu of %ld trials done, what else was proposed came back; run "
			       "the same command again to go on",
			       tuner_done(r->tuner), r->trials);
	if (in_flight(&l))
		return err_set(e, ERR_SYSTEM, "<stdin>: ended with %zu trials open",
			       in_flight(&l));
	if (!l.exhausted.kind || !wants_more(&l))
		return true;
	*e = l.exhausted;
	return err_prefix(e, "after %zu trials", tuner_done(r->tuner));
}
