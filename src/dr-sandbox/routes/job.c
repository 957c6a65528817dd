#include "routes/job.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "routes/blueprint.h"

const char *job_reported(const struct service *sv, sqlite3_stmt *q)
{
	const char *status = store_text(q, JOB_STATUS);
	double age = store_clock() - store_real(q, JOB_HELD_FROM); /* NAN where nobody asked */

	/* Less than 0: the clock has been put back, who knows how far. */
	if (strcmp(status, "COMPLETED") == 0 && age >= 0 &&
	    (age < sv->min_job_time_s || (!store_int(q, JOB_SEEN) && age < JOB_UNSEEN_S)))
		return "inprogress";
	return status;
}

/* What jobs are called, where they are shown, and where their results are. */
static const struct {
	const char *kind, *type, *collection, *results;
} kinds[] = {
	{"fit", "model", "modelJobs", "models"},
	{"crossval", "model", "modelJobs", "models"},
	{"trained", "trainingPredictions", "jobs", "trainingPredictions"},
	{"predict", "predict", "predictJobs", "predictions"},
};

static size_t kind_of(const char *kind)
{
	size_t i = 0;

	while (i + 1 < sizeof(kinds) / sizeof(kinds[0]) && strcmp(kinds[i].kind, kind) != 0)
		i++;
	return i;
}

const char *job_collection(const char *kind)
{
	return kinds[kind_of(kind)].collection;
}

void job_result(struct web_request *r, sqlite3_stmt *q)
{
	size_t kind = kind_of(store_text(q, JOB_KIND));
	const char *id = store_text(q, JOB_PREDICTION);

	web_location(r, "projects/%s/%s/%s/", store_text(q, JOB_PROJECT), kinds[kind].results,
		     id ? id : store_text(q, JOB_MODEL));
}

cJSON *job_row(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	cJSON *v = cJSON_CreateObject(), *summary = store_json(q, JOB_SUMMARY);
	const char *project = store_text(q, JOB_PROJECT);
	size_t kind = kind_of(store_text(q, JOB_KIND));
	char id[24], *url;
	bool ok;

	snprintf(id, sizeof(id), "%lld", store_int(q, JOB_ID));
	url = web_url(r, "projects/%s/%s/%s/", project, kinds[kind].collection, id);
	ok = set_text(v, "id", id) && set_text(v, "status", job_reported(sv, q)) &&
	     set_bool(v, "isBlocked", false) && set_text(v, "projectId", project) &&
	     set_text(v, "modelId", store_text(q, JOB_MODEL)) &&
	     blueprint_copy(v, summary, "modelType") &&
	     set_text(v, "modelCategory", store_text(q, JOB_MEMBERS) ? "blend" : "model") &&
	     blueprint_copy(v, summary, "processes") &&
	     set_real(v, "samplePct", store_real(q, JOB_SAMPLE_PCT)) &&
	     set_real(v, "trainingRowCount", store_real(q, JOB_ROWS)) &&
	     set_text(v, "featurelistId", store_text(q, JOB_LIST)) &&
	     set_text(v, "blueprintId", store_text(q, JOB_BLUEPRINT)) &&
	     set_text(v, "jobType", kinds[kind].type) && url && json_set_str(v, "url", url) &&
	     (!store_text(q, JOB_MESSAGE) ||
	      set_text(v, "message", store_text(q, JOB_MESSAGE)));
	free(url);
	cJSON_Delete(summary);
	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}

void job_accepted(struct web_request *r, struct service *sv, const char *project,
		  const char *kind, long long id)
{
	sv->wake = true;
	web_empty(r, 202);
	web_location(r, "projects/%s/%s/%lld/", project, job_collection(kind), id);
}

bool job_queue_full(struct web_request *r, struct service *sv)
{
	sqlite3_stmt *q = store_query(
		sv->store,
		"SELECT count(*) FROM job INDEXED BY job_waiting WHERE status IN"
		" ('queue', 'inprogress') AND kind NOT IN ('upload', 'aim', 'dataset')",
		"");
	long long n = store_next(sv->store, q) ? store_int(q, 0) : 0;

	sqlite3_reset(q);
	/* Clients look for the first words of this. */
	return n >= sv->queue_limit &&
	       !web_error(
		       r, 422,
		       "Unable to add jobs to the queue: %lld wait or run, which is the limit",
		       n);
}

static cJSON *already(struct web_request *r, struct service *sv, sqlite3_stmt *q)
{
	cJSON *v = cJSON_CreateObject(), *job = cJSON_CreateObject();
	char id[24], *url;
	bool ok;

	snprintf(id, sizeof(id), "%lld", store_int(q, JOB_ID));
	url = web_url(r, "projects/%s/%s/%s/", store_text(q, JOB_PROJECT),
		      job_collection(store_text(q, JOB_KIND)), id);
	ok = url &&
	     set_text(v, "message",
		      "This job duplicates a job or jobs that are in the queue or have "
		      "completed.") &&
	     set_text(v, "errorName", "JobAlreadyAdded") && set_text(v, "jobId", id) &&
	     set_text(job, "id", id) && set_text(job, "status", job_reported(sv, q)) &&
	     set_text(job, "url", url);
	ok = json_set(v, "previousJob", job) && ok;
	free(url);
	if (ok)
		return v;
	cJSON_Delete(v);
	return NULL;
}

bool job_is_there(struct web_request *r, struct service *sv, const char *project,
		  const char *fingerprint, bool cross_validation)
{
	sqlite3_stmt *q = store_query(
		sv->store,
		JOB_COLUMNS
		" WHERE j.project = ?1 AND j.fingerprint = ?2"
		" AND (NOT ?3 OR json_extract(j.spec, '$.cross_validation'))"
		" AND (j.status IN ('queue', 'inprogress') OR (j.status = 'COMPLETED'"
		" AND EXISTS (SELECT 1 FROM model m WHERE m.id = j.model)))"
		" ORDER BY j.id DESC LIMIT 1",
		"ssi", project, fingerprint, (long long)cross_validation);

	if (!store_next(sv->store, q))
		return false;
	web_json(r, 422, already(r, sv, q));
	web_location(r, "projects/%s/%s/%lld/", project,
		     job_collection(store_text(q, JOB_KIND)), store_int(q, JOB_ID));
	return true;
}
