#include "stopped.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "json/json.h"
#include "stop/stop.h"
#include "trial/trial.h"
#include "withdraw.h"

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* proc(5): field 22 of stat, in ticks since the machine began; counted from behind the
 * name, which may hold anything. */
static double began(void)
{
	FILE *f = fopen("/proc/self/stat", "re");
	double now = seconds(CLOCK_REALTIME), ticks = NAN;
	char line[1024], *p;

	if (f && fgets(line, sizeof(line), f) && (p = strrchr(line, ')'))) {
		for (int field = 2; field < 22 && p; field++)
			p = strchr(p + 1, ' ');
		if (!p || sscanf(p, "%lf", &ticks) != 1)
			ticks = NAN;
	}
	if (f)
		fclose(f);
	if (isnan(ticks))
		return now;
	return now - seconds(CLOCK_BOOTTIME) + ticks / (double)sysconf(_SC_CLK_TCK);
}

struct end {
	struct collector *c;
	struct withdraw withdraw;
	bool cancel;
	double began;
	size_t left; /* jobs that go on */
};

static bool is_ours(const struct end *end, const cJSON *rec)
{
	const char *at = json_str(rec, "submitted_at");

	return end->cancel && at && trial_time(at) >= end->began &&
	       !json_true(rec, "taken_over");
}

/* A submitted trial, taken over: to be cancelled, or handed on as it came. */
static bool sort_out(struct end *end, cJSON *rec, const char *project, struct err *e)
{
	bool ok;

	if (project && is_ours(end, rec))
		return withdraw_add(&end->withdraw, rec, project, e);
	end->left++;
	ok = ndjson_put(stdout, rec, e);
	cJSON_Delete(rec);
	return ok;
}

static bool take_rest(cJSON *rec, struct ndjson_reader *in, void *ctx, struct err *e)
{
	struct end *end = ctx;
	struct err ignored = {0};
	enum trial_state state = trial_state(rec, &ignored);
	const char *project = json_str(rec, "project");
	cJSON *copy;

	if (state == TRIAL_PROPOSED)
		withdraw_forget(&end->withdraw, trial_id(rec));
	if (state != TRIAL_SUBMITTED)
		return ndjson_pass(stdout, in, e);
	copy = cJSON_Duplicate(rec, true);
	return copy ? sort_out(end, copy, project ? project : end->c->project, e)
		    : err_nomem(e);
}

static bool end_all(struct end *end, struct ndjson_reader *in, struct err *e)
{
	struct collector *c = end->c;
	const char *project;
	cJSON *rec;

	if (end->cancel && !collect_settle(c, e))
		return false;
	while ((rec = collect_pop(c, &project)))
		if (!sort_out(end, rec, project, e))
			return false;
	in->wake = -1;
	in->skip_bad = true;
	if (!ndjson_each(in, take_rest, end, e))
		return false;
	return !end->cancel || withdraw_run(&end->withdraw, e);
}

static void tell(const struct end *end, const char *log_path)
{
	size_t left = end->left + end->withdraw.failed;
	char cancelled[64] = "", go_on[64] = "", how[512] = "";

	if (end->cancel)
		snprintf(cancelled, sizeof(cancelled), ": %zu job%s cancelled",
			 end->withdraw.cancelled, end->withdraw.cancelled == 1 ? "" : "s");
	if (left > 0)
		snprintf(go_on, sizeof(go_on), "%s %zu job%s on", end->cancel ? "," : ":", left,
			 left == 1 ? " goes" : "s go");
	if (left > 0 && log_path)
		snprintf(how, sizeof(how), "; to cancel: dr-collect --cancel --log %s <%s",
			 log_path, log_path);
	cli_note("stopped by %s%s%s; run the same command again to go on%s", stop_name(),
		 cancelled, go_on, how);
}

_Noreturn void stopped_end(struct collector *c, struct ndjson_reader *in, bool cancel,
			   const char *log_path)
{
	struct end end = {.c = c,
			  .withdraw = {.dr = c->dr, .log = c->log},
			  .cancel = cancel,
			  .began = began()};
	struct err e = {0};

	cli_progress("%s", "");
	http_set_wake(dr_http(c->dr), -1);
	withdraw_init(&end.withdraw);
	if (c->stop.kind != ERR_NONE && c->stop.kind != ERR_STOPPED)
		cli_error("%s", c->stop.text);
	if (!end_all(&end, in, &e))
		cli_error("%s", e.text);
	tell(&end, log_path);
	stop_die();
}
