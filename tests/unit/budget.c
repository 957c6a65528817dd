/* budget: money, deadlines, the account of a log. */
#include "budget/budget.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "budget/deadline.h"
#include "budget/money.h"
#include "json/json.h"
#include "tap.h"

static void money(void)
{
	static const struct {
		const char *text;
		int64_t amount;
		const char *again;
	} good[] = {
		{"5", 5000000, "5"},
		{"0.75", 750000, "0.75"},
		{"10.000001", 10000001, "10.000001"},
		{".5", 500000, "0.5"},
		{"100", 100000000, "100"},
		{"0", 0, "0"},
		{"999999999999.999999", 999999999999999999, "999999999999.999999"},
	};
	static const char *const bad[] = {"",    "-1",        "1e3",           ".", "0x10",
					  "1,5", "0.0000001", "1000000000000", " 5"};
	char out[MONEY_MAX];
	struct err e = {0};
	int64_t v;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		v = -1;
		ok(money_parse(good[i].text, &v, &e) && v == good[i].amount, "%s is read",
		   good[i].text);
		money_print(v, out);
		is_str(out, good[i].again, "... and written");
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ok(!money_parse(bad[i], &v, &e), "'%s' is no amount", bad[i]);
	/* 0.1 an hour, 30 times 0.01: in doubles 0.30000000000000004. */
	ok(money_reached(100000, 3 * 3600000, 300000), "three hours at 0.1 reach 0.3");
	ok(!money_reached(100000, 3 * 3600000 - 1, 300000), "a thousandth less does not");
	ok(money_reached(333333, 10800011, 1000000), "what division would cut counts");
	ok(money_cost(INT64_C(999999999999999999), INT64_MAX) == INT64_MAX,
	   "no amount overflows");
}

static double at(const char *text)
{
	struct err e = {0};
	double v = NAN;

	return deadline_parse(text, &v, &e) ? v : NAN;
}

static void deadlines(void)
{
	static const char *const bad[] = {"",
					  "8",
					  "24:00",
					  "08:60",
					  "soon",
					  "2026-11-25",
					  "2026-02-30T08:00:00Z",
					  "08:00Z",
					  "2026-11-25T08:00:00+1"};
	char text[16];
	struct tm tm;
	time_t now, then;

	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	is_near(at("2026-11-25T08:00:00Z"), 1795593600, 0, "UTC");
	is_near(at("2026-11-25T08:00:00+01:00"), 1795590000, 0, "an offset");
	is_near(at("2026-11-25 08:00"), 1795590000, 0, "local time, no seconds");
	is_near(at("2026-07-01T08:00:00.250"), 1782885600, 0, "... in summer");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ok(isnan(at(bad[i])), "'%s' is no moment", bad[i]);
	for (int off = -2; off <= 2; off += 4) {
		now = time(NULL);
		then = now + off * 60;
		localtime_r(&then, &tm);
		strftime(text, sizeof(text), "%H:%M", &tm);
		then = (time_t)at(text);
		localtime_r(&then, &tm);
		ok(then > now && then <= now + 90000 && tm.tm_sec == 0,
		   "%d minutes from now: %s is the next one", off, text);
	}
}

static void put(struct trial_log *log, const char *id, const char *rest)
{
	struct err e = {0};
	char text[512];
	cJSON *rec;

	snprintf(text, sizeof(text), "{\"trial\":\"%s\",\"params\":{},%s}", id, rest);
	rec = json_parse(text, strlen(text), NULL, &e);
	ok(rec && trial_log_append(log, rec, &e), "%s: %s", id, rest);
	cJSON_Delete(rec);
}

static bool says(const struct err *e, const char *part)
{
	return e->kind == ERR_LIMIT && strstr(e->text, part);
}

