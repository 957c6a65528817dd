/* propose: what the parts of bo-propose share. */
#ifndef PROPOSE_H
#define PROPOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "err/err.h"
#include "ndjson/ndjson.h"
#include "trial/log.h"
#include "tuner/tuner.h"

struct run {
	struct space *space;
	struct where *where;   /* or NULL */
	struct goals *goals;   /* NULL: the score alone */
	struct trial_log *log; /* what --log holds, or NULL */
	struct tuner *tuner;
	long parallel, trials; /* --follow */
};

/*
 * The circle: hand on what the log left unfinished, keep `parallel` trials open until
 * `trials` are done or the space is used up, close standard output after the last
 * proposal, and read on until standard input ends.  ERR_EXHAUSTED where the space was
 * used up first; ERR_SYSTEM where the input ended with trials open.
 */
bool follow(struct run *r, struct ndjson_reader *in, struct err *e);

#endif
