/* trained: predictions of the table's own rows, each by a model that has not seen it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/queue.h"
#include "routes/job.h"
#include "routes/prediction.h"

/* What is asked for; false: answered. */
static bool read_request(struct web_request *r, struct prediction_job *j)
{
	static const char *const fields[] = {"modelId", "dataSubset", "explanationAlgorithm",
					     "maxExplanations", NULL};

	if (!common_only(r, fields))
		return false;
	for (size_t i = 2; fields[i]; i++)
		if (json_get(r->body, fields[i]))
			return web_invalid(r, fields[i],
					   "explanations are not supported by "
					   "dr-sandbox");
	j->model = json_str(r->body, "modelId");
	j->subset = json_str(r->body, "dataSubset");
	if (!j->model)
		return web_invalid(r, "modelId", "is required");
	if (!j->subset || (strcmp(j->subset, "all") != 0 && strcmp(j->subset, "holdout") != 0 &&
			   strcmp(j->subset, "validationAndHoldout") != 0))
		return web_invalid(r, "dataSubset",
				   "must be all, validationAndHoldout or holdout");
	return true;
}

/* The holdout's rows are there once it has been unlocked; as are scores of it. */
static bool check_subset(struct web_request *r, struct service *sv, struct prediction_job *j)
{
	sqlite3_stmt *q = store_query(sv->store,
				      "SELECT holdout_unlocked, partition FROM project"
				      " WHERE id = ?",
				      "s", r->arg[0]);
	cJSON *partition;
	bool holdout, tvh;

	if (!store_next(sv->store, q))
		return common_project(r, sv, r->arg[0]);
	partition = store_json(q, 1);
	holdout = json_num(partition, "holdoutPct", 0) > 0;
	tvh = !queue_has_folds(partition);
	j->holdout = store_int(q, 0);
	cJSON_Delete(partition);
	sqlite3_reset(q);
	if (strcmp(j->subset, "holdout") == 0 && !holdout)
		return web_error(r, 422, "the project has no holdout");
	if (strcmp(j->subset, "holdout") == 0 && !j->holdout)
		return web_error(r, 422, "the holdout must be unlocked first");
	/* Without folds there is one model only, which has seen its rows. */
	if (strcmp(j->subset, "all") == 0 && tvh)
		return web_error(r, 422,
				 "without cross validation the training rows have no "
				 "predictions by a model that has not seen them; ask for "
				 "validationAndHoldout");
	return true;
}

void route_trained_create(struct web_request *r, void *ctx)
{
	struct prediction_job j = {0};

	if (common_project(r, ctx, r->arg[0]) && read_request(r, &j) &&
	    check_subset(r, ctx, &j))
		prediction_submit(r, ctx, &j);
}

static cJSON *trained_row(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	cJSON *v = cJSON_CreateObject();
	char *url =
		web_url(r, "projects/%s/trainingPredictions/%s/", r->arg[0], store_text(q, 0));
	bool ok = url && set_text(v, "id", store_text(q, 0)) && set_text(v, "url", url) &&
		  set_text(v, "modelId", store_text(q, 1)) &&
		  set_text(v, "dataSubset", store_text(q, 2)) &&
		  set_null(v, "explanationAlgorithm") && set_null(v, "maxExplanations");

	(void)sv;
	free(url);
	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}

void route_trained_list(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	char path[128];
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store,
			"SELECT id, model, subset FROM prediction WHERE project = ?"
			" AND dataset IS NULL AND rows IS NOT NULL ORDER BY job",
			"s", r->arg[0]);
	snprintf(path, sizeof(path), "projects/%s/trainingPredictions/", r->arg[0]);
	common_page(r, common_list(r, sv, q, trained_row), "data", path);
}

static void put(struct json_text *t, const char *s)
{
	json_text_add(t, s, strlen(s));
}

/* "NAME": the URL of another page, or null. */
static void put_page(struct web_request *r, struct json_text *t, const char *name, bool there,
		     long offset, long limit)
{
	char *url =
		there ? web_url(r, "projects/%s/trainingPredictions/%s/?offset=%ld&limit=%ld",
				r->arg[0], r->arg[1], offset, limit)
		      : NULL;

	put(t, ",\"");
	put(t, name);
	put(t, url ? "\":\"" : "\":null");
	if (url) {
		put(t, url);
		put(t, "\"");
	} else if (there) {
		t->failed = true;
	}
	free(url);
}

static bool put_rows(struct web_request *r, struct prediction *p, long offset, long limit,
		     struct json_text *t, struct err *e)
{
	long rows = (long)preds_rows(p->file), left = offset < rows ? rows - offset : 0;
	long n = limit && limit < left ? limit : left;
	char count[64];

	if (web_accepts(r, "text/csv"))
		return prediction_csv(p, true, (size_t)offset, (size_t)n, t, e);
	snprintf(count, sizeof(count), "{\"count\":%ld", n);
	put(t, count);
	put_page(r, t, "next", n < left, offset + n, limit);
	put_page(r, t, "previous", offset > 0, offset > limit ? offset - limit : 0, limit);
	put(t, ",\"data\":");
	if (!prediction_rows(p, true, (size_t)offset, (size_t)n, t, e))
		return false;
	put(t, "}");
	return true;
}

/* Without a limit there is one page: clients ask for no other then. */
void route_trained_get(struct web_request *r, void *ctx)
{
	struct prediction p = {0};
	struct json_text t = {0};
	struct err e = {0};
	long offset, limit;
	bool ok;

	if (common_query_int(r, "offset", 0, &offset) &&
	    common_query_int(r, "limit", 0, &limit) &&
	    prediction_open(r, ctx, true, r->arg[1], &p)) {
		ok = put_rows(r, &p, offset, limit, &t, &e);
		prediction_answer(r,
				  web_accepts(r, "text/csv") ? "text/csv" : "application/json",
				  &t, ok, &e);
	}
	prediction_close(&p);
}
