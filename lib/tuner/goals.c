/* goals: see goals.h. */
#include "tuner/goals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "json/path.h"

struct goal {
	const char *text; /* of an objective: its place */
	struct json_path *path;
	bool more;      /* an objective of which more is better, or > and >= */
	bool by_metric; /* .score: `minimize` decides */
	bool strict;    /* < and > */
	double bound;
};

struct goals {
	size_t objectives, constraints, n;
	bool cost;
	struct goal goal[];
};

static const char *skip(const char *s)
{
	return s + strspn(s, " \t");
}

static bool set_path(struct goal *g, const char *from, size_t len, struct err *e)
{
	while (len && strchr(" \t", from[len - 1]))
		len--;
	return (g->path = json_path_new(from, len, e)) != NULL;
}

static bool objective(struct goal *g, const char *text, struct err *e)
{
	const char *s = skip(text);

	if (*s == '-') {
		g->more = true;
		s = skip(s + 1);
	}
	g->text = s;
	g->by_metric = !strcmp(s, ".score");
	if (g->by_metric && g->more)
		return err_set(e, ERR_USAGE,
			       "--objective '%s': the metric says whether less of .score is "
			       "better",
			       text);
	return set_path(g, s, strlen(s), e) || err_prefix(e, "--objective '%s'", text);
}

/* The first of < and > that is not in quotes, or NULL. */
static const char *comparison(const char *s)
{
	bool quoted = false;

	for (; *s; s++) {
		if (quoted && *s == '\\' && s[1])
			s++;
		else if (*s == '"')
			quoted = !quoted;
		else if (!quoted && (*s == '<' || *s == '>'))
			return s;
	}
	return NULL;
}

static bool constraint(struct goal *g, const char *text, struct err *e)
{
	const char *s = skip(text), *op = comparison(text), *number;
	char *end = NULL;

	if (op) {
		g->more = *op == '>';
		g->strict = op[1] != '=';
		number = skip(op + (g->strict ? 1 : 2));
		g->bound = strtod(number, &end);
		if (end == number || *skip(end) || !isfinite(g->bound))
			end = NULL;
	}
	if (!end)
		return err_set(e, ERR_USAGE,
			       "--constraint '%s': wants a path, one of < <= > >=, and a "
			       "number, such as '.metrics.AUC.validation > 0.7'",
			       text);
	return set_path(g, s, (size_t)(op - s), e) || err_prefix(e, "--constraint '%s'", text);
}

static bool cost(struct goal *g, const char *text, struct err *e)
{
	return set_path(g, text, strlen(text), e) || err_prefix(e, "--cost '%s'", text);
}

static bool fill(struct goals *g, const char *const *objectives, size_t n,
		 const char *const *constraints, const char *cost_text, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (!objective(&g->goal[g->n++], objectives[i], e))
			return false;
	for (size_t i = 0; i < g->constraints; i++)
		if (!constraint(&g->goal[g->n++], constraints[i], e))
			return false;
	return !cost_text || cost(&g->goal[g->n++], cost_text, e);
}

struct goals *goals_new(const char *const *objectives, size_t n_objectives,
			const char *const *constraints, size_t n_constraints,
			const char *cost_text, struct err *e)
{
	static const char *const score[] = {".score"};
	size_t n = n_objectives ? n_objectives : 1;
	struct goals *g;

	if (n > GOALS_OBJECTIVES_MAX) {
		err_set(e, ERR_USAGE, "--objective: at most %d can be weighed up",
			GOALS_OBJECTIVES_MAX);
		return NULL;
	}
	if (!(g = calloc(1, sizeof(*g) + (n + n_constraints + 1) * sizeof(g->goal[0])))) {
		err_nomem(e);
		return NULL;
	}
	g->objectives = n;
	g->constraints = n_constraints;
	g->cost = cost_text;
	if (fill(g, n_objectives ? objectives : score, n, constraints, cost_text, e))
		return g;
	goals_free(g);
	return NULL;
}

void goals_free(struct goals *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->n; i++)
		json_path_free(g->goal[i].path);
	free(g);
}

size_t goals_objectives(const struct goals *g)
{
	return g->objectives;
}

size_t goals_constraints(const struct goals *g)
{
	return g->constraints;
}

bool goals_cost(const struct goals *g)
{
	return g->cost;
}

size_t goals_count(const struct goals *g)
{
	return g->n;
}

const char *goals_text(const struct goals *g, size_t i)
{
	return g->goal[i].text;
}

static bool less(const struct goal *g, bool minimize)
{
	return g->by_metric ? minimize : !g->more;
}

static double turned(const struct goals *g, size_t i, bool minimize, double v)
{
	const struct goal *q = &g->goal[i];

	if (i < g->objectives)
		return less(q, minimize) ? v : -v;
	if (i < g->objectives + g->constraints)
		return q->more ? q->bound - v : v - q->bound;
	return v > 0 ? log(v) : NAN;
}

void goals_read(const struct goals *g, const cJSON *rec, bool minimize, double *v)
{
	bool lacks = false;

	for (size_t i = 0; i < g->n; i++) {
		const cJSON *found = json_path_get(g->goal[i].path, rec);

		v[i] = cJSON_IsNumber(found) ? turned(g, i, minimize, found->valuedouble) : NAN;
		if (!isfinite(v[i]))
			v[i] = NAN;
		lacks = lacks || (i < g->objectives && isnan(v[i]));
	}
	for (size_t i = 0; lacks && i < g->objectives; i++)
		v[i] = NAN;
}

bool goals_met(const struct goals *g, const double *v)
{
	for (size_t i = g->objectives; i < g->objectives + g->constraints; i++)
		if (!(g->goal[i].strict ? v[i] < 0 : v[i] <= 0))
			return false;
	return true;
}

double goals_back(const struct goals *g, size_t i, bool minimize, double v)
{
	return less(&g->goal[i], minimize) ? v : -v;
}
