#include "limit.h"

#include <math.h>
#include <stdio.h>

#include "cli/cli.h"
#include "stop/stop.h"

void limit_check(struct collector *c)
{
	if (c->waiting > 0 && c->stop.kind == ERR_NONE)
		budget_over(&c->budget, &c->stop);
}

double limit_wait(const struct collector *c, double next_s)
{
	double left = c->waiting > 0 ? budget_time_left(&c->budget) : INFINITY;

	if (isinf(left))
		return next_s;
	left = fmax(left, 0);
	return next_s < 0 ? left : fmin(left, next_s);
}

static bool pass(cJSON *rec, struct ndjson_reader *in, void *ctx, struct err *e)
{
	(void)rec, (void)ctx;
	return ndjson_pass(stdout, in, e);
}

bool limit_end(struct collector *c, struct ndjson_reader *in, struct err *e)
{
	cli_error("%zu trial%s not over: %s", c->waiting, c->waiting == 1 ? " is" : "s are",
		  c->stop.text);
	if (!collect_give_back(c, e))
		return false;
	if (!in)
		return true;
	in->wake = stop_fd();
	in->skip_bad = true;
	return ndjson_each(in, pass, NULL, e);
}
