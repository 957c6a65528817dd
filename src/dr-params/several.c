#include "several.h"

#include <stdlib.h>

#include "dr/tuning.h"
#include "json/json.h"

bool several_add(struct several *s, cJSON *rec, const char *project, struct err *e)
{
	if (rec && s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 16;
		struct several_model *more = realloc(s->model, room * sizeof(*more));

		if (!more) {
			cJSON_Delete(rec);
			return err_nomem(e);
		}
		s->model = more;
		s->room = room;
	}
	if (rec)
		s->model[s->n++] = (struct several_model){
			.rec = rec, .project = project, .id = json_str(rec, "id")};
	return rec;
}

static void answered(struct http_response *r, const struct err *why, void *ctx)
{
	struct several_model *m = ctx;

	m->parameters = dr_parameter_records_read(m->all->dr, r, why, m->id, &m->why);
	m->gone = r->status == 404;
	m->over = true;
}

bool several_fetch(struct several *s, struct dr *dr, several_done_fn *done, void *ctx,
		   struct err *e)
{
	size_t told = 0;

	s->dr = dr;
	for (size_t i = 0; i < s->n; i++) {
		struct several_model *m = &s->model[i];

		m->all = s;
		if (!dr_parameter_records_start(dr, m->project, m->id, answered, m, e))
			return false;
	}
	while (told < s->n) {
		struct several_model *m = &s->model[told];

		if (!m->over) {
			if (!http_poll(dr_http(dr), -1, -1, NULL, e))
				return false;
			continue;
		}
		if (!m->parameters && !m->gone) {
			*e = m->why;
			return false;
		}
		if (done && !done(m, ctx, e))
			return false;
		told++;
	}
	return true;
}

void several_release(struct several *s)
{
	for (size_t i = 0; i < s->n; i++) {
		cJSON_Delete(s->model[i].rec);
		cJSON_Delete(s->model[i].parameters);
	}
	free(s->model);
	*s = (struct several){0};
}
