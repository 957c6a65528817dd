/* The job upload: what is in a CSV file? */
#include "job.h"

#include "data/candidates.h"
#include "data/frame.h"
#include "data/summary.h"
#include "json/json.h"

cJSON *job_upload(const cJSON *job, struct err *e)
{
	static const char *const fields[] = {"job", "csv", "predict", NULL};
	const char *path;
	bool predict = false;
	struct frame f = {0};
	cJSON *result;

	if (!job_knows(job, fields, e) || !job_required(job, "csv", &path, e) ||
	    !job_flag(job, "predict", &predict, e) ||
	    !(predict ? frame_read : frame_read_table)(&f, path, e))
		return NULL;
	result = cJSON_CreateObject();
	if (!result || !json_set_num(result, "rows", (double)f.rows) ||
	    !json_set(result, "features", summary_features(&f)) ||
	    !json_set(result, "targets", candidates_json())) {
		cJSON_Delete(result);
		result = NULL;
		err_nomem(e);
	}
	frame_release(&f);
	return result;
}
