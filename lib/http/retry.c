#include "http/retry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

bool retry_starts_work(enum http_method m, bool harmless)
{
	return !harmless && (m == HTTP_POST || m == HTTP_PATCH);
}

static bool transient(long status)
{
	return status == 408 || status == 429 ||
	       (status >= 500 && status <= 504 && status != 501);
}

/* The verdict but for the budget: RETRY_AGAIN where another attempt is safe and
 * may help. */
static enum retry_verdict judge(const struct retry_attempt *a)
{
	bool work = retry_starts_work(a->method, a->harmless);

	switch (a->end) {
	case RETRY_HOPELESS:
		return RETRY_REFUSED;
	case RETRY_UNSENT:
		return RETRY_AGAIN;
	case RETRY_LOST:
	case RETRY_NONSENSE:
		return work ? RETRY_UNKNOWN : RETRY_AGAIN;
	case RETRY_ANSWERED:
		break;
	}
	if (a->status < 400)
		return RETRY_OK;
	if (!work)
		return transient(a->status) ? RETRY_AGAIN
		       : a->status >= 500   ? RETRY_UNAVAILABLE
					    : RETRY_REFUSED;
	if (a->status == 429 || (a->status == 503 && a->retry_after_s >= 0))
		return RETRY_AGAIN;
	return a->status >= 500 || a->status == 408 ? RETRY_UNKNOWN : RETRY_REFUSED;
}

enum retry_verdict retry_judge(const struct retry_policy *p, const struct retry_attempt *a,
			       double u, double *wait_s)
{
	enum retry_verdict v = judge(a);

	if (v != RETRY_AGAIN)
		return v;
	if (a->number > p->max_retries ||
	    (a->end == RETRY_NONSENSE && a->nonsense > p->max_nonsense))
		return RETRY_UNAVAILABLE;
	if (a->end == RETRY_ANSWERED && a->retry_after_s >= 0)
		*wait_s = a->retry_after_s + u * p->base_s;
	else
		*wait_s = u * fmin(p->cap_s, ldexp(p->base_s, (int)fmin(a->number - 1, 30)));
	if (!(a->elapsed_s + *wait_s <= p->time_s))
		return RETRY_UNAVAILABLE;
	return p->budget > 0 ? RETRY_AGAIN : RETRY_SPENT;
}

double retry_after(const char *field, time_t now)
{
	char *end;
	time_t date;

	while (*field == ' ' || *field == '\t')
		field++;
	/* Digits only: strtod would also take inf, hexadecimal and signs. */
	if (*field && strspn(field, "0123456789 \t") == strlen(field)) {
		double s = strtod(field, &end);

		return end[strspn(end, " \t")] == '\0' ? s : -1;
	}
	if ((date = curl_getdate(field, NULL)) == -1)
		return -1;
	return date > now ? difftime(date, now) : 0;
}
