#include "dr/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <yaml.h>

#define FILE_MAX ((off_t)64 << 10)

void config_release(struct config *c)
{
	if (c->token)
		explicit_bzero(c->token, strlen(c->token));
	free(c->endpoint);
	free(c->token);
	free(c->token_type);
	free(c->ca_file);
	free(c->source);
	memset(c, 0, sizeof(*c));
}

static bool replace(char **to, const char *from, struct err *e)
{
	char *copy = strdup(from);

	if (!copy)
		return err_nomem(e);
	free(*to);
	*to = copy;
	return true;
}

static bool whole_number(const char *s, long *n)
{
	char *end;

	errno = 0;
	*n = strtol(s, &end, 10);
	return *s && !*end && !errno && *n >= 0 && *n <= 1000000;
}

/* YAML 1.1 has these words for booleans. */
static bool is_word(const char *s, const char *a, const char *b, const char *c)
{
	return strcasecmp(s, a) == 0 || strcasecmp(s, b) == 0 || strcasecmp(s, c) == 0;
}

static bool set_ssl_verify(struct config *c, const char *value, struct err *e)
{
	free(c->ca_file);
	c->ca_file = NULL;
	c->insecure = is_word(value, "false", "no", "off");
	if (c->insecure || is_word(value, "true", "yes", "on"))
		return true;
	return replace(&c->ca_file, value, e);
}

static bool set_key(struct config *c, const char *key, const char *value, struct err *e)
{
	long n;

	if (strcmp(key, "endpoint") == 0)
		return replace(&c->endpoint, value, e);
	if (strcmp(key, "token") == 0)
		return replace(&c->token, value, e);
	if (strcmp(key, "ssl_verify") == 0)
		return set_ssl_verify(c, value, e);
	if (strcmp(key, "token_type") == 0) {
		if (strcasecmp(value, "token") != 0 && strcasecmp(value, "bearer") != 0)
			return err_set(e, ERR_INPUT, "token_type is Token or Bearer");
		return replace(&c->token_type,
			       strcasecmp(value, "token") == 0 ? "Token" : "Bearer", e);
	}
	if (strcmp(key, "connect_timeout") == 0) {
		if (!whole_number(value, &n) || n == 0)
			return err_set(e, ERR_INPUT, "connect_timeout is a number of seconds");
		c->connect_s = (double)n;
	} else if (strcmp(key, "max_retries") == 0) {
		if (!whole_number(value, &n))
			return err_set(e, ERR_INPUT, "max_retries is a whole number");
		c->max_retries = n;
	}
	return true;
}

static bool is_null(const yaml_node_t *v)
{
	const char *s = (const char *)v->data.scalar.value;

	return v->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && is_word(s, "", "~", "null");
}

static bool read_mapping(struct config *c, yaml_document_t *doc, const char *path,
			 struct err *e)
{
	yaml_node_t *root = yaml_document_get_root_node(doc);

	if (!root || root->type != YAML_MAPPING_NODE)
		return err_set(e, ERR_INPUT, "%s: not a mapping of keys to values", path);
	for (yaml_node_pair_t *p = root->data.mapping.pairs.start;
	     p < root->data.mapping.pairs.top; p++) {
		yaml_node_t *k = yaml_document_get_node(doc, p->key);
		yaml_node_t *v = yaml_document_get_node(doc, p->value);

		if (k->type != YAML_SCALAR_NODE || v->type != YAML_SCALAR_NODE || is_null(v))
			continue;
		if (!set_key(c, (const char *)k->data.scalar.value,
			     (const char *)v->data.scalar.value, e))
			return err_prefix(e, "%s:%zu", path, v->start_mark.line + 1);
	}
	return true;
}

