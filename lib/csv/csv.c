#include "csv/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "csv/grow.h"
#include "csv/utf8.h"
#include "json/json.h"

#define BUFFER_SIZE ((size_t)256 << 10)
#define EOF_BYTE (-1)

struct csv {
	int fd;
	char delimiter;
	bool eof;
	size_t line;       /* the line that is being read */
	size_t start_line; /* of the record that is being read, or was last */
	size_t at, end;    /* unread bytes of buf */
	unsigned char *buf;

	char *text; /* the record's fields, one after the other */
	size_t len, cap;
	size_t *offset; /* where each field starts in text */
	struct csv_field *field;
	size_t n, offset_cap, field_cap;
};

/* Windows-1252, 0x80 to 0x9f; what it leaves open is U+FFFD. */
static const uint16_t windows[32] = {
	0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
	0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

static bool fill(struct csv *c, struct err *e)
{
	ssize_t got;

	do
		got = read(c->fd, c->buf, BUFFER_SIZE);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_errno(e, "read");
	c->at = 0;
	c->end = (size_t)got;
	c->eof = got == 0;
	return true;
}

/* A file of another kind is recognised by its first bytes, so that the message can
 * say what to do instead of complaining about a strange character. */
static bool check_signature(struct csv *c, struct err *e)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *what;
	} known[] = {
		{"PK\x03\x04", 4, "a zip archive or a spreadsheet: save it as CSV"},
		{"\x1f\x8b", 2, "compressed by gzip: unpack it first"},
		{"\xfd\x37zXZ", 5, "compressed by xz: unpack it first"},
		{"BZh", 3, "compressed by bzip2: unpack it first"},
		{"\xff\xfe", 2, "in UTF-16: save it as UTF-8"},
		{"\xfe\xff", 2, "in UTF-16: save it as UTF-8"},
		{"PAR1", 4, "in Parquet format: save it as CSV"},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (c->end >= known[i].n && !memcmp(c->buf, known[i].bytes, known[i].n))
			return err_set(e, ERR_REFUSED, "the file is %s", known[i].what);
	if (c->end >= 3 && !memcmp(c->buf, "\xef\xbb\xbf", 3))
		c->at = 3;
	return true;
}

static char find_delimiter(const struct csv *c)
{
	static const char candidate[] = {',', ';', '\t', '|'};
	size_t count[4] = {0}, best = 0;
	bool quoted = false;

	for (size_t i = c->at; i < c->end; i++) {
		if (c->buf[i] == '"')
			quoted = !quoted;
		else if (!quoted && (c->buf[i] == '\n' || c->buf[i] == '\r'))
			break;
		for (size_t k = 0; k < sizeof candidate; k++)
			count[k] += !quoted && c->buf[i] == (unsigned char)candidate[k];
	}
	for (size_t k = 1; k < sizeof candidate; k++)
		if (count[k] > count[best])
			best = k;
	return candidate[best];
}

struct csv *csv_open(const char *path, struct err *e)
{
	struct csv *c = calloc(1, sizeof *c);
	struct stat st;

	if (!c) {
		err_nomem(e);
		return NULL;
	}
	/* Not blocking: a named pipe would otherwise be waited for. */
	c->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (c->fd < 0) {
		if (err_is_path(errno))
			err_set(e, ERR_REFUSED, "the file cannot be read: %s", strerror(errno));
		else
			err_errno(e, "the file cannot be read");
		goto fail;
	}
	if (fstat(c->fd, &st) || !S_ISREG(st.st_mode)) {
		err_set(e, ERR_REFUSED, "the file cannot be read: not a regular file");
		goto fail;
	}
	if (!(c->buf = malloc(BUFFER_SIZE))) {
		err_nomem(e);
		goto fail;
	}
	c->line = 1;
	if (!fill(c, e) || !check_signature(c, e))
		goto fail;
	c->delimiter = find_delimiter(c);
	return c;
fail:
	csv_free(c);
	return NULL;
}

void csv_free(struct csv *c)
{
	if (!c)
		return;
	if (c->fd >= 0)
		close(c->fd);
	free(c->buf);
	free(c->text);
	free(c->offset);
	free(c->field);
	free(c);
}

size_t csv_line(const struct csv *c)
{
	return c->start_line;
}

/* The next byte without taking it, EOF_BYTE at the end; false only on an error. */
static bool peek(struct csv *c, int *byte, struct err *e)
{
	if (c->at == c->end && !c->eof && !fill(c, e))
		return false;
	*byte = c->at < c->end ? c->buf[c->at] : EOF_BYTE;
	return true;
}

static bool reserve(struct csv *c, size_t more, struct err *e)
{
	char *text = grow(c->text, &c->cap, c->len + more, 1);

	if (!text)
		return err_nomem(e);
	c->text = text;
	return true;
}

static bool put(struct csv *c, int byte, struct err *e)
{
	if (c->len - c->offset[c->n] >= CSV_FIELD_MAX)
		return err_set(e, ERR_REFUSED,
			       "line %zu: a field of more than %zu bytes (a quote that is not "
			       "closed?)",
			       c->start_line, CSV_FIELD_MAX);
	if (c->len >= CSV_RECORD_MAX)
		return err_set(e, ERR_REFUSED, "line %zu: a row of more than %zu bytes",
			       c->start_line, CSV_RECORD_MAX);
	if (!byte)
		return err_set(e, ERR_REFUSED, "line %zu: a zero byte: this is no text",
			       c->line);
	if (!reserve(c, 1, e))
		return false;
	c->text[c->len++] = (char)byte;
	return true;
}

