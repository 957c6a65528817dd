/*
 * blueprint: a graph of tasks from the columns of a table to a prediction.
 *
 * Nodes are numbered as DataRobot numbers them: 0 is the data, -1, -2 and -3 are the
 * categorical, the numeric and the text columns (those that the table has), tasks count
 * from 1, the last one is the prediction.  Edges go from smaller to larger positions
 * in the array of nodes, so that walking the array is walking the graph.
 */
#ifndef BLUEPRINT_H
#define BLUEPRINT_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "data/prepared.h"
#include "err/err.h"
#include "tasks/task.h"

#define BLUEPRINT_ID_LEN 32

enum node_kind {
	NODE_DATA,
	NODE_CATEGORICAL,
	NODE_NUMERIC,
	NODE_TEXT,
	NODE_BIND,
	NODE_PREDICTION,
	NODE_ORDINAL,
	NODE_IMPUTE,
	NODE_CONVERTER,
	NODE_TEXT_MODELER,
	NODE_WORD_GRAMS,
	NODE_ONE_HOT,
	NODE_STANDARDIZE,
	NODE_DIFFERENCES,
	NODE_PCA,
	NODE_KMEANS,
	NODE_MARGIN, /* what comes out is where the learner starts, no column of it */
	NODE_MAJORITY,
	NODE_XGBOOST,
	NODE_FOREST,
	NODE_LINEAR,
	NODE_LOGISTIC,
	NODE_FOURIER,
	NODE_KNN,
	NODE_NETWORK,
	NODE_TEXT_LEARNER,
};

struct node {
	int id;
	enum node_kind kind;
	const char *label;
	const struct task *task; /* NULL where there is nothing to know or tune */
	size_t column;           /* of a task that works on one column, else SIZE_MAX */
};

struct edge {
	int from, to; /* ids of nodes */
};

struct blueprint {
	char id[BLUEPRINT_ID_LEN + 1]; /* from the content: the same graph has the same id */
	const char *model_type, *family, *family_name;
	char *own_name; /* the model type where it was made for this table, or NULL */
	struct node *node;
	size_t n_nodes;
	struct edge *edge;
	size_t n_edges;
};

struct catalogue {
	struct blueprint *blueprint;
	size_t n;
};

/* The blueprints for a table and its target. ERR_SYSTEM only. */
bool catalogue_make(struct catalogue *c, const struct prepared *p, struct err *e);
void catalogue_release(struct catalogue *c);
const struct blueprint *catalogue_find(const struct catalogue *c, const char *id);

/* The record of a blueprint that dr-worker(1) describes. NULL: out of memory. */
cJSON *blueprint_json(const struct blueprint *b);

#endif
