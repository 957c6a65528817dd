/* retry: what is made again, and when. */
#include "http/retry.h"

#include "tap.h"

static const struct retry_policy policy = {
	.max_retries = 3,
	.base_s = 0.5,
	.cap_s = 30,
	.time_s = 600,
	.max_nonsense = 2,
	.budget = 50,
};

static const struct {
	enum http_method method;
	enum retry_end end;
	long status;
	double after;
	enum retry_verdict want;
	const char *what;
} cases[] = {
	{HTTP_GET, RETRY_ANSWERED, 200, -1, RETRY_OK, "GET 200 is an answer"},
	{HTTP_GET, RETRY_ANSWERED, 303, -1, RETRY_OK, "GET 303 is an answer"},
	{HTTP_GET, RETRY_ANSWERED, 404, -1, RETRY_REFUSED, "GET 404 is a refusal"},
	{HTTP_GET, RETRY_ANSWERED, 401, 1, RETRY_REFUSED, "GET 401 is one, Retry-After or not"},
	{HTTP_GET, RETRY_ANSWERED, 408, -1, RETRY_AGAIN, "GET 408 is repeated"},
	{HTTP_GET, RETRY_ANSWERED, 429, -1, RETRY_AGAIN, "GET 429 is repeated"},
	{HTTP_GET, RETRY_ANSWERED, 500, -1, RETRY_AGAIN, "GET 500 is repeated"},
	{HTTP_DELETE, RETRY_ANSWERED, 502, -1, RETRY_AGAIN, "DELETE 502 is repeated"},
	{HTTP_PUT, RETRY_ANSWERED, 503, -1, RETRY_AGAIN, "PUT 503 is repeated"},
	{HTTP_GET, RETRY_ANSWERED, 504, -1, RETRY_AGAIN, "GET 504 is repeated"},
	{HTTP_GET, RETRY_ANSWERED, 501, -1, RETRY_UNAVAILABLE, "GET 501 is not"},
	{HTTP_GET, RETRY_LOST, 0, -1, RETRY_AGAIN, "GET without an answer is repeated"},
	{HTTP_GET, RETRY_UNSENT, 0, -1, RETRY_AGAIN, "GET that did not leave is repeated"},
	{HTTP_GET, RETRY_HOPELESS, 0, -1, RETRY_REFUSED,
	 "a bad certificate is not tried again"},
	{HTTP_POST, RETRY_ANSWERED, 202, -1, RETRY_OK, "POST 202 is an answer"},
	{HTTP_POST, RETRY_ANSWERED, 422, -1, RETRY_REFUSED, "POST 422 is a refusal"},
	{HTTP_POST, RETRY_ANSWERED, 429, -1, RETRY_AGAIN, "POST 429 is repeated"},
	{HTTP_POST, RETRY_ANSWERED, 503, 2, RETRY_AGAIN,
	 "POST 503 with Retry-After is repeated"},
	{HTTP_POST, RETRY_ANSWERED, 503, -1, RETRY_UNKNOWN,
	 "POST 503 without it may have worked"},
	{HTTP_POST, RETRY_ANSWERED, 500, -1, RETRY_UNKNOWN, "POST 500 may have worked"},
	{HTTP_POST, RETRY_ANSWERED, 502, 5, RETRY_UNKNOWN, "POST 502 may have worked"},
	{HTTP_POST, RETRY_ANSWERED, 408, -1, RETRY_UNKNOWN, "POST 408 may have worked"},
	{HTTP_PATCH, RETRY_LOST, 0, -1, RETRY_UNKNOWN,
	 "PATCH without an answer may have worked"},
	{HTTP_POST, RETRY_UNSENT, 0, -1, RETRY_AGAIN, "POST that did not leave is repeated"},
	{HTTP_GET, RETRY_NONSENSE, 200, -1, RETRY_AGAIN,
	 "GET answered with nonsense is repeated"},
	{HTTP_POST, RETRY_NONSENSE, 200, -1, RETRY_UNKNOWN,
	 "POST answered with nonsense may have worked"},
};

static void verdicts(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct retry_attempt a = {.method = cases[i].method,
					  .end = cases[i].end,
					  .status = cases[i].status,
					  .retry_after_s = cases[i].after,
					  .number = 1};
		double wait_s = -1;

		ok(retry_judge(&policy, &a, 0.5, &wait_s) == cases[i].want, "%s",
		   cases[i].what);
	}
}

/* What sets values may be made twice. */
static void harmless(void)
{
	struct retry_attempt a = {.method = HTTP_PATCH,
				  .end = RETRY_LOST,
				  .retry_after_s = -1,
				  .number = 1,
				  .harmless = true};
	double wait_s;

	ok(retry_judge(&policy, &a, 0.5, &wait_s) == RETRY_AGAIN,
	   "a harmless PATCH without an answer is repeated");
	a.end = RETRY_ANSWERED;
	a.status = 422;
	ok(retry_judge(&policy, &a, 0.5, &wait_s) == RETRY_REFUSED,
	   "and is not where it was refused");
}

