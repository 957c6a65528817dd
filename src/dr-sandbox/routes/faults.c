/* faults: what --chaos has done so far.  It is dr-sandbox's own, not one of DataRobot's
 * routes. */
#include "routes/routes.h"

void route_chaos(struct web_request *r, void *ctx)
{
	struct service *sv = ctx;

	if (sv->chaos)
		web_json(r, 200, chaos_report(sv->chaos));
	else
		web_error(r, 404, "dr-sandbox was started without --chaos");
}
