#include "tasks/stop_words.h"

#include <stdlib.h>
#include <string.h>

/* Articles, pronouns, prepositions, conjunctions and auxiliary verbs, sorted. */
static const char *const word[] = {
	"a",      "about",   "above",      "after",    "again",      "against",   "all",
	"also",   "am",      "an",         "and",      "any",        "are",       "aren",
	"as",     "at",      "be",         "because",  "been",       "before",    "being",
	"below",  "between", "both",       "but",      "by",         "can",       "cannot",
	"could",  "couldn",  "did",        "didn",     "do",         "does",      "doesn",
	"doing",  "don",     "down",       "during",   "each",       "few",       "for",
	"from",   "further", "had",        "hadn",     "has",        "hasn",      "have",
	"haven",  "having",  "he",         "her",      "here",       "hers",      "herself",
	"him",    "himself", "his",        "how",      "i",          "if",        "in",
	"into",   "is",      "isn",        "it",       "its",        "itself",    "just",
	"ll",     "me",      "more",       "most",     "my",         "myself",    "no",
	"nor",    "not",     "now",        "of",       "off",        "on",        "once",
	"only",   "or",      "other",      "our",      "ours",       "ourselves", "out",
	"over",   "own",     "re",         "same",     "shall",      "she",       "should",
	"so",     "some",    "such",       "than",     "that",       "the",       "their",
	"theirs", "them",    "themselves", "then",     "there",      "these",     "they",
	"this",   "those",   "through",    "to",       "too",        "under",     "until",
	"up",     "ve",      "very",       "was",      "wasn",       "we",        "were",
	"weren",  "what",    "when",       "where",    "which",      "while",     "who",
	"whom",   "why",     "will",       "with",     "won",        "would",     "wouldn",
	"you",    "your",    "yours",      "yourself", "yourselves",
};

struct key {
	const char *s;
	size_t len;
};

static int compare(const void *key, const void *item)
{
	const struct key *k = key;
	const char *w = *(const char *const *)item;
	int order = strncmp(k->s, w, k->len);

	return order ? order : -(w[k->len] != '\0');
}

bool stop_words_have(const char *s, size_t len)
{
	return bsearch(&(struct key){s, len}, word, sizeof word / sizeof *word, sizeof *word,
		       compare);
}