static void trials(const char *path)
{
	struct budget_limits l = BUDGET_UNLIMITED;
	struct err e = {0};
	struct trial_log *mine = trial_log_open(path, TRIAL_SUBMITTER, &e),
			 *other = trial_log_open(path, TRIAL_COLLECTOR, &e);
	struct budget b;

	l.trials = 3;
	budget_start(&b, &l, mine);
	ok(budget_ask(&b, 0, false, &e) == BUDGET_GO, "the first may go");
	put(mine, "0000000000000001", "\"state\":\"proposed\"");
	put(mine, "0000000000000001",
	    "\"state\":\"submitted\",\"job\":\"1\",\"submitted_at\":\"2026-01-01T00:00:00Z\"");
	put(mine, "0000000000000002", "\"state\":\"proposed\"");
	put(mine, "0000000000000003", "\"state\":\"proposed\"");
	ok(budget_ask(&b, 2, false, &e) == BUDGET_WAIT && e.kind == ERR_NONE,
	   "with two under way the fourth waits");
	put(mine, "0000000000000003", "\"state\":\"failed\",\"error\":\"refused\"");
	ok(budget_ask(&b, 1, false, &e) == BUDGET_GO, "one was refused, and is no job");
	ok(budget_ask(&b, 0, true, &e) == BUDGET_GO, "the doubtful one may go, too");
	put(other, "0000000000000001",
	    "\"state\":\"completed\",\"job\":\"1\",\"seconds\":3600.25");
	put(mine, "0000000000000002", "\"state\":\"submitted\",\"job\":\"2\"");
	put(mine, "0000000000000004", "\"state\":\"submitted\",\"job\":4");
	ok(budget_ask(&b, 0, false, &e) == BUDGET_SPENT && says(&e, "3 trials submitted ("),
	   "%s", e.text);
	ok(b.known_ms == 3600250, "what the other has appended counts");
	/* Cancelled, and proposed again. */
	put(other, "0000000000000004",
	    "\"state\":\"proposed\",\"withdrawn\":true,\"spent_seconds\":1.5");
	e = (struct err){0};
	ok(budget_ask(&b, 0, false, &e) == BUDGET_GO && b.doubtful == 0 &&
		   b.known_ms == 3601750,
	   "a withdrawn one is no job, but has cost");
	trial_log_free(other);
	trial_log_free(mine);
}

static void cost(void)
{
	struct budget_limits l = BUDGET_UNLIMITED;
	struct err e = {0};
	struct trial_log *log = trial_log_open(NULL, TRIAL_READER, &e);
	struct budget b;

	l.cost_limit = 300000;
	l.cost_per_hour = 100000;
	put(log, "0000000000000001",
	    "\"state\":\"completed\",\"job\":\"1\",\"seconds\":10799.998");
	budget_start(&b, &l, log);
	ok(budget_ask(&b, 0, false, &e) == BUDGET_GO, "below the limit");
	put(log, "0000000000000002", "\"state\":\"aborted\",\"job\":\"2\",\"seconds\":0.002");
	ok(budget_ask(&b, 0, false, &e) == BUDGET_SPENT &&
		   says(&e, "cost 0.3 of 0.3 (--cost-limit); "),
	   "%s", e.text);
	/* Its end was seen a day later. */
	put(log, "0000000000000003",
	    "\"state\":\"completed\",\"job\":\"3\",\"submitted_at\":\"2026-01-01T00:00:00Z\","
	    "\"finished_at\":\"2026-01-02T00:00:00Z\"");
	ok(budget_ms(&b) == 10800000 + 10799998, "an unknown duration is the longest known");
	put(log, "0000000000000003",
	    "\"state\":\"completed\",\"job\":\"3\",\"submitted_at\":\"2026-01-01T00:00:00Z\","
	    "\"finished_at\":\"2026-01-01T00:00:05Z\"");
	ok(budget_ms(&b) == 10805000, "... or less");
	put(log, "0000000000000004",
	    "\"state\":\"submitted\",\"job\":\"4\",\"submitted_at\":\"2026-01-01T00:00:00Z\"");
	ok(budget_ms(&b) > 10805000 + INT64_C(1000) * 86400, "what is open counts until now");
	put(log, "0000000000000004",
	    "\"state\":\"submitted\",\"job\":\"4\",\"submitted_at\":\"2999-01-01T00:00:00Z\"");
	ok(budget_ms(&b) == 10805000, "a clock that was wrong gives no rebate");
	trial_log_free(log);
}

static void times(void)
{
	struct budget_limits l = BUDGET_UNLIMITED;
	struct err e = {0};
	struct budget b;

	budget_start(&b, &l, NULL);
	ok(isinf(budget_time_left(&b)) && !budget_over(&b, &e), "no limit is none");
	l.time_limit_s = 0;
	budget_start(&b, &l, NULL);
	ok(budget_over(&b, &e) && says(&e, "--time-limit of 0 s"), "%s", e.text);
	l.time_limit_s = 100;
	l.deadline = "yesterday";
	l.deadline_s = 1e9;
	budget_start(&b, &l, NULL);
	ok(budget_over(&b, &e) && says(&e, "--deadline yesterday"), "%s", e.text);
	l.deadline_s = 1e11;
	budget_start(&b, &l, NULL);
	ok(!budget_over(&b, &e) && budget_time_left(&b) > 90 && budget_time_left(&b) <= 100,
	   "the nearer one counts");
}

int main(void)
{
	char path[] = "/tmp/budget.XXXXXX";
	int fd = mkstemp(path);

	money();
	deadlines();
	if (ok(fd >= 0, "a folder for logs"))
		trials(path);
	cost();
	times();
	close(fd);
	unlink(path);
	return tap_end();
}
