#include "data/prepared.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/target.h"

#define FILE_NAME "table"
#define FILE_TEMPORARY "table.tmp"

static const char magic[16] = "drtune-table-03";

/* What stands at the start of the file and in front of each column. */
struct head {
	char magic[16];
	uint64_t rows, cols, target, reps, seed;
	char metric[32];
	uint64_t classes, tvh;
};

struct column_head {
	uint64_t name_len, type, n_values, n_missing, low_information, bytes;
};

size_t prepared_outputs(const struct prepared *p)
{
	return p->classes > 2 ? p->classes : 1;
}

enum metrics_kind prepared_kind(const struct prepared *p)
{
	return p->regression     ? METRICS_REGRESSION
	       : p->classes == 2 ? METRICS_BINARY
				 : METRICS_MULTICLASS;
}

const char *prepared_kind_name(const struct prepared *p)
{
	return metrics_kind_name(prepared_kind(p));
}

static bool put(FILE *out, const void *p, size_t size, size_t n)
{
	return !n || fwrite(p, size, n, out) == n;
}

static bool put_column(FILE *out, const struct column *c, size_t rows)
{
	struct column_head h = {
		.name_len = strlen(c->name),
		.type = c->type,
		.n_values = c->n_values,
		.n_missing = c->n_missing,
		.low_information = c->low_information,
		.bytes = c->n_values ? c->offset[c->n_values] : 0,
	};

	return put(out, &h, sizeof h, 1) && put(out, c->name, 1, h.name_len) &&
	       put(out, c->offset, sizeof *c->offset, c->n_values ? c->n_values + 1 : 0) &&
	       put(out, c->bytes, 1, h.bytes) &&
	       put(out, c->number, sizeof *c->number, c->number ? c->n_values : 0) &&
	       put(out, c->code, sizeof *c->code, rows);
}

static bool put_all(FILE *out, const struct prepared *p)
{
	const struct frame *f = &p->frame;
	struct head h = {
		.rows = f->rows,
		.cols = f->cols,
		.target = p->target,
		.reps = p->partition.reps,
		.seed = p->seed,
		.classes = p->classes,
		.tvh = p->partition.tvh,
	};

	memcpy(h.magic, magic, sizeof magic);
	strncpy(h.metric, p->metric->name, sizeof h.metric - 1);
	if (!put(out, &h, sizeof h, 1))
		return false;
	for (size_t i = 0; i < f->cols; i++)
		if (!put_column(out, &f->column[i], f->rows))
			return false;
	return put(out, p->row_id, sizeof *p->row_id, f->rows) &&
	       put(out, p->y, sizeof *p->y, f->rows) &&
	       put(out, p->partition.fold, 1, f->rows) &&
	       put(out, p->partition.order, sizeof *p->partition.order, f->rows);
}

bool prepared_write(const struct prepared *p, const char *dir, struct err *e)
{
	int folder = open(dir, O_DIRECTORY | O_RDONLY | O_CLOEXEC), fd = -1;
	FILE *out = NULL;
	bool ok = false;

	if (folder < 0)
		return err_errno(e, "%s", dir);
	fd = openat(folder, FILE_TEMPORARY, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || !(out = fdopen(fd, "w"))) {
		err_errno(e, "%s/" FILE_TEMPORARY, dir);
		if (fd >= 0)
			close(fd);
		goto out;
	}
	ok = put_all(out, p) && !fflush(out) && !fdatasync(fd);
	if (!ok)
		err_errno(e, "%s/" FILE_TEMPORARY ": write", dir);
	if (fclose(out) && ok)
		ok = err_errno(e, "%s/" FILE_TEMPORARY ": write", dir);
	if (ok && renameat(folder, FILE_TEMPORARY, folder, FILE_NAME))
		ok = err_errno(e, "%s/" FILE_NAME, dir);
	if (!ok)
		unlinkat(folder, FILE_TEMPORARY, 0);
out:
	close(folder);
	return ok;
}

/* The unread part of a file in memory. */
struct cursor {
	const char *at;
	size_t left;
};

static bool get(struct cursor *c, void *p, size_t size, size_t n)
{
	if (n && c->left / size < n)
		return false;
	if (n)
		memcpy(p, c->at, n * size);
	c->at += n * size;
	c->left -= n * size;
	return true;
}

/* A new array of n elements read from the file; one is allocated also where n is 0. */
static void *get_array(struct cursor *c, size_t size, size_t n)
{
	void *p = n <= c->left / size ? malloc(n ? n * size : 1) : NULL;

	if (p && get(c, p, size, n))
		return p;
	free(p);
	return NULL;
}

static bool check_column(const struct column *c, const struct column_head *h, size_t rows)
{
	if (c->n_values && (c->offset[0] || c->offset[c->n_values] != h->bytes))
		return false;
	for (size_t v = 0; v < c->n_values; v++)
		if (c->offset[v] >= c->offset[v + 1])
			return false;
	for (size_t v = 0; v < c->n_values; v++)
		if (c->bytes[c->offset[v + 1] - 1])
			return false;
	for (size_t row = 0; row < rows; row++)
		if (c->code[row] != FRAME_NA && c->code[row] >= c->n_values)
			return false;
	return true;
}

