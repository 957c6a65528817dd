/* Predictions come back as they were written, from anywhere in the file. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "preds/preds.h"
#include "tap.h"

static char dir[] = "/tmp/preds-test.XXXXXX";

static char *in_dir(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void test_round(void)
{
	struct err e = {0};
	struct preds_writer *w = preds_create(in_dir("a"), 2, &e);
	struct preds *p;
	struct preds_row row;
	double v[2];
	bool good = w != NULL;

	for (uint32_t i = 0; w && i < 100; i++)
		good = good && preds_put(w, (struct preds_row){3 * i, i % 5},
					 (const double[]){i, 0.1 * i}, &e);
	ok(good, "rows are written");
	ok(access(in_dir("a"), F_OK), "the file has its name only once it is whole");
	ok(w && preds_finish(w, &e) && !access(in_dir("a"), F_OK), "then it has");
	preds_drop(w);
	ok(access(in_dir("a.tmp"), F_OK), "nothing else is left");
	p = preds_open(in_dir("a"), &e);
	ok(p && preds_rows(p) == 100 && preds_width(p) == 2, "its size is known");
	ok(p && preds_seek(p, 98, &e) && preds_next(p, &row, v, &e) && row.row == 294 &&
		   row.part == 3 && v[0] == 98 && v[1] == 0.1 * 98,
	   "a row in the middle");
	ok(p && preds_next(p, &row, v, &e) && row.row == 297, "the row after it");
	ok(p && !preds_next(p, &row, v, &e) && e.kind == ERR_INPUT, "no row after the last");
	preds_close(p);
}

static void test_damaged(void)
{
	struct err e = {0};
	struct preds_writer *w = preds_create(in_dir("b"), 1, &e);

	ok(!preds_open(in_dir("none"), &e) && e.kind == ERR_INPUT, "a file that is not there");
	ok(w && preds_put(w, (struct preds_row){0, PREDS_HOLDOUT}, &(double){1}, &e) &&
		   preds_finish(w, &e),
	   "a file of one row");
	preds_drop(w);
	e = (struct err){0};
	ok(!truncate(in_dir("b"), 30) && !preds_open(in_dir("b"), &e) && e.kind == ERR_INPUT,
	   "a file that was cut is refused");
	e = (struct err){0};
	ok(!truncate(in_dir("b"), 3) && !preds_open(in_dir("b"), &e) && e.kind == ERR_INPUT,
	   "one without a head too");
	w = preds_create(in_dir("c"), 1, &e);
	preds_drop(w);
	ok(access(in_dir("c"), F_OK) && access(in_dir("c.tmp"), F_OK),
	   "what is dropped leaves nothing");
	e = (struct err){0};
	ok(!preds_create(in_dir("no/such"), 1, &e) && e.kind == ERR_SYSTEM,
	   "a folder that is not there");
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	test_round();
	test_damaged();
	unlink(in_dir("a"));
	unlink(in_dir("b"));
	rmdir(dir);
	return tap_end();
}
