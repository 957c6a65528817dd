#include "choose.h"

#include "dr/board.h"
#include "dr/like.h"
#include "dr/models.h"
#include "dr/projects.h"

/* What scores are of; the project (the caller's to free) keeps the metric's name. */
static cJSON *find_order(struct dr *dr, const char *project, const char *partition,
			 struct dr_board_order *by, struct err *e)
{
	cJSON *of = dr_project_get(dr, project, e);

	by->partition = partition;
	if (of && dr_project_partition(of, partition, e) &&
	    dr_project_metric(dr, of, NULL, &by->metric, &by->minimize, e))
		return of;
	cJSON_Delete(of);
	return NULL;
}

bool choose_like(struct dr *dr, const char *project, const char *like, const char *partition,
		 struct several *s, struct err *e)
{
	struct dr_board_order by = {0};
	cJSON *of = find_order(dr, project, partition, &by, e);
	cJSON *list = of ? dr_models_like(dr, project, like, e) : NULL;
	cJSON *base = list ? cJSON_DetachItemFromArray(list, 0) : NULL;
	cJSON *board = base ? dr_board_rank(list, &by, e) : NULL;
	bool ok = board && several_add(s, dr_board_record(base, &by, e), project, e);

	while (ok && board->child)
		ok = several_add(s, cJSON_DetachItemFromArray(board, 0), project, e);
	cJSON_Delete(board);
	cJSON_Delete(base);
	cJSON_Delete(list);
	cJSON_Delete(of);
	return ok;
}

bool choose_named(struct dr *dr, const char *project, const char *const *ids, size_t n,
		  const char *partition, struct several *s, struct err *e)
{
	struct dr_board_order by = {0};
	cJSON *of = n ? find_order(dr, project, partition, &by, e) : NULL;
	bool ok = of || n == 0;

	for (size_t i = 0; ok && i < n; i++) {
		cJSON *model = dr_model_get(dr, project, ids[i], e);

		ok = model && several_add(s, dr_board_record(model, &by, e), project, e);
		cJSON_Delete(model);
	}
	cJSON_Delete(of);
	return ok;
}
