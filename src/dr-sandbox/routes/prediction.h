/* prediction: what a model says of rows, as the interface shows it. */
#ifndef PREDICTION_H
#define PREDICTION_H

#include "preds/preds.h"
#include "routes/common.h"

struct prediction {
	struct preds *file;
	bool classes; /* else the target is a number */
	size_t labels;
	cJSON *label;  /* array: the classes, of two the positive one first; or the target's
			  name */
	size_t width;  /* numbers a row: one, or of more than two classes one each */
	double *value; /* of the row that is read */
	double threshold;
};

/*
 * The finished predictions of this id: of a dataset, or (trained) of the table's own rows.
 * False: answered, 404 where there are none.  prediction_close in any case.
 */
bool prediction_open(struct web_request *r, struct service *sv, bool trained, const char *id,
		     struct prediction *p);
void prediction_close(struct prediction *p);

/* Write n rows from the one at `first`: as a JSON array, or as CSV with a header. */
bool prediction_rows(struct prediction *p, bool trained, size_t first, size_t n,
		     struct json_text *to, struct err *e);
bool prediction_csv(struct prediction *p, bool trained, size_t first, size_t n,
		    struct json_text *to, struct err *e);

/* Answer with a text that was written so, or 500 with what went wrong; takes it over. */
void prediction_answer(struct web_request *r, const char *type, struct json_text *text, bool ok,
		       const struct err *e);

/*
 * Submit a job of the kind "trained" or "predict": the fit of the model once more, whose
 * predictions are kept.  Their row is there from then on.  False: answered, 404 where there
 * is no such model, 422 where it is there already or too many jobs wait.
 */
struct prediction_job {
	const char *model;
	const char *subset, *dataset; /* one of them */
	bool holdout;
};
bool prediction_submit(struct web_request *r, struct service *sv,
		       const struct prediction_job *j);

/* A file in the folder `work` of a project, freed by the caller; NULL: out of memory. */
char *prediction_file(const struct service *sv, const char *project, const char *id,
		      const char *ending);

/* Delete the files of the predictions of a model, or of a dataset; their rows go with it. */
void prediction_drop(struct service *sv, const char *project, const char *id);
/* Delete a dataset, and the predictions of it; by its own id or that of its status. */
void prediction_drop_dataset(struct service *sv, const char *project, const char *id);

#endif
