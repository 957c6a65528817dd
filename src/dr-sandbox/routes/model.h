/* model: the model object of the interface, and its scores. */
#ifndef MODEL_H
#define MODEL_H

#include "routes/blueprint.h"

#define MODEL_COLUMNS                                                                          \
	"SELECT m.id, m.project, m.number, m.blueprint, m.featurelist, l.name, b.summary,"     \
	" m.parent, m.sample_pct, m.rows, m.starred, m.frozen, m.threshold, m.scores,"         \
	" p.holdout_unlocked, p.partition, m.spec, m.iterations, m.features, b.members"        \
	" FROM model m JOIN project p ON p.id = m.project"                                     \
	" JOIN blueprint b ON b.project = m.project AND b.id = m.blueprint"                    \
	" LEFT JOIN featurelist l ON l.id = m.featurelist"

/* The columns of MODEL_COLUMNS. */
enum {
	MODEL_ID,
	MODEL_PROJECT,
	MODEL_NUMBER,
	MODEL_BLUEPRINT,
	MODEL_LIST,
	MODEL_LIST_NAME,
	MODEL_SUMMARY,
	MODEL_PARENT,
	MODEL_SAMPLE_PCT,
	MODEL_ROWS,
	MODEL_STARRED,
	MODEL_FROZEN,
	MODEL_THRESHOLD,
	MODEL_SCORES,
	MODEL_UNLOCKED,
	MODEL_PARTITION,
	MODEL_SPEC,
	MODEL_ITERATIONS,
	MODEL_FEATURES,
	MODEL_MEMBERS /* of a blend, else null */
};

/* A row of MODEL_COLUMNS as the interface shows it. NULL: memory ran out. */
common_row model_row;

/* Leave one metric only; all where it is NULL or "". */
void model_keep_metric(cJSON *model, const char *metric);

/* Whether the project has this metric (NULL and "" are none); false: answered 422. */
bool model_check_metric(struct web_request *r, struct service *sv, const char *metric);

/* A score as it is shown, or NAN. */
double model_shown(const cJSON *score);

#endif
