#include "score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "dr/trained.h"
#include "json/json.h"

struct stream {
	const struct score_plan *plan;
	const char *partition;
	struct command command;
	struct json_text line;
	size_t rows;
};

static void put(struct json_text *t, const char *s)
{
	json_text_add(t, s, strlen(s));
}

static void put_number(struct json_text *t, double v)
{
	char text[JSON_NUMBER_MAX];

	json_text_add(t, text, json_number(v, text));
}

/* A class as the name of a field. */
static void put_label(struct json_text *t, const cJSON *label)
{
	cJSON *name;
	char *text;

	if (cJSON_IsString(label)) {
		json_print(t, label);
		return;
	}
	text = json_string(label);
	name = text ? cJSON_CreateString(text) : NULL;
	if (name)
		json_print(t, name);
	else
		t->failed = true;
	cJSON_Delete(name);
	free(text);
}

/* The one value of a regression is the prediction once more. */
static void put_probabilities(struct json_text *t, const cJSON *values)
{
	const char *before = ",\"probabilities\":{";
	const cJSON *v;

	if (cJSON_GetArraySize(values) < 2)
		return;
	cJSON_ArrayForEach (v, values) {
		put(t, before);
		put_label(t, cJSON_GetObjectItemCaseSensitive(v, "label"));
		put(t, ":");
		put_number(t, json_num(v, "value", NAN));
		before = ",";
	}
	put(t, "}");
}

/* "3.0" is the fourth fold; the holdout is none. */
static bool fold_of(const cJSON *row, bool *holdout, double *fold)
{
	const cJSON *part = json_get(row, "partitionId");
	const char *s = cJSON_GetStringValue(part);
	char *end = NULL;

	*holdout = s && strcasecmp(s, "holdout") == 0;
	*fold = cJSON_IsNumber(part) ? part->valuedouble : s ? strtod(s, &end) : NAN;
	return *holdout || cJSON_IsNumber(part) || (s && end != s && !*end);
}

static bool take_row(const cJSON *row, void *ctx, struct err *e)
{
	struct stream *s = ctx;
	struct json_text *t = &s->line;
	double id = json_num(row, "rowId", -1), fold;
	const cJSON *prediction = json_get(row, "prediction");
	bool holdout;

	if (!(id >= 0 && id < 0x1p53 && id == floor(id)) || !prediction ||
	    !fold_of(row, &holdout, &fold))
		return err_set(e, ERR_REFUSED,
			       "the service's predictions hold a row without rowId, "
			       "partitionId or prediction");
	if (holdout != (strcmp(s->partition, "holdout") == 0))
		return true;
	s->rows++;
	t->len = 0;
	put(t, "{\"row_id\":");
	put_number(t, id);
	put(t, ",\"fold\":");
	if (holdout)
		put(t, "null");
	else
		put_number(t, fold);
	if (s->plan->actuals) {
		put(t, ",\"actual\":");
		if (!actuals_put(s->plan->actuals, (size_t)id, t, e))
			return false;
	}
	put(t, ",\"prediction\":");
	json_print(t, prediction);
	put_probabilities(t, json_get(row, "predictionValues"));
	put(t, "}\n");
	return t->failed ? err_nomem(e) : command_feed(&s->command, t->s, t->len, e);
}

static const char *subset_of(const char *partition)
{
	return strcmp(partition, "holdout") == 0      ? "holdout"
	       : strcmp(partition, "validation") == 0 ? "validationAndHoldout"
						      : "all";
}

bool score_model(struct dr *dr, const struct score_plan *plan, const char *project,
		 const char *model, const char *partition, double *number, bool *gone,
		 struct err *e)
{
	struct stream s = {.plan = plan, .partition = partition};
	long status = 0;
	char *id = dr_trained_make(dr, project, model, subset_of(partition), &status, e);
	bool ok = false;

	*gone = !id && status == 404;
	if (id && command_start(&s.command, plan->command, e)) {
		ok = dr_trained_rows(dr, project, id, take_row, &s, e);
		if (ok && s.rows == 0)
			ok = err_set(e, ERR_REFUSED,
				     "the service has no predictions of the model for %s",
				     partition);
		ok = ok && command_finish(&s.command, number, e);
		command_drop(&s.command);
	}
	json_text_release(&s.line);
	free(id);
	return ok;
}
