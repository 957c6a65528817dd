/*
 * autopilot: which blueprints are trained by themselves, and on how many rows.
 *
 * A run goes through stages.  One is over when none of its jobs is left in the queue,
 * however they ended; the next is put into the queue in the same transaction, so that
 * a run whose leaderboard is incomplete is never seen as done.
 *
 *	auto           all blueprints on a quarter of the rows that may be trained on
 *	               (16 %); the better half of them on half (32 %); the better half
 *	               of those on all (64 %).  Tables of less than 4,000 rows start at
 *	               32 %, of less than 2,000 at 64 %
 *	quick          one blueprint of each family, that with most steps, on all
 *	comprehensive  all blueprints on all, each with cross validation
 *
 * At least AUTOPILOT_KEEP blueprints go on.  Then the best AUTOPILOT_BEST are cross
 * validated, and the best AUTOPILOT_BLEND of these by that are blended.  The best of all
 * is the most accurate.  The best that is no blend (or the best of all, where the request
 * allows blends there) is trained again (frozen) on all rows but the holdout, and that model
 * is recommended.
 */
#ifndef AUTOPILOT_H
#define AUTOPILOT_H

#include <stdbool.h>

#include "store/store.h"

#define AUTOPILOT_KEEP 4
#define AUTOPILOT_BEST 5
#define AUTOPILOT_BLEND 3

/* Values of project.autopilot_mode and autopilot.mode. */
enum { AUTOPILOT_AUTO, AUTOPILOT_MANUAL = 2, AUTOPILOT_QUICK, AUTOPILOT_COMPREHENSIVE };

/* The mode of a name of the interface; false: there is none. */
bool autopilot_mode(const char *name, long long *mode);

/* What a request asks for beside its mode. */
struct autopilot_wishes {
	bool prepare;  /* train a model for deployment */
	bool blend;    /* make a blend; by default not for quick */
	bool consider; /* a blend may be the model for deployment */
};

/* The fields prepareModelForDeployment, blendBestModels and considerBlendersInRecommendation of
 * a request's body. */
struct autopilot_wishes autopilot_wishes(const cJSON *body, long long mode);

/* Begin a run. */
void autopilot_begin(struct store *s, const char *project, const char *list, long long mode,
		     const struct autopilot_wishes *wishes);

/* To be called whenever a job of the project has ended. */
void autopilot_next(struct store *s, const char *project);

#endif