static bool get_column(struct cursor *in, struct column *c, size_t rows)
{
	struct column_head h;

	if (!get(in, &h, sizeof h, 1) || h.type > COLUMN_TEXT || h.name_len > in->left ||
	    h.n_values >= FRAME_NA)
		return false;
	c->type = (enum column_type)h.type;
	c->n_values = h.n_values;
	c->n_missing = h.n_missing;
	c->low_information = h.low_information;
	if (!(c->name = strndup(in->at, h.name_len)))
		return false;
	in->at += h.name_len;
	in->left -= h.name_len;
	if (!(c->offset = get_array(in, sizeof *c->offset, h.n_values ? h.n_values + 1 : 0)) ||
	    !(c->bytes = get_array(in, 1, h.bytes)))
		return false;
	if (column_is_number(c) && !(c->number = get_array(in, sizeof *c->number, h.n_values)))
		return false;
	return (c->code = get_array(in, sizeof *c->code, rows)) && check_column(c, &h, rows);
}

static bool check_partition(const struct partition *p)
{
	for (size_t i = 0; i < p->rows; i++)
		if ((p->fold[i] >= p->reps && p->fold[i] != PARTITION_HOLDOUT) ||
		    p->order[i] >= p->rows)
			return false;
	return true;
}

static bool check_target(const struct prepared *p)
{
	for (size_t i = 0; p->classes && i < p->frame.rows; i++)
		if (!(p->y[i] >= 0 && p->y[i] < (double)p->classes &&
		      p->y[i] == floor(p->y[i])))
			return false;
	return true;
}

static bool get_all(struct prepared *p, struct cursor *in)
{
	struct frame *f = &p->frame;
	struct head h;

	if (!get(in, &h, sizeof h, 1) || memcmp(h.magic, magic, sizeof magic) ||
	    h.cols > in->left || h.target >= h.cols || h.rows > in->left || !h.rows ||
	    !h.reps || h.reps > PARTITION_REPS_MAX || h.classes == 1 ||
	    h.classes > TARGET_CLASSES_MAX)
		return false;
	h.metric[sizeof h.metric - 1] = '\0';
	p->target = h.target;
	p->classes = h.classes;
	p->regression = !p->classes;
	p->seed = h.seed;
	if (!(p->metric = metrics_find(prepared_kind(p), h.metric)) ||
	    !(f->column = calloc(h.cols, sizeof *f->column)))
		return false;
	f->rows = p->partition.rows = h.rows;
	f->cols = h.cols;
	p->partition.reps = (unsigned)h.reps;
	p->partition.tvh = h.tvh;
	for (size_t i = 0; i < f->cols; i++)
		if (!get_column(in, &f->column[i], f->rows))
			return false;
	return (p->row_id = get_array(in, sizeof *p->row_id, f->rows)) &&
	       (p->y = get_array(in, sizeof *p->y, f->rows)) &&
	       (p->partition.fold = get_array(in, 1, f->rows)) &&
	       (p->partition.order = get_array(in, sizeof *p->partition.order, f->rows)) &&
	       !in->left && check_target(p) && check_partition(&p->partition);
}

static char *slurp(int fd, size_t size, struct err *e)
{
	char *text = malloc(size ? size : 1);
	size_t have = 0;

	if (!text) {
		err_nomem(e);
		return NULL;
	}
	while (have < size) {
		ssize_t got = read(fd, text + have, size - have);

		if (got > 0) {
			have += (size_t)got;
		} else if (!got || errno != EINTR) {
			err_errno(e, "read");
			free(text);
			return NULL;
		}
	}
	return text;
}

bool prepared_read(struct prepared *p, const char *dir, struct err *e)
{
	int folder = open(dir, O_DIRECTORY | O_RDONLY | O_CLOEXEC), fd = -1;
	struct stat st;
	char *text = NULL;
	bool ok = false;

	*p = (struct prepared){0};
	if (folder >= 0)
		fd = openat(folder, FILE_NAME, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st)) {
		err_path(e, "%s: no prepared table", dir);
		goto out;
	}
	if (!(text = slurp(fd, (size_t)st.st_size, e)))
		goto out;
	errno = 0; /* malloc says so where it is memory that is missing */
	ok = get_all(p, &(struct cursor){text, (size_t)st.st_size});
	if (!ok && errno == ENOMEM)
		err_nomem(e);
	else if (!ok)
		err_set(e, ERR_INPUT,
			"%s: the prepared table is damaged, or of another version", dir);
out:
	free(text);
	if (!ok)
		prepared_release(p);
	if (fd >= 0)
		close(fd);
	if (folder >= 0)
		close(folder);
	return ok;
}

void prepared_release(struct prepared *p)
{
	frame_release(&p->frame);
	partition_release(&p->partition);
	free(p->row_id);
	free(p->y);
	*p = (struct prepared){0};
}
