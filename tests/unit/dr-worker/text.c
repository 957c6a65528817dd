/* From text to weighted word grams. */
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "tasks/converter.h"
#include "tasks/terms.h"
#include "tasks/text_modeler.h"
#include "tasks/word_grams.h"

enum { MAX = 64 };

/* The modeler's defaults with some values replaced: {name, word or NULL, number}. */
struct change {
	const char *name, *word;
	double number;
};

static struct param_value room[MAX];

static struct params values(const struct change *change, size_t n)
{
	const struct task *t = &text_modeler_task;

	for (size_t i = 0; i < t->n_params; i++) {
		room[i] = t->params[i].initial;
		for (size_t k = 0; k < n; k++)
			if (!strcmp(t->params[i].name, change[k].name))
				room[i] =
					(struct param_value){change[k].word, change[k].number};
	}
	return (struct params){t->params, t->n_params, room};
}

static void test_converter(void)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{"plain", "plain"},
		{"a<br/>b <b class=\"x\">c</b>", "a b  c "},
		{"a < b and b > a", "a < b and b > a"},
		{"x &amp; y &lt;z&gt; &nbsp;&#65;&#x42;", "x & y <z>  AB"},
		{"AT&T; R&D", "AT&T; R&D"},
		{"&#0;&#xD800;&#99999999;", "  &#99999999;"},
		{"&;&#;&", "&;&#;&"},
		{"<unclosed", "<unclosed"},
		{"&#233;", "\xc3\xa9"},
	};
	char out[200];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		converter_clean(cases[i].in, strlen(cases[i].in), out);
		is_str(out, cases[i].want, cases[i].in);
	}
}

static bool collect(const char *term, size_t len, void *ctx)
{
	fprintf(ctx, "%.*s|", (int)len, term);
	return true;
}

static void terms(const char *what, const char *text, const char *want,
		  const struct change *change, size_t n)
{
	struct params p = values(change, n);
	struct err e = {0};
	struct terms *t = terms_open(&p, &e);
	char *got = NULL;
	size_t size;
	FILE *out = open_memstream(&got, &size);
	bool good = t && terms_each(t, text, strlen(text), collect, out, &e);

	fclose(out);
	is_str(good ? got : e.text, want, what);
	free(got);
	terms_close(t);
}

#define CHANGES(...)                                                                           \
	(const struct change[]){__VA_ARGS__},                                                  \
		sizeof((const struct change[]){__VA_ARGS__}) / sizeof(struct change)

static void test_terms(void)
{
	static const char text[] = "The cats, a dog's \xc3\x84pfel-x_1!";

	terms("words of two letters, small", text, "the|cats|dog|\xc3\xa4pfel|x_1|", NULL, 0);
	terms("as they are written", text, "The|cats|dog|\xc3\x84pfel|x_1|",
	      CHANGES({"lowercase", "False", 0}));
	terms("between spaces", text, "the|cats,|a|dog's|\xc3\xa4pfel-x_1!|",
	      CHANGES({"tokenizer", "space", 0}));
	terms("words and punctuation", text, "the|cats|,|a|dog|'|s|\xc3\xa4pfel|-|x_1|!|",
	      CHANGES({"tokenizer", "wordpunct", 0}));
	terms("no stop words", text, "cats|dog|\xc3\xa4pfel|x_1|",
	      CHANGES({"stop_words", "english", 0}));
	terms("stems", "running cats generously", "run|cat|generous|",
	      CHANGES({"stemmer", "snowball", 0}));
	terms("stems by Porter", "generously", "gener|", CHANGES({"stemmer", "porter", 0}));
	terms("German stems", "h\xc3\xa4usern", "haus|",
	      CHANGES({"stemmer", "snowball", 0}, {"language", "german", 0}));
	terms("one and two words", "aa bb cc", "aa|bb|cc|aa bb|bb cc|",
	      CHANGES({"max_ngram", NULL, 2}));
	terms("two letters", " a  bc ", "a | b|bc|",
	      CHANGES({"analyzer", "char", 0}, {"min_ngram", NULL, 2}, {"max_ngram", NULL, 2}));
	terms("Chinese letters are words",
	      "\xe6\x96\x87\xe6\x9c\xac"
	      "ab",
	      "\xe6\x96\x87|\xe6\x9c\xac|ab|", NULL, 0);
	terms("nothing", " ,. a", "", NULL, 0);
}

