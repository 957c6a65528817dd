/*
 * build: put a blueprint together, node by node.  Used by the catalogue only.
 */
#ifndef BUILD_H
#define BUILD_H

#include "blueprints/blueprint.h"

/* A node behind those built so far, whose id is its number (tasks) or the given one. */
struct node *build_node(struct blueprint *b, int id, enum node_kind kind, const char *label,
			const struct task *task, struct err *e);
bool build_edge(struct blueprint *b, int from, int to, struct err *e);

/* Once the graph is whole: its id. */
bool build_finish(struct blueprint *b, struct err *e);

void build_release(struct blueprint *b);

#endif
