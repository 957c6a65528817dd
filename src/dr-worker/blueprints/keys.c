#include "blueprints/keys.h"

#include <sha256.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool keys_worth(enum node_kind kind)
{
	switch (kind) {
	case NODE_TEXT_MODELER:
	case NODE_TEXT_LEARNER:
	case NODE_WORD_GRAMS:
	case NODE_DIFFERENCES:
	case NODE_PCA:
	case NODE_KMEANS:
	case NODE_MARGIN:
		return true;
	default:
		return false;
	}
}

/* With their length, so that no two things put together look like two others. */
static void add(SHA256_CTX *h, const void *p, size_t size)
{
	uint64_t length = size;

	SHA256Update(h, (const uint8_t *)&length, sizeof length);
	if (size)
		SHA256Update(h, p, size);
}

static void add_text(SHA256_CTX *h, const char *s)
{
	add(h, s, strlen(s));
}

static void end(SHA256_CTX *h, key_text key)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t sum[SHA256_DIGEST_LENGTH];

	SHA256Final(sum, h);
	for (size_t i = 0; i < sizeof sum; i++) {
		key[2 * i] = digits[sum[i] >> 4];
		key[2 * i + 1] = digits[sum[i] & 15];
	}
	key[CACHE_KEY_LEN] = '\0';
}

/* Another build of this program may do another thing under the same names. */
static void add_program(SHA256_CTX *h)
{
	struct stat st;

	if (!stat("/proc/self/exe", &st)) {
		add(h, &st.st_size, sizeof st.st_size);
		add(h, &st.st_mtim.tv_sec, sizeof st.st_mtim.tv_sec);
		add(h, &st.st_mtim.tv_nsec, sizeof st.st_mtim.tv_nsec);
	}
}

/* What all nodes of one model depend on. */
static void hash_common(const struct pipeline *l, const uint32_t *train, size_t n, key_text key)
{
	SHA256_CTX h;

	SHA256Init(&h);
	add_program(&h);
	add(&h, l->p->y, l->p->frame.rows * sizeof *l->p->y);
	add(&h, &l->p->classes, sizeof l->p->classes);
	add(&h, train, n * sizeof *train);
	add(&h, &l->seed, sizeof l->seed);
	end(&h, key);
}

/* The content of a column is hashed once for all models. */
static const char *column_key(struct pipeline *l, size_t i)
{
	const struct column *c = &l->p->frame.column[i];
	SHA256_CTX h;

	if (l->column_key[i][0])
		return l->column_key[i];
	SHA256Init(&h);
	add(&h, &c->type, sizeof c->type);
	add(&h, c->bytes, c->n_values ? c->offset[c->n_values] : 0);
	add(&h, c->code, l->p->frame.rows * sizeof *c->code);
	end(&h, l->column_key[i]);
	return l->column_key[i];
}

static bool is_kind(const struct column *c, enum node_kind kind)
{
	switch (kind) {
	case NODE_CATEGORICAL:
		return column_is_category(c);
	case NODE_NUMERIC:
		return column_is_number(c);
	case NODE_TEXT:
		return c->type == COLUMN_TEXT;
	default:
		return false;
	}
}

static void add_inputs(struct pipeline *l, key_text *key, size_t node, SHA256_CTX *h)
{
	const struct node *it = &l->b->node[node];

	for (size_t i = 0; i < l->p->frame.cols; i++)
		if (l->use[i] && is_kind(&l->p->frame.column[i], it->kind))
			add_text(h, column_key(l, i));
	if (it->column != SIZE_MAX) { /* it reads this one only, and the converter no other */
		add_text(h, l->use[it->column] ? column_key(l, it->column) : "-");
		return;
	}
	for (size_t i = 0; i < l->b->n_edges; i++)
		if (l->b->edge[i].to == it->id)
			for (size_t k = 0; k < node; k++)
				if (l->b->node[k].id == l->b->edge[i].from)
					add_text(h, key[k]);
}

static void add_params(const struct pipeline *l, size_t node, SHA256_CTX *h)
{
	const struct task *t = l->b->node[node].task;

	for (size_t k = 0; t && k < t->n_params; k++) {
		const struct param_value *v =
			&l->settings->s[l->settings->first[node] + k].value;

		add_text(h, t->params[k].name);
		if (v->word)
			add_text(h, v->word);
		else
			add(h, &v->number, sizeof v->number);
	}
}

key_text *keys_make(struct pipeline *l, const uint32_t *train, size_t n)
{
	key_text *key = calloc(l->b->n_nodes, sizeof *key), common;

	if (!key)
		return NULL;
	hash_common(l, train, n, common);
	for (size_t i = 0; i < l->b->n_nodes; i++) {
		SHA256_CTX h;

		SHA256Init(&h);
		add_text(&h, common);
		add(&h, &l->b->node[i].kind, sizeof l->b->node[i].kind);
		add_text(&h, l->b->node[i].label);
		add_params(l, i, &h);
		add_inputs(l, key, i, &h);
		end(&h, key[i]);
	}
	return key;
}
