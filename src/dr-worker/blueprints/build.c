#include "blueprints/build.h"

#include <sha256.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"

struct node *build_node(struct blueprint *b, int id, enum node_kind kind, const char *label,
			const struct task *task, struct err *e)
{
	struct node *node = realloc(b->node, (b->n_nodes + 1) * sizeof *node);

	if (!node) {
		err_nomem(e);
		return NULL;
	}
	b->node = node;
	node += b->n_nodes++;
	*node = (struct node){id, kind, label, task, SIZE_MAX};
	return node;
}

bool build_edge(struct blueprint *b, int from, int to, struct err *e)
{
	struct edge *edge = realloc(b->edge, (b->n_edges + 1) * sizeof *edge);

	if (!edge)
		return err_nomem(e);
	b->edge = edge;
	b->edge[b->n_edges++] = (struct edge){from, to};
	return true;
}

static void add(struct json_text *t, const char *s)
{
	json_text_add(t, s, strlen(s));
	json_text_add(t, "\n", 1);
}

static void add_number(struct json_text *t, int v)
{
	char text[JSON_NUMBER_MAX];

	json_number(v, text);
	add(t, text);
}

bool build_finish(struct blueprint *b, struct err *e)
{
	struct json_text t = {0};
	char hex[SHA256_DIGEST_STRING_LENGTH];

	add(&t, b->model_type);
	for (size_t i = 0; i < b->n_nodes; i++) {
		const struct node *n = &b->node[i];

		add_number(&t, n->id);
		add(&t, n->label);
		for (size_t k = 0; n->task && k < n->task->n_params; k++)
			add(&t, n->task->params[k].name);
	}
	for (size_t i = 0; i < b->n_edges; i++) {
		add_number(&t, b->edge[i].from);
		add_number(&t, b->edge[i].to);
	}
	if (t.failed) {
		json_text_release(&t);
		return err_nomem(e);
	}
	SHA256Data((const uint8_t *)t.s, t.len, hex);
	memcpy(b->id, hex, BLUEPRINT_ID_LEN);
	b->id[BLUEPRINT_ID_LEN] = '\0';
	json_text_release(&t);
	return true;
}

void build_release(struct blueprint *b)
{
	free(b->node);
	free(b->edge);
	free(b->own_name);
	*b = (struct blueprint){0};
}
