#include "ndjson/ndjson.h"

#include <errno.h>

#include "json/json.h"

static bool put_line(FILE *out, const char *s, size_t len, struct err *e)
{
	if (fwrite(s, 1, len, out) != len || putc('\n', out) == EOF || fflush(out) != 0)
		return err_errno(e, "write");
	return true;
}

bool ndjson_put(FILE *out, const cJSON *rec, struct err *e)
{
	struct json_text t = {0};
	bool ok;

	json_print(&t, rec);
	ok = t.failed ? err_nomem(e) : put_line(out, t.s, t.len, e);
	json_text_release(&t);
	return ok;
}

bool ndjson_pass(FILE *out, const struct ndjson_reader *r, struct err *e)
{
	return put_line(out, r->text, r->len, e);
}

bool ndjson_close(FILE *out, struct err *e)
{
	bool bad = ferror(out) != 0;

	if (fclose(out) != 0 || bad)
		return err_errno(e, "write");
	return true;
}