static double wait_of(unsigned number, double after, double u)
{
	struct retry_policy p = policy;
	struct retry_attempt a = {.method = HTTP_GET,
				  .end = RETRY_ANSWERED,
				  .status = 503,
				  .retry_after_s = after,
				  .number = number};
	double wait_s = -1;

	p.max_retries = 100;
	retry_judge(&p, &a, u, &wait_s);
	return wait_s;
}

static void waits(void)
{
	is_near(wait_of(1, -1, 0.5), 0.25, 1e-12, "the first wait is drawn from half a second");
	is_near(wait_of(4, -1, 0.5), 2, 1e-12, "the fourth from eight times as much");
	is_near(wait_of(20, -1, 0.999), 29.97, 1e-12, "none is longer than the cap");
	is_near(wait_of(60, -1, 0), 0, 0, "a wait may be none at all");
	is_near(wait_of(1, 7, 0), 7, 0, "Retry-After is obeyed");
	is_near(wait_of(9, 7, 0.5), 7.25, 1e-12, "and spread by little");
}

static void budget(void)
{
	struct retry_attempt a = {
		.method = HTTP_GET, .end = RETRY_LOST, .retry_after_s = -1, .number = 3};
	double wait_s;

	ok(retry_judge(&policy, &a, 0, &wait_s) == RETRY_AGAIN, "the third retry is made");
	a.number = 4;
	ok(retry_judge(&policy, &a, 0, &wait_s) == RETRY_UNAVAILABLE, "the fourth is not");
	a.number = 1;
	a.elapsed_s = 601;
	ok(retry_judge(&policy, &a, 0, &wait_s) == RETRY_UNAVAILABLE,
	   "nor one that is too late");
	a.elapsed_s = 0;
	a.end = RETRY_ANSWERED;
	a.status = 429;
	a.retry_after_s = 3600;
	ok(retry_judge(&policy, &a, 0, &wait_s) == RETRY_UNAVAILABLE,
	   "nor one that Retry-After puts too late");
	a.method = HTTP_POST;
	a.number = 4;
	a.retry_after_s = 0;
	ok(retry_judge(&policy, &a, 0, &wait_s) == RETRY_UNAVAILABLE,
	   "a POST that was never accepted ends as not available");
}

static void budget_of_the_run(void)
{
	struct retry_policy p = policy;
	struct retry_attempt a = {
		.method = HTTP_GET, .end = RETRY_LOST, .retry_after_s = -1, .number = 1};
	double wait_s;

	p.budget = 1;
	ok(retry_judge(&p, &a, 0, &wait_s) == RETRY_AGAIN, "the last retry of a run is made");
	p.budget = 0;
	ok(retry_judge(&p, &a, 0, &wait_s) == RETRY_SPENT, "then there is none");
	a.method = HTTP_POST;
	ok(retry_judge(&p, &a, 0, &wait_s) == RETRY_UNKNOWN,
	   "what is not known stays so, whatever is left");
	a = (struct retry_attempt){.method = HTTP_GET,
				   .end = RETRY_NONSENSE,
				   .status = 200,
				   .retry_after_s = -1,
				   .number = 2,
				   .nonsense = 2};
	ok(retry_judge(&policy, &a, 0, &wait_s) == RETRY_AGAIN,
	   "nonsense is asked for again twice");
	a.number = a.nonsense = 3;
	ok(retry_judge(&policy, &a, 0, &wait_s) == RETRY_UNAVAILABLE, "and not a third time");
}

static void fields(void)
{
	time_t now = 784111777; /* Sun, 06 Nov 1994 08:49:37 GMT, RFC 9110's example */

	is_near(retry_after("120", now), 120, 0, "Retry-After in seconds");
	is_near(retry_after(" 0 ", now), 0, 0, "spaces around it");
	is_near(retry_after("Sun, 06 Nov 1994 08:50:07 GMT", now), 30, 0, "as a date");
	is_near(retry_after("Sunday, 06-Nov-94 08:50:07 GMT", now), 30, 0, "as RFC 850's date");
	is_near(retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), 0, 0, "as a date gone by");
	ok(retry_after("soon", now) < 0, "a word is none");
	ok(retry_after("", now) < 0, "nothing is none");
	ok(retry_after("-5", now) < 0, "a negative number is none");
	ok(retry_after("1 2", now) < 0, "two numbers are none");
	ok(retry_after("99999999999999999999", now) > 1e9, "a huge number is huge, not small");
}

int main(void)
{
	verdicts();
	waits();
	harmless();
	budget();
	budget_of_the_run();
	fields();
	return tap_end();
}
