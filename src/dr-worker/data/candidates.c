#include "data/candidates.h"

#include "data/target.h"
#include "json/json.h"

/* Where regression is in the list, with numbers that are negative (1) and zeros (2) among
 * them; classes are neither. */
enum { BINARY, MULTICLASS, REGRESSION, KINDS = REGRESSION + 4 };

static bool add_metric(cJSON *list, const struct metric *m)
{
	cJSON *o = cJSON_CreateObject();

	return json_append(list, o) && json_set_str(o, "metricName", m->name) &&
	       cJSON_AddBoolToObject(o, "ascending", m->ascending) &&
	       cJSON_AddBoolToObject(o, "supportsBinary", m->binary) &&
	       cJSON_AddBoolToObject(o, "supportsRegression", m->regression) &&
	       cJSON_AddBoolToObject(o, "supportsMulticlass", m->multiclass) &&
	       cJSON_AddFalseToObject(o, "supportsTimeseries");
}

cJSON *candidates_metrics(enum metrics_kind kind, bool negative, bool zero)
{
	const struct metric *metric[METRICS_MAX];
	size_t n = metrics_list(kind, metric);
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; list && i < n; i++)
		if (metrics_defined(metric[i], negative, zero) &&
		    !add_metric(list, metric[i])) {
			cJSON_Delete(list);
			return NULL;
		}
	return list;
}

cJSON *candidates_json(void)
{
	cJSON *list = cJSON_CreateArray();

	for (int i = 0; list && i < KINDS; i++) {
		enum metrics_kind kind = i == BINARY       ? METRICS_BINARY
					 : i == MULTICLASS ? METRICS_MULTICLASS
							   : METRICS_REGRESSION;
		int numbers = i < REGRESSION ? 0 : i - REGRESSION;
		cJSON *o = cJSON_CreateObject();

		if (!json_append(list, o) ||
		    !json_set_str(o, "target_type", metrics_kind_name(kind)) ||
		    !json_set(o, "metrics",
			      candidates_metrics(kind, numbers & 1, numbers & 2))) {
			cJSON_Delete(list);
			return NULL;
		}
	}
	return list;
}

int candidates_place(const struct column *c, size_t rows)
{
	enum target_kind kind;
	int numbers = 0;

	if (!target_could_be(c, rows, &kind))
		return kind == TARGET_ANY ? -1 : -2;
	if (kind != TARGET_REGRESSION)
		return kind == TARGET_BINARY ? BINARY : MULTICLASS;
	for (size_t row = 0; row < rows; row++) {
		double y = c->code[row] == FRAME_NA ? 1 : c->number[c->code[row]];

		numbers |= (y < 0 ? 1 : 0) | (y == 0 ? 2 : 0);
	}
	return REGRESSION + numbers;
}
