/* tuner: the same set of trials gives the same proposal, however it was told. */
#include "tuner/tuner.h"

#include <stdlib.h>

#include "json/json.h"
#include "rng/rng.h"
#include "tap.h"
#include "trial/log.h"
#include "trial/trial.h"
#include "tuner/box.h"
#include "tuner/converge.h"

static const char *const args[] = {"a=0.0..1.0", "b=1e-4..1.0:log", "c=1..20", "d=x,y,z",
				   "e=0.0..1.0?d=y"};
enum { ARGS = 5 };

static struct space *space_of(const char *const *a, size_t n)
{
	struct err e = {0};

	return space_new(a, n, NULL, &e);
}

static struct tuner *tuner_of(const struct space *s, uint64_t seed)
{
	struct err e = {0};

	return tuner_new(&(struct tuner_options){.space = s, .seed = seed}, &e);
}

static void finish(cJSON *rec)
{
	const cJSON *p = json_get(rec, "params");
	double a = json_num(p, "a", 0), b = log(json_num(p, "b", 1)), c = json_num(p, "c", 10);
	struct err e = {0};

	trial_set_state(rec, TRIAL_COMPLETED, NULL, &e);
	json_set_str(rec, "metric", "LogLoss");
	json_set_num(rec, "score",
		     (a - 0.3) * (a - 0.3) + (b + 3) * (b + 3) / 30 + (c - 7) * (c - 7) / 100 +
			     json_num(p, "e", 0.4));
}

/* n trials one after the other, all finished; records into rec. */
static void run(struct tuner *t, cJSON **rec, size_t n)
{
	struct err e = {0};

	for (size_t i = 0; i < n; i++) {
		rec[i] = tuner_ask(t, &e);
		finish(rec[i]);
		tuner_tell(t, rec[i], &e);
	}
}

static char *next(struct tuner *t)
{
	struct err e = {0};
	cJSON *rec = tuner_ask(t, &e);
	char *s = rec ? json_string(rec) : NULL;

	cJSON_Delete(rec);
	return s;
}

static void shuffle(cJSON **rec, size_t n, uint64_t seed)
{
	struct rng r;

	rng_init(&r, seed, 0);
	for (size_t i = n; i > 1; i--) {
		size_t k = rng_below(&r, i);
		cJSON *swap = rec[i - 1];

		rec[i - 1] = rec[k];
		rec[k] = swap;
	}
}

/* Three of the trials are still open at the end. */
static void any_order(void)
{
	enum { N = 33, OPEN = 3 };
	struct space *s = space_of(args, ARGS);
	struct tuner *t = tuner_of(s, 5);
	cJSON *rec[N];
	char *want, *got;
	struct err e = {0};
	bool same = true;

	run(t, rec, N - OPEN);
	for (int i = N - OPEN; i < N; i++)
		rec[i] = tuner_ask(t, &e);
	ok(tuner_done(t) == N - OPEN && tuner_open(t) == OPEN, "trials are counted");
	ok(tuner_waits_for(t, trial_id(rec[N - 1])) && !tuner_waits_for(t, trial_id(rec[0])),
	   "open ones are known");
	want = next(t);
	tuner_free(t);
	for (uint64_t seed = 0; seed < 5; seed++) {
		shuffle(rec, N, seed);
		t = tuner_of(s, 5);
		for (int i = 0; i < N; i++) {
			tuner_tell(t, rec[i], &e);
			if (seed == 2)
				tuner_tell(t, rec[i], &e); /* twice is once */
		}
		got = next(t);
		same = same && !strcmp(got, want);
		free(got);
		tuner_free(t);
	}
	ok(same, "the same trials in any order lead to the same proposal");
	t = tuner_of(s, 6);
	for (int i = 0; i < N; i++)
		tuner_tell(t, rec[i], &e);
	got = next(t);
	ok(strcmp(got, want) != 0, "another seed to another");
	free(got);
	free(want);
	tuner_free(t);
	for (int i = 0; i < N; i++)
		cJSON_Delete(rec[i]);
	space_free(s);
}

static void learns(void)
{
	enum { N = 40 };
	struct space *s = space_of(args, ARGS);
	struct tuner *t = tuner_of(s, 1);
	cJSON *rec[N];
	double best = HUGE_VAL, skill;
	struct err e = {0};

	run(t, rec, N);
	for (int i = 0; i < N; i++)
		best = fmin(best, json_num(rec[i], "score", NAN));
	ok(best < 0.01, "forty trials find the best of a mixed, conditional space");
	ok(tuner_skill(t, &skill, &e) && skill > 0.5, "and the model is worth something");
	for (int i = 0; i < N; i++)
		cJSON_Delete(rec[i]);
	tuner_free(t);
	space_free(s);
}

