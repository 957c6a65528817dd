#include "jobs/result.h"

#include <string.h>

#include "jobs/answers.h"
#include "jobs/autopilot.h"

bool result_store(struct store *s, const struct queue_job *j, const cJSON *answer,
		  struct err *e)
{
	bool ok;

	/* The worker has ended, and the client has cancelled, at the same time. */
	if (!queue_wants(s, j->id))
		return err_set(e, ERR_INPUT, "the job is not wanted any more");
	if (strcmp(j->kind, "upload") == 0)
		ok = answer_upload(s, j, answer, e);
	else if (strcmp(j->kind, "aim") == 0)
		ok = answer_aim(s, j, answer, e);
	else if (strcmp(j->kind, "fit") == 0)
		ok = answer_fit(s, j, answer, e);
	else if (strcmp(j->kind, "crossval") == 0)
		ok = answer_crossval(s, j, answer, e);
	else if (strcmp(j->kind, "dataset") == 0)
		ok = answer_dataset(s, j, answer, e);
	else if (strcmp(j->kind, "trained") == 0 || strcmp(j->kind, "predict") == 0)
		ok = answer_predict(s, j, answer, e);
	else
		ok = err_set(e, ERR_INPUT, "a job of the kind '%s' is not known", j->kind);
	if (!ok)
		return false;
	store_run(s, "UPDATE job SET status = 'COMPLETED' WHERE id = ?", "i", j->id);
	store_run(s, "UPDATE status SET status = 'COMPLETED' WHERE job = ?", "i", j->id);
	autopilot_next(s, j->project);
	return true;
}
