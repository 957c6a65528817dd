#include "dr/like.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "dr/models.h"
#include "json/json.h"

/* ---- names ---- */

struct name {
	const char *at, *open, *close; /* brackets, or NULL */
	bool begun;
};

static struct name name_of(const char *s)
{
	struct name n = {.at = s, .open = strchr(s, '('), .close = strrchr(s, ')')};

	if (!n.open || !n.close || n.close < n.open)
		n.open = NULL;
	return n;
}

/* The next character of what counts of a name, '\0' at its end. */
static char next(struct name *n)
{
	bool space = false;

	for (;; n->at++) {
		if (n->at == n->open)
			n->at = n->close;
		else if (isspace((unsigned char)*n->at))
			space = true;
		else
			break;
	}
	if (space && n->begun && *n->at) {
		n->begun = false;
		return ' ';
	}
	n->begun = true;
	return *n->at ? *n->at++ : '\0';
}

static bool same_name(const char *a, const char *b)
{
	struct name x, y;
	char c;

	if (!a || !b)
		return a == b;
	x = name_of(a);
	y = name_of(b);
	do {
		if ((c = next(&x)) != next(&y))
			return false;
	} while (c);
	return true;
}

/* ---- models ---- */

static bool same_field(const cJSON *a, const cJSON *b, const char *field)
{
	const cJSON *x = json_get(a, field), *y = json_get(b, field);

	return x && y ? cJSON_Compare(x, y, true) : x == y;
}

/* Each process of a is one of b. */
static bool within(const cJSON *a, const cJSON *b)
{
	const cJSON *x, *y;

	cJSON_ArrayForEach (x, json_get(a, "processes")) {
		bool found = false;

		cJSON_ArrayForEach (y, json_get(b, "processes"))
			found = found ||
				same_name(cJSON_GetStringValue(x), cJSON_GetStringValue(y));
		if (!found)
			return false;
	}
	return true;
}

bool dr_model_alike(const cJSON *a, const cJSON *b)
{
	/* A size that is given in rows alone is compared as that. */
	const char *size = json_get(a, "samplePct") ? "samplePct" : "trainingRowCount";

	return same_name(json_str(a, "modelType"), json_str(b, "modelType")) &&
	       same_field(a, b, size) && same_field(a, b, "featurelistId") && within(a, b) &&
	       within(b, a);
}

static bool is(const cJSON *model, const char *id)
{
	char *own = dr_id(model, "id");
	bool same = own && strcmp(own, id) == 0;

	free(own);
	return same;
}

cJSON *dr_models_like(struct dr *dr, const char *project, const char *id, struct err *e)
{
	cJSON *model = dr_model_get(dr, project, id, e);
	cJSON *all = model ? dr_models(dr, project, e) : NULL;
	cJSON *like = all ? cJSON_CreateArray() : NULL, *m, *after;

	if (all && !like)
		err_nomem(e);
	for (m = all ? all->child : NULL; like && m; m = after) {
		after = m->next;
		if (dr_model_alike(model, m) && !is(m, id))
			cJSON_AddItemToArray(like, cJSON_DetachItemViaPointer(all, m));
	}
	cJSON_Delete(all);
	if (like && cJSON_InsertItemInArray(like, 0, model))
		return like;
	cJSON_Delete(like);
	cJSON_Delete(model);
	return NULL;
}
