/* aim: what the two files of the request for a target share. */
#ifndef AIM_H
#define AIM_H

#include "routes/common.h"

/* Checks of one field of the body, which may be missing.  False: answered 422. */
bool aim_is_text(struct web_request *r, const char *field);
bool aim_one_of(struct web_request *r, const char *field, const char *const *allowed,
		const char *words);
bool aim_in_range(struct web_request *r, const char *field, double min, double max, bool whole);

/* Whether the fields of the partition make sense, as far as is known without the rows. */
bool aim_check_partition(struct web_request *r, struct service *sv);

/* Put them into the worker's job line under its names. */
bool aim_put_partition(cJSON *spec, const cJSON *body);

#endif