/* A bad line is told by its number only: its text could be the token. */
static bool parse(struct config *c, FILE *f, const char *path, struct err *e)
{
	yaml_parser_t parser;
	yaml_document_t doc;
	bool ok;

	if (!yaml_parser_initialize(&parser))
		return err_nomem(e);
	yaml_parser_set_input_file(&parser, f);
	ok = yaml_parser_load(&parser, &doc);
	if (!ok && parser.error == YAML_MEMORY_ERROR) {
		err_nomem(e);
	} else if (!ok && ferror(f)) {
		err_errno(e, "%s: read", path);
	} else if (!ok) {
		err_set(e, ERR_INPUT, "%s:%zu: not YAML", path, parser.problem_mark.line + 1);
	} else {
		ok = read_mapping(c, &doc, path, e);
		yaml_document_delete(&doc);
	}
	yaml_parser_delete(&parser);
	return ok;
}

static bool check_file(FILE *f, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fileno(f), &st) != 0)
		return err_errno(e, "%s", path);
	if (S_ISDIR(st.st_mode))
		return err_set(e, ERR_INPUT, "%s: is a directory", path);
	if (S_ISREG(st.st_mode) && st.st_mode & (S_IRWXG | S_IRWXO))
		return err_set(e, ERR_INPUT,
			       "%s: holds a token and others can use it: chmod 600 it", path);
	if (S_ISREG(st.st_mode) && st.st_size > FILE_MAX)
		return err_set(e, ERR_INPUT, "%s: too long for a configuration", path);
	return true;
}

bool config_read(struct config *c, const char *path, struct err *e)
{
	FILE *f;
	bool ok;

	*c = (struct config){.connect_s = -1, .max_retries = -1};
	if (!(f = fopen(path, "re")))
		return err_path(e, "%s", path);
	ok = check_file(f, path, e) && parse(c, f, path, e);
	fclose(f);
	if (ok && (!c->endpoint || !*c->endpoint || !c->token || !*c->token))
		ok = err_set(e, ERR_INPUT, "%s: '%s' is missing", path,
			     c->endpoint && *c->endpoint ? "token" : "endpoint");
	if (ok)
		ok = replace(&c->source, path, e);
	if (!ok)
		config_release(c);
	return ok;
}

static const char *env(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

static bool read_environment(struct config *c, const char *endpoint, const char *token,
			     struct err *e)
{
	const char *retries = env("DATAROBOT_MAX_RETRIES");

	*c = (struct config){.connect_s = -1, .max_retries = -1};
	if (retries && !whole_number(retries, &c->max_retries))
		return err_set(e, ERR_INPUT, "DATAROBOT_MAX_RETRIES is not a whole number");
	if (replace(&c->endpoint, endpoint, e) && replace(&c->token, token, e) &&
	    replace(&c->source, "the environment", e))
		return true;
	config_release(c);
	return false;
}

bool config_find(struct config *c, struct err *e)
{
	const char *file = env("DATAROBOT_CONFIG_FILE");
	const char *endpoint = env("DATAROBOT_ENDPOINT");
	const char *token = env("DATAROBOT_API_TOKEN");
	const char *home = env("HOME");
	char *path = NULL;
	bool ok;

	if (file)
		return config_read(c, file, e) || err_prefix(e, "DATAROBOT_CONFIG_FILE");
	if (!endpoint)
		endpoint = env("DATAROBOT_API_ENDPOINT");
	if (endpoint && token)
		return read_environment(c, endpoint, token, e);
	if (home && asprintf(&path, "%s/.config/datarobot/drconfig.yaml", home) < 0)
		return err_nomem(e);
	if (path && access(path, F_OK) == 0)
		ok = config_read(c, path, e);
	else
		ok = err_set(e, ERR_REFUSED,
			     "no endpoint and token: give both in DATAROBOT_ENDPOINT and "
			     "DATAROBOT_API_TOKEN%s, or in a file that DATAROBOT_CONFIG_FILE "
			     "names, or in ~/.config/datarobot/drconfig.yaml",
			     endpoint ? " (which is not set)"
			     : token  ? " (only the token is set)"
				      : "");
	free(path);
	return ok;
}
