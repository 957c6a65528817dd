/* answer_fit: a model with its scores; or more scores for one. */
#include <math.h>
#include <string.h>

#include "jobs/answers.h"
#include "json/json.h"

/* {metric: {"folds": [...], "holdout": ...}}, with at least one fold each. */
static bool check_scores(const cJSON *scores, struct err *e)
{
	const cJSON *m;

	if (!cJSON_IsObject(scores) || !scores->child)
		return err_set(e, ERR_INPUT, "the worker's answer has no scores");
	cJSON_ArrayForEach (m, scores) {
		const cJSON *folds = json_get(m, "folds");

		if (!cJSON_IsArray(folds) || !folds->child)
			return err_set(e, ERR_INPUT, "the worker's answer has no scores of %s",
				       m->string);
	}
	return true;
}

static bool next_number(struct store *s, const char *project, long long *number)
{
	sqlite3_stmt *q;

	store_run(s, "UPDATE project SET last_number = last_number + 1 WHERE id = ?", "s",
		  project);
	q = store_query(s, "SELECT last_number FROM project WHERE id = ?", "s", project);
	if (!store_next(s, q))
		return false;
	*number = store_int(q, 0);
	sqlite3_reset(q);
	return true;
}

/* How a blend is built is known once it has been. */
static bool put_blueprint(struct store *s, const struct queue_job *j, const cJSON *answer,
			  struct err *e)
{
	const cJSON *blueprint = json_get(answer, "blueprint");
	cJSON *summary;

	if (!json_get(j->spec, "blend"))
		return true;
	if (!(summary = answer_summary(blueprint)))
		return err_set(e, ERR_INPUT,
			       "the worker's answer has no blueprint of the "
			       "blend");
	store_run(s,
		  "UPDATE blueprint SET body = ?, summary = ? WHERE project = ?"
		  " AND id = (SELECT blueprint FROM job WHERE id = ?)",
		  "jjsi", blueprint, summary, j->project, j->id);
	cJSON_Delete(summary);
	return true;
}

bool answer_fit(struct store *s, const struct queue_job *j, const cJSON *answer, struct err *e)
{
	const cJSON *scores = json_get(answer, "metrics");
	double iterations = json_num(answer, "iterations", NAN);
	long long number;

	if (!check_scores(scores, e) || !put_blueprint(s, j, answer, e))
		return false;
	if (!next_number(s, j->project, &number))
		return err_set(e, ERR_INPUT, "the project is not there any more");
	store_run(
		s,
		"INSERT INTO model (id, project, number, blueprint, featurelist, parent,"
		" frozen, description, sample_pct, rows, spec, used, scores, iterations,"
		" seconds, features) SELECT model, project, ?1, blueprint, featurelist, parent,"
		" parent IS NOT NULL, description, sample_pct, ?2, spec, ?3, ?4, ?5, ?6, ?7"
		" FROM job WHERE id = ?8",
		"idjjddji", number, json_num(answer, "training_rows", NAN),
		json_get(answer, "values"), scores, iterations,
		json_num(answer, "seconds", NAN), json_get(answer, "features"), j->id);
	return true;
}

bool answer_crossval(struct store *s, const struct queue_job *j, const cJSON *answer,
		     struct err *e)
{
	const cJSON *scores = json_get(answer, "metrics");

	if (!check_scores(scores, e))
		return false;
	if (!store_run(s,
		       "UPDATE model SET scores = ?, spec = (SELECT spec FROM job WHERE id = ?)"
		       " WHERE id = (SELECT model FROM job WHERE id = ?)",
		       "jii", scores, j->id, j->id))
		return store_failed(s) ||
		       err_set(e, ERR_INPUT, "the model has been deleted meanwhile");
	return true;
}
