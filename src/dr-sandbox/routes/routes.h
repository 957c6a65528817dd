/*
 * routes: what the service answers, a file for each resource.
 *
 * A handler runs inside a transaction of the store (main.c), which is kept where
 * it answers with a status below 400 and undone otherwise.
 */
#ifndef ROUTES_H
#define ROUTES_H

#include "chaos/chaos.h"
#include "home/home.h"
#include "jobs/jobs.h"
#include "layout/layout.h"
#include "store/store.h"
#include "web/web.h"

struct service {
	struct store *store;
	struct jobs *jobs;
	struct home *home;
	struct layout *layout;
	struct chaos *chaos;   /* or NULL */
	long queue_limit;      /* jobs that may wait or run */
	double min_job_time_s; /* a job is not reported as finished before */
	bool wake;             /* a handler has added to the queue, or cancelled */
	/* A project that a handler has deleted: its folder goes once that is kept; or "". */
	char gone[STORE_ID_LEN + 1];
};

/* The table for web_config; ends with a NULL method. */
extern const struct web_route routes[];

web_handler route_root, route_script, route_version, route_chaos;
web_handler route_project_create, route_project_list, route_project_get, route_project_patch,
	route_project_delete, route_project_status, route_options_get, route_options_put;
web_handler route_status_get, route_status_delete, route_status_list;
web_handler route_aim;
web_handler route_feature_list, route_feature_get, route_feature_metrics,
	route_modeling_feature_list, route_modeling_feature_get;
web_handler route_featurelist_list, route_featurelist_get, route_featurelist_create,
	route_featurelist_patch, route_featurelist_delete, route_modeling_list_list;
web_handler route_blueprint_list, route_blueprint_get, route_blueprint_chart,
	route_blueprint_docs, route_model_chart, route_model_docs, route_model_layout;
web_handler route_model_list, route_model_get, route_model_patch, route_model_delete,
	route_model_features, route_model_iterations, route_model_folds,
	route_model_capabilities, route_model_parameters;
web_handler route_model_records, route_frozen_list, route_frozen_get, route_blender_list,
	route_blender_get, route_blender_create, route_blender_check, route_datetime_list,
	route_datetime_get;
web_handler route_train, route_retrain, route_freeze, route_cross_validate;
web_handler route_recommended_list, route_recommended_get;
web_handler route_autopilot_command, route_autopilot_start;
web_handler route_job_get, route_job_delete, route_job_list, route_model_job_get,
	route_model_job_delete, route_model_job_list, route_predict_job_get,
	route_predict_job_delete, route_predict_job_list;
web_handler route_trained_create, route_trained_list, route_trained_get;
web_handler route_dataset_file, route_dataset_url, route_dataset_list, route_dataset_get,
	route_dataset_delete, route_predict, route_prediction_get, route_predicted_list,
	route_predicted_get;
web_handler route_tuning_get, route_tuning_post;

#endif