/* Never the same setting twice: by their names, which are their settings'. */
static void no_repeats(void)
{
	static const char *const grid[] = {"a=1..6", "b=x,y,z", "c=1..5?b=x,y", "d=true,false"};
	enum { ALL = 6 * 2 * (5 + 5 + 1) };
	struct space *s = space_of(grid, 4);
	struct tuner *t = tuner_of(s, 2);
	struct rng r;
	struct err e = {0};
	size_t n = 0;
	cJSON *rec;

	rng_init(&r, 8, 0);
	while (n <= ALL && (rec = tuner_ask(t, &e))) {
		n++;
		if (n > 20 && n < ALL - 20) { /* most get a score without any pattern */
			trial_set_state(rec, TRIAL_COMPLETED, NULL, &e);
			json_set_num(rec, "score", n % 9 ? rng_uniform(&r) : NAN);
			tuner_tell(t, rec, &e);
		}
		cJSON_Delete(rec);
	}
	/* tuner_ask itself fails where a name comes twice, so all of them are enough. */
	ok(n == ALL && e.kind == ERR_EXHAUSTED, "all 132 settings come once, then no more");
	tuner_free(t);
	space_free(s);
}

/* 10,000 trials, most of them told: never one of them again. */
static void many(void)
{
	enum { SIDE = 100, ALL = SIDE * SIDE, LEFT = 5 };
	static const char *const grid[] = {"a=1..100", "b=1..100"};
	struct space *s = space_of(grid, 2);
	struct tuner *t = tuner_of(s, 1);
	struct rng r;
	struct err e = {0};
	cJSON *params = cJSON_CreateObject(), *rec;
	size_t n = 0;

	rng_init(&r, 8, 0);
	for (int i = 0; i < ALL - LEFT; i++) {
		json_set_num(params, "a", 1 + i % SIDE);
		json_set_num(params, "b", 1 + i / SIDE);
		rec = trial_new("x", params, NULL, NULL, NULL, &e);
		trial_set_state(rec, TRIAL_COMPLETED, NULL, &e);
		json_set_num(rec, "score", rng_uniform(&r) + i % SIDE);
		tuner_tell(t, rec, &e);
		cJSON_Delete(rec);
	}
	for (; (rec = tuner_ask(t, &e)); n++) {
		ok(json_num(json_get(rec, "params"), "b", 0) == SIDE &&
			   json_num(json_get(rec, "params"), "a", 0) > SIDE - LEFT,
		   "of 10,000 settings one that is left is asked for");
		cJSON_Delete(rec);
	}
	ok(n == LEFT && e.kind == ERR_EXHAUSTED, "each once");
	cJSON_Delete(params);
	tuner_free(t);
	space_free(s);
}

static void refusals(void)
{
	struct space *s = space_of(args, ARGS);
	struct tuner *t = tuner_of(s, 1);
	cJSON *rec[2];
	struct err e = {0};

	run(t, rec, 2);
	json_set_str(rec[1], "metric", "AUC");
	ok(!tuner_tell(t, rec[1], &e) && e.kind == ERR_INPUT && strstr(e.text, "'LogLoss'") &&
		   strstr(e.text, "'AUC'"),
	   "another metric is refused by name");
	e = (struct err){0};
	json_set_str(rec[1], "metric", "LogLoss");
	json_set(rec[1], "minimize", cJSON_CreateFalse());
	ok(!tuner_tell(t, rec[1], &e) && e.kind == ERR_INPUT, "so is another direction");
	e = (struct err){0};
	json_set_str(rec[0], "partition", "validation");
	json_set_str(rec[1], "partition", "holdout");
	json_set(rec[1], "minimize", cJSON_CreateTrue());
	ok(tuner_tell(t, rec[0], &e) && !tuner_tell(t, rec[1], &e) &&
		   strstr(e.text, "'validation'") && strstr(e.text, "'holdout'"),
	   "and another partition");
	e = (struct err){0};
	cJSON_DeleteItemFromObject(rec[1], "partition");
	json_set(rec[1], "number", cJSON_CreateNumber(1e300));
	json_set(rec[1], "minimize", cJSON_CreateTrue());
	json_set_str(rec[1], "trial", "0123456789abcdef");
	ok(tuner_tell(t, rec[1], &e), "a number that none can be is passed over");
	cJSON_Delete(rec[0]);
	rec[0] = tuner_ask(t, &e);
	ok(json_num(rec[0], "number", NAN) == 3, "and leaves the next one what it is");
	cJSON_Delete(rec[0]);
	cJSON_Delete(rec[1]);
	tuner_free(t);
	space_free(s);
}

