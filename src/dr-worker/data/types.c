#include "data/types.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "json/json.h"

#define NUMBER_MAX 64 /* bytes; longer ones are names made of digits */
#define SHOWN_MAX 60  /* bytes of a value in a message */
#define SECONDS_A_DAY 86400.0

bool types_missing(const char *s, size_t len)
{
	static const char *const words[] = {
		"na",  "n/a",  "#na",  "#n/a",     "nan",       "-nan",      "null", "none",
		"inf", "-inf", "+inf", "infinity", "-infinity", "+infinity", "?",    "."};

	if (!len)
		return true;
	if (len > strlen("-infinity"))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strlen(words[i]) == len && !strncasecmp(s, words[i], len))
			return true;
	return false;
}

/* Take a currency sign off the front. */
static bool take_currency(const char **s, size_t *len)
{
	static const char *const sign[] = {"$", "\xe2\x82\xac", "\xc2\xa3", "\xc2\xa5"};

	for (size_t i = 0; i < sizeof sign / sizeof *sign; i++) {
		size_t n = strlen(sign[i]);

		if (*len > n && !memcmp(*s, sign[i], n)) {
			*s += n;
			*len -= n;
			return true;
		}
	}
	return false;
}

static bool is_digit(char ch)
{
	return ch >= '0' && ch <= '9';
}

/* Copy `[+-]digits[.digits][e[+-]digits]` to out, commas between groups of three digits
 * left out.  False where it is anything else. */
static bool clean_number(const char *s, size_t len, char out[NUMBER_MAX])
{
	size_t i = 0, n = 0, digits = 0, group = 0, commas = 0;

	if (!len || len >= NUMBER_MAX)
		return false;
	if (s[i] == '-' || s[i] == '+')
		out[n++] = s[i++];
	for (; i < len && (is_digit(s[i]) || s[i] == ','); i++) {
		if (s[i] == ',') {
			if (!digits || (commas ? group != 3 : group > 3))
				return false;
			commas++;
			group = 0;
			continue;
		}
		out[n++] = s[i];
		digits++;
		group++;
	}
	if (commas && group != 3)
		return false;
	if (i < len && s[i] == '.')
		for (out[n++] = s[i++]; i < len && is_digit(s[i]); digits++)
			out[n++] = s[i++];
	if (!digits)
		return false;
	if (i < len && (s[i] == 'e' || s[i] == 'E')) {
		out[n++] = s[i++];
		if (i < len && (s[i] == '-' || s[i] == '+'))
			out[n++] = s[i++];
		if (i == len)
			return false;
		while (i < len && is_digit(s[i]))
			out[n++] = s[i++];
	}
	out[n] = '\0';
	return i == len;
}

bool types_number(const char *s, size_t len, double *v, enum column_type *type)
{
	char clean[NUMBER_MAX];
	bool negative = false;

	*type = COLUMN_NUMERIC;
	if (len > 1 && *s == '-') { /* -$5 */
		const char *rest = s + 1;
		size_t n = len - 1;

		if (take_currency(&rest, &n)) {
			*type = COLUMN_CURRENCY;
			negative = true;
			s = rest;
			len = n;
		}
	} else if (take_currency(&s, &len)) {
		*type = COLUMN_CURRENCY;
	}
	if (len > 1 && s[len - 1] == '%' && *type == COLUMN_NUMERIC) {
		*type = COLUMN_PERCENTAGE;
		len -= 1 + (s[len - 2] == ' ');
	}
	if (!clean_number(s, len, clean))
		return false;
	*v = strtod(clean, NULL);
	if (negative)
		*v = -*v;
	return isfinite(*v);
}

static bool infer_number(struct column *c)
{
	enum column_type type = COLUMN_NUMERIC;

	for (size_t v = 0; v < c->n_values; v++) {
		enum column_type one;

		if (!types_number(column_value(c, v), column_value_len(c, v), &c->number[v],
				  &one))
			return false;
		if (one == COLUMN_NUMERIC || one == type)
			continue;
		if (type != COLUMN_NUMERIC) /* percent and currency do not mix */
			return false;
		type = one;
	}
	c->type = type;
	return true;
}

