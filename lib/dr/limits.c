#include "dr/limits.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define SECONDS_MAX 86400.0
#define RETRIES_MAX 1000000000L

static const char *env(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

static bool get_seconds(const char *name, double *to, struct err *e)
{
	const char *v = env(name);
	double s;
	char *end;

	if (!v)
		return true;
	s = strtod(v, &end);
	if (end == v || *end || !(s > 0 && s <= SECONDS_MAX))
		return err_set(e, ERR_INPUT, "%s='%.100s' is not a number of seconds up to %g",
			       name, v, SECONDS_MAX);
	*to = s;
	return true;
}

static bool get_retries(const char *name, long *to, struct err *e)
{
	const char *v = env(name);
	long n;
	char *end;

	if (!v)
		return true;
	errno = 0;
	n = strtol(v, &end, 10);
	if (end == v || *end || errno || n < 0 || n > RETRIES_MAX)
		return err_set(e, ERR_INPUT, "%s='%.100s' is not a number of retries", name, v);
	*to = n;
	return true;
}

bool limits_from_environment(struct http_config *k, struct err *e)
{
	return get_retries("DR_RETRY_BUDGET", &k->retry_budget, e) &&
	       get_seconds("DR_CONNECT_TIMEOUT", &k->connect_s, e) &&
	       get_seconds("DR_IDLE_TIMEOUT", &k->idle_s, e) &&
	       get_seconds("DR_CALL_TIMEOUT", &k->total_s, e);
}