/* A tuner of one model, and one that was not told which. */
static void models(void)
{
	struct space *s = space_of(args, ARGS);
	struct tuner_options o = {.space = s, .model = "m1", .seed = 1};
	struct err e = {0};
	struct tuner *t = tuner_new(&o, &e), *any = tuner_of(s, 1);
	cJSON *a = tuner_ask(t, &e), *b = cJSON_Duplicate(a, true);

	json_set_str(b, "trial", "0123456789abcdef");
	json_set_str(b, "model", "m2");
	ok(tuner_tell(t, b, &e) && tuner_open(t) == 1 && tuner_passed(t).other_model == 1,
	   "a trial of another model is passed over and counted");
	ok(tuner_tell(any, a, &e) && tuner_open(any) == 1 && tuner_passed(any).other_model == 0,
	   "a tuner without a model takes trials of one,");
	ok(!tuner_tell(any, b, &e) && e.kind == ERR_INPUT && strstr(e.text, "'m1'") &&
		   strstr(e.text, "'m2'"),
	   "and not of two");
	e = (struct err){0};
	json_set(b, "params", cJSON_CreateObject());
	ok(tuner_tell(any, b, &e) && tuner_passed(any).unknown == 1,
	   "whose trial is the other's does not matter where it has nothing of the space");
	cJSON_Delete(b);
	cJSON_Delete(a);
	tuner_free(any);
	tuner_free(t);
	space_free(s);
}

/* How many trials are learnt from where those from `first` on up to `end` are open. */
static size_t learnt(struct trials *t, size_t first, size_t end)
{
	const struct known **from;
	size_t m = 0;

	t->final = 0;
	for (size_t i = 0; i < t->n; i++) {
		t->at[i]->final = i < first || i >= end;
		t->final += t->at[i]->final;
	}
	from = trials_to_learn(t, &m);
	for (size_t i = 0; from && i < m; i++)
		if (!from[i]->final || (i && strcmp(from[i - 1]->id, from[i]->id) >= 0))
			m = 0;
	free(from);
	return m;
}

static void learning(void)
{
	enum { N = 800 };
	struct known k[N] = {0}, *at[N];
	struct trials t = {.n = 207, .at = at};

	for (int i = 0; i < N; i++) {
		snprintf(k[i].id, sizeof(k[i].id), "%016x", (unsigned)(i * 7919 % 1000));
		k[i].number = i;
		at[i] = &k[i];
	}
	ok(learnt(&t, 207, 207) == 200,
	   "parameters are learnt from whole twentieths of the trials");
	ok(learnt(&t, 203, 204) == 200 && learnt(&t, 200, 207) == 200,
	   "open ones among the last do not matter");
	ok(learnt(&t, 199, 200) == 190 && learnt(&t, 185, 199) == 180,
	   "an open one is waited for, with those after it,");
	ok(learnt(&t, 3, 4) == 179, "but not for long");
	t.n = N;
	ok(learnt(&t, 0, 699) == 101,
	   "where few are done they are learnt from, whatever is open");
	t.n = 80;
	ok(learnt(&t, 3, 11) == 72, "of fewer than a hundred none is waited for");
}

static void boxes(void)
{
	struct known k[40];
	const struct known *order[40];

	for (int i = 0; i < 40; i++) {
		k[i].score = i < 10 ? 10 - i : 99;
		order[i] = &k[i];
	}
	is_near(box_side(order, 4, 4, 3), 0.8, 0, "a box starts at 0.8");
	is_near(box_side(order, 7, 4, 3), 1.6, 0, "three improvements in a row double it");
	is_near(box_side(order, 10, 4, 3), 1.6, 0, "up to 1.6");
	is_near(box_side(order, 14, 4, 3), 0.8, 0, "four failures halve it");
	is_near(box_side(order, 16, 4, 6), 0.8, 0, "in six dimensions, six");
	k[12].score = NAN;
	is_near(box_side(order, 18, 4, 3), 0.4, 0, "a failed trial is a failure");
	is_near(box_side(order, 40, 4, 1), 0.8 / 64, 1e-9, "it gets small");
}

