/* options: the advanced options of an aim request. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "web/web.h"

/*
 * Whether nothing is asked for that would change the models and is not offered, and the
 * options that are kept and shown have their types.  Null, false, 0, "", "disabled" and an
 * empty list ask for nothing.  Fields that are not known are passed over, as the interface
 * has it: newer clients send more.  False: answered 422.
 */
bool options_check(struct web_request *r);

/* The body as it may be kept: without credentials. NULL: memory ran out. */
cJSON *options_keep(const cJSON *body);

#endif