/* Documents `aa bb bb`, `aa`, `cc dd`, in 2, 1 and 1 training rows. */
static size_t offset[] = {0, 9, 12, 18};
static char bytes[] = "aa bb bb\0aa\0cc dd";
static const struct column column = {.name = (char *)"t",
				     .type = COLUMN_TEXT,
				     .n_values = 3,
				     .offset = offset,
				     .bytes = bytes};
static const double rows_of[] = {2, 1, 1, 0};

/* The matrix as text: each column's cells `document:value`. */
static void grams(const char *what, const char *want, const struct change *change, size_t n)
{
	struct params p = values(change, n);
	struct corpus c;
	struct sparse x;
	struct err e = {0};
	char *got = NULL;
	size_t size;
	FILE *out = open_memstream(&got, &size);

	if (corpus_make(&c, &column, &p, &e) && word_grams_make(&x, &c, rows_of, &p, &e)) {
		for (size_t j = 0; j < x.cols; j++) {
			for (size_t k = x.start[j]; k < x.start[j + 1]; k++)
				fprintf(out, "%u:%.3f ", x.row[k], (double)x.x[k]);
			fputs("|", out);
		}
		sparse_release(&x);
	}
	corpus_release(&c);
	fclose(out);
	is_str(got, want, what);
	free(got);
}

static void test_grams(void)
{
	static const char raw[] = "0:1.000 1:1.000 |0:2.000 |2:1.000 |2:1.000 |";

	grams("counts", raw,
	      CHANGES({"binary", "False", 0}, {"norm", "None", 0}, {"min_df", NULL, 1}));
	grams("terms in two rows or more, length 1", "0:0.707 1:1.000 |0:0.707 |", NULL, 0);
	grams("a share of the rows", "0:1.000 1:1.000 |", CHANGES({"min_df", NULL, 0.75}));
	grams("not in more than half of the rows", "0:1.000 |", CHANGES({"max_df", NULL, 0.5}));
	grams("not in more than one row", "2:0.707 |2:0.707 |",
	      CHANGES({"min_df", NULL, 1}, {"max_df", NULL, 0.25}));
	grams("often enough in all", "0:1.000 |", CHANGES({"min_tc", NULL, 4}));
	grams("the most frequent one", "0:1.000 |", CHANGES({"max_features", NULL, 1}));
	grams("logarithms of counts", "0:1.000 1:1.000 |0:1.693 |2:1.000 |2:1.000 |",
	      CHANGES({"binary", "False", 0}, {"norm", "None", 0}, {"sublinear_tf", "True", 0},
		      {"min_df", NULL, 1}));
	/* n = 4, df 3 and 2: ln(5/4) + 1, ln(5/3) + 1. */
	grams("inverse document frequency, smooth", "0:1.223 1:1.223 |0:1.511 |",
	      CHANGES({"use_idf", "True", 0}, {"norm", "None", 0}));
	grams("inverse document frequency", "0:1.288 1:1.288 |0:1.693 |",
	      CHANGES({"use_idf", "True", 0}, {"norm", "None", 0}, {"smooth_idf", "False", 0}));
	grams("length by absolute values", "0:0.500 1:1.000 |0:0.500 |",
	      CHANGES({"norm", "l1", 0}));
	grams("one bucket takes all", "0:1.000 1:1.000 2:1.000 |",
	      CHANGES({"use_hashing", "True", 0}, {"n_features", NULL, 1},
		      {"max_df", NULL, 1}));
}

int main(void)
{
	test_converter();
	test_terms();
	test_grams();
	return tap_end();
}
