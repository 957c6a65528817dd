/* When boosting stops. */
#include "../tap.h"
#include "learners/early_stop.h"

static long run(size_t interval, size_t smooth, double (*loss)(long), long most, long *best)
{
	struct early_stop s;
	struct err e = {0};
	long round;

	if (!early_stop_init(&s, interval, smooth, &e))
		return -1;
	for (round = 1; round < most; round++)
		if (early_stop_due(&s, round) && early_stop_note(&s, round, loss(round)))
			break;
	*best = s.best_round;
	early_stop_release(&s);
	return round;
}

static double falls(long round)
{
	return 1.0 / (double)round;
}

static double turns_at_300(long round)
{
	return fabs((double)round - 300);
}

static double rises(long round)
{
	return (double)round;
}

static double breaks(long round)
{
	return round < 50 ? 1.0 / (double)round : NAN;
}

static double bumpy(long round)
{
	return -(double)round + (round % 20 ? 0 : 30);
}

int main(void)
{
	long best;

	ok(run(10, 200, falls, 1000, &best) == 1000 && best == 990,
	   "a loss that falls goes on");
	/* The mean over 200 rounds no longer falls when as much of it is behind the turn. */
	ok(run(10, 200, turns_at_300, 1000, &best) == 400 && best == 300,
	   "a loss that turns stops half a window later, the best round is the turn");
	ok(run(10, 20, turns_at_300, 1000, &best) == 310 && best == 300,
	   "a small window stops sooner");
	ok(run(10, 2, rises, 1000, &best) == 20 && best == 10,
	   "a window smaller than the interval");
	ok(run(10, 200, rises, 1000, &best) == 210 && best == 10,
	   "nothing stops before a window is full");
	ok(run(10, 200, breaks, 1000, &best) == 50 && best == 40,
	   "a loss that is no number stops");
	ok(run(10, 10, bumpy, 1000, &best) == 20, "a window of one look gives in to a bump");
	ok(run(10, 20, bumpy, 1000, &best) == 1000, "a window of two does not");
	return tap_end();
}
