/* What can be tuned in the text modeler.  Parameters of DataRobot's that are not served
 * otherwise than by their default are listed with that value alone. */
#include "tasks/terms.h"
#include "tasks/text_modeler.h"
#include "tasks/word_grams.h"

#define ONLY(word) ((const char *const[]){word, NULL})
#define WORD(word) .initial = {word, 0}
#define NUMBER(v) .initial = {NULL, v}

static const char *const analyzers[] = {"word", "char", NULL};
static const char *const no_yes[] = {"False", "True", NULL};
static const char *const norms[] = {"None", "l1", "l2", NULL};
static const char *const none[] = {"None", NULL};
static const char *const stemmers[] = {"None", "snowball", "porter", NULL};
static const char *const stop_words[] = {"False", "english", NULL};
static const char *const tokenizers[] = {"sklearn_tokenizer", "space", "wordpunct", NULL};
static const char *const languages[] = {
	"arabic",  "basque",     "catalan", "danish",    "dutch",      "english",    "finnish",
	"french",  "german",     "greek",   "hindi",     "hungarian",  "indonesian", "irish",
	"italian", "lithuanian", "nepali",  "norwegian", "portuguese", "romanian",   "russian",
	"serbian", "spanish",    "swedish", "tamil",     "turkish",    NULL};

static const struct param params[] = {
	{"analyzer", .options = analyzers, WORD("word"), .help = "what is counted"},
	{"binary", .options = no_yes, WORD("True"),
	 .help = "True: whether a term occurs; False: how often"},
	{"decode_error", .options = ONLY("replace"), WORD("replace"),
	 .help = "bytes that are not UTF-8 are replaced when the file is read"},
	{"encoding", .options = ONLY("utf-8"), WORD("utf-8"),
	 .help = "all text is UTF-8 once the file is read"},
	{"include_lower", .options = ONLY("True"), WORD("True"),
	 .help = "words in lower case are counted"},
	{"language", .options = languages, WORD("english"),
	 .help = "language of the snowball stemmer"},
	{"lowercase", .options = no_yes, WORD("True"), .help = "capital letters are the same"},
	{"max_df", .integer = {true, 0, 1e30}, .real = {true, 0, 1}, NUMBER(0.8),
	 .help = "rows that may have a term: up to 1 a share, beyond a number"},
	{"max_features", .options = none, .integer = {true, 1, 1e30}, NUMBER(200000),
	 .help = "most terms that are kept, the most frequent ones; None: all"},
	{"max_ngram", .integer = {true, 1, TERMS_NGRAM_MAX}, NUMBER(1),
	 .help = "most words, or characters, that make a term"},
	{"max_samples", .integer = {true, 500, 500}, NUMBER(500),
	 .help = "texts looked at to guess a language; none is guessed"},
	{"min_df", .integer = {true, 0, 1e30}, .real = {true, 0, 1}, NUMBER(2),
	 .help = "rows that must have a term: below 1 a share, else a number"},
	{"min_ngram", .integer = {true, 1, TERMS_NGRAM_MAX}, NUMBER(1),
	 .help = "least words, or characters, that make a term"},
	{"min_tc", .integer = {true, 0, 999}, NUMBER(0),
	 .help = "times that a term must occur in all"},
	{"n_features", .integer = {true, 1, 1048576}, NUMBER(262144),
	 .help = "buckets of the hashing trick (use_hashing)"},
	{"norm", .options = norms, WORD("l2"), .help = "length that every text is scaled to"},
	{"segmenter", .options = none, WORD("None"),
	 .help = "letters of Chinese and Japanese are words of their own"},
	{"smooth_idf", .options = no_yes, WORD("True"),
	 .help = "idf as if one more row had every term (use_idf)"},
	{"stemmer", .options = stemmers, WORD("None"),
	 .help = "what cuts words to their stems"},
	{"stop_words", .options = stop_words, WORD("False"),
	 .help = "english: leave out frequent English words"},
	{"sublinear_tf", .options = no_yes, WORD("False"),
	 .help = "1 + ln(count) instead of the count (binary False)"},
	{"tokenizer", .options = tokenizers, WORD("sklearn_tokenizer"),
	 .help = "what a word is (analyzer word)"},
	{"use_bns", .options = ONLY("False"), WORD("False"), .help = "no bi-normal separation"},
	{"use_char_preprocessing", .options = ONLY("True"), WORD("True"),
	 .help = "tags and entities are converted first"},
	{"use_delta", .options = ONLY("False"), WORD("False"), .help = "no delta idf"},
	{"use_hashing", .options = no_yes, WORD("False"),
	 .help = "terms share n_features buckets by their hash"},
	{"use_idf", .options = no_yes, WORD("False"), .help = "rare terms weigh more"},
	{"use_marisa", .options = ONLY("True"), WORD("True"), .help = "terms are kept exactly"},
	{"use_term_frequency", .options = ONLY("True"), WORD("True"),
	 .help = "cells are made from counts"},
};

static const struct task_link links[] = {
	{"Regularization Paths for Generalized Linear Models via Coordinate Descent",
	 "https://www.jstatsoft.org/article/view/v033i01"},
	{NULL, NULL},
};

const struct task text_modeler_task = {
	.name = "Auto-Tuned Word N-Gram Text Modeler using token occurrences",
	.title = "Text modeler",
	.description =
		"A linear model of the words of one text column, with an elastic-net penalty "
		"chosen by an inner cross validation. What it predicts, for training rows "
		"without having seen them, is an input of the learner.",
	TASK_PARAMS(params),
	.links = links,
};

const struct task word_grams_task = {
	.name = "Matrix of word-grams occurrences",
	.title = "Word grams",
	.description = "Each term of one text column becomes a column that says whether, or "
		       "how often, it occurs.",
	TASK_PARAMS(params),
};
