/*
 * text_learner: the text modeler of one column as a model of its own.
 *
 * What the modeler makes of the column (a number for each of more than two classes) is the
 * only input; it becomes a probability, or stays the number that it is.
 */
#ifndef TEXT_LEARNER_H
#define TEXT_LEARNER_H

#include "learners/learner.h"

learner_fn text_learner_fit;

#endif