static bool begin_field(struct csv *c, struct err *e)
{
	void *p;

	if (c->n == CSV_COLUMNS_MAX)
		return err_set(e, ERR_REFUSED, "line %zu: more than %d columns", c->start_line,
			       CSV_COLUMNS_MAX);
	if (!(p = grow(c->offset, &c->offset_cap, c->n + 1, sizeof *c->offset)))
		return err_nomem(e);
	c->offset = p;
	if (!(p = grow(c->field, &c->field_cap, c->n + 1, sizeof *c->field)))
		return err_nomem(e);
	c->field = p;
	c->offset[c->n] = c->len;
	return true;
}

static bool is_space(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r' || ch == '\v' || ch == '\f';
}

/* Rewrite the field that ends the text from Windows-1252 to UTF-8, from its end so
 * that it can be done in place. */
static bool convert(struct csv *c, struct err *e)
{
	size_t start = c->offset[c->n], n = c->len - start, to;
	unsigned char *s;

	if (!reserve(c, 2 * n, e))
		return false;
	s = (unsigned char *)c->text + start;
	to = 3 * n;
	for (size_t i = n; i-- > 0;) {
		uint32_t code = s[i] < 0x80 || s[i] > 0x9f ? s[i] : windows[s[i] - 0x80];

		to -= code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
		utf8_put((char *)s + to, code);
	}
	memmove(s, s + to, 3 * n - to);
	c->len = start + 3 * n - to;
	return true;
}

static bool end_field(struct csv *c, struct err *e)
{
	size_t start = c->offset[c->n];
	const char *s;
	size_t len;

	if (c->len > start &&
	    json_utf8_prefix(c->text + start, c->len - start) != c->len - start &&
	    !convert(c, e))
		return false;
	s = c->text ? c->text + start : "";
	len = c->len - start;
	while (len && is_space(s[len - 1]))
		len--;
	while (len && is_space(*s)) {
		s++;
		len--;
	}
	/* s is made relative until the record is whole: text may still move. */
	c->offset[c->n] = c->text ? (size_t)(s - c->text) : 0;
	c->field[c->n++].len = len;
	return true;
}

/* The rest of a quoted field, its opening quote taken, up to its closing one. */
static bool read_quoted(struct csv *c, struct err *e)
{
	size_t opened = c->line;
	int byte, before = 0;

	for (;;) {
		if (!peek(c, &byte, e))
			return false;
		if (byte == EOF_BYTE)
			return err_set(e, ERR_REFUSED, "line %zu: a quote that is not closed",
				       opened);
		c->at++;
		if (byte == '"') {
			if (!peek(c, &byte, e))
				return false;
			if (byte != '"')
				return true;
			c->at++;
		}
		c->line += byte == '\r' || (byte == '\n' && before != '\r');
		before = byte;
		if (!put(c, byte, e))
			return false;
	}
}

/* One field; *last where a line or the file ends behind it. */
static bool read_field(struct csv *c, bool *last, struct err *e)
{
	bool quoted = false, blank = true;
	int byte;

	if (!begin_field(c, e))
		return false;
	for (;;) {
		if (!peek(c, &byte, e))
			return false;
		if (byte == c->delimiter || byte == '\n' || byte == '\r' || byte == EOF_BYTE)
			break;
		c->at++;
		if (byte == '"' && blank && !quoted) {
			quoted = true;
			c->len = c->offset[c->n];
			if (!read_quoted(c, e))
				return false;
		} else if (quoted && byte != ' ' && byte != '\t') {
			return err_set(e, ERR_REFUSED,
				       "line %zu: text after a closing quote (quotes inside "
				       "a quoted field are doubled)",
				       c->line);
		} else if (!quoted) {
			blank = blank && is_space((char)byte);
			if (!put(c, byte, e))
				return false;
		}
	}
	c->at += byte != EOF_BYTE;
	*last = byte != c->delimiter;
	if (byte == '\r') {
		if (!peek(c, &byte, e))
			return false;
		c->at += byte == '\n';
		c->line++;
	} else if (byte == '\n') {
		c->line++;
	}
	return end_field(c, e);
}

enum csv_result csv_next(struct csv *c, const struct csv_field **field, size_t *n,
			 struct err *e)
{
	int byte;
	bool last;

	for (;;) { /* an empty line has one empty field */
		if (!peek(c, &byte, e))
			return CSV_ERROR;
		if (byte == EOF_BYTE)
			return CSV_END;
		c->start_line = c->line;
		c->len = c->n = 0;
		do
			if (!read_field(c, &last, e))
				return CSV_ERROR;
		while (!last);
		if (c->n > 1 || c->field[0].len)
			break;
	}
	for (size_t i = 0; i < c->n; i++)
		c->field[i].s = c->text ? c->text + c->offset[i] : "";
	*field = c->field;
	*n = c->n;
	return CSV_RECORD;
}
