#include "blueprints/blueprint.h"

#include <stdlib.h>
#include <string.h>

#include "json/json.h"

static cJSON *id_string(int id)
{
	char text[JSON_NUMBER_MAX];

	json_number(id, text);
	return cJSON_CreateString(text);
}

static bool put_nodes(cJSON *to, const struct blueprint *b)
{
	cJSON *nodes = cJSON_AddArrayToObject(to, "nodes");
	cJSON *edges = cJSON_AddArrayToObject(to, "edges");

	for (size_t i = 0; nodes && i < b->n_nodes; i++) {
		cJSON *o = cJSON_CreateObject();

		if (!json_append(nodes, o) || !json_set(o, "id", id_string(b->node[i].id)) ||
		    !json_set_str(o, "label", b->node[i].label))
			return false;
	}
	for (size_t i = 0; edges && i < b->n_edges; i++) {
		cJSON *pair = cJSON_CreateArray();

		if (!json_append(edges, pair) ||
		    !json_append(pair, id_string(b->edge[i].from)) ||
		    !json_append(pair, id_string(b->edge[i].to)))
			return false;
	}
	return nodes && edges;
}

/* Is this the first node that does this task? */
static bool is_first(const struct blueprint *b, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (b->node[k].task == b->node[i].task)
			return false;
	return b->node[i].task != NULL;
}

/* Is this the first node of this label? */
static bool is_first_label(const struct blueprint *b, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (!strcmp(b->node[k].label, b->node[i].label))
			return false;
	return b->node[i].task != NULL;
}

static bool put_processes(cJSON *to, const struct blueprint *b)
{
	cJSON *list = cJSON_AddArrayToObject(to, "processes");

	for (size_t i = 0; list && i < b->n_nodes; i++)
		if (is_first_label(b, i) &&
		    !json_append(list, cJSON_CreateString(b->node[i].label)))
			return false;
	return list;
}

static bool put_links(cJSON *doc, const struct task_link *link)
{
	cJSON *links = cJSON_AddArrayToObject(doc, "links");
	cJSON *references = cJSON_AddArrayToObject(doc, "references");

	for (; links && references && link && link->name; link++) {
		cJSON *o = cJSON_CreateObject();

		if (!json_append(links, o) || !json_set_str(o, "name", link->name) ||
		    !json_set_str(o, "url", link->url))
			return false;
	}
	return links && references;
}

static bool put_doc(cJSON *docs, const struct node *n)
{
	cJSON *doc = cJSON_CreateObject(), *params;

	if (!json_append(docs, doc) || !json_set_str(doc, "title", n->task->title) ||
	    !json_set_str(doc, "task", n->label) ||
	    !json_set_str(doc, "description", n->task->description) ||
	    !(params = cJSON_AddArrayToObject(doc, "parameters")))
		return false;
	for (size_t i = 0; i < n->task->n_params; i++) {
		const struct param *p = &n->task->params[i];
		cJSON *o = cJSON_CreateObject();

		if (!json_append(params, o) || !json_set_str(o, "name", p->name) ||
		    !json_set_str(o, "type", param_kind(p)) ||
		    !json_set_str(o, "description", p->help))
			return false;
	}
	return put_links(doc, n->task->links);
}

static bool put_docs(cJSON *to, const struct blueprint *b)
{
	cJSON *docs = cJSON_AddArrayToObject(to, "docs");

	for (size_t i = 0; docs && i < b->n_nodes; i++)
		if (is_first(b, i) && !put_doc(docs, &b->node[i]))
			return false;
	return docs;
}

static cJSON *parameter(const struct node *n, const struct param *p)
{
	cJSON *o = cJSON_CreateObject();
	char *id = param_id(p->name, n->id);
	bool ok = o && id && json_set_str(o, "parameterName", p->name) &&
		  json_set_str(o, "parameterId", id) &&
		  json_set(o, "vertexId", id_string(n->id)) &&
		  json_set_str(o, "taskName", n->label) &&
		  json_set(o, "defaultValue", param_json(&p->initial)) &&
		  json_set(o, "currentValue", param_json(&p->initial)) &&
		  json_set(o, "constraints", param_constraints(p));

	free(id);
	if (ok)
		return o;
	cJSON_Delete(o);
	return NULL;
}

static bool put_parameters(cJSON *to, const struct blueprint *b)
{
	cJSON *list = cJSON_AddArrayToObject(to, "parameters");

	for (size_t i = 0; list && i < b->n_nodes; i++) {
		const struct node *n = &b->node[i];

		for (size_t k = 0; n->task && k < n->task->n_params; k++)
			if (!json_append(list, parameter(n, &n->task->params[k])))
				return false;
	}
	return list;
}

cJSON *blueprint_json(const struct blueprint *b)
{
	cJSON *o = cJSON_CreateObject();

	if (o && json_set_str(o, "id", b->id) && json_set_str(o, "model_type", b->model_type) &&
	    put_processes(o, b) && json_set_str(o, "model_family", b->family) &&
	    json_set_str(o, "model_family_full_name", b->family_name) &&
	    cJSON_AddFalseToObject(o, "supports_monotonic") && put_nodes(o, b) &&
	    put_docs(o, b) && put_parameters(o, b))
		return o;
	cJSON_Delete(o);
	return NULL;
}
