#include "preds/preds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[16] = "drtune-preds-01";

struct head {
	char magic[16];
	uint64_t width;
};

struct preds_writer {
	char *path, *temporary;
	FILE *out;
	size_t width;
};

struct preds {
	FILE *in;
	size_t rows, width;
};

struct preds_writer *preds_create(const char *path, size_t width, struct err *e)
{
	struct preds_writer *w = calloc(1, sizeof(*w));
	struct head h = {.width = width};
	int fd = -1;

	if (!w || !(w->path = strdup(path)) || asprintf(&w->temporary, "%s.tmp", path) < 0) {
		if (w)
			w->temporary = NULL;
		err_nomem(e);
		goto fail;
	}
	w->width = width;
	memcpy(h.magic, magic, sizeof(magic));
	fd = open(w->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || !(w->out = fdopen(fd, "w")) || fwrite(&h, sizeof(h), 1, w->out) != 1) {
		err_errno(e, "%s", w->temporary);
		if (fd >= 0 && !w->out)
			close(fd);
		goto fail;
	}
	return w;
fail:
	preds_drop(w);
	return NULL;
}

bool preds_put(struct preds_writer *w, struct preds_row row, const double *value, struct err *e)
{
	return (fwrite(&row, sizeof(row), 1, w->out) == 1 &&
		fwrite(value, sizeof(*value), w->width, w->out) == w->width) ||
	       err_errno(e, "%s: write", w->temporary);
}

bool preds_finish(struct preds_writer *w, struct err *e)
{
	bool ok = !fflush(w->out) && !fdatasync(fileno(w->out));

	if (!ok)
		err_errno(e, "%s: write", w->temporary);
	if (fclose(w->out) && ok)
		ok = err_errno(e, "%s: write", w->temporary);
	w->out = NULL;
	if (ok && rename(w->temporary, w->path))
		ok = err_errno(e, "%s", w->path);
	if (!ok)
		return false;
	free(w->temporary);
	w->temporary = NULL;
	return true;
}

void preds_drop(struct preds_writer *w)
{
	if (!w)
		return;
	if (w->out)
		fclose(w->out);
	if (w->temporary)
		unlink(w->temporary);
	free(w->temporary);
	free(w->path);
	free(w);
}

static size_t record_size(size_t width)
{
	return sizeof(struct preds_row) + width * sizeof(double);
}

struct preds *preds_open(const char *path, struct err *e)
{
	struct preds *p = calloc(1, sizeof(*p));
	struct head h;
	struct stat st;

	if (!p) {
		err_nomem(e);
		return NULL;
	}
	if (!(p->in = fopen(path, "re")) || fstat(fileno(p->in), &st)) {
		err_set(e, errno == ENOENT ? ERR_INPUT : ERR_SYSTEM, "%s: %s", path,
			strerror(errno));
		goto fail;
	}
	if (fread(&h, sizeof(h), 1, p->in) != 1 || memcmp(h.magic, magic, sizeof(magic)) ||
	    !h.width || h.width > PREDS_WIDTH_MAX ||
	    ((size_t)st.st_size - sizeof(h)) % record_size(h.width)) {
		err_set(e, ERR_INPUT, "%s: not predictions, or damaged", path);
		goto fail;
	}
	p->width = h.width;
	p->rows = ((size_t)st.st_size - sizeof(h)) / record_size(h.width);
	return p;
fail:
	preds_close(p);
	return NULL;
}

size_t preds_rows(const struct preds *p)
{
	return p->rows;
}

size_t preds_width(const struct preds *p)
{
	return p->width;
}

bool preds_seek(struct preds *p, size_t i, struct err *e)
{
	off_t at = (off_t)(sizeof(struct head) + i * record_size(p->width));

	return !fseeko(p->in, at, SEEK_SET) || err_errno(e, "predictions: seek");
}

bool preds_next(struct preds *p, struct preds_row *row, double *value, struct err *e)
{
	return (fread(row, sizeof(*row), 1, p->in) == 1 &&
		fread(value, sizeof(*value), p->width, p->in) == p->width) ||
	       err_set(e, ERR_INPUT, "predictions: the file ends too early");
}

void preds_close(struct preds *p)
{
	if (!p)
		return;
	if (p->in)
		fclose(p->in);
	free(p);
}
