/* dr-worker: one training job in, its result out. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "job.h"
#include "json/json.h"
#include "la/la.h"
#include "ndjson/ndjson.h"

static const struct cli_option options[] = {
	{.type = CLI_LAST},
};

static const struct cli_tool tool = {
	.name = "dr-worker",
	.synopsis = "<job >result",
	.summary = "Do one job of dr-sandbox: read a table, prepare it, train a model on it, "
		   "or predict.",
	.examples =
		"  echo '{\"job\":\"upload\",\"csv\":\"loans.csv\"}' | dr-worker | jq .rows\n",
	.details = "One job is read from standard input, one result is written; dr-worker(1)\n"
		   "describes both.  The exit status is 1 where the data does not allow the\n"
		   "job: the result then is {\"error\": SENTENCE}.\n",
	.options = options,
};

static cJSON *run(const cJSON *job, struct err *e)
{
	const char *kind;

	if (!job_required(job, "job", &kind, e))
		return NULL;
	if (!strcmp(kind, "upload"))
		return job_upload(job, e);
	if (!strcmp(kind, "aim"))
		return job_aim(job, e);
	if ((!strcmp(kind, "fit") || !strcmp(kind, "predict")) && !la_reserve()) {
		err_nomem(e);
		return NULL;
	}
	if (!strcmp(kind, "fit"))
		return job_fit(job, e);
	if (!strcmp(kind, "predict"))
		return job_predict(job, e);
	err_set(e, ERR_INPUT, "field 'job' must be upload, aim, fit or predict, not '%s'",
		kind);
	return NULL;
}

/* Exactly one record: more would be jobs that nobody gets an answer to. */
static bool read_job(cJSON **job, struct err *e)
{
	struct ndjson_reader in;
	cJSON *second = NULL;
	enum ndjson_result got;

	ndjson_init(&in, STDIN_FILENO, "<stdin>");
	got = ndjson_next(&in, job, e);
	if (got == NDJSON_END)
		err_set(e, ERR_INPUT, "no job on standard input");
	if (got == NDJSON_RECORD && (got = ndjson_next(&in, &second, e)) == NDJSON_RECORD) {
		err_set(e, ERR_INPUT, "<stdin>:%zu: a second job; one is done at a time",
			in.line);
		cJSON_Delete(second);
	} else if (got == NDJSON_END && *job) {
		ndjson_release(&in);
		return true;
	}
	ndjson_release(&in);
	return false;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	cJSON *job = NULL, *result;
	bool refused;

	if (cli_parse(&tool, argc, argv) != argc)
		cli_usage("a job is read from standard input, not from an operand");
	cli_expect_stdin("a job, one JSON object");
	if (!read_job(&job, &e))
		cli_die(&e);

	result = run(job, &e);
	refused = !result && e.kind == ERR_REFUSED;
	if (refused && (result = cJSON_CreateObject()) &&
	    !json_set_str(result, "error", e.text))
		err_nomem(&e);
	if (!result || !ndjson_put(stdout, result, &e) || !ndjson_close(stdout, &e))
		cli_die(&e);

	cJSON_Delete(result);
	cJSON_Delete(job);
	return refused ? 1 : 0;
}
