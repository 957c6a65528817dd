/* answer_predict: what a dataset holds, and what a model says of rows. */
#include "jobs/answers.h"
#include "json/json.h"

bool answer_dataset(struct store *s, const struct queue_job *j, const cJSON *answer,
		    struct err *e)
{
	const cJSON *features = json_get(answer, "features");
	double rows = json_num(answer, "rows", -1);

	if (!cJSON_IsArray(features) || rows < 0)
		return err_set(e, ERR_INPUT, "the worker's answer lacks 'rows' or 'features'");
	store_run(s,
		  "UPDATE dataset SET rows = ?, columns = ? WHERE status IN"
		  " (SELECT id FROM status WHERE job = ?)",
		  "iii", (long long)rows, (long long)cJSON_GetArraySize(features), j->id);
	return true;
}

bool answer_predict(struct store *s, const struct queue_job *j, const cJSON *answer,
		    struct err *e)
{
	const cJSON *labels = json_get(answer, "labels");
	const char *task = json_str(answer, "task");
	double rows = json_num(answer, "rows", -1);

	if (!cJSON_IsArray(labels) || !labels->child || !task || rows < 0)
		return err_set(e, ERR_INPUT,
			       "the worker's answer lacks 'rows', 'task' or 'labels'");
	if (!store_run(s, "UPDATE prediction SET rows = ?, labels = ?, task = ? WHERE job = ?",
		       "ijsi", (long long)rows, labels, task, j->id))
		return store_failed(s) || err_set(e, ERR_INPUT,
						  "the model or the dataset has been deleted "
						  "meanwhile");
	return true;
}