static bool read_date(const char *s, const char *format, double *days)
{
	struct tm tm = {.tm_mday = 1}, check;
	const char *p = strptime(s, format, &tm);
	time_t t;

	if (!p || tm.tm_year < -900)
		return false;
	if (*p == ' ' || *p == 'T') {
		const char *seconds;

		if (!(p = strptime(p + 1, "%H:%M", &tm)))
			return false;
		if ((seconds = strptime(p, ":%S", &tm))) {
			p = seconds;
			if (*p == '.')
				p += 1 + strspn(p + 1, "0123456789");
		}
		p += *p == 'Z';
	}
	if (*p)
		return false;
	check = tm;
	t = timegm(&check);
	*days = (double)t / SECONDS_A_DAY;
	return check.tm_mday == tm.tm_mday && check.tm_mon == tm.tm_mon; /* no 31 April */
}

static bool is_date(const struct column *c, size_t v, const char *format, double *days)
{
	return column_value_len(c, v) < NUMBER_MAX &&
	       read_date(column_value(c, v), format, days);
}

/* The first format that the first n values fit, or NULL; their numbers then are set. */
static const char *find_format(const struct column *c, size_t n)
{
	static const char *const format[] = {"%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y",
					     "%d/%m/%Y", "%d.%m.%Y", "%m/%d/%y",
					     "%d-%b-%Y", "%b-%y",    "%b-%Y"};

	for (size_t i = 0; i < sizeof format / sizeof *format; i++) {
		size_t v = 0;

		while (v < n && is_date(c, v, format[i], &c->number[v]))
			v++;
		if (v == n)
			return format[i];
	}
	return NULL;
}

static bool infer_date(struct column *c)
{
	if (!find_format(c, c->n_values))
		return false;
	c->type = COLUMN_DATE;
	return true;
}

void types_date_format(const struct column *c, char out[TYPES_FORMAT_MAX])
{
	const char *format =
		c->type == COLUMN_DATE && c->n_values ? find_format(c, c->n_values) : NULL;
	const char *time, *rest;
	struct tm tm = {.tm_mday = 1};

	*out = '\0';
	if (!format)
		return;
	time = strptime(column_value(c, 0), format, &tm);
	snprintf(out, TYPES_FORMAT_MAX, "%s", format);
	rest = time && *time ? strptime(time + 1, "%H:%M", &tm) : NULL;
	if (!rest)
		return;
	snprintf(out, TYPES_FORMAT_MAX, "%s%c%%H:%%M%s%s%s", format, *time,
		 *rest == ':' ? ":%S" : "", strchr(rest, '.') ? ".%f" : "",
		 strchr(rest, 'Z') ? "Z" : "");
}

bool types_extend(struct column *c, size_t from, struct err *e)
{
	const char *format = c->type == COLUMN_DATE ? find_format(c, from) : NULL;

	for (size_t v = from; v < c->n_values; v++) {
		const char *s = column_value(c, v);
		size_t len = column_value_len(c, v);
		enum column_type type = COLUMN_NUMERIC;

		if (c->type == COLUMN_DATE
			    ? format && is_date(c, v, format, &c->number[v])
			    : types_number(s, len, &c->number[v], &type) &&
				      (type == COLUMN_NUMERIC || type == c->type))
			continue;
		len = json_utf8_prefix(s, len < SHOWN_MAX ? len : SHOWN_MAX);
		return err_set(e, ERR_REFUSED,
			       "column '%s': '%.*s' is not written as the table's %s", c->name,
			       (int)len, s,
			       c->type == COLUMN_DATE ? "dates are" : "numbers are");
	}
	return true;
}

