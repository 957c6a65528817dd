#include "budget/budget.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "budget/money.h"
#include "json/json.h"

/* ---- the account ---- */

/* Of one record. */
struct share {
	bool job, doubtful, failure, open, guessed;
	int64_t known_ms, guessed_ms, submitted_ms;
};

/* A record may hold anything: no more than 30,000 years of it. */
static int64_t ms_of(double seconds)
{
	return seconds > 0 ? llround(fmin(seconds, 1e12) * 1e3) : 0;
}

static int64_t duration_ms(const cJSON *rec, struct share *s)
{
	double seconds = json_num(rec, "seconds", NAN);

	if (seconds >= 0)
		return ms_of(seconds);
	s->guessed = true;
	s->guessed_ms = ms_of(trial_time(json_str(rec, "finished_at")) -
			      trial_time(json_str(rec, "submitted_at")));
	return 0;
}

static struct share share_of(const cJSON *rec)
{
	enum trial_state state = trial_state(rec, &(struct err){0});
	struct share s = {.known_ms = ms_of(json_num(rec, "spent_seconds", 0))};

	s.job = cJSON_GetObjectItemCaseSensitive(rec, "job") && state != TRIAL_PROPOSED;
	s.doubtful = state == TRIAL_PROPOSED && !json_true(rec, "withdrawn");
	s.failure = state == TRIAL_FAILED || state == TRIAL_ABORTED;
	s.open = state == TRIAL_SUBMITTED;
	if (s.open)
		s.submitted_ms = ms_of(trial_time(json_str(rec, "submitted_at")));
	else if (s.job)
		s.known_ms += duration_ms(rec, &s);
	return s;
}

static void add(struct budget *b, const cJSON *rec)
{
	struct share s = share_of(rec);
	int64_t ms = ms_of(json_num(rec, "seconds", 0));

	b->jobs += s.job;
	b->doubtful += s.doubtful;
	b->failures += s.failure;
	b->open += s.open;
	b->open_since_ms += s.submitted_ms;
	b->known_ms += s.known_ms;
	b->guessed += s.guessed;
	b->guessed_ms += s.guessed_ms;
	b->longest_ms = ms > b->longest_ms ? ms : b->longest_ms;
}

static void take_away(struct budget *b, const cJSON *rec)
{
	struct share s = share_of(rec);

	b->jobs -= s.job;
	b->doubtful -= s.doubtful;
	b->failures -= s.failure;
	b->open -= s.open;
	b->open_since_ms -= s.submitted_ms;
	b->known_ms -= s.known_ms;
	b->guessed -= s.guessed;
	b->guessed_ms -= s.guessed_ms;
}

static void changed(const cJSON *old, const cJSON *rec, void *ctx)
{
	struct budget *b = ctx;

	if (old)
		take_away(b, old);
	add(b, rec);
}

void budget_start(struct budget *b, const struct budget_limits *l, struct trial_log *log)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	*b = (struct budget){.limits = *l, .log = log};
	b->began = (double)t.tv_sec + (double)t.tv_nsec / 1e9;
	if (log)
		trial_log_watch(log, changed, b);
}

/* ---- time ---- */

static double clock_s(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double budget_time_left(const struct budget *b)
{
	double left = INFINITY;

	if (b->limits.time_limit_s >= 0)
		left = b->began + b->limits.time_limit_s - clock_s(CLOCK_MONOTONIC);
	if (b->limits.deadline)
		left = fmin(left, b->limits.deadline_s - clock_s(CLOCK_REALTIME));
	return left;
}

static bool time_over(const struct budget *b, struct err *e)
{
	if (budget_time_left(b) > 0)
		return false;
	if (b->limits.deadline && b->limits.deadline_s <= clock_s(CLOCK_REALTIME))
		err_set(e, ERR_LIMIT,
			"limit reached: it is past --deadline %s; run again with a later one "
			"to go on",
			b->limits.deadline);
	else
		err_set(e, ERR_LIMIT,
			"limit reached: --time-limit of %.15g s has passed; run the same "
			"command again to go on",
			b->limits.time_limit_s);
	return true;
}

/* ---- trials, failures, cost ---- */

static bool failures_over(const struct budget *b, struct err *e)
{
	if (b->limits.max_failures == 0 || b->failures < (size_t)b->limits.max_failures)
		return false;
	err_set(e, ERR_LIMIT,
		"limit reached: %zu trial%s failed (--max-failures %ld); run again with a "
		"higher one to go on",
		b->failures, b->failures == 1 ? "" : "s", b->limits.max_failures);
	return true;
}

static int64_t open_ms(const struct budget *b)
{
	int64_t now = ms_of(clock_s(CLOCK_REALTIME)),
		ms = (int64_t)b->open * now - b->open_since_ms;

	return ms > 0 ? ms : 0; /* the clock may have been set */
}

static int64_t closed_ms(const struct budget *b)
{
	int64_t guess = (int64_t)b->guessed * b->longest_ms;

	if (b->longest_ms == 0 || b->guessed_ms < guess)
		guess = b->guessed_ms;
	return b->known_ms + guess;
}

int64_t budget_ms(const struct budget *b)
{
	return closed_ms(b) + open_ms(b);
}

static bool cost_over(const struct budget *b, struct err *e)
{
	int64_t rate = b->limits.cost_per_hour, ms = budget_ms(b), open = open_ms(b);
	char cost[MONEY_MAX], limit[MONEY_MAX], of_open[MONEY_MAX], under_way[128] = "";

	if (b->limits.cost_limit < 0 || !money_reached(rate, ms, b->limits.cost_limit))
		return false;
	money_print(money_cost(rate, ms), cost);
	money_print(money_cost(rate, open), of_open);
	money_print(b->limits.cost_limit, limit);
	if (b->open > 0)
		snprintf(under_way, sizeof(under_way),
			 ", %s of it for %zu open trial%s until "
			 "now",
			 of_open, b->open, b->open == 1 ? "" : "s");
	err_set(e, ERR_LIMIT,
		"limit reached: cost %s of %s (--cost-limit)%s; run again with a higher one to "
		"go on",
		cost, limit, under_way);
	return true;
}

static bool trials_over(const struct budget *b, bool counted, size_t under_way, struct err *e)
{
	size_t others = counted ? under_way : b->doubtful, limit = (size_t)b->limits.trials;
	char doubtful[96] = "";

	if (limit == 0 || b->jobs + others < limit)
		return false;
	if (b->jobs < limit)
		snprintf(doubtful, sizeof(doubtful),
			 ", and %zu may be that were asked for when a run ended", others);
	err_set(e, ERR_LIMIT,
		"limit reached: %zu trial%s submitted%s (--trials %zu); run again with a "
		"higher one to go on",
		b->jobs, b->jobs == 1 ? "" : "s", doubtful, limit);
	return true;
}

enum budget_answer budget_ask(struct budget *b, size_t under_way, bool counted, struct err *e)
{
	if (b->log && !trial_log_refresh(b->log, e))
		return BUDGET_ERROR;
	if (time_over(b, e) || failures_over(b, e) || cost_over(b, e))
		return BUDGET_SPENT;
	if (!trials_over(b, counted, under_way, e))
		return BUDGET_GO;
	/* The service may still refuse one of them. */
	if (under_way == 0 || b->jobs >= (size_t)b->limits.trials)
		return BUDGET_SPENT;
	*e = (struct err){0};
	return BUDGET_WAIT;
}

bool budget_over(const struct budget *b, struct err *e)
{
	return time_over(b, e) || failures_over(b, e);
}
