#include "routes/routes.h"

const struct web_route routes[] = {
	{"GET", "", route_root, WEB_OPEN},
	{"GET", "version/", route_version, 0},

	{"POST", "projects/", route_project_create, WEB_JSON | WEB_FORM},
	{"GET", "projects/", route_project_list, 0},
	{"GET", "projects/{}/", route_project_get, 0},
	{"PATCH", "projects/{}/", route_project_patch, WEB_JSON},
	{"DELETE", "projects/{}/", route_project_delete, 0},
	{"GET", "projects/{}/status/", route_project_status, 0},
	{"GET", "projects/{}/options/", route_options_get, 0},
	{"PATCH", "projects/{}/options/", route_options_put, WEB_JSON},
	{"PUT", "projects/{}/options/", route_options_put, WEB_JSON},

	{"GET", "status/", route_status_list, 0},
	{"GET", "status/{}/", route_status_get, 0},
	{"DELETE", "status/{}/", route_status_delete, 0},
	{0},
};