static bool infer_boolean(struct column *c)
{
	static const char *const pair[][2] = {
		{"true", "false"}, {"yes", "no"}, {"t", "f"}, {"y", "n"}};

	if (c->n_values > 2)
		return false;
	for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
		size_t v = 0;

		while (v < c->n_values && (!strcasecmp(column_value(c, v), pair[i][0]) ||
					   !strcasecmp(column_value(c, v), pair[i][1])))
			v++;
		if (v == c->n_values) {
			c->type = COLUMN_BOOLEAN;
			return true;
		}
	}
	return false;
}

/* Words between spaces; a letter of Chinese, Japanese, Korean or Thai counts as one. */
static size_t count_words(const char *s)
{
	size_t words = 0;
	bool inside = false;

	for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
		if (*p <= ' ') {
			inside = false;
		} else if (*p >= 0xe3 && *p <= 0xed) {
			words++;
			inside = false;
		} else if (*p < 0x80 || *p >= 0xc0) {
			words += !inside;
			inside = true;
		}
	}
	return words;
}

static bool infer_text(struct column *c, size_t rows)
{
	size_t present = rows - c->n_missing, words = 0;
	double mean;

	for (size_t v = 0; v < c->n_values; v++)
		words += count_words(column_value(c, v));
	mean = (double)words / (double)c->n_values;
	if (!(mean >= 3 && (c->n_values >= 100 || 5 * c->n_values >= present)) &&
	    !(mean >= 1.5 && c->n_values >= 100 && 10 * c->n_values >= 3 * present))
		return false;
	c->type = COLUMN_TEXT;
	return true;
}

/* Almost all rows are in one state, "missing" being a state too. */
static bool is_constant(const struct column *c, size_t rows, size_t *count)
{
	size_t most = c->n_missing;

	for (size_t row = 0; row < rows; row++)
		if (c->code[row] != FRAME_NA && ++count[c->code[row]] > most)
			most = count[c->code[row]];
	return rows - most <= rows / 1000;
}

/* Row numbers, names: every row its own value, of a kind that orders nothing. */
static bool is_key(const struct column *c, size_t rows)
{
	bool rising = true;

	if (column_is_category(c))
		return 10 * c->n_values > 9 * rows;
	if (c->type != COLUMN_NUMERIC || c->n_values < rows)
		return false;
	for (size_t v = 0; v < c->n_values; v++) {
		if (c->number[v] != floor(c->number[v]))
			return false;
		rising = rising && (!v || c->number[v] > c->number[v - 1]);
	}
	return rising;
}

static bool is_copy(const struct column *a, const struct column *b, size_t rows)
{
	size_t bytes = a->n_values ? a->offset[a->n_values] : 0;

	return a->n_values == b->n_values && a->n_missing == b->n_missing &&
	       (!bytes ||
		(bytes == b->offset[b->n_values] && !memcmp(a->bytes, b->bytes, bytes))) &&
	       !memcmp(a->code, b->code, rows * sizeof *a->code);
}

static bool infer(struct column *c, size_t rows, struct err *e)
{
	size_t *count = NULL;

	c->type = COLUMN_CATEGORICAL;
	c->low_information = true;
	if (!c->n_values)
		return true;
	if (!(c->number = malloc(c->n_values * sizeof *c->number)) ||
	    !(count = calloc(c->n_values, sizeof *count)))
		return err_nomem(e);
	if (!infer_number(c) && !infer_date(c)) {
		free(c->number);
		c->number = NULL;
		if (!infer_boolean(c))
			infer_text(c, rows);
	}
	c->low_information = is_constant(c, rows, count) || is_key(c, rows);
	free(count);
	return true;
}

bool types_infer(struct frame *f, struct err *e)
{
	for (size_t i = 0; i < f->cols; i++) {
		struct column *c = &f->column[i];

		if (!infer(c, f->rows, e))
			return false;
		for (size_t k = 0; k < i && !c->low_information; k++)
			c->low_information = is_copy(&f->column[k], c, f->rows);
	}
	return true;
}
