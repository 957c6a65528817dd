/* Which rules can be written, and which request gets which fault. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chaos/chaos.h"
#include "chaos/spec.h"
#include "json/json.h"
#include "../tap.h"

static int warned;
static char last[ERR_TEXT_MAX];

static void warn(const char *text)
{
	warned++;
	snprintf(last, sizeof(last), "%s", text);
}

static void reads(const char *text, size_t want)
{
	struct spec_rule *rules;
	struct err e = {0};
	size_t n;
	bool good = spec_read(text, &rules, &n, &e);

	if (!ok(good && n == want, "%zu rules: %.*s", want, (int)strcspn(text, "\n"), text))
		printf("# %zu, %s\n", n, e.text);
	spec_free(rules, n);
}

static void refuses(const char *text, const char *why)
{
	struct spec_rule *rules;
	struct err e = {0};
	size_t n;
	bool good = spec_read(text, &rules, &n, &e);

	is_str(good ? "(taken)" : e.text, why, text);
	ok(e.kind == ERR_USAGE && !rules && n == 0, "... as a wrong command line");
	spec_free(rules, n);
}

static void grammar(void)
{
	reads("", 0);
	reads("  \n, ,\n# 429=1,500=1\n", 0);
	reads("429=0.1", 1);
	reads(" 429(7)=#3 , 429-date(0.5)=#3-5\n503(1)=#2-,reset-after=1:POST tuning$", 4);
	reads("500-after=0,502-after=0,503-after(3)=0,504-after=0,stall-after(1)=0", 5);
	reads("drip=1:GET,truncate=1: modelJobs/$,garbage=1:models|jobs,type(text/plain)=1", 4);
	reads("location(other.example:8080)=1,redirect=1,expired=#9-,queue-full=1", 4);
	reads("job-fail=0.5:fit,job-vanish=#1", 2);
	refuses("429", "rule 1 '429': its form is FAULT=WHEN[:[METHOD] [PATH]]");
	refuses("500=1,501=1", "rule 2 '501=1': there is no fault '501'");
	refuses("429-after=1", "rule 1 '429-after=1': there is no fault '429-after'");
	refuses("429(1=1", "rule 1 '429(1=1': the ) is missing");
	refuses("429(-1)=1",
		"rule 1 '429(-1)=1': the argument of '429' is a number of seconds up "
		"to 3600");
	refuses("reset(1)=1", "rule 1 'reset(1)=1': 'reset' takes no argument");
	refuses("type(a b)=1",
		"rule 1 'type(a b)=1': the argument of 'type' is a word of up to 63 letters");
	refuses("500=1.5",
		"rule 1 '500=1.5': '1.5' is neither a probability from 0 to 1 nor #K, "
		"#K-L or #K-");
	refuses("500=nan",
		"rule 1 '500=nan': 'nan' is neither a probability from 0 to 1 nor #K, "
		"#K-L or #K-");
	refuses("500=#0", "rule 1 '500=#0': '#0' is not #K, #K-L or #K-, with K from 1");
	refuses("500=#5-3", "rule 1 '500=#5-3': '#5-3' is not #K, #K-L or #K-, with K from 1");
	refuses("job-fail=1:GET", "rule 1 'job-fail=1:GET': a job has no method");
	refuses("500=1:a(", "rule 1 '500=1:a(': 'a(' is no expression: Unmatched ( or \\(");
}

/* What n requests get: a letter each, '.' for nothing. */
static void fates(struct chaos *c, const char *method, const char *path, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++) {
		struct chaos_fault f;

		chaos_request(c, method, path, &f);
		out[i] = f.kind == CHAOS_NONE ? '.' : f.name[0];
	}
	out[n] = '\0';
}

static struct chaos *make(const char *spec, uint64_t seed)
{
	struct err e = {0};
	struct chaos *c = chaos_new(spec, seed, warn, &e);

	if (!c)
		printf("# %s\n", e.text);
	return c;
}

