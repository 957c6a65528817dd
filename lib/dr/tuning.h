/*
 * dr/tuning: the parameters of a model, and a new model with other values.
 *
 * A wire parameter has parameterName, parameterId, taskName, defaultValue,
 * currentValue and constraints: an object with one or more of select, ascii,
 * unicode, int, float, intList, floatList, each allowing values of its own.
 *
 * What the words mean is not what they say: currentValue is what was asked for (a
 * list, where a search was asked for), defaultValue what this model uses.
 */
#ifndef DR_TUNING_H
#define DR_TUNING_H

#include "dr/dr.h"

/* The wire parameters of a model, an array.  ERR_REFUSED (422) where the model is
 * not tunable. */
cJSON *dr_parameters(struct dr *dr, const char *project, const char *model, struct err *e);

/*
 * The `parameter` record of a wire parameter (protocol.md): parameter, task, id,
 * model, types, then, as far as its constraints have them, min, max, min_length,
 * max_length, log, grid, values, then default and current.  Several ranges give the
 * lowest minimum and the highest maximum.  Where the server does not say whether it
 * takes a list, `grid` is true for a select and false for the others.
 * ERR_INPUT for a parameter without name, id or constraints.
 */
cJSON *dr_parameter_record(const cJSON *wire, const char *model, struct err *e);

/* All parameter records of a model, an array: one request. */
cJSON *dr_parameter_records(struct dr *dr, const char *project, const char *model,
			    struct err *e);

/* The same, started; the answer is read by dr_parameter_records_read. */
bool dr_parameter_records_start(struct dr *dr, const char *project, const char *model,
				http_done_fn *done, void *ctx, struct err *e);
cJSON *dr_parameter_records_read(const struct dr *dr, struct http_response *r,
				 const struct err *why, const char *model, struct err *e);

/*
 * What a trial's params ask of a model, checked: an array for dr_tune_start, in the
 * order of the model's parameter records.  `max_depth` sets the parameter in every
 * task that has it, `Task name/max_depth` in one task, and there it wins.  An option
 * is sent as the server spells it, a list of one element as that element.
 *
 * ERR_INPUT, before anything is sent: a name that no parameter has (`model M has no
 * parameter 'max_dept'; nearest: max_depth`), a value that param_check refuses.
 */
cJSON *dr_tuning_values(const cJSON *records, const char *model, const cJSON *params,
			struct err *e);

/* Whether a list of several values may be asked for. */
bool dr_parameter_grid(const cJSON *wire);

/*
 * Whether a range is better searched on a log scale: a guess, which a user corrects
 * with jq or with `:log` in a space.  It is yes for what is known to act by its
 * order of magnitude (names that are or end in learning_rate, reg_alpha, reg_lambda,
 * lambda, C, gamma, tol, or scale_pos_weight), and for ranges over
 * three or more orders of magnitude that begin above 0 and go beyond 1 (counts and
 * sizes; what ends at 1 is a share).  Never where the range goes below 0.
 */
bool dr_parameter_log(const char *name, double min, double max);

/* POST a tuning request: values is an array of {"parameterId", "value"} and is
 * freed; description may be NULL.  Read its answer with dr_submission_read. */
bool dr_tune_start(struct dr *dr, const char *project, const char *model, cJSON *values,
		   const char *description, http_done_fn *done, void *ctx, struct err *e);

#endif
