/*
 * preds: a file of predictions of any bytes.
 *
 * Aims at lib/preds/preds.c.
 */
#include "fuzz.h"

#include "preds/preds.h"

static char head[64];
static size_t head_len;

/* What a file of this width starts with. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err e = {0};
	char path[128];
	struct preds_writer *w;
	double value[2] = {0.5, 0.25};
	FILE *f;

	(void)argc, (void)argv;
	snprintf(path, sizeof(path), "%s/good", fuzz_dir());
	must((w = preds_create(path, 2, &e)) &&
	     preds_put(w, (struct preds_row){7, 1}, value, &e) && preds_finish(w, &e));
	preds_drop(w);
	must((f = fopen(path, "re")));
	head_len = fread(head, 1, sizeof(head), f);
	fclose(f);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(head_len + size);
	struct preds *p;
	struct preds_row row;
	struct err e = {0};
	double value[PREDS_WIDTH_MAX];
	size_t n = size, rows = 0;

	/* The first byte says how much of a good file stands in front of the others. */
	must(bytes);
	if (size) {
		n = data[0] % (head_len + 1);
		memcpy(bytes, head, n);
		memcpy(bytes + n, data + 1, size - 1);
		n += size - 1;
	}
	p = preds_open(fuzz_file("preds", bytes, n), &e);
	if (!p)
		fuzz_failed(&e);
	while (p && rows < preds_rows(p) && preds_next(p, &row, value, &e))
		rows++;
	if (p) {
		must(preds_width(p) >= 1 && preds_width(p) <= PREDS_WIDTH_MAX);
		must(rows == preds_rows(p) || e.kind != ERR_NONE);
		e = (struct err){0};
		must(preds_rows(p) == 0 || preds_seek(p, preds_rows(p) - 1, &e));
	}
	preds_close(p);
	free(bytes);
	return 0;
}
