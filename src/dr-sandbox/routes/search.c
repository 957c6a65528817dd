#include "routes/search.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "json/json.h"

/* By their letters, in lower case; the worker's words. */
static const char *const types[][2] = {
	{"smart", "smart"},
	{"smartsearch", "smart"},
	{"bayesian", "bayesian"},
	{"bayesiansearch", "bayesian"},
	{"bruteforce", "brute force"},
	{"full", "brute force"},
};

static const struct {
	const char *name, *type, *algorithm;
} algorithms[] = {
	{"pattern", "smart", "pattern"},
	{"patternsearch", "smart", "pattern"},
	{"acceleratedsearch", "smart", "accelerated"},
	{"tpesearch", "bayesian", "tpe"},
	{"bayesiantpesearch", "bayesian", "tpe"},
	{"gaussiansearch", "bayesian", "gaussian"},
	{"bayesiangpsearch", "bayesian", "gaussian"},
	{"exhaustivesearch", "brute force", "exhaustive"},
	{"greedyexhaustivesearch", "brute force", "greedy"},
};

static const struct {
	const char *field, *to;
	double max;
} numbers[] = {
	{"batchSize", "batch_size", 1000},
	{"maxIterations", "max_iterations", SEARCH_POINTS_MAX},
	{"randomState", "random_state", 1e9},
	{"wallClockTimeLimit", "time_limit", 7 * 24 * 3600},
};

/* The letters of a text, in lower case. */
static void letters(const char *s, char *out, size_t size)
{
	size_t n = 0;

	for (; *s && n + 1 < size; s++)
		if (isalpha((unsigned char)*s))
			out[n++] = (char)tolower((unsigned char)*s);
	out[n] = '\0';
}

static bool read_type(struct web_request *r, const cJSON *from, cJSON *to)
{
	const cJSON *v = json_get(from, "searchType");
	const char *text = cJSON_GetStringValue(v);
	char name[64];

	if (v && !text)
		return web_invalid(r, "searchType", "must be a text");
	letters(text ? text : "smart", name, sizeof(name)); /* the client's default */
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i][0], name) == 0)
			return json_set_str(to, "type", types[i][1]) ||
			       web_error(r, 500, "out of memory");
	return web_invalid(r, "searchType", "'%s' is not one of smart, bayesian, brute force",
			   text);
}

static bool read_algorithm(struct web_request *r, const cJSON *from, cJSON *to)
{
	const cJSON *v = json_get(from, "algorithm");
	const char *text = cJSON_GetStringValue(v), *type = json_str(to, "type");
	char name[64];

	if (!v)
		return true;
	letters(text ? text : "", name, sizeof(name));
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
		if (strcmp(algorithms[i].name, name) != 0)
			continue;
		if (strcmp(algorithms[i].type, type) != 0)
			return web_invalid(r, "algorithm", "'%s' is not one of a %s search",
					   text, type);
		return json_set_str(to, "algorithm", algorithms[i].algorithm) ||
		       web_error(r, 500, "out of memory");
	}
	return web_invalid(r, "algorithm",
			   "'%s' is not supported by dr-sandbox; pattern search, accelerated "
			   "search, TPE search, gaussian search, exhaustive search and greedy "
			   "exhaustive search are",
			   text ? text : "");
}

/* 0 is how clients leave a number out. */
static bool read_numbers(struct web_request *r, const cJSON *from, cJSON *to)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const cJSON *v = json_get(from, numbers[i].field);

		if (!v)
			continue;
		if (!cJSON_IsNumber(v) || v->valuedouble != floor(v->valuedouble) ||
		    v->valuedouble < 0 || v->valuedouble > numbers[i].max)
			return web_invalid(r, numbers[i].field,
					   "must be a whole number up to %.0f", numbers[i].max);
		if (v->valuedouble > 0 && !json_set_num(to, numbers[i].to, v->valuedouble))
			return web_error(r, 500, "out of memory");
	}
	return true;
}

static bool check_keys(struct web_request *r, const cJSON *from)
{
	static const char *const fields[] = {SEARCH_FIELDS};
	const cJSON *i;

	cJSON_ArrayForEach (i, from) {
		size_t k = 1, n = sizeof(fields) / sizeof(fields[0]);

		while (k < n && strcmp(fields[k], i->string) != 0)
			k++;
		if (k == n && !cJSON_IsNull(i))
			return web_invalid(r, i->string, "%s is not allowed key", i->string);
	}
	return true;
}

bool search_read(struct web_request *r, cJSON **search)
{
	static const char *const fields[] = {SEARCH_FIELDS};
	const cJSON *from = json_get(r->body, fields[0]);
	bool beside = false;

	*search = NULL;
	if (from && cJSON_IsArray(from) && from->child && !from->child->next)
		from = from->child;
	if (from && !cJSON_IsObject(from))
		return web_invalid(r, fields[0], "must be an object");
	for (size_t i = 1; i < sizeof(fields) / sizeof(fields[0]); i++)
		beside = beside || json_get(r->body, fields[i]);
	if (from && beside)
		return web_invalid(r, fields[0], "cannot go with its own keys beside it");
	if (!from && !beside)
		return true;
	if (from && !check_keys(r, from))
		return false;
	from = from ? from : r->body;
	*search = cJSON_CreateObject();
	if (read_type(r, from, *search) && read_algorithm(r, from, *search) &&
	    read_numbers(r, from, *search))
		return true;
	cJSON_Delete(*search);
	*search = NULL;
	return false;
}

bool search_fits(struct web_request *r, const cJSON *search, const cJSON *lists)
{
	const char *type = json_str(search, "type"), *algorithm = json_str(search, "algorithm");
	double points = 1;
	const cJSON *v;

	cJSON_ArrayForEach (v, lists) {
		points *= cJSON_GetArraySize(v);
	}
	return !type || strcmp(type, "brute force") != 0 ||
	       (algorithm && strcmp(algorithm, "greedy") == 0) ||
	       json_get(search, "max_iterations") || points <= SEARCH_POINTS_MAX ||
	       web_invalid(r, "searchType",
			   "all %.0f combinations are more than %d; name maxIterations, or "
			   "search in another way",
			   points, SEARCH_POINTS_MAX);
}
