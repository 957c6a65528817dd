/* box: see box.h. */
#include "tuner/box.h"

#include <math.h>

#define SIDE 0.8
#define SIDE_MOST 1.6
#define SIDE_END (1.0 / 128) /* below it there is nothing left to find: start again */
#define SUCCESSES 3

double box_side(const struct known *const *order, size_t n, size_t start, size_t d)
{
	double side = SIDE, best = HUGE_VAL;
	size_t won = 0, lost = 0, patience = d > 4 ? d : 4;

	for (size_t i = 0; i < n; i++) {
		bool better = order[i]->score < best; /* false for NAN */

		if (better)
			best = order[i]->score;
		if (i < start)
			continue;
		won = better ? won + 1 : 0;
		lost = better ? 0 : lost + 1;
		if (won == SUCCESSES) {
			side = fmin(2 * side, SIDE_MOST);
			won = 0;
		} else if (lost == patience) {
			side /= 2;
			lost = 0;
		}
		if (side < SIDE_END)
			side = SIDE;
	}
	return side;
}
