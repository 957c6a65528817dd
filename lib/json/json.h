/*
 * json: JSON values on top of cJSON: exact numbers, canonical form, safe text.
 *
 * Numbers are doubles (I-JSON, RFC 7493).  They are printed with the fewest
 * digits that read back to the same double; a whole number below 2^53 without
 * a point or an exponent; minus zero as 0; what is not finite as null.  cJSON's
 * own printer uses 15 or 17 digits and is not used for output anywhere.
 *
 * Trees are freed with cJSON_Delete.  Getters borrow from the tree.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "err/err.h"

#define JSON_NUMBER_MAX 32 /* bytes that hold any printed number, with the NUL */

/* Print a number into out. Returns its length. */
size_t json_number(double v, char out[JSON_NUMBER_MAX]);

/* A growing text.  Start with {0}.  After a failed append `failed` is set and
 * later appends do nothing, so that one check at the end is enough. */
struct json_text {
	char *s; /* NUL-terminated once something was appended */
	size_t len, cap;
	bool failed;
};
void json_text_add(struct json_text *t, const char *s, size_t len);
void json_text_release(struct json_text *t);

/* Append a value in compact form; canonical: keys sorted by their bytes, at
 * every level, and the last of equal keys only. */
void json_print(struct json_text *t, const cJSON *v);
void json_print_canonical(struct json_text *t, const cJSON *v);

/* The same as a string of its own, freed by the caller; NULL: out of memory. */
char *json_string(const cJSON *v);
char *json_canonical(const cJSON *v);

/*
 * Parse exactly len bytes as one value with only white space around it.
 * ERR_INPUT if that is not what it is: text that is not UTF-8, a NUL (raw or as
 * \u0000), another control character but for the white space between tokens, nesting
 * deeper than 512, a number beyond the doubles.  The message ends with `at byte N`, N
 * from 1, the place of what could not be read.  *cut (may be NULL) says whether the text
 * ended before its value did: inside a string (perhaps inside one character of it), an
 * array or an object.
 * ERR_SYSTEM where memory runs out, which says nothing about the text.
 */
cJSON *json_parse(const char *s, size_t len, bool *cut, struct err *e);

/*
 * The same; but of a text that is a list, only these fields (ends with NULL) of its objects
 * are kept, so that a long list takes no more room than what is wanted of it: it is never
 * there with all its fields.
 */
cJSON *json_parse_brief(const char *s, size_t len, const char *const *fields, struct err *e);

/* Length of the longest prefix of s that is valid UTF-8 without NUL. */
size_t json_utf8_prefix(const char *s, size_t len);

/* Borrowed text of a string field, or NULL where it is missing or no string. */
const char *json_str(const cJSON *obj, const char *field);
/* Number of a numeric field, or `otherwise`. */
double json_num(const cJSON *obj, const char *field, double otherwise);
/* True where the field is the value true. */
bool json_true(const cJSON *obj, const char *field);
/* Field of an object or NULL; a null value counts as missing. Case-sensitive. */
cJSON *json_get(const cJSON *obj, const char *field);

/* Set obj[field] = value, replacing what was there in its place; takes value
 * over, also on failure. False: out of memory (or value NULL). */
bool json_set(cJSON *obj, const char *field, cJSON *value);
bool json_set_str(cJSON *obj, const char *field, const char *s);
bool json_set_num(cJSON *obj, const char *field, double v);

/* Put item at the end of an array; takes it over, also on failure.  False: out of memory
 * (or either is NULL). */
bool json_append(cJSON *array, cJSON *item);

#endif