/* Trials 0, 1, 2 ... of which the first was not found by the process. */
static void convergence(void)
{
	static const double expected[] = {NAN, 0.5, 0.01, NAN, 0.03, 0.02};
	enum { K = sizeof(expected) / sizeof(*expected) };
	struct known k[K];
	struct known *at[K];
	struct trials t = {.at = at, .n = K};
	double noise;

	for (int i = 0; i < K; i++) {
		k[i] = (struct known){.number = i, .expected = expected[i], .noise = NAN};
		at[(i + 2) % K] = &k[i]; /* whatever their order */
	}
	ok(converge_reached(&t, 4, 0.01, 0.1), "four in a row below the noise are enough");
	ok(!converge_reached(&t, 5, 0.01, 0.1), "five are not where the fifth was above");
	ok(!converge_reached(&t, 4, 0.2, 0.1), "nor four where the next one is");
	ok(!converge_reached(&t, 4, 0.01, 0.02), "the noise of now counts");
	ok(!converge_reached(&t, 6, 0.01, 1) && !converge_reached(&t, 9, NAN, 1),
	   "too few proposals are not enough");
	ok(converge_noise(&t, &noise) && isnan(noise), "without folds no noise is known");
	k[1].noise = 3;
	k[2].noise = 1;
	k[4].noise = 2;
	ok(converge_noise(&t, &noise) && noise == 2, "of several it is the median");
}

/* A trial that brings its folds. */
static void folds(void)
{
	struct space *s = space_of(args, ARGS);
	struct tuner *t = tuner_of(s, 1);
	struct trials known;
	cJSON *rec[1], *f = cJSON_CreateArray();
	struct err e = {0};

	run(t, rec, 1);
	for (int i = 0; i < 5; i++)
		cJSON_AddItemToArray(f, cJSON_CreateNumber(i));
	json_set(rec[0], "folds", f);
	trials_init(&known, s, NULL, NULL);
	trials_put(&known, rec[0], NULL, &e);
	is_near(known.at[0]->noise, sqrt(2.5 * (1.0 / 5 + 1.0 / 4)), 1e-12,
		"the noise of a trial is that of its folds");
	json_set(rec[0], "folds", cJSON_CreateString("x"));
	trials_put(&known, rec[0], NULL, &e);
	ok(isnan(known.at[0]->noise), "where these are numbers");
	trials_release(&known);
	cJSON_Delete(rec[0]);
	tuner_free(t);
	space_free(s);
}

/* The score of finish(), or turned upside down in everything it has. */
static double try_it(cJSON *rec, bool other)
{
	struct err e = {0};

	finish(rec);
	if (other) {
		const cJSON *p = json_get(rec, "params");
		double a = json_num(p, "a", 0), b = log(json_num(p, "b", 1));

		json_set_num(rec, "score", (a - 0.9) * (a - 0.9) + (b + 8) * (b + 8) / 30);
		json_set_str(rec, "metric", "RMSE");
	}
	trial_set_state(rec, TRIAL_COMPLETED, NULL, &e);
	return json_num(rec, "score", NAN);
}

/* A log of n trials of another run, told in the order of its names or the other way. */
static struct trial_log *earlier(const struct space *s, size_t n, bool other, bool back)
{
	struct tuner *t = tuner_of(s, 77);
	struct err e = {0};
	struct trial_log *log = trial_log_open(NULL, TRIAL_READER, &e),
			 *turned = trial_log_open(NULL, TRIAL_READER, &e);

	for (size_t i = 0; i < n; i++) {
		cJSON *rec = tuner_ask(t, &e);

		try_it(rec, other);
		tuner_tell(t, rec, &e);
		trial_log_put(log, rec, &e);
		cJSON_Delete(rec);
	}
	for (size_t i = n; back && i-- > 0;)
		trial_log_put(turned, trial_log_at(log, i), &e);
	tuner_free(t);
	trial_log_free(back ? log : turned);
	return back ? turned : log;
}

/* The best of n trials after these logs (NULL: none). */
static double best_after(const struct space *s, struct trial_log *const *log, size_t logs,
			 size_t n, uint64_t seed)
{
	struct tuner *t = tuner_of(s, seed);
	struct err e = {0};
	double best = HUGE_VAL;
	size_t scores;

	for (size_t i = 0; i < logs; i++)
		tuner_add_prior(t, "earlier", log[i], &scores, &e);
	for (size_t i = 0; i < n; i++) {
		cJSON *rec = tuner_ask(t, &e);

		best = fmin(best, try_it(rec, false));
		tuner_tell(t, rec, &e);
		cJSON_Delete(rec);
	}
	ok(tuner_done(t) == n && tuner_open(t) == 0, "an earlier log's trials are not counted");
	tuner_free(t);
	return best;
}

