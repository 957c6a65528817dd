/*
 * text_modeler: a column of text becomes one number: what a linear model of its words
 * predicts.
 *
 * An elastic net (alpha 0.5) is fitted to the word grams of the training rows.  Its
 * lambda is the one of a falling sequence with the least loss in an inner cross
 * validation of five folds.  A training row gets the prediction of the inner model that has
 * not seen it, any other row that of a model of all training rows, so that the learner
 * behind it is not misled about how much the text is worth.  Binary targets: the log
 * odds; numbers: the prediction.  More classes are as many binary targets.
 */
#ifndef TEXT_MODELER_H
#define TEXT_MODELER_H

#include <stdint.h>

#include "tasks/corpus.h"
#include "tasks/task.h"

extern const struct task text_modeler_task;

struct text_input {
	const struct corpus *corpus;
	const struct column *column;
	const double *y; /* all rows */
	bool regression;
	const uint8_t *level; /* of each row, or NULL */
	const uint32_t *train;
	size_t n_train, rows;
	struct params params;
	uint64_t seed;
};

/* Write all rows into out. ERR_SYSTEM only. */
bool text_modeler_encode(const struct text_input *in, float *out, struct err *e);

#endif
