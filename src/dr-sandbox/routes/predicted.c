/* predicted: which predictions of datasets there are. */
#include <stdio.h>
#include <stdlib.h>

#include "routes/common.h"

#define COLUMNS                                                                                \
	"SELECT id, model, dataset FROM prediction WHERE project = ?1"                         \
	" AND dataset IS NOT NULL AND rows IS NOT NULL"

static cJSON *predicted_row(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	/* Of time series, explanations and intervals, which there are none of. */
	static const char *const nulls[] = {"predictionIntervalsSize", "forecastPoint",
					    "predictionsStartDate",    "predictionsEndDate",
					    "actualValueColumn",       "explanationAlgorithm",
					    "maxExplanations",         "shapWarnings"};
	cJSON *v = cJSON_CreateObject();
	char *url = web_url(r, "projects/%s/predictions/%s/", r->arg[0], store_text(q, 0));
	bool ok = url && set_text(v, "id", store_text(q, 0)) && set_text(v, "url", url) &&
		  set_text(v, "projectId", r->arg[0]) &&
		  set_text(v, "modelId", store_text(q, 1)) &&
		  set_text(v, "predictionDatasetId", store_text(q, 2)) &&
		  set_text(v, "datasetId", store_text(q, 2)) &&
		  set_bool(v, "includesPredictionIntervals", false);

	(void)sv;
	free(url);
	for (size_t i = 0; ok && i < sizeof(nulls) / sizeof(nulls[0]); i++)
		ok = set_null(v, nulls[i]);
	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}

void route_predicted_list(struct web_request *r, void *ctx)
{
	const char *model = web_query(r, "modelId");
	const char *dataset = web_query(r, "predictionDatasetId");
	struct service *sv = ctx;
	char path[128];
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store,
			COLUMNS " AND (?2 IS NULL OR model = ?2)"
				" AND (?3 IS NULL OR dataset = ?3) ORDER BY job",
			"sss", r->arg[0], model && *model ? model : NULL,
			dataset && *dataset ? dataset : NULL);
	snprintf(path, sizeof(path), "projects/%s/predictionsMetadata/", r->arg[0]);
	common_page(r, common_list(r, sv, q, predicted_row), "data", path);
}

void route_predicted_get(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	sqlite3_stmt *q;

	if (!common_project(r, sv, r->arg[0]))
		return;
	q = store_query(sv->store, COLUMNS " AND id = ?2", "ss", r->arg[0], r->arg[1]);
	if (store_next(sv->store, q))
		web_json(r, 200, predicted_row(r, sv, q));
	else
		web_error(r, 404, "there are no predictions '%s'", r->arg[1]);
}
