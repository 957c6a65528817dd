/* form: multipart/form-data; the part `file` goes to disk as it comes in. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "web/private.h"

#define FIELD_MAX ((size_t)64 << 10) /* bytes of a part that is not the file */
#define FIELDS_MAX 32

struct web_form {
	struct MHD_PostProcessor *post;
	const char *dir;
	int fd;
	size_t parts;
	struct web_upload upload;
	char why[256];   /* what is wrong with it, or "" */
	unsigned status; /* that goes with why */
};

static enum MHD_Result refuse(struct web_form *f, unsigned status, const char *why)
{
	if (f->why[0] == '\0') {
		snprintf(f->why, sizeof(f->why), "%s", why);
		f->status = status;
	}
	return MHD_NO;
}

static enum MHD_Result open_file(struct web_form *f, const char *filename)
{
	if (f->upload.path)
		return refuse(f, 422, "more than one part is called `file`");
	if (asprintf(&f->upload.path, "%s/XXXXXX", f->dir) < 0) {
		f->upload.path = NULL;
		return refuse(f, 500, "out of memory");
	}
	f->fd = mkostemp(f->upload.path, O_CLOEXEC);
	if (f->fd < 0) {
		free(f->upload.path);
		f->upload.path = NULL;
		return refuse(f, 500, "the upload cannot be stored");
	}
	if (filename && json_utf8_prefix(filename, strlen(filename)) == strlen(filename))
		f->upload.filename = strdup(filename);
	return MHD_YES;
}

static enum MHD_Result to_file(struct web_form *f, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(f->fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refuse(f, errno == ENOSPC ? 507 : 500,
				      errno == ENOSPC ? "no space left for the upload"
						      : "the upload cannot be stored");
		data += n;
		size -= (size_t)n;
	}
	return MHD_YES;
}

static enum MHD_Result to_field(struct web_form *f, const char *key, const char *data,
				uint64_t off, size_t size)
{
	const char *have = off ? json_str(f->upload.fields, key) : "";
	size_t len = have ? strlen(have) : 0;
	enum MHD_Result ok = MHD_NO;
	char *all;

	if (off == 0 && ++f->parts > FIELDS_MAX)
		return refuse(f, 422, "the form has too many parts");
	if (off + size > FIELD_MAX || len != off || memchr(data, 0, size))
		return refuse(f, 422, "a part of the form is too long or holds a NUL");
	all = malloc(len + size + 1);
	if (!all)
		return refuse(f, 500, "out of memory");
	if (len)
		memcpy(all, have, len);
	memcpy(all + len, data, size);
	all[len + size] = '\0';
	if (json_set_str(f->upload.fields, key, all))
		ok = MHD_YES;
	else
		refuse(f, 500, "out of memory");
	free(all);
	return ok;
}

static enum MHD_Result part(void *cls, enum MHD_ValueKind kind, const char *key,
			    const char *filename, const char *type, const char *encoding,
			    const char *data, uint64_t off, size_t size)
{
	struct web_form *f = cls;

	(void)kind;
	(void)type;
	(void)encoding;
	if (!key)
		return refuse(f, 422, "a part of the form has no name");
	if (strcmp(key, "file") != 0)
		return to_field(f, key, data, off, size);
	if (off == 0 && !(f->upload.path && size == 0) && !open_file(f, filename))
		return MHD_NO;
	return to_file(f, data, size);
}

struct web_form *form_new(struct MHD_Connection *c, const char *dir)
{
	struct web_form *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->fd = -1;
	f->dir = dir;
	f->upload.fields = cJSON_CreateObject();
	f->post = MHD_create_post_processor(c, (size_t)64 << 10, part, f);
	if (!f->post || !f->upload.fields) {
		form_free(f);
		return NULL;
	}
	return f;
}

bool form_add(struct web_form *f, const char *data, size_t len)
{
	if (f->why[0] == '\0' && !MHD_post_process(f->post, data, len))
		refuse(f, 400, "the body is not multipart/form-data as announced");
	return f->why[0] == '\0';
}

static bool fields_are_text(const cJSON *fields)
{
	const cJSON *i;

	cJSON_ArrayForEach (i, fields) {
		const char *v = i->valuestring;

		if (json_utf8_prefix(v, strlen(v)) != strlen(v) ||
		    json_utf8_prefix(i->string, strlen(i->string)) != strlen(i->string))
			return false;
	}
	return true;
}

bool form_end(struct web_form *f, struct web_request *r)
{
	if (f->post && !MHD_destroy_post_processor(f->post))
		refuse(f, 400, "the form ends too early");
	f->post = NULL;
	if (f->fd >= 0 && close(f->fd) < 0)
		refuse(f, 500, "the upload cannot be stored");
	f->fd = -1;
	if (!fields_are_text(f->upload.fields))
		refuse(f, 422, "a part of the form is not UTF-8 text");
	return f->why[0] == '\0' || web_error(r, f->status, "%s", f->why);
}

struct web_upload *form_upload(struct web_form *f)
{
	return &f->upload;
}

void form_free(struct web_form *f)
{
	if (!f)
		return;
	if (f->post)
		MHD_destroy_post_processor(f->post);
	if (f->fd >= 0)
		close(f->fd);
	if (f->upload.path)
		unlink(f->upload.path);
	free(f->upload.path);
	free(f->upload.filename);
	cJSON_Delete(f->upload.fields);
	free(f);
}
