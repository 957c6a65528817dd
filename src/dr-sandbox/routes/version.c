/* version: what a client asks first, and what a browser gets. */
#include <string.h>

#include "page/page.h"
#include "routes/common.h"

/* The version of the interface that is spoken; clients compare it with theirs. */
#define MAJOR 2
#define MINOR 36
#define VERSION_TEXT "2.36.0"

void route_version(struct web_request *r, void *ctx)
{
	cJSON *v = cJSON_CreateObject();
	bool ok = json_set_num(v, "major", MAJOR) && json_set_num(v, "minor", MINOR) &&
		  json_set_str(v, "versionString", VERSION_TEXT) &&
		  json_set_str(v, "releasedVersion", VERSION_TEXT);

	(void)ctx;
	if (!ok) {
		cJSON_Delete(v);
		v = NULL;
	}
	web_json(r, 200, v);
}

void route_root(struct web_request *r, void *ctx)
{
	(void)ctx;
	web_text(r, 200, "text/html; charset=utf-8", strdup(page_html));
}

void route_script(struct web_request *r, void *ctx)
{
	(void)ctx;
	web_text(r, 200, "text/javascript; charset=utf-8", strdup(page_js));
}