static void by_number(void)
{
	struct chaos *c = make("500=#2,reset=#2-3,drip=#6-:GET jobs/$", 1);
	char got[16];

	fates(c, "GET", "projects/1/jobs/", 7, got);
	is_str(got, ".5r..dd",
	       "the k-th request, a range, and all from one on; the first rule counts");
	fates(c, "POST", "projects/1/jobs/", 2, got);
	is_str(got, "..", "another method is not meant");
	fates(c, "GET", "projects/1/jobs/2/", 2, got);
	is_str(got, "..", "nor is another path");
	fates(c, "GET", "projects/1/JOBS/", 1, got);
	is_str(got, "d", "whatever its case");
	chaos_free(c);
	fates(NULL, "GET", "", 2, got);
	is_str(got, "..", "no chaos does nothing");
}

static void by_chance(void)
{
	static const char rules[] = "500=0.3:GET,reset=0.2:POST";
	struct chaos *a = make(rules, 7), *b = make(rules, 7), *other = make(rules, 8);
	char x[1001], y[1001], z[1001], alone[11], between[11];
	int hits = 0;

	fates(a, "GET", "x/", 1000, x);
	fates(a, "POST", "y/", 10, alone);
	for (size_t i = 0; i < 1000; i++) {
		if (i % 100 == 0)
			fates(b, "POST", "y/", 1, between + i / 100);
		fates(b, "GET", "x/", 1, y + i);
		hits += x[i] == '5';
	}
	fates(other, "GET", "x/", 1000, z);
	ok(hits > 250 && hits < 350, "a share of about the probability: %d of 1000", hits);
	is_str(y, x, "the k-th request that a rule is for has the same fate");
	is_str(between, alone, "... whatever else is asked");
	ok(strcmp(x, z) != 0, "another seed draws otherwise");
	chaos_free(a);
	chaos_free(b);
	chaos_free(other);
}

static void jobs(void)
{
	struct chaos *c = make("job-fail=#1:fit,job-vanish=#2,500=1", 1);
	cJSON *v;

	ok(chaos_job(c, "upload") == CHAOS_NONE && chaos_job(c, "aim") == CHAOS_NONE,
	   "uploads and targets are no jobs");
	ok(chaos_job(c, "predict") == CHAOS_NONE, "a kind that is not meant");
	ok(chaos_job(c, "fit") == CHAOS_JOB_FAIL && chaos_job(c, "fit") == CHAOS_NONE,
	   "the first of its kind fails; the first rule counts");
	ok(chaos_has(c, CHAOS_STATUS) && !chaos_has(c, CHAOS_STALE),
	   "what there may be is known");
	v = chaos_report(c);
	ok(json_num(v, "jobs", 0) == 3 &&
		   json_num(json_get(v, "injected"), "job-fail", 0) == 1 &&
		   !json_get(json_get(v, "injected"), "job-vanish"),
	   "what was done is counted");
	cJSON_Delete(v);
	chaos_free(c);
}

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
}

static void file(void)
{
	char path[] = "/tmp/chaos-test.XXXXXX", spec[64], got[8];
	struct chaos *c;
	struct err e = {0};

	close(mkstemp(path));
	snprintf(spec, sizeof(spec), "@%s", path);
	write_text(path, "# what is to come\n500=#1\nreset=#2\n");
	c = make(spec, 1);
	fates(c, "GET", "", 3, got);
	is_str(got, "5r.", "rules from a file");
	write_text(path, "502=#1,stall=#2");
	fates(c, "GET", "", 3, got);
	is_str(got, "5s.", "which is read again when it has changed, and counted anew");
	write_text(path, "502=7");
	fates(c, "GET", "", 2, got);
	ok(warned == 1 && strcmp(got, "..") == 0 && strstr(last, "rule 1 '502=7'"),
	   "what is wrong in it is told once, and the rules stay");
	write_text(path, "");
	fates(c, "GET", "", 2, got);
	is_str(got, "..", "an empty file is peace");
	chaos_free(c);
	unlink(path);
	ok(!chaos_new(spec, 1, warn, &e) && e.kind == ERR_USAGE, "a file must be there: %s",
	   e.text);
}

int main(void)
{
	grammar();
	by_number();
	by_chance();
	jobs();
	file();
	return tap_end();
}
