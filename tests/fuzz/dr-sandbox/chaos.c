/*
 * chaos: the rules of --chaos, and what they say of requests and jobs.
 *
 * Aims at src/dr-sandbox/chaos/chaos.c src/dr-sandbox/chaos/spec.c.
 */
#include "../fuzz.h"

#include "chaos/chaos.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *spec = fuzz_text(data, size);
	struct err e = {0};
	struct chaos *c = NULL, *same = NULL;

	/* A file, or a pattern that takes its time, is the business of whoever writes it. */
	if (size < 400 && *spec != '@' && !strpbrk(spec, "{*+"))
		c = chaos_new(spec, 1, NULL, &e);
	else
		err_set(&e, ERR_USAGE, "left out");
	if (c) {
		must((same = chaos_new(spec, 1, NULL, &e)));
	} else {
		fuzz_failed(&e);
		must(e.kind == ERR_USAGE);
	}
	for (int i = 0; c && i < 20; i++) {
		struct chaos_fault f, g;

		chaos_request(c, i % 2 ? "POST" : "GET", "projects/5f/models/", &f);
		chaos_request(same, i % 2 ? "POST" : "GET", "projects/5f/models/", &g);
		must(f.kind == g.kind);
		must(!f.kind || (f.draw == g.draw && f.status == g.status));
		must(f.kind != CHAOS_STATUS || (f.status >= 400 && f.status < 600));
		must(chaos_job(c, "fit") == chaos_job(same, "fit"));
		if (f.kind)
			chaos_done(c, &f);
	}
	if (c) {
		cJSON *v = chaos_report(c);

		fuzz_round_trip(v);
		cJSON_Delete(v);
	}
	chaos_free(same);
	chaos_free(c);
	free(spec);
	return 0;
}