static void warm(void)
{
	struct space *s = space_of(args, ARGS);
	struct trial_log *same = earlier(s, 30, false, false),
			 *other = earlier(s, 30, true, false), *both[] = {same, other};
	double cold = 0, hot = 0, misled = 0, mixed = 0;

	for (uint64_t seed = 0; seed < 3; seed++) {
		cold += best_after(s, NULL, 0, 12, seed);
		hot += best_after(s, &same, 1, 6, seed);
		mixed += best_after(s, both, 2, 6, seed);
		misled += best_after(s, &other, 1, 30, seed);
	}
	ok(hot < 0.2 * cold,
	   "six trials after a log of the same find more than twelve without");
	ok(mixed < 0.5 * cold, "also beside another log");
	ok(misled < 0.5 * cold, "thirty after one that misleads find more all the same");
	trial_log_free(same);
	trial_log_free(other);
	space_free(s);
}

static void earlier_logs(void)
{
	static const char *const few[] = {"a=0.0..1.0", "new=1..9", "d=x,y"};
	static const char *const four[] = {"c=1,2", "d=x,y"};
	struct space *s = space_of(args, ARGS), *f = space_of(few, 3), *g = space_of(four, 2);
	struct trial_log *log = earlier(s, 12, false, false),
			 *back = earlier(s, 12, false, true),
			 *all = earlier(g, 4, false, false);
	struct tuner *t = tuner_of(s, 1), *u = tuner_of(s, 1);
	struct err e = {0};
	size_t scores, n = 0;
	cJSON *rec;
	char *a, *b;

	ok(tuner_add_prior(t, "log", log, &scores, &e) && scores == 12 &&
		   tuner_add_prior(u, "log", back, &scores, &e),
	   "an earlier log is learnt");
	for (int i = 0; i < 5; i++) {
		a = next(t);
		b = next(u);
		is_str(a, b, "the order of its trials does not matter");
		free(a);
		free(b);
	}
	tuner_free(t);
	tuner_free(u);
	t = tuner_of(f, 1);
	ok(tuner_add_prior(t, "log", log, &scores, &e) && scores == 12,
	   "parameters are mapped by their names");
	for (int i = 0; i < 6; i++) {
		rec = tuner_ask(t, &e);
		ok(rec && cJSON_GetArraySize(json_get(rec, "params")) == 3,
		   "and the others of the space are there");
		cJSON_Delete(rec);
	}
	tuner_free(t);
	t = tuner_of(g, 1);
	tuner_add_prior(t, "all", all, &scores, &e);
	for (; (rec = tuner_ask(t, &e)); n++)
		cJSON_Delete(rec);
	ok(n == 4 && e.kind == ERR_EXHAUSTED, "a setting of an earlier log may be asked for");
	tuner_free(t);
	e = (struct err){0};
	t = tuner_of(g, 1);
	trial_log_free(all);
	all = earlier(g, 2, false, false);
	ok(tuner_add_prior(t, "all", all, &scores, &e) && scores == 2,
	   "a log of two trials is told from one that says something");
	tuner_free(t);
	trial_log_free(all);
	trial_log_free(back);
	trial_log_free(log);
	space_free(g);
	space_free(f);
	space_free(s);
}

