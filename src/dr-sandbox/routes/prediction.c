#include "routes/prediction.h"

#include <stdlib.h>
#include <string.h>

bool prediction_open(struct web_request *r, struct service *sv, bool trained, const char *id,
		     struct prediction *p)
{
	sqlite3_stmt *q;
	struct err e = {0};
	char *path;

	*p = (struct prediction){0};
	if (!common_project(r, sv, r->arg[0]))
		return false;
	q = store_query(sv->store,
			"SELECT p.labels, p.task, m.threshold FROM prediction p"
			" JOIN model m ON m.id = p.model WHERE p.project = ? AND p.id = ?"
			" AND (p.dataset IS NULL) = ? AND p.rows IS NOT NULL",
			"ssi", r->arg[0], id, (long long)trained);
	if (!store_next(sv->store, q))
		return web_error(r, 404, "there are no predictions '%s'", id);
	p->label = store_json(q, 0);
	p->labels = (size_t)cJSON_GetArraySize(p->label);
	p->classes = strcmp(store_text(q, 1), "Regression") != 0;
	p->threshold = store_real(q, 2);
	sqlite3_reset(q);
	path = prediction_file(sv, r->arg[0], id, ".preds");
	if (path)
		p->file = preds_open(path, &e);
	free(path);
	p->width = p->labels > 2 ? p->labels : 1;
	p->value = malloc(p->width * sizeof(*p->value));
	if (!p->file || !p->label || !p->value || p->labels < (p->classes ? 2 : 1) ||
	    preds_width(p->file) != p->width)
		return web_error(r, 500, "%s", e.kind ? e.text : "out of memory");
	return true;
}

void prediction_close(struct prediction *p)
{
	preds_close(p->file);
	free(p->value);
	cJSON_Delete(p->label);
	*p = (struct prediction){0};
}

static void put(struct json_text *t, const char *s)
{
	json_text_add(t, s, strlen(s));
}

static void put_number(struct json_text *t, double v)
{
	char text[JSON_NUMBER_MAX];

	json_text_add(t, text, json_number(v, text));
}

static void put_part(struct json_text *t, uint32_t part)
{
	if (part == PREDS_HOLDOUT) {
		put(t, "Holdout");
	} else {
		put_number(t, part);
		put(t, ".0");
	}
}

/* The i-th label's probability in the row that is read; the number where there are no
 * classes. */
static double value_of(const struct prediction *p, size_t i)
{
	if (p->width > 1)
		return p->value[i];
	return p->classes && i > 0 ? 1 - p->value[0] : p->value[0];
}

/* The class of the row: that beyond the threshold of two, else the most probable one. */
static const cJSON *class_of(const struct prediction *p)
{
	size_t best = 0;

	if (p->width == 1)
		return cJSON_GetArrayItem(p->label, p->value[0] >= p->threshold ? 0 : 1);
	for (size_t i = 1; i < p->width; i++)
		if (p->value[i] > p->value[best])
			best = i;
	return cJSON_GetArrayItem(p->label, (int)best);
}

static void put_row(const struct prediction *p, bool trained, const struct preds_row *row,
		    struct json_text *t)
{
	put(t, "{\"rowId\":");
	put_number(t, row->row);
	if (trained) {
		put(t, ",\"partitionId\":\"");
		put_part(t, row->part);
		put(t, "\"");
	}
	put(t, ",\"prediction\":");
	if (p->classes)
		json_print(t, class_of(p));
	else
		put_number(t, p->value[0]);
	if (!trained && p->classes && p->width == 1) {
		put(t, ",\"positiveProbability\":");
		put_number(t, p->value[0]);
	}
	put(t, ",\"predictionValues\":[");
	for (size_t i = 0; i < p->labels; i++) {
		put(t, i ? ",{\"label\":" : "{\"label\":");
		json_print(t, cJSON_GetArrayItem(p->label, (int)i));
		put(t, ",\"value\":");
		put_number(t, value_of(p, i));
		put(t, "}");
	}
	put(t, "]}");
}

bool prediction_rows(struct prediction *p, bool trained, size_t first, size_t n,
		     struct json_text *to, struct err *e)
{
	struct preds_row row;

	if (!preds_seek(p->file, first, e))
		return false;
	put(to, "[");
	for (size_t i = 0; i < n; i++) {
		if (!preds_next(p->file, &row, p->value, e))
			return false;
		if (i)
			put(to, ",");
		put_row(p, trained, &row, to);
	}
	put(to, "]");
	return true;
}

/* A label as a field of CSV, with `before` in front of it. */
static void put_field(struct json_text *t, const char *before, const cJSON *label)
{
	const char *s = cJSON_GetStringValue(label);

	if (!s) {
		put(t, before);
		json_print(t, label);
	} else if (!s[strcspn(s, ",\"\r\n")]) {
		put(t, before);
		put(t, s);
	} else {
		put(t, "\"");
		put(t, before);
		for (; *s; s++)
			json_text_add(t, *s == '"' ? "\"\"" : s, *s == '"' ? 2 : 1);
		put(t, "\"");
	}
}

bool prediction_csv(struct prediction *p, bool trained, size_t first, size_t n,
		    struct json_text *to, struct err *e)
{
	struct preds_row row;

	if (!preds_seek(p->file, first, e))
		return false;
	put(to, trained ? "row_id,partition_id,prediction" : "row_id,prediction");
	for (size_t i = 0; p->classes && i < p->labels; i++) {
		put(to, ",");
		put_field(to, "class_", cJSON_GetArrayItem(p->label, (int)i));
	}
	put(to, "\n");
	for (size_t i = 0; i < n; i++) {
		if (!preds_next(p->file, &row, p->value, e))
			return false;
		put_number(to, row.row);
		put(to, ",");
		if (trained) {
			put_part(to, row.part);
			put(to, ",");
		}
		if (p->classes)
			put_field(to, "", class_of(p));
		else
			put_number(to, p->value[0]);
		for (size_t k = 0; p->classes && k < p->labels; k++) {
			put(to, ",");
			put_number(to, value_of(p, k));
		}
		put(to, "\n");
	}
	return true;
}

void prediction_answer(struct web_request *r, const char *type, struct json_text *text, bool ok,
		       const struct err *e)
{
	if (!ok || text->failed)
		web_error(r, 500, "%s", e->kind ? e->text : "out of memory");
	else
		web_text(r, 200, type, text->s);
	if (!ok || text->failed)
		json_text_release(text);
}