static void goal_texts(void)
{
	static const char *const bad_objective[] = {"score", "-.score", "", "--.a", ".a >"};
	static const char *const bad_constraint[] = {".a",  ".a = 3",   ".a < x",  ".a < 3 4",
						     "< 3", ".a < nan", ".a <> 3", "3 < .a"};
	const char *objective[] = {".score", "-.m.AUC", " - .seconds "};
	const char *constraint[] = {".m.AUC>=0.7", ".m[\"<x\"] < -1e-1"};
	struct err e = {0};
	struct goals *g = goals_new(objective, 3, constraint, 2, ".seconds", &e);
	const char *text = "{\"score\":2,\"seconds\":8,\"m\":{\"AUC\":0.7,\"<x\":-0.1}}";
	cJSON *rec = json_parse(text, strlen(text), NULL, &e);
	double v[6];

	ok(g && goals_objectives(g) == 3 && goals_constraints(g) == 2 && goals_cost(g) &&
		   goals_count(g) == 6,
	   "objectives, constraints and a cost are told apart");
	is_str(goals_text(g, 1), ".m.AUC", "an objective is named by its place");
	goals_read(g, rec, false, v);
	ok(v[0] == -2 && v[1] == -0.7 && v[2] == -8 && v[3] == 0 && v[4] == 0 && v[5] == log(8),
	   "they are turned so that less is better");
	ok(!goals_met(g, v), "< is not <=");
	json_set_num(json_get(rec, "m"), "<x", -0.2);
	goals_read(g, rec, true, v);
	ok(v[0] == 2 && goals_met(g, v), "and >= holds at its bound");
	cJSON_DeleteItemFromObject(json_get(rec, "m"), "<x");
	goals_read(g, rec, true, v);
	ok(isnan(v[4]) && !goals_met(g, v) && v[0] == 2, "what is missing breaks a constraint");
	json_set_str(rec, "seconds", "x");
	goals_read(g, rec, true, v);
	ok(isnan(v[0]) && isnan(v[1]) && isnan(v[2]) && isnan(v[5]),
	   "and without an objective there are none");
	is_near(goals_back(g, 1, true, -0.7), 0.7, 0, "a turned objective is turned back");
	goals_free(g);
	cJSON_Delete(rec);
	for (size_t i = 0; i < sizeof(bad_objective) / sizeof(*bad_objective); i++) {
		e = (struct err){0};
		ok(!goals_new(&bad_objective[i], 1, NULL, 0, NULL, &e) && e.kind == ERR_USAGE,
		   "%s", e.text);
	}
	for (size_t i = 0; i < sizeof(bad_constraint) / sizeof(*bad_constraint); i++) {
		e = (struct err){0};
		ok(!goals_new(NULL, 0, &bad_constraint[i], 1, NULL, &e) && e.kind == ERR_USAGE,
		   "%s", e.text);
	}
}

/* The same whatever the order, with goals, sample sizes, failures and open trials. */
static void goals_any_order(void)
{
	enum { ALL = 24, OPEN = 3 };
	const char *objective[] = {".score", ".seconds"}, *constraint[] = {".params.a < 0.9"};
	struct space *s = space_of(args, ARGS);
	struct err e = {0};

	for (size_t objectives = 1; objectives <= 2; objectives++) {
		struct goals *g =
			goals_new(objective, objectives, constraint, 1, ".seconds", &e);
		struct tuner_options o = {.space = s, .seed = 3, .goals = g};
		struct tuner *t = tuner_new(&o, &e);
		cJSON *rec[ALL];
		char *want, *got;
		bool same = true;

		for (int i = 0; i < ALL; i++) {
			rec[i] = tuner_ask(t, &e);
			if (i % 4 == 1 && objectives == 1) { /* as if tried on less */
				cJSON *f = cJSON_CreateObject();

				json_set_num(f, "sample_pct", 16);
				json_set(rec[i], "fidelity", f);
				json_set_str(rec[i], "trial", "0123456789abcdef");
				((char *)json_str(rec[i], "trial"))[0] = (char)('a' + i / 4);
			}
			if (i < ALL - OPEN) {
				finish(rec[i]);
				json_set_num(rec[i], "seconds", 1 + i % 7);
				if (i == 5)
					trial_set_state(rec[i], TRIAL_FAILED, "no", &e);
				tuner_tell(t, rec[i], &e);
			}
		}
		tuner_free(t);
		want = got = NULL;
		for (uint64_t seed = 0; seed < 4; seed++) {
			t = tuner_new(&o, &e);
			for (int i = 0; i < ALL; i++)
				tuner_tell(t, rec[i], &e);
			got = next(t);
			same = same && got && (!want || !strcmp(got, want));
			free(want);
			want = got;
			tuner_free(t);
			shuffle(rec, ALL, seed);
		}
		ok(same && strstr(want, "feasible"),
		   "with %zu objective(s) the order does not matter either", objectives);
		free(want);
		for (int i = 0; i < ALL; i++)
			cJSON_Delete(rec[i]);
		goals_free(g);
	}
	space_free(s);
}

int main(void)
{
	any_order();
	learns();
	no_repeats();
	many();
	refusals();
	models();
	learning();
	boxes();
	convergence();
	folds();
	warm();
	earlier_logs();
	goal_texts();
	goals_any_order();
	return tap_end();
}
